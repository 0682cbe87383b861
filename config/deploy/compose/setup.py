"""Puts the secrets of docker-compose.yml into files, and makes a password for the database, once.

Compose gives containers with a read-only root no secrets from variables; so this goes first, and the others read files.
They lie in volumes, each of which only those containers see that need what is in it.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("SETUP_FOLDER", "/run/plansync"))


def put(file: Path, text: str) -> None:
    """Write a file that whoever sees the volume may read, whole or not at all."""
    beside = file.with_name(f".{file.name}")
    beside.write_text(text, "utf-8")
    beside.chmod(0o444)
    beside.replace(file)


def put_tokens(folder: Path) -> list[str]:
    """Write each secret that is given, take away those that no longer are, and return the names."""
    given = {name.lower(): text for name, text in os.environ.items() if name.startswith("PLANSYNC_") and text}
    for file in folder.glob("plansync_*"):
        if file.name not in given:
            file.unlink()
    for name, text in given.items():
        put(folder / name, text)
    return sorted(given)


def put_password(folder: Path) -> None:
    """Make the database's password and URL unless they are there: the database keeps the first one."""
    file = folder / "password"
    if not file.exists():
        put(file, secrets.token_urlsafe(32))
    put(folder / "url", f"postgresql+psycopg://plansync:{file.read_text('utf-8')}@postgres:5432/plansync")


def main() -> None:
    """Do both, and say what was done without any secret."""
    for name in ("tokens", "database"):
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
    names = put_tokens(FOLDER / "tokens")
    put_password(FOLDER / "database")
    sys.stdout.write(f"secrets in place: {' '.join(names)}\n")


if __name__ == "__main__":
    main()
