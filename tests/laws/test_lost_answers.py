"""Creates whose answer was lost (spec §4.7), on a tracker that lags and loses."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.clocks import OtherClock, TickingClock
from tests.support.example import PLAN, TITLES
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only

QUARANTINE = timedelta(minutes=10)


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker(clock=TickingClock())


@pytest.fixture
def world(tmp_path: Path, tracker: FakeTracker) -> World:
    made = fake_world(tmp_path, tracker=tracker)
    made.write(PLAN)
    return made


def _has_each_once(world: World) -> bool:
    titles = [issue.title for issue in world.all_issues()]
    return sorted(titles) == sorted(set(titles)) and set(TITLES) <= set(titles)


@pytest.mark.parametrize("call", range(9))
def test_an_answer_lost_after_it_took_effect_gives_no_second_issue(
    world: World, tracker: FakeTracker, call: int
) -> None:
    tracker.lose_answers = {call}
    first = world.sync()
    assert first.failed
    (plan,) = first.plans
    assert [found.line > 1 for found in plan.problems if found.code == "PS602"] == [True]
    world.sync()
    world.sync()
    assert _has_each_once(world)
    assert len(world.milestones()) == 2
    assert all(world.number(title) for title in TITLES)
    assert kinds(world.sync()) == []


def test_a_request_that_never_arrived_is_repeated_once_a_later_create_shows(world: World, tracker: FakeTracker) -> None:
    tracker.lose_requests = {2}
    world.sync()
    report = world.sync()
    assert not report.failed
    assert _has_each_once(world)


def test_without_a_later_create_it_waits_for_the_quarantine(world: World, tracker: FakeTracker) -> None:
    tracker.lose_requests = {8}
    world.sync()
    waiting = world.sync()
    assert waiting.failed
    assert "lost" in waiting.errors[0][0]
    assert kinds(waiting) == []
    world.clock.advance(QUARANTINE)
    report = world.sync()
    assert not report.failed
    assert kinds(report) == ["create_issue"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_of_this_machine_decides_nothing_that_the_trackers_clock_must(
    world: World, tracker: FakeTracker, hours: int
) -> None:
    world.clock = OtherClock(tracker.clock, timedelta(hours=hours))
    tracker.lose_requests = {8}
    world.sync()
    waiting = world.sync()
    assert kinds(waiting) == []
    world.clock.advance(QUARANTINE)
    assert kinds(world.sync()) == ["create_issue"]
    assert _has_each_once(world)


def test_a_lagging_list_is_not_taken_for_absence(world: World, tracker: FakeTracker) -> None:
    tracker.lose_answers = {8}
    tracker.hide_new_for = timedelta(minutes=8)
    world.sync()
    assert kinds(world.sync()) == []
    world.clock.advance(timedelta(minutes=9))
    world.sync()
    assert not world.sync().failed
    assert _has_each_once(world)


def test_a_lag_beyond_the_quarantine_is_healed_by_the_first_listing_that_shows_both(
    world: World, tracker: FakeTracker
) -> None:
    tracker.lose_answers = {8}
    tracker.hide_new_for = timedelta(hours=1)
    world.sync()
    world.clock.advance(QUARANTINE)
    world.sync()
    world.clock.advance(timedelta(hours=2))
    tracker.hide_new_for = timedelta(0)
    world.sync()
    open_titles = [issue.title for issue in world.all_issues() if issue.closed is None]
    assert sorted(open_titles) == sorted(set(open_titles))
    assert kinds(world.sync()) == []


def test_a_duplicate_that_somebody_touched_is_a_problem_and_stays(world: World, tracker: FakeTracker) -> None:
    world.sync()
    issue = world.issues()[TITLES[4]]
    world.people.create_issue("Show the way, again", issue.body)
    report = world.sync()
    assert kinds(report) == []
    assert "PS504" in [p.code for plan in report.plans for p in plan.problems]


def test_a_refused_change_is_reported_and_tried_again(world: World, tracker: FakeTracker) -> None:
    tracker.refuse = {4}
    report = world.sync()
    assert [change.outcome for change in report.changes].count("failed") == 1
    assert report.failed
    assert kinds(world.sync()) == ["create_issue"]
    assert _has_each_once(world)


def test_a_milestone_that_was_refused_holds_up_only_its_own_tasks(world: World, tracker: FakeTracker) -> None:
    tracker.refuse = {1}
    report = world.sync()
    assert [change.outcome for change in report.changes].count("skipped") == 2
    assert len(world.all_issues()) == 5
    assert not world.sync().failed
    assert _has_each_once(world)


def test_a_strangers_copy_of_a_marker_is_inert(world: World, tracker: FakeTracker) -> None:
    world.sync()
    stranger = tracker.people("mallory")
    body = world.issues()[TITLES[4]].body
    number = stranger.create_issue("Mine", body)
    stranger_issue = tracker.project.issue(number)
    stranger_issue.seen = replace(stranger_issue.seen, author_trusted=False)
    report = world.sync()
    assert kinds(report) == []
    assert only(report).problems == ()
    assert not report.failed
