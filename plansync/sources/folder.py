"""Plans in a folder: listed by patterns, read whole, replaced in one step (spec §5)."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from plansync.errors import SourceChanged, SourceError
from plansync.ports.source import BranchRule, Changed, Content, Note, Refused, Replacement, Saved, Unreadable
from plansync.sources.checkout import Checkout
from plansync.sources.globs import Globs
from plansync.sources.ignored import ignored
from plansync.sources.replace import TEMPORARY_PREFIX, file_token, remove_leftover, replace_file


class FolderSource:
    """The plans below one folder.

    Folders are entered unless they are links; a file that is a link is followed, but not out of the root. Where a
    link leads to a plan that is found anyway, the plan counts once, by its own path.
    """

    def __init__(self, root: Path, globs: Globs, plan_bytes: int, checkout: Checkout) -> None:
        self._root = root.resolve()
        self._globs = globs
        self._plan_bytes = plan_bytes
        self._checkout = checkout

    @property
    def uid(self) -> str:
        return f"folder:{self._root}"

    @property
    def root(self) -> Path:
        """Return the folder that all paths start from, links resolved."""
        return self._root

    def refresh(self) -> None:
        """Every look at a folder is fresh."""

    def list(self) -> Sequence[str]:
        checkouts: set[str] = set()
        found = dict(sorted(self._files(self._root, "", checkouts)))
        meant = found.keys() - ignored(self._root, found, checkouts)
        plain = {path for path in meant if not found[path]}
        return [path for path in found if path in plain or (path in meant and self._lands_at(path) not in plain)]

    def read(self, path: str) -> Content | Unreadable:
        try:
            return self._read_file(path, self._inside(path))
        except SourceError as error:
            return Unreadable(path, "PS103", str(error))
        except OSError as error:
            return Unreadable(path, "PS103", _why(error))

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        return [self._save(item.content, item.data) if item.is_needed else self._leave(item) for item in replacements]

    def branch_rule(self) -> BranchRule:
        return self._checkout.rule()

    def _save(self, content: Content, data: bytes) -> Saved:
        try:
            status = replace_file(self._inside(content.path), content.data, data)
        except FileNotFoundError:
            return Changed(content.path, f"{content.path}: was removed meanwhile")
        except SourceChanged as error:
            return Changed(content.path, str(error))
        except SourceError as error:
            return Refused(content.path, str(error), error.hint)
        except OSError as error:
            return Refused(content.path, f"{content.path}: {_why(error)}")
        return Content(content.path, data, file_token(data, status))

    def _leave(self, item: Replacement) -> Content:
        with contextlib.suppress(OSError, SourceError):  # it was removed meanwhile
            remove_leftover(self._inside(item.content.path))
        return item.content

    def _files(self, folder: Path, above: str, checkouts: set[str]) -> Iterator[tuple[str, bool]]:
        """Yield path and is-a-link of every file that is meant, below ``folder``, whose path is ``above``.

        Folders that are checkouts are added to ``checkouts``.
        """
        for entry in self._entries(folder):
            if entry.name == ".git":
                checkouts.add(above.rstrip("/"))
            path = above + _readable_name(entry.name)
            if entry.is_dir(follow_symlinks=False):
                if self._globs.may_hold(path):
                    yield from self._files(folder / entry.name, f"{path}/", checkouts)
            elif not entry.name.startswith(TEMPORARY_PREFIX) and self._globs.match(path) and not _is_folder(entry):
                yield path, entry.is_symlink()

    def _entries(self, folder: Path) -> Sequence[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return [*entries]
        except FileNotFoundError as error:
            if folder != self._root:
                return ()  # somebody removed it meanwhile
            raise SourceError(
                f"{folder}: the folder of plans does not exist",
                hint="set source.path of the target to a folder that does",
            ) from error
        except OSError as error:
            raise SourceError(
                f"{folder}: cannot be listed: {error.strerror}",
                hint="let plansync read the folder, or leave it out by the source's include and exclude",
            ) from error

    def _lands_at(self, path: str) -> str | None:
        try:
            return self._inside(path).relative_to(self._root).as_posix()
        except (OSError, SourceError):
            return None

    def _inside(self, path: str) -> Path:
        """Return the real file at ``path``, links followed; ``SourceError`` if it lies outside the root."""
        try:
            file = (self._root / path).resolve(strict=True)
        except (RuntimeError, ValueError) as error:  # a loop of links, a name with a zero byte
            raise SourceError(f"the file cannot be found: {error}") from error
        if not file.is_relative_to(self._root):
            raise SourceError(f"the file is a link that leads out of {self._root}, or lies outside it")
        return file

    def _read_file(self, path: str, file: Path) -> Content | Unreadable:
        # Without O_NONBLOCK, opening a named pipe would wait for somebody to write into it.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                return Unreadable(path, "PS103", "it is no regular file")
            data = opened.read(self._plan_bytes + 1)
        if len(data) > self._plan_bytes:
            size = max(status.st_size, len(data))
            return Unreadable(
                path, "PS102", f"the file has {size:,} bytes; limits.plan_bytes allows {self._plan_bytes:,}"
            )
        return Content(path, data, file_token(data, status))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Say whether ``entry`` is a folder or leads to one; links that lead nowhere are files that cannot be read."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _readable_name(name: str) -> str:
    """Return a name as text; bytes that are not UTF-8 are spelled out, so that reading the file reports it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _why(error: OSError) -> str:
    """Say what stands in the way of reading a file."""
    if isinstance(error, FileNotFoundError):
        return "the file does not exist"
    if isinstance(error, IsADirectoryError):
        return "it is a folder, not a plan"
    return f"the file cannot be read: {error.strerror}"
