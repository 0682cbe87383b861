"""Labelled fields: ``- **Goal:** v``, ``**Goal**: v``, ``#### Goal``, and what stands below each (spec §2.3).

A field is a label, the value behind it, and the content below it up to the next label, heading or rule.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from plansync.core.blocks import Block, Inline, Kind, Mark, plain_text
from plansync.core.design import Field
from plansync.core.grammar.page import Page, comments, is_html_break
from plansync.core.grammar.words import label_key, section_name
from plansync.core.labels import is_label
from plansync.core.text import Span

_PLAIN_LABEL = re.compile(r"([^\W\d_][\w /&-]{0,40}?)[ \t]*(?::(?=[ \t\r\n]|\Z)|：)")
_REMARK = re.compile(r"[ \t]*\([^()\r\n]*\)[ \t]*[:：][ \t]*")
_ASIDE = frozenset({"milestone"})
"""Fields that plansync writes itself: they claim nothing below them, and end no field above."""
_MARKER = re.compile(rb"(?P<bullet>[-*+])|(?P<number>\d{1,9})(?P<stop>[.)])")
_COLONS = (b":", "：".encode())


class Style(Enum):
    """How a field is written."""

    BULLET = auto()
    PARAGRAPH = auto()
    HEADING = auto()


@dataclass(frozen=True, slots=True)
class Label:
    """The label that opens a paragraph and the range of the value behind it, on the same lines."""

    name: str
    value: Span

    @property
    def key(self) -> str:
        """Return the name as names compare."""
        return label_key(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A field where it stands: ``block`` is its item, paragraph or heading, ``content`` what is below it."""

    label: Label
    style: Style
    block: Block
    own: Block | None
    """The paragraph that holds the value; None for a heading."""
    content: tuple[Block, ...] = ()

    @property
    def has_value(self) -> bool:
        """Say whether something stands behind the label."""
        return self.label.value.start < self.label.value.end

    @property
    def end(self) -> int:
        """Return the end of the field's last content that a new field can follow."""
        open_ended = (block for block in self.content if block.kind is not Kind.HTML and block.closed)
        return max([self.block.span.end, *(block.span.end for block in open_ended)])


@dataclass(slots=True)
class _Open:
    node: Node
    content: list[Block] = field(default_factory=list)


def read_label(page: Page, block: Block, known: Container[str] = ()) -> Label | None:
    """Return the label that opens the paragraph ``block``: a bold one, or a plain one whose name is ``known``."""
    if block.kind is not Kind.PARAGRAPH or not block.inlines:
        return None
    first = block.inlines[0]
    if is_label(page.source, block.inlines, 0):
        name = plain_text(first.children).rstrip(" :：")
        return Label(name, _value(page, block, _after_colon(page, first.span.end))) if name else None
    if first.mark in {Mark.STRONG, Mark.EMPHASIS}:
        name = plain_text(first.children)
        is_whole = first.span == page.trim(block.text_span) or name.endswith((":", "："))
        if label_key(name) in known and is_whole:
            return Label(name.rstrip(" :："), _value(page, block, _after_colon(page, first.span.end)))
        return None
    found = _PLAIN_LABEL.match(page.raw(block.text_span)) if first.mark is Mark.TEXT else None
    if found is None or label_key(found[1]) not in known:
        return None
    return Label(found[1], _value(page, block, first.span.start + len(found[0].encode())))


def _remarked_label(page: Page, block: Block) -> Label | None:
    """Return the bold label with a remark that is all of a paragraph: ``**Scenarios** (from spec.md):``."""
    first = block.inlines[0] if block.inlines else None
    if first is None or first.mark is not Mark.STRONG:
        return None
    end = page.trim(block.text_span).end
    is_whole = _REMARK.fullmatch(page.raw(Span(first.span.end, max(first.span.end, end)))) is not None
    return Label(plain_text(first.children), Span(end, end)) if is_whole else None


def _wrapped_label(page: Page, block: Block, known: Container[str]) -> Label | None:
    """Return the ``known`` label of a paragraph that is bold or emphasised as a whole: ``*Prerequisites: none*``."""
    whole = block.inlines[0] if len(block.inlines) == 1 else None
    if whole is None or whole.mark not in {Mark.STRONG, Mark.EMPHASIS} or not whole.children:
        return None
    text = Span(whole.children[0].span.start, whole.children[-1].span.end)
    found = _PLAIN_LABEL.match(page.raw(text))
    value = page.trim(Span(text.start + len(found[0].encode()), text.end)) if found else text
    is_label = found is not None and value.start < value.end and label_key(found[1]) in known
    return Label(found[1], value) if found is not None and is_label else None


def _after_colon(page: Page, offset: int) -> int:
    for colon in _COLONS:
        if page.source.startswith(colon, offset):
            return offset + len(colon)
    return offset


def _value(page: Page, block: Block, start: int) -> Span:
    return value_span(page, block.inlines, Span(start, block.text_span.end))


def value_span(page: Page, inlines: Sequence[Inline], span: Span) -> Span:
    """Return the value in ``span`` without blanks, comments and line breaks around it, and a hard break's backslash."""
    value = page.trim(span)
    asides = sorted(inline.span for inline in (*comments(inlines), *filter(is_html_break, inlines)))
    for aside in reversed(asides):
        if aside.end == value.end and aside.start >= span.start:
            value = page.trim(Span(value.start, max(value.start, aside.start)))
    for aside in asides:
        if aside.start == value.start and aside.end <= value.end:
            value = page.trim(Span(aside.end, value.end))
    text = value.of(page.source)
    if (len(text) - len(text.rstrip(b"\\"))) % 2:
        value = page.trim(Span(value.start, value.end - 1))
    return value if value.start <= value.end else Span(span.start, span.start)


