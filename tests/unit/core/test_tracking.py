"""The tracking issue of a plan: opened, kept in step, closed with the plan, and left alone where people want it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import ItemState, Memo, PlanState
from plansync.core.changes import Change, CloseIssue, CreateIssue, ReopenIssue, UpdateIssue
from plansync.core.decision import PlanDecision, TrackingDecision
from plansync.core.facts import Facts, TrackingFacts
from plansync.core.fields import digest_of
from plansync.core.fit import kept_text
from plansync.core.identity import PlanKey, is_tracking, item_key, tracking_key
from plansync.core.marker import Marker, wrap
from plansync.core.model import ItemKind, Plan, State
from plansync.core.observed import CloseReason, ObservedIssue, StateEvent
from plansync.core.region import sole_region
from plansync.core.rules import MarkerRules, Rules
from plansync.core.texts import Texts
from plansync.core.tracking import TRACKING_LABELS
from tests.support.deciding import STATE, boxed_task, codes_of, decide
from tests.support.plan_values import make_phase, make_plan
from tests.support.reconciling import NOON, PLAN, issue_of, make_context, make_issue, make_reading, owning

ON = Rules(tracking_issue=True)
KEY = tracking_key(PLAN)
TODO = make_plan(make_phase(boxed_task("a", 5)))
DONE = make_plan(make_phase(boxed_task("a", 5, "x")))
TASK = issue_of(5, "a")
FINISHED = replace(TASK, closed=CloseReason.COMPLETED)


def decided(*args: Any, rules: Rules = ON, **parts: Any) -> TrackingDecision:
    """Decide a plan and return what becomes of its tracking issue."""
    tracking = decide(*args, rules=rules, **parts).tracking
    assert tracking is not None
    return tracking


def names(changes: Sequence[Change]) -> list[str]:
    return [type(change).__name__ for change in changes]


def issue(number: int = 9, keys: Sequence[str] = (), **parts: Any) -> ObservedIssue:
    """Return the tracking issue in step."""
    made = decided(make_plan(make_phase(boxed_task("a"))), rules=replace(ON, markers=MarkerRules(tuple(keys)))).changes[
        0
    ]
    assert isinstance(made, CreateIssue)
    known = {"title": made.title, "body": made.body, "labels": frozenset(made.labels)}
    return make_issue(number, **{**known, **parts})


def known(**parts: Any) -> dict[str, PlanState]:
    """Return a reading's part whose store knows the tracking issue."""
    fields = {"key": KEY, "kind": "plan", "text": "Search", "phase": "", "number": 9, "box": False, "issue": "open"}
    return {"state": replace(STATE, items=(ItemState(**{**fields, **parts}),))}


def test_a_tracking_key_is_one_of_its_own() -> None:
    assert is_tracking(KEY)
    assert not is_tracking("p-0123456789abcdef")
    assert tracking_key(PlanKey("other")) != KEY


def test_nothing_is_tracked_unless_it_is_wanted() -> None:
    assert decide(make_plan(make_phase(boxed_task("a"))), issue()).tracking is None


def test_the_tracking_issue_is_opened_before_the_first_task() -> None:
    decision = decide(make_plan(make_phase(boxed_task("a"))), rules=ON)
    first, second = (change for change in decision.changes if isinstance(change, CreateIssue))
    assert (first.key, first.kind, first.labels) == (KEY, ItemKind.PLAN, TRACKING_LABELS)
    assert first.milestone is None
    assert second.kind is ItemKind.TASK


def test_a_template_sees_the_plan_and_the_phases_that_have_names() -> None:
    seen: list[Facts] = []

    def render(facts: Facts) -> tuple[str, str]:
        seen.append(facts)
        return "Search", "Words."

    plan = make_plan(make_phase(boxed_task("a"), goal="Soon"), make_phase(id=None))
    reading = make_reading(plan, rules=ON)
    texts = Texts(make_context(owning(), render=render), reading, (), ())
    texts.tracking(None)
    (facts,) = seen
    assert isinstance(facts, TrackingFacts)
    assert facts.plan.title == "Search"
    assert [phase.heading for phase in facts.phases] == ["Phase 1: Foundation"]


@pytest.mark.parametrize(
    ("plan", "parts"),
    [
        (make_plan(make_phase(boxed_task("a", box="x", state=State.DONE))), {}),
        (DONE, {"issues": (FINISHED,)}),
        (make_plan(make_phase()), {}),
        (make_plan(make_phase(boxed_task("a")), ignored=True), {}),
        (make_plan(make_phase(boxed_task("a"))), {"reading": {"whole": False}}),
        (make_plan(make_phase(boxed_task("a"))), {"waiting": frozenset({KEY})}),
    ],
    ids=["nothing to open", "complete", "no tasks", "ignored", "broken", "an answer was lost"],
)
def test_there_are_plans_that_get_none(plan: Plan, parts: dict[str, Any]) -> None:
    issues = parts.pop("issues", ())
    tracking = decided(plan, *issues, **parts)
    assert tracking == TrackingDecision(key=KEY, complete=tracking.complete)


