"""One item and its issue, decided: baselines, events, boxes and assignees (spec §4.1, §4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.changes import CreateIssue, ReopenIssue
from plansync.core.model import State, StatusCell, Task
from plansync.core.observed import CloseReason, ObservedIssue, StateEvent
from plansync.core.rules import Rules
from plansync.core.state import Action
from plansync.core.text import Span
from tests.support.deciding import (
    STATE,
    boxed_task,
    codes_of,
    decide,
    kinds_of,
)
from tests.support.plan_values import make_phase, make_plan, make_risk
from tests.support.reconciling import (
    NOON,
    issue_of,
    make_issue,
    make_question,
)


def _baseline(number: int, text: str, box: bool | None, issue: str, **parts: Any) -> PlanState:
    key = issue_of(number, text).body.split("item=")[1][:18]
    item = ItemState(
        key=key, kind="task", text=text, phase="", number=number, linked=True, box=box, issue=issue, at=NOON
    )
    return replace(STATE, items=(replace(item, **parts),))


def _action(task: Task, issue: ObservedIssue, state: PlanState | None = None, **context: Any) -> Action | None:
    decision = decide(make_plan(make_phase(task)), issue, reading={"state": state}, **context)
    found = decision.items[0].state
    return found.action if found else None


def test_before_an_issue_is_closed_or_reopened_its_events_are_asked_for() -> None:
    ticked = boxed_task("a", 5, "x", state=State.DONE)
    decision = decide(
        make_plan(make_phase(ticked)), issue_of(5, "a"), reading={"state": _baseline(5, "a", False, "open")}
    )
    assert decision.asks_events == {5}
    known = decide(make_plan(make_phase(ticked)), issue_of(5, "a"), events={5: ()})
    assert known.asks_events == frozenset()


def test_a_persons_word_since_the_baseline_counts_as_the_issue_changed() -> None:
    ticked, state = boxed_task("a", 5, "x", state=State.DONE), _baseline(5, "a", False, "open")
    word = StateEvent(NOON + timedelta(1), None, by_us=False)
    assert _action(ticked, issue_of(5, "a"), state, events={5: ()}) is Action.CLOSE
    assert _action(ticked, issue_of(5, "a"), state, events={5: (word,)}) is Action.UNTICK
    assert _action(ticked, issue_of(5, "a"), state, events={5: (replace(word, by_us=True),)}) is Action.CLOSE
    assert _action(ticked, issue_of(5, "a"), state, events={5: (replace(word, at=NOON),)}) is Action.CLOSE


def test_of_a_tracker_that_was_put_back_nothing_is_remembered() -> None:
    """With the baseline an open issue would untick the box; it was not touched since it was seen closed, though."""
    ticked, state = boxed_task("a", 5, "x", state=State.DONE), _baseline(5, "a", True, "completed")
    back = replace(issue_of(5, "a"), updated_at=NOON - timedelta(days=7))
    assert _action(ticked, issue_of(5, "a"), state, events={5: ()}) is Action.UNTICK
    assert _action(ticked, back, state, events={5: ()}) is Action.CLOSE
    reopened = StateEvent(NOON - timedelta(days=8), None, by_us=False)
    assert _action(ticked, back, state, events={5: (reopened,)}) is Action.UNTICK
    in_step = _baseline(5, "a", True, "open")
    assert _action(boxed_task("a", 5), back, in_step, events={5: ()}) is Action.NOTHING


@pytest.mark.parametrize("change", [{"linked": False}, {"issue": ""}, {"number": 6}, {"key": "t-other"}])
def test_what_is_no_baseline_of_this_very_link_counts_for_nothing(change: dict[str, Any]) -> None:
    """With the baseline the unticked box would reopen the issue; without, the closed issue ticks it."""
    closed, state = issue_of(5, "a", closed=CloseReason.COMPLETED), _baseline(5, "a", True, "completed")
    assert _action(boxed_task("a", 5), closed, state, events={5: ()}) is Action.REOPEN
    item = replace(state.items[0], **change)
    assert _action(boxed_task("a", 5), closed, replace(state, items=(item,)), events={5: ()}) is Action.TICK


def test_an_item_matched_without_its_link_has_no_baseline() -> None:
    closed, state = issue_of(5, "a", closed=CloseReason.COMPLETED), _baseline(5, "a", True, "completed")
    assert _action(boxed_task("a"), closed, state, events={5: ()}) is Action.TICK


def test_both_sides_moved_is_a_problem() -> None:
    state = _baseline(5, "a", True, "open")
    closed = issue_of(5, "a", closed=CloseReason.COMPLETED)
    decision = decide(make_plan(make_phase(boxed_task("a", 5))), closed, reading={"state": state})
    assert codes_of(decision) == ["PS601"]


def test_a_status_cell_is_the_rows_box() -> None:
    cell = StatusCell("Done", Span(0, 4))
    task = boxed_task("a", 5, None, status_cell=cell, state=State.DONE)
    assert _action(task, issue_of(5, "a"), events={5: ()}) is Action.CLOSE
    leading = boxed_task("a", 5, None, state=State.DONE)
    assert _action(leading, issue_of(5, "a"), events={5: ()}) is Action.CLOSE
    assert _action(boxed_task("a", 5, None), issue_of(5, "a")) is Action.NOTHING


def test_what_is_done_is_created_and_closed_where_that_is_wanted() -> None:
    decision = decide(
        make_plan(make_phase(boxed_task("a", None, "x", state=State.DONE))), rules=Rules(create_done=True)
    )
    assert kinds_of(decision) == ["CreateMilestone", "CloseMilestone", "CreateIssue", "CloseIssue"]


ASSIGNEES = Rules(assignees={"Ann B.": "annb", "bob": "bobby"})


@pytest.mark.parametrize(
    ("raw", "asks", "found"),
    [
        ("@kim", "kim", ("Kim",)),
        ("Ann B.", "annb", ("annb",)),
        ("ann b.", "annb", ("annb",)),
        ("@bob", "bobby", ()),
        ("general", "", ()),
        ("", "", ()),
        (None, "", ()),
    ],
)
def test_assignees_are_logins_or_mapped_names_that_exist(raw: str | None, asks: str, found: tuple[str, ...]) -> None:
    users = frozenset({"Kim", "annb"})
    decision = decide(make_plan(make_phase(boxed_task("a", assignee=raw))), rules=ASSIGNEES, users=users)
    [create] = [change for change in decision.changes if isinstance(change, CreateIssue)]
    assert create.assignees == found
    assert decision.asks_users == ({asks} if asks else set())
    assert codes_of(decision) == (["PS604"] if asks and not found else [])


def test_nobody_is_looked_up_for_a_risk_or_an_issue_that_has_somebody() -> None:
    plan = make_plan(
        make_phase(boxed_task("a", 5, assignee="@kim")), risks=(make_risk("r"),), questions=(make_question(),)
    )
    decision = decide(plan, issue_of(5, "a", assignees=("bea",)), rules=Rules(questions=True))
    assert decision.asks_users == frozenset()


@pytest.mark.parametrize("label", ["plansync:undone", "plansync:retired"])
def test_what_was_closed_when_its_plan_was_set_aside_is_reopened_once_somebody_names_the_plan(label: str) -> None:
    task = boxed_task("a", 5, " ")
    labels = frozenset({"plansync", label})
    issue = issue_of(5, "a", closed=CloseReason.NOT_PLANNED, labels=labels)
    assert _action(task, issue) is Action.NOTHING
    lifted = frozenset({"plans/plan.md"})
    assert _action(task, issue, lifted=lifted) is Action.REOPEN
    decision = decide(make_plan(make_phase(task)), issue, lifted=lifted)
    (reopen,) = [change for change in decision.changes if isinstance(change, ReopenIssue)]
    assert (reopen.reason, reopen.remove_labels) == ("put back into the plan", (label,))
    assert _action(task, replace(issue, closed=CloseReason.COMPLETED), lifted=lifted) is not Action.REOPEN


def test_of_twins_that_were_all_closed_as_duplicates_by_us_one_is_reopened() -> None:
    """Two machines that knew nothing of each other kept one issue each, and closed the other's."""
    task, shut = boxed_task("a", 3), CloseReason.DUPLICATE
    twin = issue_of(5, "a", closed=shut)
    ours = StateEvent(NOON, shut, by_us=True)
    plan = make_plan(make_phase(task))
    asked = decide(plan, issue_of(3, "a", closed=shut), twin)
    assert asked.asks_events == {3}
    assert "ReopenIssue" not in kinds_of(asked)
    decision = decide(plan, issue_of(3, "a", closed=shut), twin, events={3: (ours,)})
    (change,) = [change for change in decision.changes if isinstance(change, ReopenIssue)]
    assert (change.number, change.twin, change.reason) == (3, True, "its duplicates are closed as well")


@pytest.mark.parametrize("events", [(), (StateEvent(NOON, CloseReason.DUPLICATE, by_us=False),)])
def test_what_a_person_closed_as_a_duplicate_stays_closed(events: tuple[StateEvent, ...]) -> None:
    twin = issue_of(5, "a", closed=CloseReason.DUPLICATE)
    plan = make_plan(make_phase(boxed_task("a", 3)))
    decision = decide(plan, issue_of(3, "a", closed=CloseReason.DUPLICATE), twin, events={3: events})
    assert "ReopenIssue" not in kinds_of(decision)


def test_a_single_duplicate_and_one_of_nobody_stay_closed() -> None:
    plan, shut = make_plan(make_phase(boxed_task("a", 3))), CloseReason.DUPLICATE
    assert decide(plan, issue_of(3, "a", closed=shut), events={3: ()}).asks_events == frozenset()
    assert decide(plan, make_issue(3, "a", closed=shut), events={3: ()}).asks_events == frozenset()
