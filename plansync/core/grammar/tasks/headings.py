"""Form e: sub-headings of a phase that are tasks themselves (``#### Task 1.1: title``, spec §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from plansync.core.blocks import Block, Inline, Kind, Mark
from plansync.core.grammar.fields import Node, Style
from plansync.core.grammar.issue_links import is_issue_url, link_label
from plansync.core.grammar.item_text import ItemText, read_item_text
from plansync.core.grammar.list_items import dedented, read_details
from plansync.core.grammar.needs import task_needs
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import Region
from plansync.core.grammar.task_words import task_word
from plansync.core.grammar.words import is_nothing
from plansync.core.model import Link, LinkPlace, State, Task
from plansync.core.text import Span

_STOP = rb"(?:\*\*)?[ \t]*(?:(?:[:.)]|-{1,2}|\xe2\x80\x94|\xe2\x80\x93)(?:\*\*)?[ \t]+|\xef\xbc\x9a(?:\*\*)?[ \t]*)"
_TASK = task_word("todo", "ticket")
_STEP = r"(?:(?i:step|schritt|paso|passo)|(?:Ш|ш)аг)[ \t]+|(?:步骤|步驟|ステップ)[ \t]*"
_ORNAMENT = (
    rb"(?P<tick>(?:\xe2\x9c\x85|\xe2\x9c\x94)(?:\xef\xb8\x8f)?[ \t]+)?"
    rb"(?:(?:\xe2[\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xef\xb8\x8f)+[ \t]+)?"
)
"""Emoji before the word: the first of them may be a tick."""
_MARK = rb"(?P<mark>\*\*)?"
_LINKED = (
    rb"(?P<link>\[[^\[\]\r\n]*\]\([^()\s]*/(?:issues|work_items)/[1-9]\d*[^()\s]*\)"
    rb"(?:[ \t]*(?::|-{1,2}|\xe2\x80\x94|\xe2\x80\x93))?[ \t]+)?"
)
"""The link to its issue in front of it: with one, any heading is a task."""


def _lead(words: bytes) -> re.Pattern[bytes]:
    return re.compile(
        _LINKED
        + _ORNAMENT
        + _MARK
        + rb"(?:"
        + words
        + rb"(?P<id>[A-Z]*-?\d+(?:\.\d+)*[a-z]?)"
        + _STOP
        + rb"|(?P<own>(?:T-?\d{2,}|(?:TASK|TODO|TICKET)-\d+)(?:\.\d+)*[a-z]?)(?:"
        + _STOP
        + rb"|(?:\*\*)?[ \t]+)|(?(link)(?=\S)|(?!)))"
    )


_LEAD = _lead(rf"(?:{_TASK}|(?P<step>{_STEP}))#?".encode())
_NO_STEP = _lead(rf"(?:{_TASK})#?".encode())
_DONE = re.compile(r"\bStatus(?::\*\*|\*\*:|:)[ \t]*(?:\[[xX✓]\]|✅)")
_LISTED = {Kind.LIST, Kind.ITEM, Kind.HTML}


def tasks_as_headings(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's task headings, or None where it has none."""
    return _read_headings(page, region, _LEAD)


