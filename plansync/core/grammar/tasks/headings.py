"""Form e: sub-headings of a phase that are tasks themselves (``#### Task 1.1: title``, spec §2.4)."""

from __future__ import annotations

import re
from dataclasses import replace

from plansync.core.blocks import Block, Inline, Kind, Mark
from plansync.core.grammar.fields import Style
from plansync.core.grammar.item_text import ItemText, read_item_text
from plansync.core.grammar.list_items import dedented, read_details
from plansync.core.grammar.needs import task_needs
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import Region
from plansync.core.grammar.words import is_nothing
from plansync.core.model import Task
from plansync.core.text import Span

_LEAD = re.compile(
    rb"(?:(?i:task|step|aufgabe|tarea|tarefa)[ \t]+#?(?P<id>[A-Z]?-?\d+(?:\.\d+)*[a-z]?)|(?P<own>T-?\d{2,}[a-z]?))"
    rb"[ \t]*(?:[:.)]|-{1,2}|\xe2\x80\x94|\xe2\x80\x93)[ \t]+"
)


_LISTED = {Kind.LIST, Kind.ITEM, Kind.HTML}


def tasks_as_headings(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's task headings, or None where it has none."""
    tasks: list[Task] = []
    content: list[Block] = []
    for node in reversed(region.fields):
        if node.style is not Style.HEADING:
            content[:0] = (node.block, *(() if node.style is Style.BULLET else node.content))
            continue
        task = _read_heading(page, node.block, (*node.content, *content))
        tasks += [task] if task is not None else []
        content = []
    return tuple(reversed(tasks)) or None


def _read_heading(page: Page, heading: Block, content: tuple[Block, ...]) -> Task | None:
    found = _LEAD.match(page.source, heading.text_span.start, heading.text_span.end)
    if found is None:
        return None
    text = read_heading_text(page, heading, found.end())
    if is_nothing(text.text):
        return None
    place = page.lines.position(heading.span.start)
    end = max([heading.span.end, *(block.span.end for block in content)])
    return Task(
        text=text.text,
        line=place.line,
        column=place.column,
        span=Span(heading.span.start, end),
        id=(found["id"] or found["own"]).decode(),
        state=text.state,
        details=tuple(read_details(page, content)),
        links=text.links,
        bare=text.bare,
        link_site=text.link_site,
        ignored=text.ignored or page.is_ignored(content),
        depends_on=task_needs(page, text.text, content),
        body="\n\n".join(dedented(page, block) for block in content if block.kind not in _LISTED),
    )


def read_heading_text(page: Page, heading: Block, start: int) -> ItemText:
    """Take apart a heading's text from ``start`` on; its link goes to the end of the heading."""
    inlines = tuple(_from(inline, start) for inline in heading.inlines if inline.span.end > start)
    return read_item_text(page, replace(heading, inlines=inlines), boxed=False)


def _from(inline: Inline, start: int) -> Inline:
    if inline.mark is not Mark.TEXT or inline.span.start >= start:
        return inline
    return replace(inline, span=Span(start, inline.span.end))