def own_paragraph(item: Block) -> Block | None:
    """Return the paragraph that is an item's own text, or None when it begins with something else."""
    first = item.children[0] if item.children else None
    return first if first is not None and first.kind is Kind.PARAGRAPH else None


def bullet_field(page: Page, item: Block, known: Container[str] = ()) -> Node | None:
    """Return the field that a list item is, or None."""
    own = own_paragraph(item)
    label = read_label(page, own, known) if own else None
    if label is None:
        return None
    return Node(label=label, style=Style.BULLET, block=item, own=own, content=item.children[1:])


def find_fields(
    page: Page, blocks: Iterable[Block], known: Container[str], labels: Container[str] | None = None
) -> tuple[tuple[Node, ...], tuple[Block, ...]]:
    """Return the fields among ``blocks`` in order, and the blocks that belong to none.

    Under an open label an item is a field of its own only if its name is ``known``; elsewhere any bold label will do.
    ``labels``: the names that make a plain paragraph a field; ``known`` if not given.
    """
    reader = _Reader(page, known, known if labels is None else labels)
    for block in blocks:
        reader.take(block)
    return reader.finish()


class _Reader:
    def __init__(self, page: Page, known: Container[str], labels: Container[str]) -> None:
        self._page = page
        self._known = known
        self._labels = labels
        self._nodes: list[Node] = []
        self._loose: list[Block] = []
        self._open: _Open | None = None

    def take(self, block: Block) -> None:
        match block.kind:
            case Kind.RULE:
                self._close()
            case Kind.HEADING:
                name = section_name(plain_text(block.inlines))
                value = Span(block.span.end, block.span.end)
                self._begin(Node(label=Label(name, value), style=Style.HEADING, block=block, own=None))
            case Kind.PARAGRAPH if label := self._label(block):
                self._begin(Node(label=label, style=Style.PARAGRAPH, block=block, own=block))
            case Kind.LIST:
                self._take_list(block)
            case _:
                self._keep(block)

    def _label(self, block: Block) -> Label | None:
        return (
            _wrapped_label(self._page, block, self._known)
            or read_label(self._page, block, self._labels)
            or _remarked_label(self._page, block)
        )

    def finish(self) -> tuple[tuple[Node, ...], tuple[Block, ...]]:
        self._close()
        return tuple(self._nodes), tuple(self._loose)

    def _begin(self, node: Node) -> None:
        if node.style is Style.PARAGRAPH and node.label.key in _ASIDE:
            self._nodes.append(node)
            return
        self._close()
        self._open = _Open(node)

    def _close(self) -> None:
        if self._open is not None:
            node = self._open.node
            content = tuple(self._open.content)
            self._nodes.append(
                Node(label=node.label, style=node.style, block=node.block, own=node.own, content=content)
            )
        self._open = None

    def _keep(self, block: Block) -> None:
        (self._loose if self._open is None else self._open.content).append(block)

    def _take_list(self, block: Block) -> None:
        run: list[Block] = []
        for item in block.children:
            node = bullet_field(self._page, item, self._known)
            if node is None or (self._open is not None and node.label.key not in self._known):
                run.append(item)
                continue
            self._keep_run(block, run)
            run = []
            if node.label.key not in _ASIDE:
                self._close()
            self._nodes.append(node)
        self._keep_run(block, run)

    def _keep_run(self, block: Block, run: list[Block]) -> None:
        if run:
            self._keep(sub_list(block, run))


def sub_list(block: Block, items: list[Block]) -> Block:
    """Return the list ``block`` with only ``items`` of its own."""
    span = Span(items[0].span.start, items[-1].span.end)
    return Block(Kind.LIST, span, children=tuple(items), ordered=block.ordered)


def list_items(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the first-level items of the lists among ``blocks``."""
    for block in blocks:
        if block.kind is Kind.LIST:
            yield from block.children


def to_field(page: Page, node: Node) -> Field:
    """Return ``node`` as a field of the model: its value is the text behind the label, raw."""
    return Field(node.label.name, page.joined(node.label.value), page.line(node.block.span.start), node.label.value)


def value_text(page: Page, node: Node) -> str:
    """Return the value behind the label; where there is none, the first text below it, a list's items joined."""
    value = page.joined(node.label.value)
    if value:
        return value
    for block in node.content:
        if block.kind is Kind.PARAGRAPH:
            return page.joined(value_span(page, block.inlines, block.text_span))
        if block.kind is Kind.LIST:
            own = (own_paragraph(item) for item in block.children)
            return "; ".join(page.joined(paragraph.text_span) for paragraph in own if paragraph)
    return ""


def bullet_lead(page: Page, item: Block) -> str:
    """Return the indentation and marker of the list item that would stand below ``item``."""
    indent = page.raw(Span(page.line_start(item.span.start), item.span.start)).removeprefix("\ufeff")
    found = _MARKER.match(page.source, item.span.start)
    marker = "-" if found is None else found["bullet"].decode() if found["bullet"] else _next_number(found)
    return f"{' ' * len(indent) if indent.strip() else indent}{marker} "


def _next_number(found: re.Match[bytes]) -> str:
    return f"{int(found['number']) + 1}{found['stop'].decode()}"
