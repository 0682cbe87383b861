"""The issue that a header names: tracking issue, elsewhere, gone, or not to be had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import ItemState
from plansync.core.changes import Change, CloseIssue, CreateIssue, UpdateIssue
from plansync.core.decision import PlanDecision
from plansync.core.identity import tracking_key
from plansync.core.links import Address
from plansync.core.marker import Marker, wrap
from plansync.core.model import State
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.plan_issues import Named, NamedIssue, named_by, named_issue
from plansync.core.problems import Problem
from plansync.core.rules import MarkerRules, Rules
from plansync.core.spellings import PlanIssue
from plansync.core.tracking import TRACKING_LABELS
from tests.support.deciding import STATE, boxed_task, codes_of, decide
from tests.support.plan_values import make_phase, make_plan
from tests.support.reconciling import (
    LOCAL,
    LOCAL_URL,
    PLAN,
    URL,
    WEB,
    issue_of,
    make_issue,
    make_reading,
    owning,
    tracking_of,
)

ON = Rules(tracking_issue=True)
KEY = tracking_key(PLAN)
NINE = PlanIssue(URL.format(9), 0, 2, 9)
OURS = PlanIssue(LOCAL_URL.format(9), 0, 2, 9)
TASK = issue_of(5, "a")
ADOPTED = Marker(PLAN, KEY, adopted=True)


def _named(issue: PlanIssue | None, *issues: ObservedIssue, address: Address = WEB, **parts: Any) -> NamedIssue:
    markers = parts.pop("markers", MarkerRules())
    reading = make_reading(make_plan(issue=issue), **{"rules": ON, **parts})
    return named_issue(reading, owning(*issues, linked=[9], rules=markers), address)


THEIRS = make_issue(9, "Pipes", "Our words.", author_is_us=False)


@pytest.mark.parametrize(
    ("issue", "issues", "found"),
    [
        (None, (), NamedIssue()),
        (NINE, (THEIRS,), NamedIssue(Named.TRACKING, 9)),
        (NINE, (tracking_of(9),), NamedIssue(Named.TRACKING, 9)),
        (NINE, (tracking_of(9, "other"),), NamedIssue(Named.TAKEN, 9)),
        (NINE, (issue_of(9, "a"),), NamedIssue(Named.TAKEN, 9)),
        (NINE, (), NamedIssue(Named.GONE, 9)),
        (replace(NINE, url="https://tracker.example/acme/api/issues/9"), (THEIRS,), NamedIssue(Named.ELSEWHERE)),
        (replace(NINE, url="https://tracker.example/acme/web/milestone/9"), (THEIRS,), NamedIssue()),
        (OURS, (THEIRS,), NamedIssue()),
        (PlanIssue("", 9, 2, 9), (THEIRS,), NamedIssue()),
    ],
)
def test_a_header_names_it(issue: PlanIssue | None, issues: tuple[ObservedIssue, ...], found: NamedIssue) -> None:
    assert _named(issue, *issues) == found
    assert _named(issue, *issues, rules=Rules()) == NamedIssue()


def test_a_bare_number_names_it_where_that_is_configured() -> None:
    rules = replace(ON, bare_links=True)
    assert _named(PlanIssue("", 9, 2, 9), THEIRS, rules=rules) == NamedIssue(Named.TRACKING, 9)


def test_one_whose_marker_does_not_verify_is_not_to_be_had() -> None:
    signed = make_issue(9, "Search", wrap(Marker(PLAN, KEY), "Words.", ("theirs",)))
    assert _named(NINE, signed, markers=MarkerRules(("ours",))) == NamedIssue(Named.BLOCKED, 9)


@pytest.mark.parametrize(
    ("issues", "known", "found"),
    [
        ((), None, Named.NOTHING),
        ((make_issue(9, "Pipes"),), None, Named.NOTHING),
        ((make_issue(9, "search"),), None, Named.TRACKING),
        ((make_issue(9, "Pipes"),), KEY, Named.TRACKING),
        ((make_issue(9, "Pipes"),), "t-1", Named.NOTHING),
        ((tracking_of(9),), None, Named.TRACKING),
        ((tracking_of(9, "other"),), None, Named.NOTHING),
    ],
)
def test_on_the_embedded_tracker_marker_store_or_title_must_agree(
    issues: tuple[ObservedIssue, ...], known: str | None, found: Named
) -> None:
    items = (ItemState(key=known, kind="plan", text="", phase="", number=9),) if known else ()
    assert _named(OURS, *issues, address=LOCAL, state=replace(STATE, items=items)).what is found


def test_what_is_nobody_s_and_named_is_no_item_s() -> None:
    readings = [make_reading(make_plan(issue=NINE), rules=ON)]
    assert named_by(readings, owning(THEIRS), WEB) == {9: PLAN}
    assert named_by(readings, owning(tracking_of(9)), WEB) == {}


def test_of_two_plans_that_name_one_the_first_has_it() -> None:
    plan = make_plan(issue=NINE)
    readings = [make_reading(plan, rules=ON), make_reading(plan, "other", rules=ON)]
    ownership = owning(THEIRS)
    ownership = replace(ownership, named=named_by(readings, ownership, WEB))
    assert [named_issue(reading, ownership, WEB).what for reading in readings] == [Named.TRACKING, Named.TAKEN]


def _decided(*issues: ObservedIssue, box: str = " ", issue: PlanIssue = NINE, **parts: Any) -> PlanDecision:
    state = State.DONE if box == "x" else State.OPEN
    plan = make_plan(make_phase(boxed_task("a", 5, box, state=state)), issue=issue, **parts.pop("plan", {}))
    return decide(plan, *issues, rules=ON, **parts)


def _of_plan(decision: PlanDecision) -> list[Change]:
    return [change for change in decision.changes if change.key == KEY]


def test_an_issue_of_nobody_is_adopted_with_its_title() -> None:
    decision = _decided(TASK, THEIRS)
    (update,) = _of_plan(decision)
    assert isinstance(update, UpdateIssue)
    assert (update.number, update.adopt, update.title) == (9, True, None)
    assert update.add_labels == TRACKING_LABELS
    assert " adopted" in (update.region or "").splitlines()[0]
    assert decision.tracking is not None
    assert decision.tracking.linked


@pytest.mark.parametrize(("box", "closed"), [("x", None), (" ", CloseReason.COMPLETED), (" ", CloseReason.NOT_PLANNED)])
def test_an_adopted_one_is_neither_closed_nor_reopened_nor_renamed(box: str, closed: CloseReason | None) -> None:
    body = wrap(ADOPTED, "Words.")
    mine = make_issue(9, "Pipes", body, author_is_us=False, closed=closed, labels=frozenset(TRACKING_LABELS))
    task = replace(TASK, closed=CloseReason.COMPLETED if box == "x" else None)
    assert _of_plan(_decided(task, mine, box=box)) == []


@pytest.mark.parametrize(
    "parts", [{"reading": {"whole": False}}, {"plan": {"ignored": True}}], ids=["broken", "ignored"]
)
def test_nothing_is_adopted_for_a_plan_that_is_held(parts: dict[str, Any]) -> None:
    assert _of_plan(_decided(TASK, THEIRS, **parts)) == []


def test_nothing_is_adopted_for_a_plan_without_issues() -> None:
    plan = make_plan(make_phase(boxed_task("a", box="x", state=State.DONE)), issue=NINE)
    assert decide(plan, THEIRS, rules=ON).changes == ()


@pytest.mark.parametrize(
    ("issues", "code"), [((), "PS502"), ((issue_of(9, "b", plan="other"),), "PS501"), ((tracking_of(9, "x"),), "PS501")]
)
def test_one_that_cannot_be_had_is_a_problem_where_it_stands_and_none_is_opened(
    issues: tuple[ObservedIssue, ...], code: str
) -> None:
    decision = _decided(TASK, *issues)
    found: list[Problem] = [problem for problem in decision.problems if problem.code == code]
    assert [(problem.line, problem.column) for problem in found] == [(2, 9)]
    assert _of_plan(decision) == []


def test_one_in_another_project_is_tracked_there() -> None:
    elsewhere = replace(NINE, url="https://tracker.example/acme/api/issues/9")
    decision = _decided(TASK, issue=elsewhere)
    assert (_of_plan(decision), codes_of(decision)) == ([], [])
    assert not any(isinstance(change, CreateIssue) for change in decision.changes)


def test_one_that_there_is_already_gives_way_to_the_one_that_is_named() -> None:
    decision = _decided(TASK, tracking_of(7), THEIRS)
    update, close = _of_plan(decision)
    assert isinstance(update, UpdateIssue)
    assert isinstance(close, CloseIssue)
    assert (update.number, close.number, close.duplicate_of) == (9, 7, 9)
