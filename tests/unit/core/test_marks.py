"""What is written into a plan's file, and how its progress is counted (spec §5, §6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plansync.core.model import State, StatusCell, Task
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.rules import Rules
from plansync.core.text import Site, Span
from tests.support.deciding import (
    CLOSED,
    ONE,
    OPEN,
    boxed_task,
    codes_of,
    decide,
    known_milestone,
)
from tests.support.plan_values import make_phase, make_plan
from tests.support.reconciling import (
    URL,
    issue_of,
    link_to,
)


def test_links_boxes_and_milestones_are_written_from_what_the_tracker_has() -> None:
    done = issue_of(5, "a", closed=CloseReason.COMPLETED, milestone=3)
    decision = decide(make_plan(make_phase(boxed_task("a"), boxed_task("b"))), done, milestones=(known_milestone(),))
    [mark] = decision.marks.items
    assert mark.link is not None
    assert (mark.link.url, mark.box, mark.replaces) == (URL.format(5), True, None)
    [phase] = decision.marks.milestones
    assert (phase.title, phase.replaces) == ("Search: Phase 1: Foundation", None)


def test_an_item_in_step_is_not_written() -> None:
    decision = decide(ONE, OPEN, milestones=(known_milestone(),))
    assert decision.marks.items == ()


def test_an_issue_that_moved_takes_its_link_along() -> None:
    moved = replace(CLOSED, closed=CloseReason.MOVED, moved_to="https://tracker.example/acme/api/issues/77")
    [mark] = decide(ONE, moved).marks.items
    assert mark.link is not None
    assert (mark.link.number, mark.replaces) == (77, link_to(5))


def test_bullets_become_boxes_where_that_is_wanted_and_possible() -> None:
    bullet = boxed_task("a", 5, None, box_site=Site(0))
    rules = Rules(checkboxes=True)
    [mark] = decide(make_plan(make_phase(bullet)), OPEN, rules=rules).marks.items
    assert (mark.make_box, mark.box) == (True, False)
    [mark] = decide(make_plan(make_phase(bullet)), replace(OPEN, closed=CloseReason.COMPLETED), rules=rules).marks.items
    assert (mark.make_box, mark.box) == (True, True)
    assert decide(make_plan(make_phase(bullet)), OPEN).marks.items == ()
    assert decide(make_plan(make_phase(replace(bullet, box_site=None))), OPEN, rules=rules).marks.items == ()


def test_a_cell_is_written_in_the_words_of_its_column_and_an_odd_one_is_a_problem() -> None:
    cells = [StatusCell(raw, Span(0, 1)) for raw in ("Open", "Finished", "Perhaps")]
    rows = [
        boxed_task(name, n, None, status_cell=cell) for n, (name, cell) in enumerate(zip("abc", cells, strict=True), 5)
    ]
    closed = [issue_of(n, name, closed=CloseReason.COMPLETED) for n, name in ((5, "a"), (7, "c"))]
    decision = decide(make_plan(make_phase(*rows)), *closed, issue_of(6, "b"))
    assert [(mark.item.text, mark.cell) for mark in decision.marks.items if mark.cell] == [("a", "Done")]
    assert "PS703" in codes_of(decision)


@pytest.mark.parametrize(
    ("task", "issue", "counted"),
    [
        (boxed_task("a", 5), OPEN, (0, 1)),
        (boxed_task("a", 5), replace(OPEN, closed=CloseReason.COMPLETED), (1, 1)),
        (boxed_task("a", 5), CLOSED, (0, 0)),
        (boxed_task("a", 5, "x", state=State.DONE), OPEN, (0, 1)),
        (boxed_task("a", None, "x", state=State.DONE), None, (1, 1)),
        (boxed_task("a", state=State.CANCELLED), None, (0, 0)),
        (boxed_task("a", ignored=True), None, (0, 0)),
        (boxed_task("a", 9), None, (0, 1)),
    ],
)
def test_a_task_counts_by_its_issue_else_by_its_box(
    task: Task, issue: ObservedIssue | None, counted: tuple[int, int]
) -> None:
    progress = decide(make_plan(make_phase(task)), *([issue] if issue else [])).progress
    assert (progress.done, progress.total) == counted


@pytest.mark.parametrize(("box", "counted"), [(" ", (0, 1)), ("x", (1, 1)), (None, (0, 0))])
def test_a_task_that_is_tracked_elsewhere_counts_by_its_box(box: str | None, counted: tuple[int, int]) -> None:
    task = boxed_task("a", None, box, links=(link_to(4, url="https://tracker.example/acme/api/issues/{}"),))
    progress = decide(make_plan(make_phase(task))).progress
    assert (progress.done, progress.total) == counted


@pytest.mark.parametrize(
    ("box", "rules", "total"), [(" ", Rules(), 0), ("x", Rules(), 1), (" ", Rules(create_done=True), 1)]
)
def test_open_tasks_of_a_complete_phase_that_have_no_issue_do_not_count(box: str, rules: Rules, total: int) -> None:
    state = State.DONE if box == "x" else State.OPEN
    plan = make_plan(make_phase(boxed_task("a", None, box, state=state), complete=True))
    assert decide(plan, rules=rules).progress.total == total


def test_progress_by_milestone_counts_every_issue_in_it() -> None:
    rules = Rules(progress="milestone")
    decision = decide(ONE, OPEN, milestones=(known_milestone(issues=(2, 5)),), rules=rules)
    assert (decision.progress.done, decision.progress.total) == (2, 5)
    assert [phase.label for phase in decision.progress.phases] == ["Phase 1"]
