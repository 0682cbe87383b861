"""The tree that the Markdown reader makes of a file: blocks and inlines, each with its exact byte range.

Nothing here knows a Markdown parser (that is :mod:`plansync.core.markdown`) or what a plan is (that is
:mod:`plansync.core.grammar`). Offsets are bytes of the file as it was read, BOM and front matter included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from plansync.core.text import Span


class Kind(Enum):
    """What a block is."""

    HEADING = auto()
    PARAGRAPH = auto()
    LIST = auto()
    ITEM = auto()
    TABLE = auto()
    ROW = auto()
    CELL = auto()
    CODE = auto()
    HTML = auto()
    QUOTE = auto()
    RULE = auto()


class Mark(Enum):
    """What an inline is."""

    TEXT = auto()
    CODE = auto()
    STRONG = auto()
    EMPHASIS = auto()
    STRIKE = auto()
    LINK = auto()
    IMAGE = auto()
    HTML = auto()
    BREAK = auto()


@dataclass(frozen=True, slots=True)
class Inline:
    """A piece of a paragraph, heading or cell. ``text`` is what a reader sees of a TEXT, CODE or HTML piece."""

    mark: Mark
    span: Span
    text: str = ""
    url: str = ""
    children: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A block. ``span`` has neither the indentation before it nor the blanks and line ends after it.

    An item's own text is always a PARAGRAPH among its children, be its list tight or loose. The first row of a table
    is its head.
    """

    kind: Kind
    span: Span
    children: tuple[Block, ...] = ()
    inlines: tuple[Inline, ...] = ()
    level: int = 0
    """Of a HEADING: 1 to 6."""
    ordered: bool = False
    info: str = ""
    """Of a fenced CODE block: the words behind the fence."""
    fenced: bool = False
    closed: bool = True
    """Of a fenced CODE block: whether its closing fence is there."""
    fits: bool = True
    """Of a ROW: whether it has as many cells as the head."""

    @property
    def text_span(self) -> Span:
        """Return the range of the inlines: a heading without its marks, a cell without its padding."""
        if not self.inlines:
            return Span(self.span.end, self.span.end) if self.kind is not Kind.CELL else self.span
        return Span(self.inlines[0].span.start, self.inlines[-1].span.end)


def walk_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield ``blocks`` and everything below them in file order, however deep they are nested."""
    waiting = [iter(blocks)]
    while waiting:
        block = next(waiting[-1], None)
        if block is None:
            waiting.pop()
            continue
        yield block
        if block.children:
            waiting.append(iter(block.children))


def walk_inlines(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Yield ``inlines`` and everything inside them in file order, however deep they are nested."""
    waiting = [iter(inlines)]
    while waiting:
        inline = next(waiting[-1], None)
        if inline is None:
            waiting.pop()
            continue
        yield inline
        if inline.children:
            waiting.append(iter(inline.children))


def plain_text(inlines: Iterable[Inline]) -> str:
    """Return what a reader sees of ``inlines``: no marks, no comments, breaks as one blank."""
    pieces = (
        " " if inline.mark is Mark.BREAK else inline.text
        for inline in walk_inlines(inlines)
        if inline.mark is not Mark.HTML
    )
    return "".join(pieces).strip()
