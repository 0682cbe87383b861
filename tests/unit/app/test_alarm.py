"""Who is told what of targets that are out of step, over time, restarts and replicas."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from plansync.app.alarm import Watch
from plansync.core.alarm import Alarm
from plansync.errors import AlarmLost, StoreError
from plansync.ports.queue import Ask, Ending, Letter, Rhythm, Taken
from plansync.store.open import SqlStore, open_store
from tests.support.clocks import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Pigeon:
    """A sender that remembers what it carried, or loses it."""

    carried: list[tuple[str, str]] = field(default_factory=list)
    lost: bool = False

    def send(self, alarm: Alarm) -> None:
        if self.lost:
            raise AlarmLost("the pigeon was lost")
        self.carried.append((alarm.stage.value, alarm.target))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = open_store(f"sqlite:///{tmp_path}/state.db")
    yield made
    made.close()


@pytest.fixture
def pigeon() -> Pigeon:
    return Pigeon()


def _watch(
    store: SqlStore, *pigeons: Pigeon, started_at: datetime = NOON, targets: tuple[str, ...] = ("web",)
) -> Watch:
    return Watch(store.queue, store.snapshots, started_at, targets, HOUR, pigeons)


def _take(store: SqlStore, at: datetime, target: str = "web") -> Taken:
    store.queue.accept([Letter((Ask(target=target, trigger="test"),))], Rhythm(), at)
    taken = store.queue.take([target], "host:1:1", 10 * DAY, at)
    assert taken is not None
    return taken


def _end(store: SqlStore, at: datetime, error: str = "", target: str = "web") -> None:
    """Let a sync end, well or with an error."""
    assert store.queue.finish(_take(store, at, target), Ending(ok=not error, error=error), at)


def test_a_failing_target_is_told_of_once_then_daily_and_then_cleared(
    store: SqlStore, pigeon: Pigeon, caplog: pytest.LogCaptureFixture
) -> None:
    watch = _watch(store, pigeon)
    _end(store, NOON)
    _end(store, NOON + MINUTE, "the token is refused")
    for minutes in range(1, 61):
        watch.look(NOON + minutes * MINUTE)
    assert pigeon.carried == []
    for minutes in range(61, 130):
        watch.look(NOON + minutes * MINUTE)
    assert pigeon.carried == [("raised", "web")]
    assert [(record.levelno, "refused" in record.message) for record in caplog.records] == [(logging.ERROR, True)]
    watch.look(NOON + DAY + 62 * MINUTE)
    assert pigeon.carried[1:] == [("repeated", "web")]
    _end(store, NOON + 2 * DAY)
    watch.look(NOON + 2 * DAY)
    watch.look(NOON + 3 * DAY)
    assert pigeon.carried[2:] == [("cleared", "web")]


def test_a_new_outage_on_the_same_day_is_told_of_again(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon)
    for hours in (0, 4):
        _end(store, NOON + hours * HOUR, "no")
        watch.look(NOON + (hours + 1) * HOUR)
        _end(store, NOON + (hours + 2) * HOUR)
        watch.look(NOON + (hours + 2) * HOUR)
    assert [stage for stage, _ in pigeon.carried] == ["raised", "cleared"] * 2


def test_a_failure_that_passes_in_time_is_no_alarm(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon)
    _end(store, NOON, "no")
    _end(store, NOON + 59 * MINUTE)
    watch.look(NOON + 60 * MINUTE)
    assert pigeon.carried == []


def test_a_success_between_two_looks_does_not_make_two_outages_of_one(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon)
    _end(store, NOON, "no")
    watch.look(NOON + HOUR)
    _end(store, NOON + HOUR + MINUTE)
    _end(store, NOON + HOUR + 2 * MINUTE, "no")
    watch.look(NOON + HOUR + 3 * MINUTE)
    watch.look(NOON + 3 * HOUR)
    assert pigeon.carried == [("raised", "web")]
    _end(store, NOON + 4 * HOUR)
    watch.look(NOON + 4 * HOUR)
    assert pigeon.carried[1:] == [("cleared", "web")]


def test_of_several_processes_one_tells_also_across_restarts(store: SqlStore) -> None:
    pigeons = [Pigeon(), Pigeon(), Pigeon()]
    first, second = (_watch(store, pigeon) for pigeon in pigeons[:2])
    _end(store, NOON, "no")
    for watch in (first, second):
        watch.look(NOON + HOUR)
    _end(store, NOON + 2 * HOUR)
    later = _watch(store, pigeons[2], started_at=NOON + 3 * HOUR)
    for watch in (later, first, second):
        watch.look(NOON + 3 * HOUR)
    assert [pigeon.carried for pigeon in pigeons] == [[("raised", "web")], [], [("cleared", "web")]]


def test_a_target_that_nobody_comes_round_to_is_told_of(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon, targets=("core", "web"))
    store.queue.accept([Letter((Ask(target="web", trigger="test"),))], Rhythm(), NOON - DAY)
    watch.look(NOON + HOUR - MINUTE)
    assert pigeon.carried == []
    watch.look(NOON + HOUR)
    assert pigeon.carried == [("raised", "core"), ("raised", "web")]


def test_a_long_first_sync_and_a_rare_schedule_are_no_outage(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon, targets=("core", "web"))
    _take(store, NOON, "core")
    _end(store, NOON)
    watch.look(NOON + 9 * HOUR)
    assert pigeon.carried == []


def test_without_a_span_there_are_no_alarms(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon)
    watch.after = timedelta(0)
    _end(store, NOON, "no")
    watch.look(NOON + 9 * DAY)
    assert pigeon.carried == []


def test_of_a_target_that_is_configured_no_more_nothing_is_told(store: SqlStore, pigeon: Pigeon) -> None:
    watch = _watch(store, pigeon)
    _end(store, NOON, "no")
    watch.look(NOON + HOUR)
    watch.targets = ()
    watch.look(NOON + 3 * DAY)
    assert pigeon.carried == [("raised", "web")]


def test_what_was_lost_is_sent_again_for_a_day_and_disturbs_no_other_sender(
    store: SqlStore, pigeon: Pigeon, caplog: pytest.LogCaptureFixture
) -> None:
    bad = Pigeon(lost=True)
    watch = _watch(store, bad, pigeon)
    _end(store, NOON, "no")
    watch.look(NOON + HOUR)
    watch.look(NOON + 2 * HOUR)
    assert (pigeon.carried, bad.carried) == ([("raised", "web")], [])
    assert sum("the pigeon was lost" in record.message for record in caplog.records) == 1
    bad.lost = False
    watch.look(NOON + 3 * HOUR)
    watch.look(NOON + 4 * HOUR)
    assert bad.carried == [("raised", "web")]
    bad.lost = True
    watch.look(NOON + HOUR + DAY)
    _end(store, NOON + HOUR + DAY)
    watch.look(NOON + 3 * DAY)
    bad.lost = False
    watch.look(NOON + 5 * DAY)
    watch.look(NOON + 5 * DAY)
    assert bad.carried[1:] == [("cleared", "web")]


def test_a_store_that_cannot_be_used_is_logged(
    store: SqlStore, pigeon: Pigeon, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise StoreError("the database is away")

    watch = _watch(store, pigeon)
    watch.queue = Broken()  # type: ignore[assignment]  # it breaks whatever is asked of it
    watch.look(NOON + DAY)
    assert "the database is away" in caplog.text
