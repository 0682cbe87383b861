"""Markdown to blocks with exact byte ranges: the one home of the Markdown parser.

The structure is CommonMark plus GFM tables and strikethrough (spec §2), with one concession to how people write: a
line that opens with a bold label (``**Tasks:**``, ``**Success Criteria**:``) begins a new block even where CommonMark
would join it to the paragraph, list item, heading or table above. The text is parsed once to find such lines, and
again with a blank line before each; offsets are mapped back, so that nobody else knows of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyromark

from plansync.core.blocks import Block, Inline, Kind, Mark, walk_blocks
from plansync.core.labels import joined_labels
from plansync.core.text import Span

_PARSER = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH,
)
_BLOCKS = {
    "Paragraph": Kind.PARAGRAPH,
    "Heading": Kind.HEADING,
    "BlockQuote": Kind.QUOTE,
    "List": Kind.LIST,
    "Item": Kind.ITEM,
    "CodeBlock": Kind.CODE,
    "HtmlBlock": Kind.HTML,
    "Table": Kind.TABLE,
    "TableHead": Kind.ROW,
    "TableRow": Kind.ROW,
    "TableCell": Kind.CELL,
}
_INLINES = {
    "Emphasis": Mark.EMPHASIS,
    "Strong": Mark.STRONG,
    "Strikethrough": Mark.STRIKE,
    "Link": Mark.LINK,
    "Image": Mark.IMAGE,
}
_LEAVES = {"Text": Mark.TEXT, "Code": Mark.CODE, "InlineHtml": Mark.HTML}
_BREAKS = {"SoftBreak", "HardBreak"}
_BLANKS = b" \t\r\n"
_BLANK_LINE = b"\r\n"
"""What is put before a field line to make a blank line."""
_FENCE = re.compile(rb"(`{3,}|~{3,})")
_LONE_CR = re.compile(rb"\r(?!\n)")
"""To CommonMark a line end like any other; the parser takes it for text in some places."""
_CODE_OR_PIPE = re.compile(rb"\\.|(?P<ticks>`+)|\|", re.DOTALL)


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
        lines = wanted
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
    tree = _Tree(source, offsets)
    for event, place in _PARSER.events_with_range(text):
        tree.take(event, place["start"], place["end"])
    return tree.blocks


@dataclass(slots=True)
class _Frame:
    name: str
    value: object
    span: Span
    nodes: list[Block | Inline] = field(default_factory=list)


class _Tree:
    """Builds the blocks from the parser's events, without recursion."""

    def __init__(self, source: bytes, offsets: _Offsets) -> None:
        self._source = source
        self._offsets = offsets
        self._frames = [_Frame("", None, Span(0, 0))]
        self._columns = 0

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(node for node in self._frames[0].nodes if isinstance(node, Block))

    def take(self, event: object, start: int, end: int) -> None:
        span = Span(self._offsets.of(start), self._offsets.of(end))
        name, value = next(iter(event.items())) if isinstance(event, dict) else (str(event), None)
        match name:
            case "Start":
                tag, attributes = next(iter(value.items())) if isinstance(value, dict) else (str(value), None)
                self._frames.append(_Frame(tag, attributes, span))
            case "End":
                frame = self._frames.pop()
                self._frames[-1].nodes.append(self._close(frame))
            case "Rule":
                self._frames[-1].nodes.append(Block(Kind.RULE, self._trim(span)))
            case _ if name in _BREAKS:
                self._frames[-1].nodes.append(Inline(Mark.BREAK, span))
            case _ if name in _LEAVES:
                self._frames[-1].nodes.append(Inline(_LEAVES[name], span, text=str(value)))
            case _:  # the lines of an HTML block, which are in its own span
                pass

    def _close(self, frame: _Frame) -> Block | Inline:
        if frame.name in _INLINES:
            return _inline(frame)
        kind = _BLOCKS[frame.name]
        span = self._trim(frame.span)
        blocks = tuple(node for node in frame.nodes if isinstance(node, Block))
        inlines = tuple(node for node in frame.nodes if isinstance(node, Inline))
        match kind:
            case Kind.ITEM:
                return Block(kind, span, children=tuple(self._gather_text(frame.nodes)))
            case Kind.HEADING if isinstance(frame.value, dict):
                return Block(kind, span, inlines=inlines, level=int(frame.value["level"][1:]))
            case Kind.LIST:
                return Block(kind, span, children=blocks, ordered=frame.value is not None)
            case Kind.CODE:
                return self._code(frame, span)
            case Kind.ROW:
                return self._row(frame, span, blocks)
            case _:
                return Block(kind, span, children=blocks, inlines=inlines)

    def _trim(self, span: Span) -> Span:
        start, end = span.start, span.end
        while start < end and self._source[start] in _BLANKS:
            start += 1
        while end > start and self._source[end - 1] in _BLANKS:
            end -= 1
        return Span(start, end)

    def _gather_text(self, nodes: list[Block | Inline]) -> Iterator[Block]:
        """Make paragraphs of the text that stands directly in a tight list's item."""
        inlines: list[Inline] = []
        for node in (*nodes, None):
            if isinstance(node, Inline):
                inlines.append(node)
                continue
            if inlines:
                span = self._trim(Span(inlines[0].span.start, inlines[-1].span.end))
                yield Block(Kind.PARAGRAPH, span, inlines=tuple(inlines))
                inlines = []
            if node is not None:
                yield node

    def _code(self, frame: _Frame, span: Span) -> Block:
        if not isinstance(frame.value, dict):
            return Block(Kind.CODE, span)
        return Block(
            Kind.CODE, span, info=str(frame.value["Fenced"]), fenced=True, closed=_is_closed(span.of(self._source))
        )

    def _row(self, frame: _Frame, span: Span, cells: tuple[Block, ...]) -> Block:
        if frame.name == "TableHead":
            self._columns = len(cells)
            return Block(Kind.ROW, span, children=cells)
        ranges = _split_row(self._source, span)
        if len(ranges) > self._columns:
            by_code = _split_row(self._source, span, spare_code=True)
            if len(by_code) == self._columns:
                return Block(Kind.ROW, span, children=tuple(self._cell(place) for place in by_code))
        end = Span(span.end, span.end)
        held = tuple(cell if span.holds(cell.span) else Block(Kind.CELL, end) for cell in cells)
        return Block(Kind.ROW, span, children=held, fits=len(ranges) == self._columns)

    def _cell(self, place: Span) -> Block:
        """Read a cell again, by itself: it holds a bare pipe in a code span, where GFM would cut it."""
        span = self._trim(place)
        inner = _read(self._source, span.of(self._source).decode("utf-8"), _Offsets(span.start, ()))
        inlines = inner[0].inlines if len(inner) == 1 and inner[0].kind is Kind.PARAGRAPH else ()
        return Block(Kind.CELL, span, inlines=inlines)


