"""Byte-exact edits of a plan file. Nothing here knows Markdown.

All offsets are bytes of the file as it was read, BOM included; lines and columns are 1-based, columns count
characters (a tab is one).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open byte range ``start:end`` of a file."""

    start: int
    end: int

    def of(self, source: bytes) -> bytes:
        """Return the bytes of ``source`` that the span covers."""
        return source[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Say whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Site:
    """A place where text can be put in: ``before + text + after`` goes to byte ``offset``."""

    offset: int
    before: str = ""
    after: str = ""

    def edit(self, text: str) -> Edit:
        """Return the insertion of ``text`` at this place."""
        return Edit(Span(self.offset, self.offset), (self.before + text + self.after).encode())


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of ``span`` by ``text``; an empty span inserts."""

    span: Span
    text: bytes


def apply_edits(source: bytes, edits: Iterable[Edit]) -> bytes:
    """Splice ``edits`` into ``source``; every byte outside them is kept as it is.

    Insertions at one offset are put in the order given. Raises ``ValueError`` when edits overlap or leave the file.
    """
    pieces: list[bytes] = []
    cursor = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        start, end = edit.span.start, edit.span.end
        if not cursor <= start <= end <= len(source):
            raise ValueError(f"edit {start}:{end} overlaps another or leaves the file")
        pieces += (source[cursor:start], edit.text)
        cursor = end
    return b"".join((*pieces, source[cursor:]))


@dataclass(frozen=True, slots=True)
class Position:
    """A 1-based place in a file, as editors count."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Turns byte offsets of one file into lines and columns. LF, CRLF and lone CR end a line."""

    source: bytes
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Index the line starts once."""
        object.__setattr__(self, "starts", tuple(_line_starts(self.source)))

    def number(self, offset: int) -> int:
        """Return the 1-based line that byte ``offset`` stands on."""
        return max(1, bisect_right(self.starts, offset))

    def position(self, offset: int) -> Position:
        """Return line and column of byte ``offset``."""
        line = self.number(offset)
        head = self.source[self.starts[line - 1] : offset].removeprefix(b"\xef\xbb\xbf")
        return Position(line, len(head.decode("utf-8", "replace")) + 1)


def _line_starts(source: bytes) -> Iterable[int]:
    yield 0
    at = 0
    while True:
        newline = source.find(b"\n", at)
        chunk_end = len(source) if newline < 0 else newline
        bare = source.find(b"\r", at, chunk_end)
        while bare >= 0:
            if bare + 1 < len(source) and source[bare + 1] != 0x0A:
                yield bare + 1
            bare = source.find(b"\r", bare + 1, chunk_end)
        if newline < 0:
            return
        at = newline + 1
        yield at
