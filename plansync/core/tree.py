"""The tree that the parser's events make, without recursion. Part of the Markdown reader; knows no parser.

A value is not stored twice: text that comes in pieces is one Inline, and what has the range of its only part shares it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from plansync.core.blocks import Block, Inline, Kind, Mark
from plansync.core.rows import split_row
from plansync.core.text import Span

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
_LEAVES = {"Code": Mark.CODE, "InlineHtml": Mark.HTML}
_BREAKS = {"SoftBreak", "HardBreak"}
_BLANKS = b" \t\r\n"
_FENCE = re.compile(rb"(`{3,}|~{3,})")
_DEEPEST = 100
"""Levels of lists, quotes and marks in one another that are read."""


@dataclass(slots=True)
class _Run:
    """Text that the parser gave in pieces, one right behind the other: one Inline."""

    start: int
    end: int
    pieces: list[str]


@dataclass(slots=True)
class _Frame:
    name: str
    value: object
    span: Span
    nodes: list[Block | Inline] = field(default_factory=list)
    run: _Run | None = None

    def add(self, node: Block | Inline) -> None:
        """Put ``node`` behind what is there."""
        self.end_run()
        self.nodes.append(node)

    def end_run(self) -> None:
        """Make a node of the text gathered so far."""
        if self.run is not None:
            text = "".join(self.run.pieces)
            self.nodes.append(Inline(Mark.TEXT, Span(self.run.start, self.run.end), text=text))
            self.run = None


class Tree:
    """Builds the blocks from the parser's events, without recursion.

    What is nested deeper than ``_DEEPEST`` is left out: no person wrote it, and each level costs memory.
    """

    def __init__(
        self, source: bytes, place_of: Callable[[int], int], read: Callable[[Span], tuple[Block, ...]]
    ) -> None:
        """``place_of`` maps the parser's offsets to those of ``source``; ``read`` reads a part of it by itself."""
        self._source = source
        self._place_of = place_of
        self._read = read
        self._frames = [_Frame("", None, Span(0, 0))]
        self._columns = 0
        self._below = 0
        """How many levels below the deepest frame the parser is."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What was read so far."""
        return tuple(node for node in self._frames[0].nodes if isinstance(node, Block))

    def take(self, event: object, start: int, end: int) -> None:
        """Take the next event, and the range it has in the text that is parsed."""
        name, value = next(iter(event.items())) if isinstance(event, dict) else (str(event), None)
        if self._is_too_deep(name):
            return
        match name:
            case "Start":
                tag, attributes = next(iter(value.items())) if isinstance(value, dict) else (str(value), None)
                self._frames.append(_Frame(tag, attributes, self._span(start, end)))
            case "End":
                frame = self._frames.pop()
                frame.end_run()
                self._frames[-1].add(self._close(frame))
            case "Text" if self._frames[-1].name != "CodeBlock":
                self._add_text(str(value), self._place_of(start), self._place_of(end))
            case "Rule":
                self._frames[-1].add(Block(Kind.RULE, self._trim(self._span(start, end))))
            case _ if name in _BREAKS:
                self._frames[-1].add(Inline(Mark.BREAK, self._span(start, end)))
            case _ if name in _LEAVES:
                self._frames[-1].add(Inline(_LEAVES[name], self._span(start, end), text=str(value)))
            case _:  # the lines of code and of HTML blocks, which are in their own spans
                pass

    def _span(self, start: int, end: int) -> Span:
        return Span(self._place_of(start), self._place_of(end))

    def _add_text(self, text: str, start: int, end: int) -> None:
        """Add text to what stands right before it, be there a backslash between."""
        frame = self._frames[-1]
        if frame.run is None or self._source[frame.run.end : start] not in {b"", b"\\"}:
            frame.end_run()
            frame.run = _Run(start, end, [text])
        else:
            frame.run.pieces.append(text)
            frame.run.end = end

    def _is_too_deep(self, name: str) -> bool:
        """Keep count of the levels that are left out, and say whether the parser is in one."""
        if name == "Start" and (self._below or len(self._frames) > _DEEPEST):
            self._below += 1
        elif name == "End" and self._below:
            self._below -= 1
            return True
        return self._below > 0

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
            case Kind.HEADING if inlines and self._is_begun_item(span):
                return Block(Kind.PARAGRAPH, self._trim(_span_of([*inlines])), inlines=inlines)
            case Kind.HEADING if isinstance(frame.value, dict):
                return Block(kind, span, inlines=inlines, level=int(frame.value["level"][1:]))
            case Kind.LIST:
                return Block(kind, span, children=blocks, ordered=frame.value is not None)
            case Kind.CODE:
                return self._code(frame, span)
            case Kind.ROW:
                return self._row(frame, span, blocks)
            case _:
                is_same = bool(inlines) and inlines[0].span == span
                return Block(kind, inlines[0].span if is_same else span, children=blocks, inlines=inlines)

    def _is_begun_item(self, heading: Span) -> bool:
        """Say whether a heading is text with a ``-`` below, where somebody began an item; in an item, with any line."""
        lines = heading.of(self._source).splitlines()
        underline = lines[-1].strip(b" \t>")
        is_setext = len(lines) > 1 and not underline.strip(b"-=")
        return is_setext and (underline == b"-" or self._frames[-1].name == "Item")

    def _trim(self, span: Span) -> Span:
        start, end = span.start, span.end
        while start < end and self._source[start] in _BLANKS:
            start += 1
        while end > start and self._source[end - 1] in _BLANKS:
            end -= 1
        return span if (start, end) == (span.start, span.end) else Span(start, end)

    def _gather_text(self, nodes: list[Block | Inline]) -> Iterator[Block]:
        """Make paragraphs of the text that stands directly in a tight list's item."""
        inlines: list[Inline] = []
        for node in (*nodes, None):
            if isinstance(node, Inline):
                inlines.append(node)
                continue
            if inlines:
                yield Block(Kind.PARAGRAPH, self._trim(_span_of(inlines)), inlines=tuple(inlines))
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
        ranges = split_row(self._source, span, self._columns + 1)
        if len(ranges) > self._columns:
            by_code = split_row(self._source, span, self._columns + 1, spare_code=True)
            if len(by_code) == self._columns:
                return Block(Kind.ROW, span, children=tuple(self._cell(place) for place in by_code))
        end = Span(span.end, span.end)
        held = tuple(cell if span.holds(cell.span) else Block(Kind.CELL, end) for cell in cells)
        return Block(Kind.ROW, span, children=held, fits=len(ranges) == self._columns)

    def _cell(self, place: Span) -> Block:
        """Read a cell again, by itself: it holds a bare pipe in a code span, where GFM would cut it."""
        span = self._trim(place)
        inner = self._read(span)
        inlines = inner[0].inlines if len(inner) == 1 and inner[0].kind is Kind.PARAGRAPH else ()
        return Block(Kind.CELL, span, inlines=inlines)


def _span_of(inlines: list[Inline]) -> Span:
    first, last = inlines[0].span, inlines[-1].span
    return first if first is last else Span(first.start, last.end)


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
