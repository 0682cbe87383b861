"""The loss guard: signs that a part of the plan is hidden or doubled (spec §2.11).

Its Problems are warnings that hold back what cannot be taken back: closing, reopening, matching by similarity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from plansync.core.blocks import Block, Kind, walk_blocks
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import read_phase_name
from plansync.core.grammar.words import section_name

_OPENING = re.compile(r"(?:`{3,}|~{3,})[ \t]*[^\s`]{0,30}")
_LINE_END = re.compile(r"\r\n|\r")
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
        line = page.line(part.heading.span.start)
        if part.key and part.key in seen:
            page.report(
                "PS403", part.heading.span.start, f"the section '{part.name}' stands on line {seen[part.key]}, too"
            )
        seen.setdefault(part.key, line)


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
