"""The tracker's state after changes, as an observation would bring it."""

from __future__ import annotations

from typing import Any

import pytest

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Done,
    MilestoneRef,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.identity import ItemKey, PhaseKey, PlanKey
from plansync.core.model import ItemKind
from plansync.core.observed import (
    CloseReason,
    ObservedIssue,
    ObservedMilestone,
    ObservedState,
    Relation,
    RelationKind,
)
from plansync.core.predict import Prediction
from tests.support.changes import region
from tests.support.reconciling import NOON, make_issue, milestone_of

ITEM: dict[str, Any] = {"plan": PlanKey("web"), "key": ItemKey("t-1")}
PHASE: dict[str, Any] = {"plan": PlanKey("web"), "key": PhaseKey("p-1")}
REGION = region("Old words.")


def _after(change: Change, number: int = 7, *, issue: ObservedIssue | None = None, **answer: Any) -> Prediction:
    issues = (issue or make_issue(7, "Old", f"Theirs.\n\n{REGION}", labels=frozenset({"plansync", "x"})),)
    state = ObservedState(issues=issues, milestones=(milestone_of(3),), at=NOON)
    prediction = Prediction.of(state)
    prediction.add(change, Done(number, f"https://tracker.example/{number}", **answer))
    return prediction


def _issue(*args: Any, **answer: Any) -> ObservedIssue:
    return _after(*args, **answer).issues[args[1] if len(args) > 1 else 7]


def _milestone(change: Change, number: int = 3) -> ObservedMilestone:
    return _after(change, number).milestones[number]


def _create(**parts: Any) -> CreateIssue:
    known = {"labels": ("plansync",), "milestone": MilestoneRef(3), "assignees": ("ann",)}
    return CreateIssue(**{**ITEM, "kind": ItemKind.TASK, "title": "New", "body": REGION, **known, **parts})


def test_a_relation_is_known_from_then_on_also_where_it_was_refused_with_a_note() -> None:
    relate = Relate(**ITEM, number=7, relation=RelationKind.BLOCKED_BY, other_key=ItemKey("t-2"), other=8)
    prediction = _after(relate, note="left unrelated to #8")
    assert prediction.related == {Relation(RelationKind.BLOCKED_BY, 7, 8)}
    assert prediction.observed().issues == prediction.state.issues


def test_a_created_issue_is_ours_and_open_with_all_that_was_sent() -> None:
    issue = _issue(_create(), 8)
    assert (issue.title, issue.body, issue.milestone, issue.assignees) == ("New", REGION, 3, ("ann",))
    assert issue.labels == {"plansync"}
    assert (issue.closed, issue.author_is_us, issue.url) == (None, True, "https://tracker.example/8")


def test_what_the_tracker_answered_counts_more_than_what_was_sent() -> None:
    issue = _issue(_create(), 8, answered_title="Kept", answered_body="Body", stripped=("labels", "milestone"))
    assert (issue.title, issue.body, issue.labels, issue.milestone) == ("Kept", "Body", frozenset(), None)
    assert _issue(_create(milestone=None), 8).milestone is None


def test_an_update_changes_only_the_fields_it_names() -> None:
    before = make_issue(7, "Old", f"Theirs.\n\n{REGION}", labels=frozenset({"plansync", "x"}), milestone=2)
    assert _issue(UpdateIssue(**ITEM, number=7), 7, issue=before) == before
    changed = UpdateIssue(
        **ITEM,
        number=7,
        title="New",
        region=region("New words."),
        add_labels=("risk",),
        remove_labels=("x",),
        milestone=MilestoneRef(3),
        assignees=("ann",),
    )
    issue = _issue(changed, 7, issue=before)
    assert (issue.title, issue.milestone, issue.assignees) == ("New", 3, ("ann",))
    assert issue.body == f"Theirs.\n\n{region('New words.')}"
    assert issue.labels == {"plansync", "risk"}


