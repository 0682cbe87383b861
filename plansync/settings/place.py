"""Where a run stands: configuration file, start of relative paths, and the ``.plansync/`` folder (spec §10)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from plansync.errors import ConfigError

FILE_NAME = "plansync.toml"
STATE_NAME = ".plansync"


@dataclass(frozen=True, slots=True)
class Place:
    """The folders that a configuration's relative paths are about."""

    file: Path | None
    """The ``plansync.toml`` in use, if there is one."""
    root: Path
    """Where relative paths start: beside the file, else the Git root, else the working folder."""
    state: Path
    """The ``.plansync/`` folder, which may not exist yet."""

    def resolve(self, path: str) -> Path:
        """Return ``path`` as absolute; what begins with ``.plansync/`` is in the state folder."""
        wanted = Path(path).expanduser()
        if wanted.parts[:1] == (STATE_NAME,):
            return self.state.joinpath(*wanted.parts[1:])
        return self.root / wanted

    def make_state_folder(self) -> Path:
        """Make ``.plansync/``, unseen by Git, unless it is there, and return it."""
        ignore = self.state / ".gitignore"
        try:
            self.state.mkdir(exist_ok=True)
            if not ignore.exists():
                ignore.write_text("*\n", "utf-8")
        except OSError as error:
            raise ConfigError(
                f"{self.state}: cannot be made: {error.strerror}",
                hint="plansync keeps its state there; let it write to the folder above",
            ) from error
        return self.state


def find_place(working: Path, config: Path | None = None) -> Place:
    """Find the place of a run in folder ``working``; ``config`` names the file instead of searching it upwards."""
    folder = working.resolve()
    file = _given(folder / config.expanduser()) if config is not None else _upwards(folder, FILE_NAME)
    if file is not None:
        return Place(file=file, root=file.parent, state=file.parent / STATE_NAME)
    git = _upwards(folder, ".git")
    if git is None:
        return Place(file=None, root=folder, state=folder / STATE_NAME)
    state = _upwards(folder, STATE_NAME, last=git.parent)
    return Place(file=None, root=git.parent, state=state or git.parent / STATE_NAME)


def _given(file: Path) -> Path:
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "does not exist"
        raise ConfigError(f"{file}: {what}", hint="--config names a file such as plansync.toml")
    return file.resolve()


def _upwards(folder: Path, name: str, last: Path | None = None) -> Path | None:
    for above in (folder, *folder.parents):
        found = above / name
        if found.exists() and (name != FILE_NAME or found.is_file()):
            return found
        if above == last:
            break
    return None
