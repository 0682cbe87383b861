"""What the milestones of a plan need: opened, renamed, closed, reopened, or left alone (spec §3.8, §4.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import PhaseState
from plansync.core.changes import CloseMilestone, CreateMilestone, UpdateMilestone
from plansync.core.identity import phase_key
from plansync.core.model import Plan, State, Task
from plansync.core.observed import ObservedIssue, ObservedMilestone
from plansync.core.region import RegionDamaged, sole_region
from plansync.core.rules import MarkerRules, Rules
from tests.support.deciding import (
    CLOSED,
    ONE,
    OPEN,
    STATE,
    boxed_task,
    codes_of,
    decide,
    kinds_of,
    known_milestone,
)
from tests.support.plan_values import make_phase, make_plan
from tests.support.reconciling import (
    PLAN,
    link_to,
)


def test_a_milestone_of_unknown_outcome_is_not_repeated() -> None:
    waiting = frozenset({str(phase_key(PLAN, "1", "Foundation", 0))})
    assert kinds_of(decide(make_plan(make_phase(boxed_task("a"))), waiting=waiting)) == ["CreateIssue"]


def _milestones(plan: Plan, *issues: ObservedIssue, milestone: ObservedMilestone, **parts: Any) -> list[str]:
    decision = decide(plan, *issues, milestones=(milestone,), **parts)
    return [kind for kind in kinds_of(decision) if "Milestone" in kind]


def _closed_by_us() -> dict[str, Any]:
    phase = PhaseState(key=phase_key(PLAN, "1", "Foundation", 0), id="1", name="Foundation", closed_by_us=True)
    return {"state": replace(STATE, phases=(phase,))}


@pytest.mark.parametrize(
    ("issue", "closed", "ours", "changes"),
    [
        (OPEN, False, False, []),
        (CLOSED, False, False, ["CloseMilestone"]),
        (CLOSED, True, False, []),
        (CLOSED, False, True, []),
        (OPEN, True, True, ["ReopenMilestone"]),
        (OPEN, True, False, []),
    ],
)
def test_a_milestone_is_closed_when_settled_and_reopened_only_if_plansync_closed_it(
    issue: ObservedIssue, closed: bool, ours: bool, changes: list[str]
) -> None:
    reading = _closed_by_us() if ours else {}
    assert _milestones(ONE, issue, milestone=known_milestone(closed=closed), reading=reading) == changes


@pytest.mark.parametrize(
    ("other", "is_settled"),
    [
        (boxed_task("b", None, "x", state=State.DONE), True),
        (boxed_task("b", state=State.CANCELLED), True),
        (boxed_task("b", ignored=True), True),
        (boxed_task("b", links=(link_to(4, url="https://tracker.example/acme/api/issues/{}"),)), True),
        (boxed_task("b", 8), False),
        (boxed_task("b"), False),
    ],
)
def test_a_phase_is_settled_when_every_task_has_its_closed_issue_or_needs_none(other: Task, is_settled: bool) -> None:
    plan = make_plan(make_phase(boxed_task("a", 5), other))
    assert _milestones(plan, CLOSED, milestone=known_milestone()) == (["CloseMilestone"] if is_settled else [])


def test_a_milestone_of_a_phase_that_is_done_from_the_start_is_closed_at_once() -> None:
    done = make_phase(boxed_task("a", None, "x", state=State.DONE))
    half = make_phase(boxed_task("b", None, "x", state=State.DONE), boxed_task("c"), id="2")
    decision = decide(make_plan(done, half), rules=Rules(create_done=True))
    opened = [change.key for change in decision.changes if isinstance(change, CreateMilestone)]
    closed = [(change.key, change.number) for change in decision.changes if isinstance(change, CloseMilestone)]
    assert len(opened) == 2
    assert closed == [(opened[0], 0)]


def test_a_phase_without_any_issue_gets_no_milestone() -> None:
    decision = decide(
        make_plan(make_phase(boxed_task("a", state=State.CANCELLED)), make_phase(boxed_task("b"), id="2"))
    )
    assert [c.title for c in decision.changes if isinstance(c, CreateMilestone)] == ["Search: Phase 2: Foundation"]


@pytest.mark.parametrize(
    ("have", "foreign", "title"),
    [
        ("Search: Phase 1: Foundation", [], None),
        ("Old title", [], "Search: Phase 1: Foundation"),
        ("Old title", ["SEARCH: phase 1: foundation"], "Search: Phase 1: Foundation (2)"),
        ("Old", ["Search: Phase 1: Foundation", "Search: Phase 1: Foundation (2)"], "Search: Phase 1: Foundation (3)"),
        ("Search: Phase 1: Foundation (2)", ["Search: Phase 1: Foundation"], None),
        ("Search: Phase 1: Foundation (2)", [], "Search: Phase 1: Foundation"),
    ],
)
def test_a_milestones_title_is_the_plans_and_counts_up_only_where_it_must(
    have: str, foreign: list[str], title: str | None
) -> None:
    others = tuple(
        ObservedMilestone(number=90 + n, url="", title=name, description="") for n, name in enumerate(foreign)
    )
    decision = decide(ONE, OPEN, milestones=(replace(known_milestone(), title=have), *others))
    updates = [change.title for change in decision.changes if isinstance(change, UpdateMilestone)]
    assert updates == ([title] if title else [])


def test_two_new_phases_of_one_heading_get_titles_of_their_own() -> None:
    decision = decide(make_plan(make_phase(boxed_task("a")), make_phase(boxed_task("b"))))
    titles = [change.title for change in decision.changes if isinstance(change, CreateMilestone)]
    assert titles == ["Search: Phase 1: Foundation", "Search: Phase 1: Foundation (2)"]


def test_a_milestone_that_is_peoples_or_closed_keeps_its_words() -> None:
    other = replace(known_milestone(), title="Theirs")
    assert _milestones(ONE, OPEN, milestone=other) == ["UpdateMilestone"]
    assert _milestones(ONE, OPEN, milestone=other, rules=Rules(own=frozenset({"title", "body"}))) == []
    assert _milestones(ONE, OPEN, milestone=replace(other, closed=True)) == []


def test_a_milestones_damaged_region_is_a_problem_and_its_text_is_left_alone() -> None:
    double = known_milestone().description * 2
    with pytest.raises(RegionDamaged):
        sole_region(double)
    decision = decide(ONE, OPEN, milestones=(replace(known_milestone(), description=double),))
    assert not [kind for kind in kinds_of(decision) if "Milestone" in kind]
    assert codes_of(decision) == ["PS508"]


def test_another_keys_signature_of_a_milestone_is_no_drift() -> None:
    rules = Rules(markers=MarkerRules(keys=("new", "old")))
    signed = replace(rules, markers=MarkerRules(keys=("old",)))
    made = next(
        c
        for c in decide(make_plan(make_phase(boxed_task("a"))), rules=signed).changes
        if isinstance(c, CreateMilestone)
    )
    milestone = replace(known_milestone(), description=made.description)
    assert _milestones(ONE, OPEN, milestone=milestone, rules=rules) == []
    assert _milestones(ONE, OPEN, milestone=known_milestone(), rules=rules) == ["UpdateMilestone"]


def test_a_gone_milestone_is_a_problem_and_its_tasks_go_without() -> None:
    link = replace(link_to(3), url="https://tracker.example/acme/web/milestone/3")
    decision = decide(make_plan(make_phase(boxed_task("a"), milestone_link=link)))
    assert (kinds_of(decision), codes_of(decision)) == (["CreateIssue"], ["PS509"])
