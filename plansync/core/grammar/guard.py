"""The loss guard: signs that a part of the plan is hidden or doubled (spec §2.11).

Its Problems are warnings that hold back what cannot be taken back: closing, reopening, matching by similarity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from plansync.core.blocks import Block, Inline, Kind, Mark, walk_blocks, walk_inlines
from plansync.core.grammar.issue_links import is_issue_url
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page, comments
from plansync.core.grammar.phase_names import read_phase_name
from plansync.core.grammar.words import name_key, section_name
from plansync.core.text import Span

_OPENING = re.compile(r"(?:`{3,}|~{3,})[ \t]*[^\s`]{0,30}")
_LINE_END = re.compile(r"\r\n|\r")
_SEPARATORS = " -–—:"
_ATX = re.compile(r"^[ \t>]*#{2,4}[ \t]+(\S.*)$", re.MULTILINE)


def report_losses(page: Page, root: Part, blocks: Iterable[Block]) -> None:
    """Report unclosed fences, fences that hold phase headings, and sections that occur twice."""
    for block in walk_blocks(blocks):
        if block.kind is Kind.CODE and block.fenced:
            _check_fence(page, block)
    seen: dict[str, int] = {}
    for part in root.walk():
        if part.level != 2 or part.heading is None or read_phase_name(part.name):
            continue
        name, start = _unlinked_name(page, part.heading), part.heading.span.start
        key = name_key(name)
        if key and key in seen:
            page.report("PS403", start, f"the section '{name}' stands on line {seen[key]}, too")
        seen.setdefault(key, page.line(start))


def _unlinked_name(page: Page, heading: Block) -> str:
    """Return the name without links to issues: equal headings that are tasks stay equal when theirs are written."""
    links = [_with_brackets(page, i.span) for i in walk_inlines(heading.inlines) if _is_issue_link(i)]
    hidden = [c.span for c in comments(heading.inlines) if not any(link.holds(c.span) for link in links)]
    name = page.joined(heading.text_span, [*links, *hidden])
    return section_name(name.lstrip(_SEPARATORS) if links else name)


def _is_issue_link(inline: Inline) -> bool:
    return inline.mark is Mark.LINK and is_issue_url(inline.url)


def _with_brackets(page: Page, link: Span) -> Span:
    wider = Span(max(0, link.start - 1), link.end + 1)
    text = wider.of(page.source)
    return wider if text.startswith(b"(") and text.endswith(b")") else link


def _check_fence(page: Page, block: Block) -> None:
    text = _LINE_END.sub("\n", page.raw(block.span))
    line = page.line(block.span.start)
    fence = _OPENING.match(text)
    where = f"the code fence '{fence[0].strip() if fence else ''}' that opens on line {line}"
    if not block.closed:
        hidden = text.count("\n")
        page.report("PS401", block.span.start, f"{where} is never closed: the {hidden} lines below it count as code")
    for found in _ATX.finditer(text):
        name = found[1].rstrip().rstrip("#").rstrip()
        if read_phase_name(section_name(name)) or read_phase_name(name):
            at = line + text.count("\n", 0, found.start())
            page.report("PS402", block.span.start, f"{where} holds the phase heading '{name}' of line {at}")
            return
