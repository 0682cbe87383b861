"""The secrets of webhooks as something to add to and to take from: where they are kept, and how they are changed."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from plansync.errors import ConfigError
from plansync.settings.environment import SECRETS_DIR
from plansync.settings.model import Settings
from plansync.settings.secrets import DEFAULT_FOLDER

Kind = Literal["github", "gitlab"]
_VARIABLES: Mapping[Kind, str] = {
    "github": "PLANSYNC_WEBHOOKS__GITHUB_SECRET",
    "gitlab": "PLANSYNC_WEBHOOKS__GITLAB_TOKEN",
}
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ring:
    """The secrets of one kind of host, the one in use first.

    ``file`` is where they are, or are to be, kept; None where that cannot be, and ``why_not`` says why.
    """

    kind: Kind
    secrets: tuple[str, ...] = field(repr=False)
    file: Path | None = None
    why_not: str = ""

    @property
    def variable(self) -> str:
        """Return the variable that gives them."""
        return _VARIABLES[self.kind]

    def renewed(self) -> Ring:
        """Return a ring with a new secret in front; the older ones stay valid."""
        return replace(self, secrets=(_new_secret(self.kind), *self.secrets))

    def narrowed(self) -> Ring:
        """Return a ring with the secret in use alone."""
        return replace(self, secrets=self.secrets[:1])

    def save(self) -> None:
        """Write the file in one step, with the mode that it had, else for its owner alone; without a file, do nothing.

        Raises ``ConfigError`` if it cannot be written.
        """
        if self.file is None:
            return
        try:
            _replace(self.file.resolve(), _text(self.secrets))
        except OSError as error:
            hint = "nothing was changed; make the file writable, or set the variable by hand"
            raise ConfigError(f"{self.file}: cannot be written: {error.strerror}", hint=hint) from error


def ring_of(settings: Settings, kind: Kind, environ: Mapping[str, str]) -> Ring:
    """Return the secrets of one kind of host, and where they come from: variable, its file, the secrets folder."""
    given = settings.webhooks.github_secret if kind == "github" else settings.webhooks.gitlab_token
    ring = Ring(kind, tuple(secret.get_secret_value() for secret in given))
    if environ.get(ring.variable):
        return replace(ring, why_not=f"{ring.variable} is set in the environment")
    named = environ.get(f"{ring.variable}_FILE")
    file = Path(named) if named else _in_folder(ring.variable, environ)
    if file is None:
        folder = environ.get(SECRETS_DIR) or DEFAULT_FOLDER
        return replace(ring, why_not=f"there is no secrets folder {folder}")
    if not os.access(file.resolve().parent, os.W_OK):
        return replace(ring, why_not=f"{file.parent} cannot be written")
    return replace(ring, file=file)


def _in_folder(variable: str, environ: Mapping[str, str]) -> Path | None:
    """Return the file in the secrets folder, as it is spelled there if it is there; None without a folder."""
    named = environ.get(SECRETS_DIR, "")
    folder = Path(named).expanduser() if named else DEFAULT_FOLDER
    if not folder.is_dir():
        return None
    there = [file for file in sorted(folder.glob("*")) if file.name.upper() == variable]
    return there[-1] if there else folder / variable


def _new_secret(kind: Kind) -> str:
    """Return a secret of 32 random bytes; for GitLab in the form of Standard Webhooks, with which it signs."""
    if kind == "github":
        return secrets.token_urlsafe(_BYTES)
    return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"


def _text(values: tuple[str, ...]) -> str:
    """Return secrets as they are read again: one a line, or JSON where one of them could not stand so."""
    is_plain = not values[0].startswith("[") and all(len(value.split()) == 1 for value in values)
    return "\n".join(values) + "\n" if is_plain else json.dumps(values) + "\n"


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".plansync-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            _like(file, opened.fileno())
            os.fsync(opened.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _like(file: Path, descriptor: int) -> None:
    """Give the new file mode and owner of the one that it replaces; without one it is the writer's alone."""
    with contextlib.suppress(FileNotFoundError):
        status = file.stat()
        os.fchmod(descriptor, status.st_mode & 0o777)
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
