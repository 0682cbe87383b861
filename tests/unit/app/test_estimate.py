"""How long changes will take, told before the first of them is sent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.estimate import estimate
from plansync.app.request import Target
from plansync.core.changes import Change
from plansync.core.pace import Manners, Sending
from tests.support.changes import close, new_issue, update
from tests.support.clocks import NOON
from tests.support.fake_tracker import FakeTracker
from tests.support.memory_pacing import MemoryPacing
from tests.support.world import fake_world

ACCOUNT = "github.com:c"
CALM = Manners(write_interval=timedelta(seconds=1), creations_per_minute=3, creations_per_hour=5)
PATIENT = timedelta(days=1)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    tracker = FakeTracker()
    tracker.capabilities = replace(tracker.capabilities, account=ACCOUNT, manners=CALM)
    world = fake_world(tmp_path, tracker=tracker)
    yield world.target()
    world.store.close()


def seconds(target: Target, pacing: MemoryPacing, *changes: Change) -> float:
    return estimate(target, pacing, changes, NOON).total_seconds()


def test_a_tracker_without_a_pace_takes_no_time(target: Target) -> None:
    assert seconds(replace(target, tracker=FakeTracker()), MemoryPacing(), *[new_issue()] * 100) == 0


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 0), (3, 2), (4, 61), (5, 62), (6, 3601)])
def test_creations_go_at_the_pace_that_is_allowed(target: Target, count: int, expected: int) -> None:
    assert seconds(target, MemoryPacing(), *[new_issue()] * count) == expected


def test_every_write_of_a_change_counts(target: Target) -> None:
    changes: list[Change] = [update(1, add_labels=("a",)), close(2, comment="Done."), new_issue()]
    assert seconds(target, MemoryPacing(), *changes) == 4


def test_what_was_sent_lately_counts(target: Target) -> None:
    pacing = MemoryPacing()
    for _ in range(3):
        pacing.reserve(ACCOUNT, Sending.CREATE, CALM, NOON - timedelta(seconds=30), PATIENT)
    assert seconds(target, pacing, new_issue()) == 31
    pacing.reserve("github.com:other", Sending.CREATE, CALM, NOON, PATIENT)
    assert seconds(target, pacing, new_issue()) == 31


def test_a_pause_that_was_asked_for_comes_first(target: Target) -> None:
    pacing = MemoryPacing()
    pacing.back_off(ACCOUNT, NOON + timedelta(minutes=5), "it asked for a pause")
    assert seconds(target, pacing, new_issue(), new_issue()) == 301


def test_a_pause_that_is_over_does_not_count(target: Target) -> None:
    pacing = MemoryPacing()
    pacing.back_off(ACCOUNT, NOON - timedelta(minutes=5), "it asked for a pause")
    assert seconds(target, pacing, new_issue(), new_issue()) == 1


def test_nothing_to_send_takes_no_time_even_in_a_pause(target: Target) -> None:
    pacing = MemoryPacing()
    pacing.back_off(ACCOUNT, NOON + timedelta(minutes=5), "it asked for a pause")
    assert seconds(target, pacing) == 0
