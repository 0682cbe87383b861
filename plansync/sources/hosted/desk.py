"""What one kind of host brings to a hosted source: plain reads and commits of one repository.

A desk maps the wire's JSON to values and refusals to errors; it decides and remembers nothing that is not the host's.
Any method may raise ``SourceError``, or ``TrackerError`` for what went wrong on the line. Branches are plain names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from plansync.ports.reviews import Reviews
from plansync.sources.entries import Entry


@dataclass(frozen=True, slots=True)
class Head:
    """Where a branch is. ``etag`` makes the next look conditional; ``tree`` is the tree's name where hosts tell it."""

    commit: str
    tree: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a commit; ``size`` is None where the host's listing does not tell it.

    ``changed_in`` names the last commit that changed it, once that is known, on hosts that ask for it.
    """

    entry: Entry
    size: int | None = None
    changed_in: str = ""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file as it was read, and the last commit that changed it, where the host tells it in passing."""

    data: bytes = field(repr=False)
    changed_in: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """New bytes for a file that is in the branch already."""

    entry: Entry
    data: bytes = field(repr=False)
    changed_in: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit to be made on ``branch``, whose head is ``onto``."""

    branch: str
    onto: str
    edits: Sequence[Edit]
    message: str


@dataclass(frozen=True, slots=True)
class Committed:
    """The branch holds the commit now; its ``parent`` is another one than meant where the host cannot compare."""

    commit: str
    parent: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The branch, or one of the files, is not what it was thought to be: look again."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The host does not take the commit; ``reason`` is its own word."""

    reason: str
    hint: str = ""


CommitResult = Committed | Moved | Denied


@dataclass(frozen=True, slots=True)
class Logged:
    """A commit that is there."""

    commit: str
    message: str


@dataclass(frozen=True, slots=True)
class Project:
    """The repository itself: its path now, and whether this credential may write to it (None: not told)."""

    path: str
    default_branch: str
    archived: bool = False
    may_write: bool | None = None


class Desk(Protocol):
    """One repository on one host."""

    @property
    def host(self) -> str: ...
    @property
    def path(self) -> str:
        """Return owner and name as configured."""

    @property
    def reviews(self) -> Reviews: ...
    def project(self) -> Project: ...
    def head(self, branch: str, etag: str = "") -> Head | None:
        """Return where ``branch`` (empty: the default branch) is, None if that is what ``etag`` stands for."""

    def tree(self, head: Head, may_hold: Callable[[str], bool]) -> Sequence[Listed]:
        """Return the files of a commit; folders that hold no plans may be left out where the tree is too large."""

    def blob(self, entry: Entry, commit: str) -> Blob | None:
        """Return a file of ``commit``, None where it is not there."""

    def commit(self, draft: Draft) -> CommitResult:
        """Put one commit on a branch. A lost answer is ``OutcomeUnknown``."""

    def propose(self, draft: Draft) -> CommitResult:
        """Make ``branch`` hold one commit on ``onto``, and nothing else that ``onto`` does not hold."""

    def commits(self, base: str, branch: str) -> Sequence[Logged] | None:
        """Return what ``branch`` holds beyond ``base``, None without such a branch; what is not told has no name."""