def test_an_update_takes_the_tracker_at_its_word() -> None:
    change = UpdateIssue(**ITEM, number=7, title="New.", region=region("New words."))
    issue = _issue(change, 7, answered_title="New", answered_body="As kept")
    assert (issue.title, issue.body) == ("New", "As kept")


def test_people_who_are_assigned_stay() -> None:
    before = make_issue(7, assignees=("bea",))
    assert _issue(UpdateIssue(**ITEM, number=7, assignees=("ann",)), 7, issue=before).assignees == ("bea",)


def test_closing_and_reopening_come_with_their_labels() -> None:
    closed = _issue(CloseIssue(**ITEM, number=7, because=CloseReason.NOT_PLANNED, add_labels=("gone",)))
    assert closed.closed is CloseReason.NOT_PLANNED
    assert closed.labels == {"plansync", "x", "gone"}
    reopened = _issue(ReopenIssue(**ITEM, number=7, remove_labels=("gone",)), 7, issue=closed)
    assert reopened.closed is None
    assert reopened.labels == {"plansync", "x"}


def test_a_created_milestone_is_open() -> None:
    found = _milestone(CreateMilestone(**PHASE, title="M", description=REGION), 9)
    assert (found.title, found.description, found.closed, found.url) == (
        "M",
        REGION,
        False,
        "https://tracker.example/9",
    )


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("New", None, ("New", None)),
        (None, region("New words."), (None, region("New words."))),
        (None, None, (None, None)),
    ],
)
def test_a_milestone_changes_only_where_it_is_told(
    title: str | None, text: str | None, expected: tuple[str | None, str | None]
) -> None:
    before = milestone_of(3)
    found = _milestone(UpdateMilestone(**PHASE, number=3, title=title, region=text))
    assert (found.title, found.description) == (expected[0] or before.title, expected[1] or before.description)


def test_milestones_close_and_reopen() -> None:
    assert _milestone(CloseMilestone(**PHASE, number=3)).closed
    assert not _milestone(ReopenMilestone(**PHASE, number=3)).closed


OPEN_INSIDE = make_issue(7, milestone=3)
CLOSED_INSIDE = make_issue(7, milestone=3, closed=CloseReason.COMPLETED)


@pytest.mark.parametrize(
    ("change", "number", "before", "counts"),
    [
        (_create(), 8, OPEN_INSIDE, (1, 5)),
        (_create(milestone=None), 8, OPEN_INSIDE, (1, 4)),
        (CloseIssue(**ITEM, number=7, because=CloseReason.COMPLETED), 7, OPEN_INSIDE, (2, 4)),
        (ReopenIssue(**ITEM, number=7), 7, CLOSED_INSIDE, (0, 4)),
        (UpdateIssue(**ITEM, number=7, title="New"), 7, CLOSED_INSIDE, (1, 4)),
        (UpdateIssue(**ITEM, number=7, milestone=MilestoneRef(4)), 7, CLOSED_INSIDE, (0, 3)),
        (UpdateIssue(**ITEM, number=7, milestone=MilestoneRef(3)), 7, make_issue(7, milestone=4), (1, 5)),
        (UpdateIssue(**ITEM, number=7, milestone=MilestoneRef(3)), 7, make_issue(7), (1, 5)),
    ],
)
def test_the_numbers_of_a_milestone_go_along(
    change: Change, number: int, before: ObservedIssue, counts: tuple[int, int]
) -> None:
    state = ObservedState(issues=(before,), milestones=(milestone_of(3, issues=(1, 4)), milestone_of(4)), at=NOON)
    prediction = Prediction.of(state)
    prediction.add(change, Done(number, ""))
    assert prediction.milestones[3].issues == counts
    assert prediction.milestones[4].issues is None


def test_a_new_milestone_is_empty() -> None:
    assert _milestone(CreateMilestone(**PHASE, title="M", description=REGION), 9).issues == (0, 0)


def test_the_observation_keeps_its_clock_and_everything_untouched() -> None:
    state = ObservedState(issues=(make_issue(7),), milestones=(milestone_of(3),), gone=frozenset({4}), at=NOON)
    assert Prediction.of(state).observed() == state
