"""What shall be written into a plan's file, and its progress: from the decisions of its items (spec §5, §6). Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plansync.core.baseline import is_kept_plain
from plansync.core.cells import decide_cell
from plansync.core.decision import ItemDecision
from plansync.core.desired import Fate
from plansync.core.identity import PhaseKey
from plansync.core.issues import box_of
from plansync.core.model import Item, ItemKind, Link, Phase, State, StatusCell
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.phases import PhaseMatch
from plansync.core.problems import Problem, problem_at
from plansync.core.progress import PhaseProgress, Progress, TaskProgress, plan_progress
from plansync.core.reading import Reading
from plansync.core.stages import By
from plansync.core.state import Action
from plansync.core.status import status_edits
from plansync.core.wording import Unclear, Write
from plansync.core.writeback import IssueLink, ItemMark, PhaseMark, PlanMarks


@dataclass(frozen=True, slots=True)
class Written:
    """The marks of one plan, the Problems met in making them, and the progress they were made from."""

    marks: PlanMarks = field(default_factory=PlanMarks)
    problems: tuple[Problem, ...] = ()
    progress: Progress = field(default_factory=Progress)
    status_after: str | None = None


def plan_marks(
    reading: Reading, items: Sequence[ItemDecision], phases: Sequence[PhaseMatch], titles: Mapping[PhaseKey, str]
) -> Written:
    """Return what shall be written, given decisions made from the tracker as it is now."""
    problems: list[Problem] = []
    columns = _columns(items)
    marks: list[ItemMark] = []
    for item in items:
        mark, found = _item_mark(reading, item, columns)
        marks += [mark] if mark is not None else []
        problems += found
    progress = _progress(reading, items, phases)
    status = status_edits(reading.plan, progress.stage, reading.rules)
    problems += [found for found in status.problems if not reading.plan.ignored]
    edits = () if reading.plan.ignored else status.edits
    after = status.old if reading.plan.ignored else status.new
    milestones = tuple(_phase_marks(reading, phases, titles))
    plan = PlanMarks(items=tuple(marks), milestones=milestones, status=edits)
    return Written(plan, tuple(problems), progress, after)


def _item_mark(
    reading: Reading, decision: ItemDecision, columns: Mapping[str, list[tuple[Item, StatusCell]]]
) -> tuple[ItemMark | None, list[Problem]]:
    item, issue = decision.match.placed.item, decision.issue
    if decision.wish.fate is not Fate.KEEP or issue is None:
        return None, []
    cell, problems = _cell(decision, item, columns)
    tick = {Action.TICK: True, Action.UNTICK: False}.get(decision.state.action) if decision.state else None
    make_box = _wants_box(reading, decision, item)
    mark = ItemMark(
        item=item,
        link=_link(reading, decision, issue),
        replaces=_replaced(decision, issue),
        box=issue.closed is CloseReason.COMPLETED if make_box else tick,
        make_box=make_box,
        cell=cell,
        details=decision.details,
    )
    is_empty = mark.link is None and mark.box is None and cell is None and not decision.details and not make_box
    return (None if is_empty else mark), problems


def _link(reading: Reading, decision: ItemDecision, issue: ObservedIssue) -> IssueLink | None:
    """Return the link to write, unless the item has it; an issue moved inside the host takes its link along.

    A bare number becomes the link once; where somebody made it plain again, it stays so.
    """
    match = decision.match
    if issue.moved_to is not None:
        return IssueLink(int(_NUMBER.findall(issue.moved_to)[-1]), issue.moved_to)
    is_bare = match.link is not None and match.link.bare and not is_kept_plain(reading.state_of(issue.number))
    if match.link is not None and match.stale is None and not is_bare:
        return None
    return IssueLink(issue.number, issue.url)


def _replaced(decision: ItemDecision, issue: ObservedIssue) -> Link | None:
    match = decision.match
    is_replaced = match.link is not None and (match.link.bare or issue.moved_to is not None)
    return match.stale or (match.link if is_replaced else None)


_NUMBER = re.compile(r"\d+")


def _wants_box(reading: Reading, decision: ItemDecision, item: Item) -> bool:
    is_plain = item.box is None and item.status_cell is None and item.box_site is not None
    return reading.rules.checkboxes and is_plain and item.kind is ItemKind.TASK and item.state is State.OPEN


def _cell(
    decision: ItemDecision, item: Item, columns: Mapping[str, list[tuple[Item, StatusCell]]]
) -> tuple[str | None, list[Problem]]:
    """Return the Status cell's new content: the cell is the row's box, so it moves only as the box does."""
    if item.status_cell is None or decision.state is None or decision.issue is None:
        return None, []
    column = [cell for other, cell in columns[item.kind.value] if other is not item]
    is_open = decision.issue.closed is None
    verdict = decide_cell(item.status_cell, is_open, column, item.kind)
    if isinstance(verdict, Unclear):
        return None, [problem_at("PS703", item, verdict.message)]
    if isinstance(verdict, Write) and decision.state.action in {Action.TICK, Action.UNTICK}:
        return verdict.text, []
    return None, []


def _columns(items: Sequence[ItemDecision]) -> Mapping[str, list[tuple[Item, StatusCell]]]:
    columns: dict[str, list[tuple[Item, StatusCell]]] = defaultdict(list)
    for decision in items:
        item = decision.match.placed.item
        if item.status_cell is not None:
            columns[item.kind.value].append((item, item.status_cell))
    return columns


def _phase_marks(reading: Reading, phases: Sequence[PhaseMatch], titles: Mapping[PhaseKey, str]) -> list[PhaseMark]:
    marks: list[PhaseMark] = []
    for match in phases:
        phase = reading.plan.phases[match.index]
        title = titles.get(match.key)
        if match.url is None or title is None or phase.ignored or reading.plan.ignored:
            continue
        replaces = match.stale or (phase.milestone_link if match.by_link else None)
        marks.append(PhaseMark(phase=phase, title=title, url=match.url, replaces=replaces))
    return marks


def _progress(reading: Reading, items: Sequence[ItemDecision], phases: Sequence[PhaseMatch]) -> Progress:
    if reading.rules.progress == "milestone":
        return Progress(tuple(_by_milestone(reading.plan.phases[match.index], match) for match in phases))
    return plan_progress(
        [
            (_label(phase), [task_progress(i, reading) for i in items if i.match.placed.phase == index])
            for index, phase in enumerate(reading.plan.phases)
        ]
    )


def _by_milestone(phase: Phase, match: PhaseMatch) -> PhaseProgress:
    """Count every issue of the milestone, whoever opened it (``progress = "milestone"``)."""
    done, total = match.issues or (0, 0)
    return PhaseProgress(_label(phase), done, total)


def _label(phase: Phase) -> str:
    return f"Phase {phase.id}" if phase.id else phase.heading


def task_progress(decision: ItemDecision, reading: Reading) -> TaskProgress:
    """Say whether a task counts and is done.

    ignored, struck out, issue closed otherwise     does not count
    its issue                                       done when closed as completed
    tracked elsewhere                               by its box; without one it does not count
    unpublished in a phase marked complete          does not count, unless it is ticked
    no issue                                        by its box
    """
    item = decision.match.placed.item
    box = box_of(item)
    if reading.is_ignored(decision.match.placed) or item.state is State.CANCELLED:
        return TaskProgress(countable=False, done=False)
    if decision.match.by is By.ELSEWHERE:
        return TaskProgress(countable=box is not None, done=box is True)
    if decision.issue is not None and decision.match.by is not By.CONTESTED:
        closed = decision.issue.closed
        return TaskProgress(closed in {None, CloseReason.COMPLETED}, closed is CloseReason.COMPLETED)
    in_complete_phase = decision.match.placed.phase >= 0 and reading.plan.phases[decision.match.placed.phase].complete
    is_left_out = in_complete_phase and box is not True and not reading.rules.create_done
    return TaskProgress(countable=not is_left_out, done=box is True)
