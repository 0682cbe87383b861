"""Which items of a plan take part in a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.marker import Marker, wrap
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.problems import problem
from plansync.core.reading import Gated, Placed, missing_files
from plansync.core.rules import Rules
from tests.support.plan_values import make_phase, make_plan, make_risk, make_task
from tests.support.reconciling import PLAN, make_issue, make_question, make_reading, owning

PLAN_OF_ALL = make_plan(
    make_phase(make_task("a"), make_task("b")),
    make_phase(make_task("c"), id="2"),
    risks=(make_risk("r"),),
    questions=(make_question("q"),),
)


@pytest.mark.parametrize(
    ("rules", "items"),
    [
        (Rules(), "a0 b0 c1 r-1"),
        (Rules(risks=False), "a0 b0 c1"),
        (Rules(questions=True), "a0 b0 c1 r-1 q-1"),
        (Rules(risks=False, questions=True), "a0 b0 c1 q-1"),
    ],
)
def test_items_come_in_plan_order_as_the_rules_want_them(rules: Rules, items: str) -> None:
    placed = make_reading(PLAN_OF_ALL, rules=rules).placed()
    assert " ".join(f"{place.item.text}{place.phase}" for place in placed) == items


def test_an_error_in_one_phase_breaks_only_its_own_tasks() -> None:
    plan = make_plan(
        make_phase(make_task("a")), make_phase(make_task("b")), problems=(problem("PS105", 1, 1, "", part="phase 1"),)
    )
    reading = make_reading(plan)
    assert [reading.is_broken(placed) for placed in reading.placed()] == [False, True]


def test_a_warning_breaks_nothing() -> None:
    plan = make_plan(make_phase(make_task()), problems=(problem("PS201", 1, 1, "", part="phase 0"),))
    assert not make_reading(plan).is_broken(Placed(plan.tasks[0], 0))


def test_the_store_is_asked_by_number() -> None:
    item = ItemState(key="t-1", kind="task", text="", phase="", number=7)
    state = PlanState(key=PLAN, source="", path="", target="", items=(item,))
    reading = make_reading(PLAN_OF_ALL, state=state)
    assert reading.state_of(7) is item
    assert reading.state_of(8) is None
    assert make_reading(PLAN_OF_ALL).state_of(7) is None
    assert Gated(PLAN, "", "", state).numbers == {7}


def test_a_plan_of_several_files_has_their_paths() -> None:
    assert replace(make_reading(PLAN_OF_ALL), path="a/plan.md").paths == ("a/plan.md",)
    several = replace(make_reading(replace(PLAN_OF_ALL, files=("plan.md", "tasks.md"))), path="a/plan.md")
    assert several.paths == ("a/plan.md", "a/tasks.md")


def test_a_file_is_missing_while_open_issues_come_from_it() -> None:
    def marked(number: int, file: str, **parts: Any) -> ObservedIssue:
        marker = Marker(PLAN, f"t-{number}", file=file)
        return make_issue(number, body=wrap(marker, ""), **parts)

    owned = owning(
        marked(1, "plan.md"),
        marked(2, "tasks.md"),
        marked(3, "tasks.md"),
        marked(4, "old.md", closed=CloseReason.COMPLETED),
        marked(5, "moved.md"),
        marked(6, ""),
    ).of_plan(PLAN)
    found = missing_files(["a/plan.md"], owned, {5})
    assert [(problem.code, problem.message) for problem in found] == [
        ("PS109", "tasks.md is not there, which 2 open issue(s) come from")
    ]
    assert missing_files(["a/plan.md", "a/tasks.md"], owned, {5}) == ()


def test_a_plan_with_a_missing_file_is_left_alone() -> None:
    reading = make_reading(PLAN_OF_ALL)
    held = replace(reading, missing=(problem("PS109", 1, 1, "", part="plan"),))
    assert (reading.left_alone, held.left_alone) == (False, True)
    assert all(held.is_broken(placed) for placed in held.placed())
