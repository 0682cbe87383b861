"""The switches of the fake tracker: it fails, lags and holds less only where it was told to."""

from datetime import timedelta

import pytest

from plansync.core.changes import Done, Failed, MilestoneRef, Unknown
from plansync.errors import TrackerUnavailable
from plansync.ports.tracker import Asked
from tests.support.changes import done, new_issue, new_milestone
from tests.support.fake_tracker import FakeTracker


def test_calls_are_refused_or_lost_by_their_index() -> None:
    tracker = FakeTracker(refuse={0}, lose_answers={1}, lose_requests={2})
    outcomes = [tracker.apply(new_issue(f"Task {index}")) for index in range(4)]
    assert [type(outcome) for outcome in outcomes] == [Failed, Unknown, Unknown, Done]
    assert [issue.title for issue in tracker.observe(Asked()).issues] == ["Task 1", "Task 3"]
    assert tracker.traffic.writes == 2


def test_creates_are_answered_without_what_the_token_may_not_set() -> None:
    tracker = FakeTracker(strip=("labels", "milestone"))
    milestone = MilestoneRef(done(tracker, new_milestone()))
    first = tracker.apply(new_issue(labels=("plansync",), milestone=milestone))
    second = tracker.apply(new_issue())
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.stripped, second.stripped) == (("labels", "milestone"), ())
    assert {(issue.labels, issue.milestone) for issue in tracker.observe(Asked()).issues} == {(frozenset(), None)}


def test_a_lagging_list_shows_new_issues_late_but_knows_their_numbers() -> None:
    tracker = FakeTracker(hide_new_for=timedelta(minutes=1))
    number = done(tracker, new_issue())
    milestone = done(tracker, new_milestone())
    assert tracker.observe(Asked()).issues == ()
    assert tracker.observe(Asked()).milestones == ()
    assert [issue.number for issue in tracker.observe(Asked(frozenset({number}))).issues] == [number]
    assert tracker.observe(Asked(milestones=frozenset({milestone}))).milestones
    tracker.clock.advance(timedelta(minutes=1))
    assert [issue.number for issue in tracker.observe(Asked()).issues] == [number]
    assert [found.number for found in tracker.observe(Asked()).milestones] == [milestone]


def test_a_tracker_that_cannot_be_read_says_so() -> None:
    tracker = FakeTracker(unreadable=True)
    with pytest.raises(TrackerUnavailable):
        tracker.observe(Asked())


def test_two_installations_share_a_project() -> None:
    first, second = FakeTracker(), FakeTracker()
    second.project = first.project
    done(first, new_issue())
    assert len(second.observe(Asked()).issues) == 1


def test_users_are_answered_as_they_are_spelled() -> None:
    assert FakeTracker(users=("Ann", "bob")).existing_users(["ann", "eve"]) == {"Ann"}
