"""Runs that a webhook's event narrows to what it is about (spec §4.4, §11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plansync.core.events import issue_digest
from plansync.core.observed import ObservedIssue
from plansync.core.scope import Glimpse
from plansync.ports.tracker import Asked, Traffic
from tests.laws.conftest import world_named
from tests.support.example import FEED, MAP, PLAN, SEND, TITLES
from tests.support.hosted_worlds import WORLDS as HOSTED
from tests.support.hosted_worlds import HostedWorld
from tests.support.memory_snapshots import MemorySnapshots
from tests.support.undoing import undo
from tests.support.world import World, kinds, only

ANN = Glimpse(actor="ann")
US = "plansync"


@pytest.fixture
def synced(world: World) -> World:
    """A world whose example plan is in step."""
    world.write(PLAN)
    world.sync()
    world.sync()
    return world


@pytest.fixture(params=HOSTED)
def hosted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HostedWorld]:
    """A world on each host in turn, whose example plan was just brought into step by a single run."""
    with world_named(request.param, tmp_path) as made:
        assert isinstance(made, HostedWorld)
        made.write(PLAN)
        made.sync()
        made.reconnect()
        yield made


def _sent(world: World, before: Traffic) -> tuple[int, int]:
    now = world.tracker.traffic
    return now.requests - before.requests, now.writes - before.writes


def _shown(world: HostedWorld) -> dict[int, ObservedIssue]:
    """Return the issues as anybody sees them, without a trace in what plansync remembers."""
    fresh = world.connect(snapshots=MemorySnapshots())
    return {issue.number: issue for issue in fresh.observe(Asked(issues=frozenset(world.numbers()))).issues}


def _glimpses(world: HostedWorld, actor: str = US) -> dict[int, Glimpse]:
    return {number: _glimpse(issue, actor) for number, issue in _shown(world).items()}


def _glimpse(issue: ObservedIssue, actor: str) -> Glimpse:
    digest = issue_digest(issue.title, issue.body, issue.closed, issue.labels, issue.assignees)
    return Glimpse(actor, digest, issue.updated_at.isoformat())


# ------------------------------------------------------------------------------------- what an event costs


def test_a_closed_issue_ticks_the_box_for_one_read(synced: World) -> None:
    number = synced.number(MAP)
    synced.people.close(number)
    before = synced.tracker.traffic
    report = synced.look(issues={number: ANN})
    assert report is not None
    assert not report.failed
    assert kinds(report) == []
    assert f"- [x] {MAP}" in synced.read()
    if isinstance(synced, HostedWorld):
        assert _sent(synced, before) == (1, 0)


def test_what_is_wrong_with_an_issue_is_put_right_for_two_reads_and_a_write(synced: World) -> None:
    number = synced.number(MAP)
    synced.people.rename(number, "Something else")
    before = synced.tracker.traffic
    report = synced.look(issues={number: ANN})
    assert report is not None
    assert kinds(report) == ["update_issue"]
    if isinstance(synced, HostedWorld):
        assert _sent(synced, before) == (3, 1)
    assert synced.issues()[TITLES[4]].number == number


def test_after_narrowed_runs_a_full_one_finds_all_that_changed_meanwhile(synced: World) -> None:
    closed, renamed, later = synced.number(MAP), synced.number(SEND), synced.number(FEED)
    synced.people.rename(renamed, "Something else")
    synced.clock.advance()
    synced.people.close(closed)
    assert synced.look(issues={closed: ANN}) is not None
    synced.people.close(later)
    synced.people.add_label(closed, "help wanted")
    assert synced.look(issues={closed: ANN}) is not None
    assert kinds(synced.sync()) == (["update_issue"] if isinstance(synced, HostedWorld) else [])
    assert f"- [x] {FEED}" in synced.read()
    assert synced.issues()[TITLES[3]].number == renamed
    assert kinds(synced.sync()) == []


def test_milestones_follow_through_narrowed_runs_alone(synced: World) -> None:
    first, last = synced.number(MAP), synced.number(SEND)
    synced.people.close(first)
    assert synced.look(issues={first: ANN}) is not None
    synced.people.close(last)
    report = synced.look(issues={last: ANN})
    assert report is not None
    assert kinds(report) == ["close_milestone"]
    again = synced.look(issues={last: ANN})
    assert again is None or kinds(again) == []
    synced.people.reopen(last)
    report = synced.look(issues={last: ANN})
    assert report is not None
    assert kinds(report) == ["reopen_milestone"]
    assert kinds(synced.sync()) == []


def test_a_changed_plan_and_an_event_together_are_looked_at_together(synced: World) -> None:
    synced.edit(f"  - [ ] {MAP}", f"  - [ ] Weigh the parcel\n  - [ ] {MAP}")
    number = synced.number(SEND)
    synced.people.close(number)
    report = synced.look("plans/plan.md", issues={number: ANN})
    assert report is not None
    assert kinds(report) == ["create_issue"]
    assert f"- [x] {SEND}" in synced.read()
    made = synced.number("Weigh the parcel")
    synced.people.close(made)
    before = synced.tracker.traffic
    assert synced.look(issues={made: ANN}) is not None
    assert "- [x] Weigh the parcel" in synced.read()
    if isinstance(synced, HostedWorld):
        assert _sent(synced, before) == (1, 0)


def test_a_deleted_issue_is_told_at_its_event(synced: World) -> None:
    number = synced.number(MAP)
    synced.people.delete(number)
    before = synced.tracker.traffic
    report = synced.look(issues={number: ANN})
    assert report is not None
    if isinstance(synced, HostedWorld):
        assert "PS502" in [problem.code for problem in only(report).problems]
        assert _sent(synced, before) == (1, 0)


# --------------------------------------------------------------------------------------------- whose doing it is


def test_our_own_events_start_no_run(hosted: HostedWorld) -> None:
    assert hosted.look(issues=_glimpses(hosted)) is None
    hosted.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    hosted.edit(SEND, f"{SEND} at once")
    assert sorted(kinds(hosted.sync())) == ["close_issue", "update_issue"]
    assert hosted.look(issues=_glimpses(hosted)) is None
    hosted.reconnect()
    hosted.sync()
    assert hosted.look(issues=_glimpses(hosted)) is None


def test_a_person_who_closes_with_our_own_token_is_heard(hosted: HostedWorld) -> None:
    number = hosted.number(MAP)
    hosted.people.close(number)
    glimpses = _glimpses(hosted)
    assert hosted.look(issues=glimpses) is not None
    assert f"- [x] {MAP}" in hosted.read()
    hosted.people.reopen(number)
    assert hosted.look(issues=_glimpses(hosted)) is not None
    assert f"- [ ] {MAP}" in hosted.read()


def test_a_person_with_our_own_token_is_heard_though_a_preview_saw_it_first(hosted: HostedWorld) -> None:
    hosted.people.close(hosted.number(MAP))
    hosted.preview()
    hosted.reconnect()
    assert hosted.look(issues=_glimpses(hosted)) is not None
    assert f"- [x] {MAP}" in hosted.read()


def test_what_others_did_is_news_whatever_it_shows(hosted: HostedWorld) -> None:
    number = hosted.number(MAP)
    shown = _shown(hosted)[number]
    assert hosted.look(issues={number: _glimpse(shown, "ann")}) is not None
    assert hosted.look(issues={number: _glimpse(shown, "")}) is not None
    assert hosted.look(issues={number: Glimpse(US)}) is not None


def test_what_another_process_learnt_is_known_at_the_next_look(hosted: HostedWorld) -> None:
    ours, theirs = hosted.tracker, hosted.connect()
    closed, renamed = hosted.number(MAP), hosted.number(SEND)
    assert hosted.look(issues={renamed: ANN}) is not None
    hosted.people.close(closed)
    hosted.tracker = theirs
    assert hosted.look(issues={closed: ANN}) is not None
    assert f"- [x] {MAP}" in hosted.read()
    hosted.tracker = ours
    report = hosted.look(issues={renamed: ANN})
    assert report is not None
    assert kinds(report) == []
    assert f"- [x] {MAP}" in hosted.read()


def test_issues_of_nobody_start_no_run_but_for_what_we_may_have_opened(hosted: HostedWorld) -> None:
    number = hosted.people.create_issue("Not ours", "Just so")
    assert hosted.look(issues={number: ANN}) is None
    before = hosted.tracker.traffic
    report = hosted.look(issues={number: Glimpse(US)})
    assert report is not None
    assert kinds(report) == []
    assert _sent(hosted, before) == (1, 0)
    assert number not in {issue.number for issue in hosted.tracker.observe(Asked()).issues}


def test_events_of_an_undo_are_our_own_and_start_nothing(hosted: HostedWorld) -> None:
    hosted.edit(MAP, "Show the whole way")
    run = hosted.sync()
    hosted.reconnect()
    undo(hosted, run.run)
    hosted.reconnect()
    assert hosted.look(issues=_glimpses(hosted)) is None
    (first,) = (
        entry for entry in hosted.store.journal.runs("web", 9) if entry.trigger == "once" and entry.id < run.run
    )
    undo(hosted, first.id)
    hosted.reconnect()
    assert hosted.look(issues=_glimpses(hosted)) is None
