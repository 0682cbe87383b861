"""The header: everything before the first H2, its title and its fields (spec §2.1).

Fields are paragraphs that open with a bold label, bullets that do, the same in a block quote, rows of a two-column
table, and several of them on a line split by ``|`` or ``·``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plansync.core.blocks import Block, Kind, Mark, plain_text
from plansync.core.design import Field
from plansync.core.grammar.fields import Label, Node, Style, bullet_field, read_label, to_field, value_span
from plansync.core.grammar.front_matter import FrontMatter
from plansync.core.grammar.milestones import bullet_site, field_link, paragraph_site
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import read_phase_name
from plansync.core.grammar.words import is_nothing, without_quotes
from plansync.core.labels import is_label
from plansync.core.model import Link, StatusLine
from plansync.core.text import Site, Span

_TITLE_LABEL = re.compile(r"(?:implementation plan|plan|tasks)(?:\s*[:：]\s*|\s+[-–—]\s+)(?=\S)", re.IGNORECASE)
_SPLIT = re.compile(rb"[ \t]*(?:\||\xc2\xb7|\xe2\x80\xa2)[ \t]*\Z")
_LINK_VALUE = re.compile(r"\[[^\[\]]*\]\((?P<url>[^()\s]+)\)")
_STATUS = "**Status:** "


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says."""

    title: str
    title_line: int
    nodes: tuple[Node, ...]
    fields: tuple[Field, ...]
    status: StatusLine | None
    status_site: Site | None
    milestone: tuple[Link | None, Site]
    ignored: bool

    def value(self, key: str) -> str | None:
        """Return the value of the first field called ``key`` that has one, no code marks, no placeholder."""
        values = (field.value for node, field in zip(self.nodes, self.fields, strict=True) if node.label.key == key)
        plain = (without_quotes(_link_target(value)) for value in values)
        return next((value for value in plain if not is_nothing(value)), None)


def read_header(page: Page, root: Part, front: FrontMatter) -> Header:
    """Read title and fields of the file whose sections are below ``root``."""
    title = next((part for part in root.walk() if part.level == 1), None)
    blocks = tuple(_header_blocks(root))
    nodes = tuple(node for block in blocks for node in _fields(page, block))
    status = _status_line(page, nodes)
    place = _below(page, title, nodes, front)
    return Header(
        title=_title(title) or front.value("title") or "",
        title_line=page.line(title.heading.span.start) if title and title.heading else 1,
        nodes=nodes,
        fields=tuple(to_field(page, node) for node in nodes),
        status=status,
        status_site=None if status else place.site(page, _STATUS),
        milestone=(field_link(page, nodes), place.site(page, "**Milestone:** ")),
        ignored=page.is_ignored((*blocks, *((title.heading,) if title and title.heading else ()))),
    )


def _title(part: Part | None) -> str:
    if part is None or part.heading is None:
        return ""
    return _TITLE_LABEL.sub("", part.name, count=1) if _TITLE_LABEL.match(part.name) else part.name


def _header_blocks(root: Part) -> Iterator[Block]:
    for part in root.walk():
        if part.level == 2 or (part.level > 2 and read_phase_name(part.name)):
            return
        yield from part.own_blocks()


def _fields(page: Page, block: Block) -> Iterator[Node]:
    match block.kind:
        case Kind.PARAGRAPH:
            yield from _fields_of_line(page, block, block, Style.PARAGRAPH)
        case Kind.LIST:
            for item in block.children:
                node = bullet_field(page, item)
                if node is not None and node.own is not None:
                    yield from _fields_of_line(page, item, node.own, Style.BULLET)
        case Kind.QUOTE:
            for inner in block.children:
                if inner.kind is Kind.PARAGRAPH:
                    yield from _fields_of_line(page, block, inner, Style.PARAGRAPH)
        case Kind.TABLE:
            yield from (node for row in block.children if (node := _field_of_row(page, block, row)) is not None)
        case _:
            return


def _fields_of_line(page: Page, block: Block, own: Block, style: Style) -> Iterator[Node]:
    """Yield the fields of a paragraph: one, or several split by ``|`` or ``·``."""
    cuts = [index for index in range(len(own.inlines)) if index == 0 or _splits(page, own, index)]
    for first, last in zip(cuts, [*cuts[1:], len(own.inlines)], strict=True):
        piece = replace(own, inlines=own.inlines[first:last])
        label = read_label(page, piece)
        if label is None:
            return
        if last < len(own.inlines):
            label = Label(label.name, _without_split(page, label.value))
        yield Node(label=label, style=style, block=block, own=piece)


def _splits(page: Page, own: Block, index: int) -> bool:
    before = page.source[own.inlines[0].span.start : own.inlines[index].span.start][-8:]
    return is_label(page.source, own.inlines, index) and _SPLIT.search(before) is not None


def _without_split(page: Page, value: Span) -> Span:
    found = _SPLIT.search(page.source[value.start : value.end])
    return page.trim(Span(value.start, value.start + found.start())) if found else value


def _field_of_row(page: Page, table: Block, row: Block) -> Node | None:
    if len(row.children) != 2 or not row.children[0].inlines:
        return None
    name, value = row.children
    if name.inlines[0].mark is not Mark.STRONG:
        return None
    label = Label(plain_text(name.inlines).rstrip(" :："), value_span(page, value.inlines, value.span))
    return Node(label=label, style=Style.PARAGRAPH, block=table, own=replace(value, kind=Kind.PARAGRAPH))


def _status_line(page: Page, nodes: Sequence[Node]) -> StatusLine | None:
    node = next((node for node in nodes if node.label.key == "status"), None)
    return status_line(page, node.label.value) if node else None


def status_line(page: Page, span: Span) -> StatusLine:
    """Return the Status value at ``span``."""
    place = page.lines.position(span.start)
    return StatusLine(page.raw(span), place.line, place.column, span)


def _link_target(value: str) -> str:
    found = _LINK_VALUE.fullmatch(value.strip())
    return found["url"] if found else value.strip()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new header field goes: below a bullet, right below a field, below the title, or at the very top."""

    last: Node | None
    end: int | None
    top: int

    def site(self, page: Page, name: str) -> Site:
        if self.last is not None and self.last.style is Style.BULLET:
            return bullet_site(page, self.last, name)
        if self.last is not None and self.last.own is not None and self.last.block is not None:
            end = self.last.block.span.end
            lead = "" if self.last.block.kind is Kind.PARAGRAPH else page.eol(end)
            return page.site_below(end, f"{page.eol(end)}{lead}{name}")
        if self.end is not None:
            return paragraph_site(page, self.end, name)
        eol = page.eol(self.top)
        return Site(self.top, name, f"{eol}{eol}")


def _below(page: Page, title: Part | None, nodes: Sequence[Node], front: FrontMatter) -> _Place:
    end = title.heading.span.end if title and title.heading else None
    return _Place(nodes[-1] if nodes else None, end, front.end)
