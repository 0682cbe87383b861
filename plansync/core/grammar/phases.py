"""Phases: where they are, and what each says (spec §2.3).

They stand in the implementation section when there is one, else anywhere but in sections of another purpose. A plan
without any has one nameless phase, which holds its TASK blocks or the tasks of its implementation section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plansync.core.blocks import Block, Kind
from plansync.core.design import Field
from plansync.core.grammar.anchors import Anchors
from plansync.core.grammar.dependencies import report_cycle, resolve_phases
from plansync.core.grammar.fields import Node, to_field, value_text
from plansync.core.grammar.milestones import field_link, field_site
from plansync.core.grammar.outline import Entry, Part, TaskBlock
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import PhaseName, read_phase_name
from plansync.core.grammar.region import DELIVERABLE, DEPENDENCIES, GOAL, MILESTONE, STATUS, Region, read_region
from plansync.core.grammar.tasks import find_tasks
from plansync.core.model import Link, Phase, Task
from plansync.core.rules import StatusWords
from plansync.core.status_words import Group, group_of
from plansync.core.text import Site, Span

_WORK = re.compile(r"\b(?:phases?|plan|tasks?|steps?|roadmap)\b")
_BARE_NAMES = frozenset({"implementation", "phases", "tasks", "task list", "task breakdown"})
_EXCLUDED = re.compile(
    r"\b(?:tests?|testing|rollback|sizing|timeline|success|summary|appendix|risks?|open questions?|changelog)\b"
)
_LEVELS = range(2, 5)


@dataclass(frozen=True, slots=True)
class _Found:
    part: Part
    heading: Block
    name: PhaseName
    entries: tuple[Entry, ...]


def read_phases(page: Page, root: Part, milestone: tuple[Link | None, Site]) -> tuple[Phase, ...]:
    """Return the plan's phases in file order.

    Work outside them is in one nameless phase at the end; ``milestone`` is the link and Site of its Milestone field,
    which stands in the header.
    """
    scope = [part for part in root.walk() if is_implementation(part)]
    found = _unique(phase for part in scope for phase in _find(part)) or _unique(_find(root))
    anchors = Anchors(root)
    known = [phase.name.id for phase in found]
    phases = [_read_phase(page, phase, index, known, anchors) for index, phase in enumerate(found)]
    nameless = _read_nameless(page, _loose_work(root, scope, found), milestone)
    _check(page, phases)
    return (*phases, *([nameless] if nameless is not None else []))


def is_implementation(part: Part) -> bool:
    """Say whether ``part`` is a section that holds the plan's phases or tasks."""
    if part.level not in {2, 3} or _EXCLUDED.search(part.key):
        return False
    if any(_phase_name(around) for around in part.ancestors()):
        return False
    has_work = "implementation" in part.key and _WORK.search(part.key) is not None
    return has_work or (part.level == 2 and part.key in _BARE_NAMES)


def _phase_name(part: Part) -> PhaseName | None:
    return read_phase_name(part.name) if part.level in _LEVELS else None


def _is_excluded(part: Part) -> bool:
    return part.level > 1 and _EXCLUDED.search(part.key) is not None and _phase_name(part) is None


def _unique(found: Iterator[_Found]) -> list[_Found]:
    return list({phase.heading.span: phase for phase in found}.values())


def _find(part: Part) -> Iterator[_Found]:
    """Yield the phases in ``part``, a phase inside another one after it."""
    if _is_excluded(part):
        return
    name = _phase_name(part)
    if name is not None and part.heading is not None:
        yield _Found(part, part.heading, name, tuple(_own_entries(part)))
    for inner in part.parts:
        yield from _find(inner)


def _own_entries(part: Part) -> Iterator[Entry]:
    """Yield what stands below a phase's heading, without the phases inside it."""
    yield from part.entries
    for inner in part.parts:
        if _phase_name(inner) is None and inner.heading is not None:
            yield inner.heading
            yield from _own_entries(inner)