def tasks_as_named_headings(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the task headings but for mere steps, which guides have, too; None where there are none."""
    return _read_headings(page, region, _NO_STEP)


def tasks_as_numbered_headings(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the sub-headings that carry on the phase's own number (``#### 2.1 title`` in phase 2), or None."""
    if region.phase_id is None:
        return None
    number = rb"(?P<id>" + re.escape(region.phase_id).encode() + rb"\.\d+[a-z]?)(?P<own>)(?:\*\*)?[:.)]?(?:\*\*)?[ \t]+"
    return _read_headings(page, region, re.compile(_LINKED + _ORNAMENT + _MARK + number))


def is_task_heading(page: Page, block: Block) -> bool:
    """Say whether ``block`` is a heading that is a task itself; the title of a file is none."""
    span = block.text_span
    return block.kind is Kind.HEADING and block.level > 1 and _LEAD.match(page.source, span.start, span.end) is not None


def without_tasks_own(page: Page, region: Region) -> Region:
    """Return ``region`` without the fields below headings that are tasks; a mere step may hold tasks of its phase."""
    return replace(region, fields=tuple(_outside_tasks(page, region)))


def _outside_tasks(page: Page, region: Region) -> Iterator[Node]:
    level: int | None = None
    for node in region.fields:
        if node.style is Style.HEADING and (level is None or node.block.level <= level):
            span = node.block.text_span
            found = _LEAD.match(page.source, span.start, span.end)
            level = node.block.level if found is not None and not found["step"] else None
        if level is None:
            yield node


@dataclass(slots=True)
class _Open:
    """A task heading, and what has been found below it."""

    heading: Block
    lead: re.Match[bytes]
    content: list[Block] = field(default_factory=list)


def _read_headings(page: Page, region: Region, lead: re.Pattern[bytes]) -> tuple[Task, ...] | None:
    found: list[_Open] = []
    is_open = False
    for node in region.fields:
        span = node.block.text_span
        is_heading = node.style is Style.HEADING and node.block.level > 1
        start = lead.match(page.source, span.start, span.end) if is_heading else None
        if start is not None and not (is_open and _is_step_of(found[-1], node, start)):
            found.append(_Open(node.block, start, list(node.content)))
            is_open = True
            continue
        is_open = is_open and not (is_heading and node.block.level <= found[-1].heading.level)
        if is_open:
            found[-1].content += (node.block, *(() if node.style is Style.BULLET else node.content))
    return tuple(task for entry in found if (task := _read_heading(page, entry)) is not None) or None


def _is_step_of(task: _Open, node: Node, lead: re.Match[bytes]) -> bool:
    """Say whether the heading ``node`` is a step below the heading of ``task``, which is none."""
    is_step, is_of_steps = (bool(found.groupdict().get("step")) for found in (lead, task.lead))
    return is_step and not is_of_steps and node.block.level > task.heading.level


def _read_heading(page: Page, entry: _Open) -> Task | None:
    heading, content, found = entry.heading, entry.content, entry.lead
    text = read_heading_text(page, heading, found.end())
    if is_nothing(text.text):
        return None
    place = page.lines.position(heading.span.start)
    is_done = bool(found["tick"]) or any(_DONE.search(page.raw(block.span)) for block in content)
    return Task(
        text=text.text,
        line=place.line,
        column=place.column,
        span=Span(heading.span.start, max([heading.span.end, *(block.span.end for block in content)])),
        id=(found["id"] or found["own"] or b"").decode() or None,
        box=None if is_done else text.box,
        state=State.DONE if is_done and text.state is State.OPEN else text.state,
        details=tuple(read_details(page, content)),
        links=(*_leading_link(page, entry), *text.links),
        bare=text.bare,
        link_site=text.link_site,
        ignored=text.ignored or page.is_ignored(content),
        depends_on=task_needs(page, text.text, content),
        body="\n\n".join(dedented(page, block) for block in content if block.kind not in _LISTED),
    )


def _leading_link(page: Page, entry: _Open) -> tuple[Link, ...]:
    """Return the link to an issue in front of the task's heading, if there is one."""
    cut = Span(*entry.lead.span("link"))
    found = (
        i for i in entry.heading.inlines if i.mark is Mark.LINK and i.span.start == cut.start and is_issue_url(i.url)
    )
    return tuple(Link(link_label(page, link), link.url, link.span, cut, LinkPlace.LEAD) for link in found)


def read_heading_text(page: Page, heading: Block, start: int) -> ItemText:
    """Take apart a heading's text from ``start`` on; its link goes to the end of the heading."""
    inlines: list[Inline] = []
    cuts: list[Span] = []
    for inline in heading.inlines:
        if inline.mark is Mark.STRONG and inline.span.start < start < inline.span.end:
            inlines += inline.children
            cuts.append(Span(inline.children[-1].span.end, inline.span.end))
        else:
            inlines.append(inline)
    kept = tuple(_from(inline, start) for inline in inlines if inline.span.end > start)
    return read_item_text(page, replace(heading, inlines=kept), boxed=False, ends_in_box=True, cuts=tuple(cuts))


def _from(inline: Inline, start: int) -> Inline:
    if inline.mark is not Mark.TEXT or inline.span.start >= start:
        return inline
    return replace(inline, span=Span(start, inline.span.end))