def test_one_in_step_is_left_as_it_is() -> None:
    tracking = decided(TODO, TASK, issue())
    assert (tracking.changes, tracking.issue, tracking.in_step) == ((), issue(), True)


def test_it_is_no_item_and_no_orphan() -> None:
    decision = decide(TODO, TASK, issue())
    assert decision.matching.orphans == ()
    assert names(decision.changes) == ["CreateMilestone", "UpdateIssue"]


@pytest.mark.parametrize("ignored", [True, False])
def test_a_plan_that_is_ignored_or_broken_leaves_it_alone(ignored: bool) -> None:
    plan = replace(TODO, ignored=ignored)
    tracking = decided(plan, TASK, issue(title="Other"), reading={"whole": ignored})
    assert (tracking.changes, tracking.in_step, tracking.issue is None) == ((), False, False)


def _update(*args: Any, **parts: Any) -> UpdateIssue:
    (change,) = decided(*args, **parts).changes
    assert isinstance(change, UpdateIssue)
    return change


def test_what_differs_is_put_back() -> None:
    body = issue().body.replace("Words.", "Other words.")
    update = _update(TODO, TASK, issue(title="Other", body=f"Ours.\n\n{body}", labels=frozenset({"plan", "ours"})))
    assert update.title == "Search"
    assert update.region == issue().body
    assert update.add_labels == ("plansync",)
    assert [field.name for field in update.fields] == ["title", "body", "labels"]
    assert not update.text_only


def test_a_difference_in_words_alone_comes_last() -> None:
    assert _update(TODO, TASK, issue(title="Other")).text_only


@pytest.mark.parametrize("own", ["title", "body", "labels"])
def test_only_fields_of_the_plan_are_put_back(own: str) -> None:
    changed = issue(title="Other", body=issue().body.replace("Words.", "Others."), labels=frozenset())
    update = _update(TODO, TASK, changed, rules=replace(ON, own=frozenset({own})))
    assert [field.name for field in update.fields] == [own]


def test_texts_that_the_tracker_keeps_in_its_own_way_are_not_sent_again() -> None:
    theirs = issue(title="search", body=issue().body.replace("Words.", "words."))
    region = sole_region(theirs.body)
    assert region is not None
    memos = (
        Memo("title", digest_of("Search"), digest_of("search")),
        Memo("body", digest_of(kept_text(issue().body)), digest_of(kept_text(region.text))),
    )
    assert decided(TODO, TASK, theirs, reading=known(memos=memos)).changes == ()


def test_a_damaged_region_is_a_problem_and_left_alone() -> None:
    tracking = decided(TODO, TASK, issue(body=issue().body.removesuffix("<!-- /plansync -->")))
    assert tracking.changes == ()
    assert [found.code for found in tracking.problems] == ["PS508"]


def test_another_key_that_verifies_is_no_difference_and_none_is_one() -> None:
    rules = replace(ON, markers=MarkerRules(("new", "old")))
    assert decided(TODO, issue_of(5, "a", keys=("new",)), issue(keys=("old",)), rules=rules).changes == ()
    update = _update(TODO, issue_of(5, "a", keys=("new",)), issue(), rules=rules)
    assert [field.name for field in update.fields] == ["body"]


def test_a_marker_that_people_took_out_is_put_back() -> None:
    update = _update(TODO, TASK, issue(body="Ours."), reading=known())
    assert update.adopt
    assert update.region == issue().body


def test_a_marker_that_fails_to_verify_blocks_another_one() -> None:
    rules = replace(ON, markers=MarkerRules(("key",)))
    forged = issue(body=wrap(Marker(PLAN, KEY), "Words.", ("other",)))
    for reading in ({}, known()):
        tracking = decided(TODO, issue_of(5, "a", keys=("key",)), forged, rules=rules, reading=reading)
        assert tracking.changes == ()
        assert [found.code for found in tracking.problems] == ["PS503"]


def test_one_that_is_gone_is_a_problem_and_not_opened_again() -> None:
    tracking = decided(TODO, TASK, reading=known())
    assert tracking.changes == ()
    assert [found.code for found in tracking.problems] == ["PS510"]
    assert "PS510" in codes_of(decide(TODO, TASK, rules=ON, reading=known()))


def test_one_that_was_never_there_is_not_gone() -> None:
    assert names(decided(TODO, TASK, reading=known(number=None)).changes) == ["CreateIssue"]


# Open or closed

BY_US = StateEvent(NOON, None, by_us=True)
BY_THEM = StateEvent(NOON, None, by_us=False)


