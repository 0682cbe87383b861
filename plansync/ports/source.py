"""The source port: where plan files live."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Content:
    """A plan file as it was read; ``token`` is the source's own word for this very state of it."""

    path: str
    data: bytes = field(repr=False)
    token: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A plan file that could not be read, as a Problem code (PS101 …) and a message."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BranchRule:
    """Whether the checkout that the plans live in may be synced now (spec §4.5); ``reason`` says why not."""

    allowed: bool
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """New bytes for a file, made from what was read of it; equal bytes say that nothing is left to be written."""

    content: Content
    data: bytes = field(repr=False)

    @property
    def is_needed(self) -> bool:
        """Say whether the bytes differ."""
        return self.data != self.content.data


@dataclass(frozen=True, slots=True)
class Changed:
    """Nothing was written: the file is no longer what was read. Read it again and edit it again."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written, and trying again at once would not help; ``hint`` says what to do."""

    path: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The new bytes wait in a request for review (``where``: its address); the file itself is still ``content``."""

    content: Content
    where: str


Saved = Content | Changed | Refused | Proposed
"""What became of a replacement; ``Content``: written, this is the file now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a source that keeps a history notes down with the replacements of one slice.

    ``message`` returns the text for those paths that are written in the end, ``request`` that of a request for review
    that holds these replacements, whichever runs they come from: subject, blank line, body.
    """

    run: str
    target: str
    trigger: str
    message: Callable[[Collection[str]], str]
    request: Callable[[Sequence[Replacement]], str]


class Source(Protocol):
    """Lists, reads and writes plan files. Any method may raise ``SourceError``.

    Paths are relative to the source's root, with ``/`` between parts. A source that is far away answers from what it
    saw when it was last refreshed; one that never was looks by itself first.
    """

    @property
    def uid(self) -> str:
        """Return what tells this source from any other (``folder:/home/ann/web``)."""

    def refresh(self) -> None:
        """Look at the place again; cheap where nothing changed, and nothing to do where every look is fresh."""

    def list(self) -> Sequence[str]:
        """Return the paths of all plan files, sorted."""

    def read(self, path: str) -> Content | Unreadable:
        """Return the file's bytes; faults of one file are values."""

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        """Write the replacements that are needed, in one commit where there are commits, and answer each in order.

        Each file gets all of its new bytes or none, and only if it is still what was read. A file that is ``Changed``
        is read as it is now from here on. After a ``SourceError`` none counts as written; the next look tells.
        """

    def branch_rule(self) -> BranchRule:
        """Say whether a tracker that is shared may be synced from here now."""
