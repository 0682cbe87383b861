"""The header: everything before the first H2, its title and its fields (spec §2.1).

What a field looks like is said in :mod:`plansync.core.grammar.header_fields`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plansync.core.blocks import Block, Kind
from plansync.core.design import Field
from plansync.core.grammar.fields import Node, Style, to_field
from plansync.core.grammar.front_matter import FrontMatter
from plansync.core.grammar.header_fields import header_fields
from plansync.core.grammar.milestones import bullet_site, field_link, paragraph_site
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import read_phase_name
from plansync.core.grammar.words import is_nothing, without_quotes
from plansync.core.model import Link, StatusLine
from plansync.core.text import Site, Span

_TITLE_LABEL = re.compile(r"(?:implementation plan|plan|tasks)(?:\s*[:：]\s*|\s+[-–—]\s+)(?=\S)", re.IGNORECASE)
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


def read_header(page: Page, root: Part, front: FrontMatter, end: int) -> Header:
    """Read title and fields of the file whose sections are below ``root``; ``end``: where its phases begin."""
    title = next((part for part in root.walk() if part.level == 1), None)
    blocks = tuple(block for block in _header_blocks(root) if block.span.start < end)
    nodes = tuple(node for block in blocks for node in header_fields(page, block))
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
    """Yield what stands above the first section: a second H1 begins one, too."""
    has_title = False
    for part in root.walk():
        if part.level == 2 or (part.level == 1 and has_title) or (part.level > 2 and read_phase_name(part.name)):
            return
        has_title = has_title or part.level == 1
        yield from part.own_blocks()


def _status_line(page: Page, nodes: Sequence[Node]) -> StatusLine | None:
    node = next((node for node in nodes if node.label.key == "status"), None)
    return status_line(page, node.label.value) if node else None


def status_line(page: Page, span: Span) -> StatusLine:
    """Return the Status value at ``span``."""
    place = page.lines.position(span.start)
    gap = " " if page.source[span.start - 1 : span.start] in {b"*", b"_"} else ""
    return StatusLine(page.raw(span), place.line, place.column, span, gap)


def _link_target(value: str) -> str:
    found = _LINK_VALUE.fullmatch(value.strip())
    return found["url"] if found else value.strip()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new header field goes: below a bullet, right below a field, below title or front matter, or on top."""

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
        fence = page.back(self.top)
        if page.source.endswith(b"---", 0, fence):
            return paragraph_site(page, fence, name)
        eol = page.eol(self.top)
        return Site(self.top, name, f"{eol}{eol}")


def _below(page: Page, title: Part | None, nodes: Sequence[Node], front: FrontMatter) -> _Place:
    """Return the place; a title that comes after a section is none, for the header ends there."""
    opens = title is not None and title.parent is not None and title is title.parent.parts[0]
    end = title.heading.span.end if title and title.heading and opens else None
    return _Place(nodes[-1] if nodes else None, end, front.end)
