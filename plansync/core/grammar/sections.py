"""The descriptive sections of the template: architecture, components, data, API, testing (spec §2.2).

They are found by name, their parts as well; what no rule knows is kept as text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from plansync.core.blocks import Kind
from plansync.core.design import Architecture, Decision, Section, Testing
from plansync.core.grammar.columns import cell_text, read_table
from plansync.core.grammar.outline import Part, is_rule
from plansync.core.grammar.page import Page
from plansync.core.grammar.words import is_nothing
from plansync.core.text import Span

ARCHITECTURE = re.compile(r"\barchitecture\b|^technical overview$")
COMPONENTS = re.compile(r"\bcomponents?\b(?: design)?$|^component")
DATA = re.compile(r"\bdata (?:model|design|schema)s?\b|^entities$")
API = re.compile(r"\bapis?\b|\bendpoints?\b|\binterface contracts?\b")
TESTING = re.compile(r"\btest(?:s|ing)?\b")
_INTERACTIONS = re.compile(r"\binteractions?\b|\bsequence\b")
_DECISIONS = re.compile(r"\bdecisions?\b")
_DESIGN = re.compile(r"\bdesign\b|\boverview\b|\bhigh[- ]level\b")
_UNIT = re.compile(r"\bunit\b")
_INTEGRATION = re.compile(r"\bintegration\b")
_END_TO_END = re.compile(r"\bend[- ]to[- ]end\b|\be2e\b")
_DATA_PART = re.compile(r"\bdata\b|\bfixtures?\b")
_DECISION_COLUMNS = {
    "decision": ("decision", "key decision", "topic", "question"),
    "options": ("options considered", "options", "alternatives", "alternatives considered"),
    "chosen": ("chosen", "choice", "decision made", "selected", "outcome"),
    "rationale": ("rationale", "reason", "why", "reasoning", "justification"),
}


def part_text(page: Page, part: Part) -> str:
    """Return the raw Markdown below a part's heading, sub-sections included; nothing where a phase or item is in it."""
    start = part.heading.span.end if part.heading else 0
    return _described(page, Span(start, max(start, part.text_end)))


def own_text(page: Page, part: Part) -> str:
    """Return the raw Markdown between a part's heading and the next one."""
    start = part.heading.span.end if part.heading else 0
    ends = [block.span.end for block in part.entries if not is_rule(block)]
    return _described(page, Span(start, max([start, *ends])))


def _described(page: Page, span: Span) -> str:
    return "" if page.claims.touch(span) else page.raw(page.trim(span))


def first_part(parts: Iterable[Part], pattern: re.Pattern[str], without: Sequence[re.Pattern[str]] = ()) -> Part | None:
    """Return the first of ``parts`` whose name matches ``pattern`` and none of ``without``."""
    fitting = (part for part in parts if pattern.search(part.key))
    return next((part for part in fitting if not any(other.search(part.key) for other in without)), None)


def read_architecture(page: Page, part: Part | None) -> Architecture:
    """Return section 1; a section without parts is its own design."""
    if part is None:
        return Architecture()
    interactions = first_part(part.parts, _INTERACTIONS)
    decisions = first_part(part.parts, _DECISIONS)
    design = first_part(part.parts, _DESIGN, (_INTERACTIONS, _DECISIONS))
    return Architecture(
        design=part_text(page, design) if design else own_text(page, part),
        interactions=part_text(page, interactions) if interactions else "",
        decisions=tuple(_decisions(page, decisions)) if decisions else (),
    )


def _decisions(page: Page, part: Part) -> Iterator[Decision]:
    for block in part.all_blocks():
        if block.kind is not Kind.TABLE:
            continue
        table = read_table(block, _DECISION_COLUMNS)
        for row in table.rows:
            texts = [cell_text(page, row, column) for column in _DECISION_COLUMNS]
            if "decision" in table.columns and not is_nothing(texts[0]):
                yield Decision(*texts)


def read_testing(page: Page, part: Part | None) -> Testing:
    """Return section 6."""
    if part is None:
        return Testing()

    def text(pattern: re.Pattern[str], *without: re.Pattern[str]) -> str:
        found = first_part(part.parts, pattern, without)
        return part_text(page, found) if found else ""

    return Testing(
        unit=text(_UNIT),
        integration=text(_INTEGRATION),
        end_to_end=text(_END_TO_END),
        data=text(_DATA_PART, _UNIT, _INTEGRATION, _END_TO_END),
    )


def unknown_sections(page: Page, parts: Iterable[Part], held: Sequence[Span]) -> Iterator[Section]:
    """Yield the sections among ``parts`` as text, but for those that hold one of the spans ``held``."""
    starts = sorted(inner.start for inner in held)
    for part in parts:
        span = part.span
        at = bisect_left(starts, span.start)
        is_free = at == len(starts) or starts[at] >= span.end
        if part.heading is not None and is_free:
            line = page.line(part.heading.span.start)
            yield Section(part.name, part.level, line, part_text(page, part))