@pytest.mark.parametrize(
    ("items", "closed", "base", "events", "result"),
    [
        ((TODO, TASK), None, None, (), []),
        ((DONE, FINISHED), None, (False, "open"), (), ["CloseIssue"]),
        ((DONE, FINISHED), None, None, (BY_US,), ["CloseIssue"]),
        ((DONE, FINISHED), None, None, (BY_THEM,), []),
        ((DONE, FINISHED), None, (True, "completed"), (BY_THEM,), []),
        ((DONE, FINISHED), CloseReason.COMPLETED, (True, "completed"), (), []),
        ((TODO, TASK), CloseReason.COMPLETED, (True, "completed"), (), ["ReopenIssue"]),
        ((TODO, TASK), CloseReason.COMPLETED, (True, "completed"), (BY_THEM,), []),
        ((TODO, TASK), CloseReason.COMPLETED, (False, "open"), (), []),
        ((TODO, TASK), CloseReason.NOT_PLANNED, None, (), []),
    ],
    ids=[
        "in step",
        "the plan was completed",
        "complete, and nothing is known",
        "complete, nothing is known, a person reopened it",
        "complete, and a person reopened it",
        "both complete",
        "the plan has open tasks again",
        "the same, and a person had a word",
        "a person closed it",
        "a person gave it up",
    ],
)
def test_it_follows_the_plan_unless_people_had_a_word(
    items: tuple[Plan, ObservedIssue],
    closed: CloseReason | None,
    base: tuple[bool, str] | None,
    events: tuple[StateEvent, ...],
    result: list[str],
) -> None:
    reading = known(box=base[0], issue=base[1]) if base is not None else {}
    tracking = decided(*items, issue(closed=closed), reading=reading, events={9: events, 5: ()})
    assert names(tracking.changes) == result


def test_its_events_are_read_before_it_is_closed() -> None:
    decision = decide(DONE, FINISHED, issue(), rules=ON)
    assert decision.tracking is not None
    assert decision.tracking.asks_events
    assert 9 in decision.asks_events


def test_a_plan_is_complete_once_its_changes_are_made() -> None:
    def of(plan: Plan, *issues: ObservedIssue, **parts: Any) -> bool:
        return decided(plan, *issues, issue(), events={5: (), 9: ()}, **parts).complete

    key = item_key(PLAN, ItemKind.TASK, "a", 0)
    base = ItemState(key=key, kind="task", text="a", phase="", number=5, linked=True, box=True, issue="completed")
    assert of(DONE, TASK)
    assert of(TODO, FINISHED)
    assert not of(TODO, FINISHED, reading={"state": replace(STATE, items=(base,))})
    assert not of(make_plan(make_phase(boxed_task("a", 5, "x"), boxed_task("b"))), FINISHED)


def test_one_that_is_reopened_is_put_in_step_at_once() -> None:
    closed = issue(closed=CloseReason.COMPLETED, title="Other")
    tracking = decided(TODO, TASK, closed, reading=known(box=True, issue="completed"), events={9: ()})
    assert names(tracking.changes) == ["ReopenIssue", "UpdateIssue"]
    assert isinstance(tracking.changes[0], ReopenIssue)


# Two of them


def test_a_second_one_is_closed_as_a_duplicate() -> None:
    tracking = decided(TODO, TASK, issue(9), issue(12), issue(13, closed=CloseReason.DUPLICATE))
    (change,) = tracking.changes
    assert isinstance(change, CloseIssue)
    assert (change.number, change.duplicate_of, change.because) == (12, 9, CloseReason.DUPLICATE)


def test_the_one_that_the_store_knows_is_kept() -> None:
    (change,) = decided(TODO, TASK, issue(7), issue(9), reading=known()).changes
    assert isinstance(change, CloseIssue)
    assert (change.number, change.duplicate_of) == (7, 9)


@pytest.mark.parametrize("parts", [{"touched_by_others": True}, {"author_is_us": False}])
def test_one_that_people_had_in_hand_is_a_problem(parts: dict[str, Any]) -> None:
    decision: PlanDecision = decide(TODO, TASK, issue(9), issue(12, **parts), rules=ON)
    assert decision.tracking is not None
    assert decision.tracking.changes == ()
    assert "PS504" in codes_of(decision)


def test_one_that_was_closed_when_the_plan_was_set_aside_is_reopened_once_somebody_names_the_plan() -> None:
    closed = issue(closed=CloseReason.NOT_PLANNED, labels=frozenset({"plansync", "plan", "plansync:undone"}))
    assert decided(TODO, TASK, closed).changes == ()
    (reopen,) = decided(TODO, TASK, closed, lifted=frozenset({"plans/plan.md"})).changes
    assert isinstance(reopen, ReopenIssue)
    assert reopen.remove_labels == ("plansync:undone",)
