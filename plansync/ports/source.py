"""The source port: where plan files live."""

from __future__ import annotations

from collections.abc import Sequence
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


class Source(Protocol):
    """Lists, reads and writes plan files. Any method may raise ``SourceError``.

    Paths are relative to the source's root, with ``/`` between parts.
    """

    @property
    def uid(self) -> str:
        """Return what tells this source from any other (``folder:/home/ann/web``)."""

    def list(self) -> Sequence[str]:
        """Return the paths of all plan files, sorted."""

    def read(self, path: str) -> Content | Unreadable:
        """Return the file's bytes; faults of one file are values."""

    def write(self, content: Content, data: bytes) -> Content:
        """Replace the file by ``data`` if it is still ``content``, else raise ``SourceChanged``; all or nothing."""

    def branch_rule(self) -> BranchRule:
        """Say whether a tracker that is shared may be synced from here now."""
