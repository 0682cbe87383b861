"""Form a: ``<!-- TASK:BEGIN id=T001 -->`` blocks (spec §2.4).

The title comes from the block's heading; Metadata gives label, size, repo, assignee and dependencies; the acceptance
criteria are the details; the issue link is a Metadata bullet of its own (spec §5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from plansync.core.blocks import Block, Kind, Mark, walk_inlines
from plansync.core.grammar.bare_numbers import sole_number
from plansync.core.grammar.dependencies import task_ids
from plansync.core.grammar.fields import (
    Node,
    Style,
    bullet_lead,
    find_fields,
    list_items,
    own_paragraph,
    value_text,
)
from plansync.core.grammar.issue_links import is_issue_url, link_label
from plansync.core.grammar.item_text import ItemText
from plansync.core.grammar.list_items import dedented, read_details
from plansync.core.grammar.milestones import paragraph_site
from plansync.core.grammar.outline import TaskBlock
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import Region
from plansync.core.grammar.tasks.headings import read_heading_text
from plansync.core.grammar.words import is_nothing, without_quotes
from plansync.core.model import Link, LinkPlace, State, Task
from plansync.core.spellings import BareNumber
from plansync.core.text import Site, Span

_AFTER_ID = "[ \t]*(?:[:.)]|-{1,2}|–|—)[ \t]+".encode()
_CRITERIA = ("acceptance criteria", "acceptance", "criteria", "done when", "definition of done")
_FILES = ("files to modify", "files", "files to create", "files to create/modify", "files modified")
_METADATA = frozenset(
    {"label", "size", "repo", "assignee", "dependencies", "depends on", "issue", "priority", "status"}
)
_KNOWN = frozenset({*_CRITERIA, *_FILES, *_METADATA, "metadata", "description", "notes"})


def tasks_in_blocks(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's TASK blocks, or None where it has none."""
    if not region.tasks:
        return None
    return tuple(task for block in region.tasks if (task := _read_block(page, block)) is not None)


def _read_block(page: Page, block: TaskBlock) -> Task | None:
    if not block.closed or block.heading is None:
        what = "is not closed" if block.heading is not None else "has no heading"
        page.report("PS206", block.span.start, f"the TASK block {block.id} {what}")
    if block.heading is None:
        return None
    text = read_heading_text(page, block.heading, _after_id(page, block.heading, block.id))
    if is_nothing(text.text):
        return None
    nodes, _ = find_fields(page, block.blocks, _KNOWN)
    fields = _Fields(page, nodes)
    place = page.lines.position(block.heading.span.start)
    return Task(
        text=text.text,
        line=place.line,
        column=place.column,
        span=block.span,
        id=block.id,
        box=text.box,
        state=text.state,
        details=tuple(read_details(page, fields.content(_CRITERIA))),
        links=(*fields.issue_links(), *text.links),
        bare=fields.bare_issue(text) or text.bare,
        link_site=fields.issue_site(block.heading, block.blocks[:1]),
        ignored=text.ignored or page.is_ignored(block.blocks),
        assignee=fields.value("assignee"),
        depends_on=task_ids(fields.value("dependencies", "depends on") or ""),
        body=fields.text("description"),
        files=tuple(fields.files()),
        label=fields.value("label"),
        size=fields.value("size"),
        repo=fields.value("repo"),
    )


def _after_id(page: Page, heading: Block, task_id: str) -> int:
    """Return where the title begins behind the block's own id, whatever that looks like."""
    span = heading.text_span
    found = re.compile(re.escape(task_id).encode() + _AFTER_ID).match(page.source, span.start, span.end)
    return found.end() if found else span.start


class _Fields:
    """The fields of one TASK block."""

    def __init__(self, page: Page, nodes: Iterable[Node]) -> None:
        self._page = page
        self._nodes = tuple(nodes)

    def _first(self, names: Iterable[str]) -> Node | None:
        return next((node for name in names for node in self._nodes if node.label.key == name), None)

    def value(self, *names: str) -> str | None:
        node = self._first(names)
        text = without_quotes(value_text(self._page, node)) if node else ""
        return None if is_nothing(text) else text

    def content(self, names: Iterable[str]) -> tuple[Block, ...]:
        node = self._first(names)
        return node.content if node else ()

    def text(self, name: str) -> str:
        """Return a field's value and all below it, as written."""
        node = self._first((name,))
        if node is None:
            return ""
        value = self._page.raw(node.label.value)
        below = [dedented(self._page, block) for block in node.content if block.kind is not Kind.HTML]
        return "\n\n".join(part for part in (value, *below) if part)

    def files(self) -> Iterator[str]:
        """Yield the files named first in each item of the block's file list."""
        for item in list_items(self.content(_FILES)):
            own = own_paragraph(item)
            if own is None:
                continue
            code = next((inline.text for inline in own.inlines if inline.mark is Mark.CODE), None)
            name = code or self._page.joined(own.text_span)
            if not is_nothing(name):
                yield name

    def issue_links(self) -> Iterator[Link]:
        """Yield the links of the Issue bullets: they stand for the task as a link behind its text would."""
        for node in self._nodes:
            if node.label.key != "issue" or node.own is None:
                continue
            cut = Span(self._page.back(node.block.span.start), node.block.span.end)
            for inline in walk_inlines(node.own.inlines):
                if inline.mark is Mark.LINK and is_issue_url(inline.url):
                    yield Link(link_label(self._page, inline), inline.url, inline.span, cut, LinkPlace.TAIL)

    def bare_issue(self, text: ItemText) -> BareNumber | None:
        """Return the number of an Issue bullet that has no link."""
        for node in self._nodes:
            found = sole_number(self._page.source, node.label.value) if node.label.key == "issue" else None
            if found is not None:
                cut = Span(self._page.back(node.block.span.start), node.block.span.end)
                struck = text.state is State.CANCELLED
                return BareNumber(found.number, found.span, cut, True, text.text, struck, self.value("assignee"))
        return None

    def issue_site(self, heading: Block, first: Sequence[Block]) -> Site:
        """Return where an Issue bullet goes: below the last Metadata bullet, else below the heading.

        There it is a paragraph where ``first``, which follows, is indented: it would become a part of the bullet.
        """
        last: Node | None = None
        for node in self._nodes:
            if node.style is Style.BULLET and node.label.key in _METADATA:
                last = node
        if last is None:
            end = heading.span.end
            if any(block.span.start - self._page.line_start(block.span.start) > 1 for block in first):
                return paragraph_site(self._page, end, "**Issue:** ")
            eol = self._page.eol(end)
            return self._page.site_below(end, f"{eol}{eol}- **Issue:** ")
        lead = bullet_lead(self._page, last.block)
        return self._page.site_below(last.end, f"{self._page.eol(last.end)}{lead}**Issue:** ")
