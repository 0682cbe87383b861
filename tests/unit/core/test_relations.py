"""Which issues are related on the tracker: wanted, there already, to be looked up, or too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import PlanState
from plansync.core.changes import Relate
from plansync.core.decision import RelationsDecision
from plansync.core.fit import Capabilities
from plansync.core.identity import tracking_key
from plansync.core.model import State, Task
from plansync.core.observed import CloseReason, ObservedIssue, Relation, RelationKind
from plansync.core.relations import relation_notes
from plansync.core.rules import Rules
from tests.support.deciding import STATE, boxed_task, codes_of, decide
from tests.support.plan_values import make_phase, make_plan, make_risk
from tests.support.reconciling import PLAN, issue_of, tracking_of

SUB, BLOCKED, RELATED = RelationKind.SUB_ISSUE, RelationKind.BLOCKED_BY, RelationKind.RELATED
TRACKED, LINKED = Rules(tracking_issue=True), Rules(dependencies="links")
ABLE = Capabilities(name="able", sub_issues=True, dependencies=True)
PLAIN = Capabilities(name="plain", links=True)
UNABLE = Capabilities(name="unable")
KEY = tracking_key(PLAN)


def task(name: str, link: int | None = None, *after: str, **parts: Any) -> Task:
    """Return a task whose id is its name, and that depends on others."""
    return boxed_task(name, link, id=name, depends_on=after, **parts)


def related(
    tasks: Sequence[Task],
    *issues: ObservedIssue,
    rules: Rules = TRACKED,
    capabilities: Capabilities = ABLE,
    before: Sequence[Relation] = (),
    **parts: Any,
) -> RelationsDecision:
    """Decide the relations of a plan with these tasks."""
    state: PlanState = replace(STATE, relations=tuple(before))
    reading = {"state": state, **parts.pop("reading", {})}
    plan = make_plan(make_phase(*tasks), risks=(make_risk(),))
    return decide(plan, *issues, rules=rules, reading=reading, capabilities=capabilities, **parts).relations


def pairs(decision: RelationsDecision) -> list[tuple[RelationKind, int, int]]:
    return [(change.relation, change.number, change.other) for change in decision.changes]


def looked(kind: RelationKind, *numbers: int) -> dict[str, Any]:
    """Return a context's part that says that the relations of these issues were read, and none was found."""
    return {"looked": frozenset((kind, number) for number in numbers)}


A, B = issue_of(5, "a", id="a"), issue_of(6, "b", id="b")


def test_nothing_is_related_unless_it_is_wanted() -> None:
    assert related([task("a", 5), task("b", 6, "a")], A, B, tracking_of(9), rules=Rules()) == RelationsDecision()


def test_tasks_to_be_opened_come_under_a_tracking_issue_to_be_opened() -> None:
    decision = related([task("a"), task("b")])
    assert pairs(decision) == [(SUB, 0, 0), (SUB, 0, 0)]
    assert {change.key for change in decision.changes} == {KEY}
    assert len({change.other_key for change in decision.changes}) == 2


def test_relations_come_after_everything_that_is_opened() -> None:
    changes = decide(make_plan(make_phase(task("a"))), rules=TRACKED, capabilities=ABLE).changes
    assert isinstance(changes[-1], Relate)


def test_what_is_there_is_looked_up_before_anything_is_related() -> None:
    decision = related([task("a", 5), task("b")], A, tracking_of(9))
    assert decision.asks == {(SUB, 9)}
    assert pairs(decision) == [(SUB, 9, 0)]


def test_what_was_found_is_related_already() -> None:
    found = frozenset({Relation(SUB, 9, 5)})
    decision = related([task("a", 5), task("b", 6)], A, B, tracking_of(9), related=found, **looked(SUB, 9))
    assert pairs(decision) == [(SUB, 9, 6)]
    assert decision.held == (Relation(SUB, 9, 5),)


def test_what_was_related_once_is_not_asked_for_again() -> None:
    known = (Relation(SUB, 9, 5), Relation(SUB, 9, 77))
    decision = related([task("a", 5)], A, tracking_of(9), before=known)
    assert decision == RelationsDecision(held=known[:1])


@pytest.mark.parametrize("reading", [{"whole": False}])
def test_a_broken_plan_forgets_nothing(reading: dict[str, Any]) -> None:
    known = (Relation(SUB, 9, 5), Relation(SUB, 9, 77))
    assert related([task("a", 5)], A, tracking_of(9), before=known, reading=reading).held == known


def test_risks_are_no_sub_issues() -> None:
    assert len(related([task("a")]).changes) == 1


def test_a_closed_issue_gets_no_new_relations() -> None:
    closed = tracking_of(9, closed=CloseReason.NOT_PLANNED)
    assert related([task("a", 5), task("b")], A, closed) == RelationsDecision()
    done = replace(B, closed=CloseReason.COMPLETED)
    waits = [task("a", 5), task("b", 6, "a", box="x")]
    assert related(waits, A, done, rules=LINKED) == RelationsDecision()


def test_an_issue_that_is_closed_in_this_run_gets_none_and_one_that_is_reopened_does() -> None:
    rules = replace(LINKED, create_done=True)
    done = related([task("a"), task("b", None, "a", box="x", state=State.DONE)], rules=rules)
    assert done == RelationsDecision()
    gone = replace(B, closed=CloseReason.NOT_PLANNED, labels=frozenset({"plansync:removed"}))
    again = related([task("a", 5), task("b", 6, "a")], A, gone, rules=LINKED, **looked(BLOCKED, 6))
    assert pairs(again) == [(BLOCKED, 6, 5)]


