"""Markdown to blocks with exact byte ranges: the one home of the Markdown parser.

The structure is CommonMark plus GFM tables and strikethrough (spec §2), with two concessions to how people write: a
line that opens with a bold label (``**Tasks:**``, ``**Success Criteria**:``) begins a new block even where CommonMark
would join it to the paragraph, list item, heading or table above. And a single ``-`` below a text makes no heading of
it: somebody began an item there (:mod:`plansync.core.tree`). The text is parsed once to find such lines, and
again with a blank line before each; offsets are mapped back, so that nobody else knows of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

import pyromark

from plansync.core.blocks import Block, Kind, walk_blocks
from plansync.core.labels import joined_labels
from plansync.core.text import Span
from plansync.core.tree import Tree

_PARSER = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH,
)
_BLANKS = b" \t\r\n"
_BLANK_LINE = b"\r\n"
"""What is put before a field line to make a blank line."""
_LONE_CR = re.compile(rb"\r(?!\n)")
"""To CommonMark a line end like any other; the parser takes it for text in some places."""


def parse_blocks(source: bytes, start: int = 0) -> tuple[Block, ...]:
    """Return the blocks of the UTF-8 text ``source[start:]``, their offsets counted from the start of ``source``."""
    return _settle(source, start)[1]


def field_lines(source: bytes, start: int = 0) -> tuple[int, ...]:
    """Return the offsets of the lines that begin a new field where CommonMark would not, in order."""
    return _settle(source, start)[0]


def _settle(source: bytes, start: int) -> tuple[tuple[int, ...], tuple[Block, ...]]:
    """Return the field lines and the blocks that they make.

    A line that would become indented code is none. A label that was set free may stand above a rule, which then begins
    a new field as well.
    """
    blocks = _parse(source, start, ())
    lines: set[int] = set()
    wanted, refused = set(joined_labels(source, blocks)), set[int]()
    while wanted != lines:
        lines, blocks = wanted, ()  # the old tree goes before the new one is made
        blocks = _parse(source, start, tuple(sorted(lines)))
        code = [block.span for block in walk_blocks(blocks) if block.kind is Kind.CODE]
        starts = [span.start for span in code]
        refused |= {line for line in lines if _is_inside(_skip_blanks(source, line), code, starts)}
        wanted = lines.union(joined_labels(source, blocks)) - refused
    return tuple(sorted(lines)), blocks


def _is_inside(offset: int, spans: list[Span], starts: list[int]) -> bool:
    index = bisect_right(starts, offset) - 1
    return index >= 0 and offset < spans[index].end


def _skip_blanks(source: bytes, offset: int) -> int:
    while offset < len(source) and source[offset] in _BLANKS:
        offset += 1
    return offset


@dataclass(frozen=True, slots=True)
class _Offsets:
    """Maps offsets of the text that was parsed to offsets of the file."""

    base: int
    inserted: tuple[int, ...]
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        width = len(_BLANK_LINE)
        starts = tuple(at - self.base + index * width for index, at in enumerate(self.inserted))
        object.__setattr__(self, "starts", starts)

    def of(self, offset: int) -> int:
        """Return the file's offset; a place inside an inserted line is the place it was inserted at."""
        if not self.starts:
            return self.base + offset
        count = bisect_right(self.starts, offset)
        if count and offset < self.starts[count - 1] + len(_BLANK_LINE):
            return self.inserted[count - 1]
        return self.base + offset - count * len(_BLANK_LINE)


def _with_blank_lines(source: bytes, start: int, lines: tuple[int, ...]) -> str:
    pieces: list[bytes] = []
    cursor = start
    for line in lines:
        pieces += (source[cursor:line], _BLANK_LINE)
        cursor = line
    text = b"".join((*pieces, source[cursor:]))
    return _LONE_CR.sub(b"\n", text).decode("utf-8")


def _parse(source: bytes, start: int, lines: tuple[int, ...]) -> tuple[Block, ...]:
    return _read(source, _with_blank_lines(source, start, lines), _Offsets(start, lines))


def _read(source: bytes, text: str, offsets: _Offsets) -> tuple[Block, ...]:
    def read(part: Span) -> tuple[Block, ...]:
        return _read(source, part.of(source).decode("utf-8"), _Offsets(part.start, ()))

    tree = Tree(source, offsets.of, read)
    for event, place in _PARSER.events_with_range(text):
        tree.take(event, place["start"], place["end"])
    return tree.blocks
