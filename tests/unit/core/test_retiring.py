"""What becomes of the issues and milestones of a plan that is ended on purpose (spec §4.3)."""

from __future__ import annotations

from collections.abc import Sequence

from plansync.core.changes import Change, CloseIssue, CloseMilestone, UpdateIssue
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone
from plansync.core.ownership import RETIRED_LABEL
from plansync.core.retiring import Retiring
from tests.support.changes import region
from tests.support.reconciling import PLAN, issue_of, milestone_of, owning, tracking_of

OPEN, DONE = issue_of(5, "a"), issue_of(6, "b", closed=CloseReason.COMPLETED)

MILESTONES = [milestone_of(1), milestone_of(2, "2", "Later", closed=True)]


def _retiring(*issues: ObservedIssue, milestones: Sequence[ObservedMilestone] = ()) -> Retiring:
    return Retiring(PLAN, "plans/`web`.md", owning(*issues, milestones=milestones))


def _told(changes: Sequence[Change]) -> list[tuple[str, int]]:
    return [(type(change).__name__, getattr(change, "number", 0)) for change in changes]


def test_open_issues_are_closed_with_a_word_and_closed_ones_stay_as_they_are() -> None:
    (close,), left = _retiring(OPEN, DONE, issue_of(7, "c", plan="other")).closed()
    assert isinstance(close, CloseIssue)
    assert (close.number, close.because, close.add_labels) == (5, CloseReason.NOT_PLANNED, (RETIRED_LABEL,))
    assert "plans/'web'.md" in close.comment
    assert left == ()


def test_milestones_and_the_tracking_issue_are_closed_as_well() -> None:
    changes, _ = _retiring(OPEN, tracking_of(9), milestones=MILESTONES).closed()
    assert _told(changes) == [("CloseIssue", 5), ("CloseIssue", 9), ("CloseMilestone", 1)]
    assert isinstance(changes[2], CloseMilestone)


def test_an_adopted_issue_is_let_go_and_stays_open() -> None:
    adopted = issue_of(5, "a", adopted=True)
    (update,), _ = _retiring(adopted).closed()
    assert isinstance(update, UpdateIssue)
    assert (update.region, update.remove_labels) == ("", ())


def test_a_release_lets_what_is_open_go_without_our_text_and_labels() -> None:
    labels = frozenset({"plansync", "Risk:High", "theirs"})
    labelled = issue_of(5, "a", labels=labels)
    changes, left = _retiring(labelled, DONE, tracking_of(9), milestones=MILESTONES).released()
    assert _told(changes) == [("UpdateIssue", 5), ("UpdateIssue", 9)]
    first = changes[0]
    assert isinstance(first, UpdateIssue)
    assert (first.region, set(first.remove_labels)) == ("", {"plansync", "Risk:High"})
    assert [field.name for field in first.fields] == ["body", "labels"]
    assert left == ()


def test_what_is_damaged_stays_as_it_is_and_is_told() -> None:
    twice = issue_of(5, "a", body=OPEN.body + "\n" + region("twice"))
    changes, left = _retiring(twice).released()
    assert changes == ()
    assert [text.split(":")[0] for text in left] == ["issue #5"]