def _read_phase(page: Page, found: _Found, index: int, known: Sequence[str], anchors: Anchors) -> Phase:
    heading, name = found.heading, found.name
    region = read_region(page, found.entries, named=True)
    place = page.lines.position(heading.span.start)
    status = region.first(STATUS)
    tasks = find_tasks(page, region)
    return Phase(
        id=name.id,
        name=name.name,
        heading=name.heading,
        anchor=anchors.of(heading),
        line=place.line,
        column=place.column,
        span=Span(heading.span.start, max([heading.span.end, *(entry.span.end for entry in found.entries)])),
        goal=_text(page, region, GOAL),
        deliverable=_text(page, region, DELIVERABLE),
        depends_on=_depends_on(page, region, index, known),
        fields=tuple(_own_fields(page, region, tasks)),
        tasks=tasks,
        suffix=name.suffix,
        complete=name.complete or (status is not None and _is_complete(page, status)),
        milestone_link=field_link(page, region.fields),
        milestone_site=field_site(page, heading, region),
        ignored=page.is_ignored((heading, *_leading(found.entries))),
    )


def _own_fields(page: Page, region: Region, tasks: Sequence[Task]) -> Iterator[Field]:
    """Yield the phase's fields, but for its Milestone, which is a link of its own, and headings that are tasks."""
    starts = {task.span.start for task in tasks}
    for node in region.fields:
        if node.label.key != MILESTONE and node.block.span.start not in starts:
            yield to_field(page, node)


def _text(page: Page, region: Region, names: Sequence[str]) -> str | None:
    node = region.first(names)
    return (value_text(page, node) or None) if node else None


def _is_complete(page: Page, status: Node) -> bool:
    return group_of(value_text(page, status), StatusWords()) is Group.COMPLETE


def _leading(entries: Sequence[Entry]) -> Iterator[Block]:
    """Yield the comments right below a phase's heading."""
    for entry in entries:
        if isinstance(entry, TaskBlock) or entry.kind is not Kind.HTML:
            return
        yield entry


def _depends_on(page: Page, region: Region, index: int, known: Sequence[str]) -> tuple[str, ...]:
    node = region.first(DEPENDENCIES)
    if node is None:
        return ()
    found, unknown = resolve_phases(value_text(page, node), known, index)
    for phase_id in unknown:
        page.report(
            "PS203", node.label.value.start, f"phase {known[index]} depends on phase {phase_id}, which is not there"
        )
    return tuple(phase_id for phase_id in found if phase_id != known[index])


def _loose_work(root: Part, scope: Sequence[Part], found: Sequence[_Found]) -> tuple[Entry, ...]:
    """Return the TASK blocks outside all phases; in a plan without either, its implementation section."""
    held = {entry.span for phase in found for entry in phase.entries}
    blocks = tuple(entry for entry in _task_blocks(root) if entry.span not in held)
    if blocks or found:
        return blocks
    outer = [part for part in scope if part.parent not in scope]
    return tuple(entry for part in outer for entry in part.all_entries())


def _task_blocks(part: Part) -> Iterator[TaskBlock]:
    if _is_excluded(part):
        return
    yield from (entry for entry in part.entries if isinstance(entry, TaskBlock))
    for inner in part.parts:
        yield from _task_blocks(inner)


def _read_nameless(page: Page, work: Sequence[Entry], milestone: tuple[Link | None, Site]) -> Phase | None:
    if not work:
        return None
    tasks = find_tasks(page, read_region(page, work, named=False))
    if not tasks:
        return None
    place = page.lines.position(work[0].span.start)
    link, site = milestone
    return Phase(
        id=None,
        name=None,
        heading="",
        anchor="",
        line=place.line,
        column=place.column,
        span=Span(work[0].span.start, work[-1].span.end),
        tasks=tasks,
        milestone_link=link,
        milestone_site=site,
    )


def _check(page: Page, phases: Sequence[Phase]) -> None:
    waits: dict[str, tuple[str, ...]] = {}
    offsets: dict[str, int] = {}
    for phase in phases:
        phase_id = phase.id or ""
        if phase_id in waits:
            page.report("PS207", phase.span.start, f"there is another phase {phase_id} above '{phase.heading}'")
        if not phase.tasks:
            page.report("PS201", phase.span.start, f"0 tasks were found under '{phase.heading}'")
        waits.setdefault(phase_id, phase.depends_on)
        offsets.setdefault(phase_id, phase.span.start)
    report_cycle(page, waits, offsets, "phases")
