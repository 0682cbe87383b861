"""An item that is gone from a plan, seen by a service that nobody watches (spec §4.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from plansync.app.report import TargetReport
from plansync.core.baseline import ItemState
from plansync.core.observed import CloseReason
from plansync.core.scope import Glimpse
from tests.support.example import MAP, PLAN, SEND, TITLES
from tests.support.world import World, kinds

SPAN = timedelta(minutes=10)
OTHER = PLAN.replace("021-parcels", "022-letters").replace("Parcel tracking", "Letters")


@pytest.fixture
def synced(world: World) -> World:
    """A world whose example plan is in step."""
    world.write(PLAN)
    world.sync()
    return world


def _by_itself(world: World, *plans: str) -> TargetReport:
    """Sync as the daemon does."""
    return world.sync(confirm_removals=True, plans=plans)


def _remove(world: World, item: str = MAP) -> str:
    """Take a line out of the plan; return it with the one that follows."""
    lines = world.read().splitlines(keepends=True)
    line, after = next((a, b) for a, b in pairwise(lines) if item in a)
    world.edit(line, "")
    return line + after


def _put_back(world: World, lines: str) -> None:
    _, after = lines.splitlines(keepends=True)
    world.edit(after, lines)


def _notes(report: TargetReport) -> list[str]:
    return [note for note in report.notes if "is gone" in note]


def _known(world: World) -> list[ItemState]:
    """Return what the store knows of each item, but when it learnt that."""
    return [replace(item, at=None) for state in world.store.plans.load("project").values() for item in state.items]


def test_a_removal_is_seen_twice_before_the_issue_is_closed(synced: World) -> None:
    number = synced.number(MAP)
    _remove(synced)
    first = _by_itself(synced)
    assert kinds(first) == []
    assert not first.failed
    assert [f"#{number} " in note for note in _notes(first)] == [True]
    between = _by_itself(synced)
    assert (kinds(between), len(_notes(between))) == ([], 1)
    synced.clock.advance(SPAN)
    second = _by_itself(synced)
    assert (kinds(second), _notes(second)) == (["close_issue"], [])
    assert synced.issues()[TITLES[4]].closed is CloseReason.NOT_PLANNED
    assert kinds(_by_itself(synced)) == []


def test_what_is_put_back_within_the_span_never_happened(synced: World) -> None:
    before = _known(synced)
    lines = _remove(synced)
    assert _notes(_by_itself(synced))
    _put_back(synced, lines)
    writes = synced.tracker.traffic.writes
    back = _by_itself(synced)
    assert (kinds(back), _notes(back), synced.tracker.traffic.writes) == ([], [], writes)
    assert _known(synced) == before
    synced.clock.advance(SPAN)
    _remove(synced)
    again = _by_itself(synced)
    assert (kinds(again), len(_notes(again))) == ([], 1)


def test_ticks_and_closings_meanwhile_are_not_lost_on_what_comes_back(synced: World) -> None:
    number = synced.number(MAP)
    lines = _remove(synced)
    _by_itself(synced)
    synced.people.close(number)
    assert _notes(_by_itself(synced)) == []
    _put_back(synced, lines)
    assert kinds(_by_itself(synced)) == []
    assert f"- [x] {MAP}" in synced.read()


def test_people_who_sync_by_hand_do_not_wait(synced: World) -> None:
    _remove(synced)
    assert kinds(_by_itself(synced)) == []
    assert kinds(synced.sync()) == ["close_issue"]
    assert kinds(_by_itself(synced)) == []


def test_what_is_allowed_does_not_wait(synced: World) -> None:
    _remove(synced)
    assert kinds(synced.sync(confirm_removals=True, allow_removals=True)) == ["close_issue"]


def test_without_a_span_nothing_waits(synced: World) -> None:
    object.__setattr__(synced.limits, "removal_confirm", timedelta(0))
    _remove(synced)
    assert kinds(_by_itself(synced)) == ["close_issue"]


def test_a_preview_remembers_nothing(synced: World) -> None:
    _remove(synced)
    assert _notes(synced.preview(confirm_removals=True))
    synced.clock.advance(SPAN)
    assert kinds(_by_itself(synced)) == []


def test_each_removal_has_a_time_of_its_own(synced: World) -> None:
    _remove(synced, MAP)
    _by_itself(synced)
    synced.clock.advance(SPAN / 2)
    _remove(synced, SEND)
    _by_itself(synced)
    synced.clock.advance(SPAN / 2)
    assert kinds(_by_itself(synced)) == ["close_issue"]
    synced.clock.advance(SPAN / 2)
    assert kinds(_by_itself(synced))[0] == "close_issue"


def test_the_fuse_holds_what_was_confirmed(synced: World) -> None:
    synced.write("# Implementation Plan: Parcel tracking\n\n**Feature ID:** 021-parcels\n**Status:** Draft\n")
    _by_itself(synced)
    synced.clock.advance(SPAN)
    report = _by_itself(synced)
    assert (kinds(report), report.failed) == ([], True)


def test_runs_for_other_plans_neither_confirm_nor_forget(synced: World) -> None:
    synced.write(OTHER, "plans/letters.md")
    _by_itself(synced)
    _remove(synced)
    _by_itself(synced)
    assert _notes(_by_itself(synced, "plans/letters.md")) == []
    (synced.root / "plans/broken.md").write_bytes(b"\xff\xfe broken")
    synced.clock.advance(SPAN)
    assert kinds(_by_itself(synced)) == []
    (synced.root / "plans/broken.md").unlink()
    assert kinds(_by_itself(synced)) == ["close_issue"]


def test_an_event_s_run_waits_as_well(synced: World) -> None:
    number = synced.number(SEND)
    _remove(synced, MAP)
    report = synced.look(issues={number: Glimpse("ann")})
    assert report is not None
    assert (kinds(report), len(_notes(report))) == ([], 1)
