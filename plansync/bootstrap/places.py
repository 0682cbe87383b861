"""Where databases live, also for commands that must not make any."""

from __future__ import annotations

from pathlib import Path

IN_MEMORY = Path(":memory:")


def file_or_memory(file: Path, read_only: bool) -> Path:
    """Return SQLite's name for a database in memory where ``file`` would have to be made and must not be."""
    return file if not read_only or _is_there(file) else IN_MEMORY


def _is_there(file: Path) -> bool:
    """Say whether ``file`` holds anything; what cannot be looked at does, so that opening it says what is wrong."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError:
        return True
