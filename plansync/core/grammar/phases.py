"""Phases: what each says (spec §2.3).

A plan without any has one nameless phase, which holds its TASK blocks, the tasks of its implementation section, or
what is a task by itself wherever it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.anchors import Anchors
from plansync.core.grammar.dependencies import report_cycle, resolve_phases
from plansync.core.grammar.fields import Node, to_field, value_text
from plansync.core.grammar.milestones import field_link, field_site
from plansync.core.grammar.outline import Entry, Part, TaskBlock
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_places import FoundPhase, loose_work
from plansync.core.grammar.region import (
    DELIVERABLE,
    DEPENDENCIES,
    GOAL,
    MILESTONE,
    STATUS,
    Region,
    joined,
    read_region,
)
from plansync.core.grammar.tasks import ANYWHERE, FORMS, IN_GUIDES, Form, find_tasks
from plansync.core.model import Link, Phase, Task
from plansync.core.rules import StatusWords
from plansync.core.status_words import Group, group_of
from plansync.core.text import Site, Span

_PLAN = re.compile(
    r"plan|\btasks?\b|to-?do|roadmap|implement|migrat|refactor|aufgaben|umsetzung|tarea|tarefa|tâche|задач|план"
    r"|计划|任务|計画|タスク|계획|작업"
)
"""What the title of a file speaks of whose steps are work to do."""


def read_phases(
    page: Page, root: Part, found: Sequence[FoundPhase], milestone: tuple[Link | None, Site]
) -> tuple[Phase, ...]:
    """Return the plan's phases in file order.

    Work outside them is in one nameless phase at the end; ``milestone`` is the link and Site of its Milestone field,
    which stands in the header.
    """
    anchors = Anchors(root)
    known = [phase.name.id for phase in found]
    phases = [_read_phase(page, phase, index, known, anchors) for index, phase in enumerate(found)]
    anywhere = ANYWHERE if _speaks_of_work(root) else IN_GUIDES
    nameless = _read_nameless(page, loose_work(page, root, found), anywhere, milestone)
    _check(page, phases)
    return (*phases, *([nameless] if nameless is not None else []))


def _read_phase(page: Page, found: FoundPhase, index: int, known: Sequence[str], anchors: Anchors) -> Phase:
    heading, name = found.heading, found.name
    region = read_region(page, found.entries, name.id)
    place = page.lines.position(heading.span.start)
    tasks = find_tasks(page, joined(region, read_region(page, found.again, name.id)))
    own = _without_tasks(region, tasks)
    status = own.first(STATUS)
    return Phase(
        id=name.id,
        name=name.name,
        heading=name.heading,
        anchor=anchors.of(heading),
        line=place.line,
        column=place.column,
        span=Span(heading.span.start, max([heading.span.end, *(entry.span.end for entry in found.entries)])),
        goal=_text(page, own, GOAL),
        deliverable=_text(page, own, DELIVERABLE),
        depends_on=_depends_on(page, own, index, known),
        fields=tuple(to_field(page, node) for node in own.fields if node.label.key != MILESTONE),
        tasks=tasks,
        suffix=name.suffix,
        complete=name.complete or (status is not None and _is_complete(page, status)),
        milestone_link=field_link(page, region.fields),
        milestone_site=field_site(page, heading, region),
        ignored=page.is_ignored((heading, *_leading(found.entries))),
    )


def _without_tasks(region: Region, tasks: Sequence[Task]) -> Region:
    """Return ``region`` without the headings that are tasks and the fields below them, which are the tasks' own."""
    spans = sorted(task.span for task in tasks)
    starts = [span.start for span in spans]

    def is_own(node: Node) -> bool:
        at = bisect_right(starts, node.block.span.start) - 1
        return at < 0 or node.block.span.start >= spans[at].end

    return replace(region, fields=tuple(node for node in region.fields if is_own(node)))


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


def _speaks_of_work(root: Part) -> bool:
    """Say whether the title calls the file a plan or the like; one without a title may be one."""
    title = next((part for part in root.parts if part.level == 1), None)
    return title is None or _PLAN.search(title.key) is not None


def _read_nameless(
    page: Page, loose: tuple[Sequence[Entry], bool], anywhere: tuple[Form, ...], milestone: tuple[Link | None, Site]
) -> Phase | None:
    work, is_place_of_work = loose
    if not work:
        return None
    tasks = find_tasks(page, read_region(page, work, None), FORMS if is_place_of_work else anywhere)
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