def test_a_closed_issue_may_block_an_open_one() -> None:
    done = replace(A, closed=CloseReason.COMPLETED)
    decision = related([task("a", 5, box="x"), task("b", 6, "a")], done, B, rules=LINKED, **looked(BLOCKED, 6))
    assert pairs(decision) == [(BLOCKED, 6, 5)]


def test_an_issue_that_moved_away_is_related_to_nothing() -> None:
    moved = replace(A, closed=CloseReason.MOVED, moved_to="https://tracker.example/acme/shop/issues/1")
    assert related([task("a", 5), task("b", 6, "a")], moved, B, rules=LINKED) == RelationsDecision()
    left = tracking_of(9, closed=CloseReason.MOVED, moved_to="https://tracker.example/acme/shop/issues/2")
    assert related([task("a", 5)], A, left) == RelationsDecision()


def test_dependencies_block() -> None:
    decision = related([task("a"), task("b", None, "a"), task("c", None, "a", "b")], rules=LINKED)
    assert [change.relation for change in decision.changes] == [BLOCKED] * 3
    assert all(change.reason == "the task depends on it" for change in decision.changes)


def test_dependencies_without_an_issue_stay_text() -> None:
    tasks = [
        task("a", None, box="x", state=State.DONE),
        task("b", None, "a"),
        task("c", None, box="x", state=State.DONE),
    ]
    assert related(tasks, rules=LINKED) == RelationsDecision()


def test_what_would_close_a_cycle_is_left_out() -> None:
    tasks = [task("a", 5, "c"), task("b", 6, "a"), task("c", 7, "b", "a")]
    issues = (A, B, issue_of(7, "c", id="c"))
    decision = related(tasks, *issues, rules=LINKED, **looked(BLOCKED, 5, 6, 7))
    assert pairs(decision) == [(BLOCKED, 5, 7), (BLOCKED, 6, 5)]


def test_many_ways_to_one_task_are_no_cycle() -> None:
    tasks = [task("a"), task("b", None, "a"), task("c", None, "a"), task("d", None, "b", "c"), task("e", None, "d")]
    assert len(related(tasks, rules=LINKED).changes) == 5


def test_plain_links_stand_in_for_what_a_tracker_does_not_have() -> None:
    both = replace(TRACKED, dependencies="links")
    decision = related([task("a"), task("b", None, "a")], rules=both, capabilities=PLAIN)
    assert [change.relation for change in decision.changes] == [RELATED] * 3
    assert related([task("a"), task("b", None, "a")], rules=both, capabilities=UNABLE) == RelationsDecision()


def test_what_a_tracker_cannot_hold_is_told() -> None:
    both = replace(TRACKED, dependencies="links")
    assert relation_notes(both, ABLE) == ()
    assert relation_notes(Rules(), UNABLE) == ()
    assert relation_notes(both, UNABLE) == (
        "unable has no sub-issues; the tasks of a plan's tracking issue are not tied to it",
        "unable knows no issues that block others; dependencies stay text",
    )
    assert relation_notes(both, PLAIN) == (
        "plain has no sub-issues; the tasks of a plan's tracking issue are related to it instead",
        "plain knows no issues that block others; dependencies become plain relations",
    )


def _full(*parts: Any, **more: Any) -> tuple[int, list[str], set[tuple[RelationKind, int]]]:
    """Decide three tasks on a tracker that has room for two sub-issues; return what comes of it."""
    capabilities = replace(ABLE, sub_issue_limit=2, dependency_limit=1)
    plan = make_plan(make_phase(task("a"), task("b"), task("c", None, "a", "b")))
    decision = decide(plan, *parts, rules=replace(TRACKED, dependencies="links"), capabilities=capabilities, **more)
    messages = [found.message for found in decision.problems if found.code == "PS606"]
    assert ("PS606" in codes_of(decision)) is bool(messages)
    return len(decision.relations.changes), messages, set(decision.relations.asks)


def test_more_than_an_issue_can_have_is_told() -> None:
    assert _full() == (
        3,
        [
            "1 of the plan's dependencies are more than an issue can have on able",
            "1 of the plan's sub-issues are more than an issue can have on able",
        ],
        set(),
    )


def test_what_people_related_takes_room_too() -> None:
    theirs = frozenset({Relation(SUB, 9, 50), Relation(SUB, 9, 51), Relation(SUB, 8, 52)})
    changes, messages, _ = _full(tracking_of(9), related=theirs, **looked(SUB, 9))
    assert changes == 1
    assert "3 of the plan's sub-issues are more than an issue can have on able" in messages


def test_a_full_issue_is_not_asked() -> None:
    known = {"state": replace(STATE, relations=(Relation(SUB, 9, 50), Relation(SUB, 9, 51)))}
    tasks = [task("a", 5)]
    plan = make_plan(make_phase(*tasks))
    limited = replace(ABLE, sub_issue_limit=2)
    decision = decide(plan, A, tracking_of(9), rules=TRACKED, capabilities=limited, reading=known)
    assert decision.relations.asks == frozenset()
    assert "PS606" in codes_of(decision)