def _inline(frame: _Frame) -> Inline:
    url = str(frame.value["dest_url"]) if isinstance(frame.value, dict) else ""
    children = tuple(node for node in frame.nodes if isinstance(node, Inline))
    return Inline(_INLINES[frame.name], frame.span, url=url, children=children)


def _is_closed(code: bytes) -> bool:
    opening = _FENCE.match(code)
    last = code[max(code.rfind(b"\n"), code.rfind(b"\r")) + 1 :].strip(b" \t>")
    if opening is None or last == code.strip(b" \t>"):
        return False
    fence = opening[1]
    return len(last) >= len(fence) and not last.strip(fence[:1])


def _split_row(source: bytes, row: Span, *, spare_code: bool = False) -> list[Span]:
    """Return the ranges between a row's pipes; with ``spare_code`` a pipe in a code span is text."""
    ranges: list[Span] = []
    start = at = row.start + (source[row.start : row.start + 1] == b"|")
    while found := _CODE_OR_PIPE.search(source, at, row.end):
        at = found.end()
        if found["ticks"]:
            closing = _closing_ticks(source, at, row.end, found["ticks"]) if spare_code else at
            at = closing
        elif found[0] == b"|":
            ranges.append(Span(start, found.start()))
            start = at
    return ranges if start >= row.end else [*ranges, Span(start, row.end)]


def _closing_ticks(source: bytes, start: int, end: int, ticks: bytes) -> int:
    closing = re.compile(rb"(?<!`)" + ticks + rb"(?!`)").search(source, start, end)
    return closing.end() if closing else start
