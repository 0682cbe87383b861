"""One plan, decided: the order of changes, removals, duplicates, and what is left alone (spec §4.3, §4.4, §4.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.changes import CloseIssue, CreateIssue, UpdateIssue
from plansync.core.identity import ItemKey, PlanKey, phase_key
from plansync.core.model import ItemKind, Plan, State
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.problems import problem
from plansync.core.rules import MarkerRules, Rules
from plansync.core.spellings import LooseLink
from tests.support.deciding import (
    ONE,
    OPEN,
    boxed_task,
    codes_of,
    created_by,
    decide,
    kinds_of,
)
from tests.support.plan_values import make_phase, make_plan, make_risk, make_status
from tests.support.reconciling import (
    PLAN,
    URL,
    issue_of,
    make_issue,
    milestone_of,
)


def test_a_new_plan_gets_its_milestone_and_its_issues_in_order() -> None:
    plan = make_plan(make_phase(boxed_task("a"), boxed_task("b")), risks=(make_risk("r"),))
    decision = decide(plan)
    assert kinds_of(decision) == ["CreateMilestone", *["CreateIssue"] * 3]
    assert created_by(decision) == ["a", "b", "r"]
    first, risk = decision.changes[1], decision.changes[3]
    assert isinstance(first, CreateIssue) and isinstance(risk, CreateIssue)
    assert first.milestone is not None
    assert first.milestone.key == phase_key(PLAN, "1", "Foundation", 0)
    assert risk.milestone is None


def test_a_dependency_comes_before_its_dependents_and_the_rest_in_plan_order() -> None:
    tasks = (
        boxed_task("a", id="T1", depends_on=("T3",)),
        boxed_task("b", id="T2"),
        boxed_task("c", id="T3", depends_on=("T4",)),
        boxed_task("d", id="T4"),
    )
    assert created_by(decide(make_plan(make_phase(*tasks)))) == ["d", "c", "a", "b"]


def test_a_cycle_is_broken_where_it_is_entered_and_closed_by_a_later_link() -> None:
    tasks = (boxed_task("a", id="T1", depends_on=("T2",)), boxed_task("b", id="T2", depends_on=("T1",)))
    decision = decide(make_plan(make_phase(*tasks)))
    assert created_by(decision) == ["b", "a"]
    late = decision.changes[-1]
    assert isinstance(late, UpdateIssue)
    assert (late.number, late.text_only, late.reason) == (0, True, "links to issues created after it")
    created = [change for change in decision.changes if isinstance(change, CreateIssue)]
    assert late.key == created[0].key


def test_a_create_of_unknown_outcome_is_not_repeated() -> None:
    plan = make_plan(make_phase(boxed_task("a"), boxed_task("b")))
    key = next(c.key for c in decide(plan).changes if isinstance(c, CreateIssue))
    decision = decide(plan, waiting=frozenset({key}))
    assert created_by(decision) == ["b"]
    assert decision.items[0].wish.reason.startswith("the answer to its creation was lost")


GONE = issue_of(9, "Gone")


def _removal(*issues: ObservedIssue, plan: Plan | None = None, **parts: Any) -> list[str]:
    decision = decide(plan or make_plan(), *issues, **parts)
    return [f"{c.number}: {c.reason}" for c in decision.changes if isinstance(c, CloseIssue)]


def test_an_open_issue_whose_item_is_gone_is_closed_with_a_label_and_a_word() -> None:
    [close] = decide(make_plan(), GONE).changes
    assert isinstance(close, CloseIssue)
    assert (close.because, close.add_labels) == (CloseReason.NOT_PLANNED, ("plansync:removed",))
    assert "`plans/plan.md`" in close.comment


@pytest.mark.parametrize(
    "issue",
    [
        replace(GONE, closed=CloseReason.COMPLETED),
        replace(GONE, labels=frozenset({"plansync:removed"})),
        issue_of(9, "Gone", adopted=True),
        issue_of(9, "Gone", kind=ItemKind.QUESTION),
        make_issue(9, "Gone"),
    ],
)
def test_closed_reopened_adopted_switched_off_and_foreign_issues_stay(issue: ObservedIssue) -> None:
    assert _removal(issue) == []


def test_kinds_that_are_switched_off_keep_their_issues() -> None:
    risk = issue_of(9, "It rains", kind=ItemKind.RISK)
    assert _removal(risk, rules=Rules(risks=False)) == []
    assert _removal(risk) == ["9: removed from the plan"]
    assert _removal(issue_of(9, "Why?", kind=ItemKind.QUESTION), rules=Rules(questions=True)) == [
        "9: removed from the plan"
    ]


def test_nothing_is_removed_on_the_word_of_a_plan_that_may_have_lost_something() -> None:
    assert _removal(GONE, plan=make_plan(problems=(problem("PS401", 1, 1, ""),))) == []
    assert _removal(GONE, reading={"whole": False}) == []
    assert _removal(GONE, may_remove=False) == []


def test_an_issue_whose_link_still_stands_in_the_plan_is_not_closed() -> None:
    plan = make_plan(loose_links=(LooseLink(URL.format(9), 12, 5),))
    decision = decide(plan, GONE)
    assert decision.changes == ()
    assert [(found.code, found.line) for found in decision.problems] == [("PS511", 12)]
    assert "issue #9" in decision.problems[0].message
    assert _removal(issue_of(8, "Gone"), plan=plan) == ["8: removed from the plan"]


TWIN = issue_of(9, "a")


def test_a_duplicate_of_ours_is_closed_and_says_of_what() -> None:
    decision = decide(
        make_plan(make_phase(boxed_task("a", 5))), issue_of(5, "a", milestone=3), TWIN, milestones=(milestone_of(3),)
    )
    [close] = [change for change in decision.changes if isinstance(change, CloseIssue)]
    assert (close.number, close.because, close.duplicate_of) == (9, CloseReason.DUPLICATE, 5)
    assert "#5" in close.comment


@pytest.mark.parametrize(
    ("issue", "codes"),
    [
        (replace(TWIN, touched_by_others=True), ["PS504"]),
        (replace(TWIN, author_is_us=False), ["PS504"]),
        (replace(TWIN, closed=CloseReason.DUPLICATE), []),
    ],
)
def test_a_duplicate_that_somebody_touched_is_a_problem_and_a_closed_one_no_matter(
    issue: ObservedIssue, codes: list[str]
) -> None:
    decision = decide(make_plan(make_phase(boxed_task("a", 5))), issue_of(5, "a"), issue)
    assert not [change for change in decision.changes if isinstance(change, CloseIssue)]
    assert codes_of(decision) == codes


def test_every_item_without_an_issue_of_its_own_says_why() -> None:
    keyed = Rules(markers=MarkerRules(keys=("mine",)))
    plan = make_plan(
        make_phase(
            boxed_task("a", 1),
            boxed_task("b", 2),
            boxed_task("c", 2),
            boxed_task("d", 3),
            boxed_task("e"),
            boxed_task("f"),
        )
    )
    issues = (
        issue_of(2, "b"),
        issue_of(3, "x", plan="unread"),
        issue_of(4, "e", keys=("wrong",)),
    )
    decision = decide(plan, *issues, rules=keyed)
    assert codes_of(decision) == ["PS502", "PS501", "PS507", "PS503"]
    near = decide(make_plan(make_phase(boxed_task("Keep it 3 days"))), issue_of(5, "Keep it 4 days"))
    assert codes_of(near) == ["PS506"]


def test_an_unpublished_plan_is_left_as_it_is_and_says_why() -> None:
    plan = make_plan(make_phase(boxed_task("a")), status=make_status("Done"))
    decision = decide(plan)
    assert decision.changes == ()
    assert decision.passed_over.startswith("its Status is Done")
    assert (decision.marks.status, decision.status_before, decision.status_after) == ((), "Done", "Done")
    asked = decide(plan, publish=frozenset({"plans/plan.md"}))
    assert asked.passed_over == ""
    assert "CreateIssue" in kinds_of(asked)


def test_an_ignored_plan_is_not_written() -> None:
    plan = make_plan(
        make_phase(boxed_task("a", None, "x", state=State.DONE)), status=make_status("Draft"), ignored=True
    )
    decision = decide(plan, issue_of(5, "z"))
    assert decision.marks.status == ()
    assert decision.status_after == "Draft"


def test_keys_in_a_decision_are_those_of_the_issues() -> None:
    decision = decide(ONE, OPEN)
    assert decision.matching.matches[0].key == ItemKey(OPEN.body.split("item=")[1][:18])
    assert decision.reading.key == PlanKey("plan")
