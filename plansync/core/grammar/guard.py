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

_ATX = re.compile(r"^[ \t>]*#{2,4}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


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
    if not block.closed:
        page.report("PS401", block.span.start, "this code fence is never closed")
    text = page.raw(block.span).replace("\r\n", "\n").replace("\r", "\n")
    names = (found[1] for found in _ATX.finditer(text))
    held = next((name for name in names if read_phase_name(section_name(name)) or read_phase_name(name)), None)
    if held is not None:
        page.report("PS402", block.span.start, f"this code fence holds the phase heading '{held}'")
