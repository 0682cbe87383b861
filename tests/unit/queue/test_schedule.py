"""The schedule asks for every target at its times, and of several daemons one asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plansync.errors import ConfigError
from plansync.ports.queue import Ending, Rhythm
from plansync.queue.schedule import Schedule, Timetable, delay_of
from plansync.store.open import SqlStore, open_store
from tests.support.clocks import FakeClock

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
JITTER = timedelta(seconds=10)


def times(timetable: Timetable, count: int, start: datetime = MONDAY, target: str = "web") -> list[datetime]:
    """Return the first times from ``start`` on, without the target's own delay."""
    trigger, found, now, previous = timetable.trigger(target), list[datetime](), start, None
    for _ in range(count):
        previous = trigger.get_next_fire_time(previous, now)
        assert previous is not None
        found.append(previous.astimezone(UTC) - delay_of(target, timetable.jitter))
        now = previous
    return found


def days(cron: str, count: int = 7) -> list[int]:
    """Return the days of March 2026 on which ``cron`` asks first."""
    return [found.day for found in times(Timetable(cron=cron), count)]


def test_an_interval_asks_at_the_same_moments_whenever_the_daemon_was_started() -> None:
    timetable = Timetable(interval=timedelta(minutes=5))
    later = MONDAY + timedelta(minutes=2, seconds=17)
    assert times(timetable, 3, later) == [MONDAY + timedelta(minutes=5 * n) for n in (1, 2, 3)]


@pytest.mark.parametrize("timetable", [Timetable(jitter=JITTER), Timetable(cron="*/5 * * * *", jitter=JITTER)])
def test_jitter_only_ever_delays_and_a_target_always_by_the_same(timetable: Timetable) -> None:
    planned = [MONDAY + timedelta(minutes=5 * n) for n in range(1, 4)]
    start = MONDAY + timedelta(seconds=30)
    assert [found.replace(microsecond=0) for found in times(timetable, 3, start)] == planned
    delays = {delay_of(f"target-{n}", JITTER) for n in range(50)}
    assert all(timedelta(0) <= delay <= JITTER for delay in delays)
    assert max(delays) - min(delays) > JITTER / 2


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 6 * * 1-5", [2, 3, 4, 5, 6, 9, 10]),
        ("0 6 * * mon-fri", [2, 3, 4, 5, 6, 9, 10]),
        ("0 6 * * 0", [8, 15, 22, 29]),
        ("0 6 * * 7", [8, 15, 22, 29]),
        ("0 6 * * Sun", [8, 15, 22, 29]),
        ("0 6 * * 5-1", [2, 6, 7, 8, 9, 13, 14]),
        ("0 6 * * */2", [3, 5, 7, 8, 10, 12, 14]),
        ("0 6 * * 3/2", [4, 6, 11, 13]),
        ("0 6 4,5 * *", [4, 5]),
        ("0 6 4 * 0", [4, 8, 15, 22]),
        ("0 6 * * *", [2, 3, 4, 5]),
    ],
)
def test_cron_means_what_cron_means(cron: str, expected: list[int]) -> None:
    assert days(cron, len(expected)) == expected


def test_cron_goes_by_its_time_zone() -> None:
    (found,) = times(Timetable(cron="30 6 * * *", timezone="Europe/Berlin"), 1, datetime(2026, 7, 1, tzinfo=UTC))
    assert found.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "06:30"
    assert found.strftime("%H:%M") == "04:30"


@pytest.mark.parametrize(
    ("timetable", "named"),
    [
        (Timetable(cron="* * * *"), "schedule.cron: '* * * *' has 4 fields"),
        (Timetable(cron="61 * * * *"), "schedule.cron: '61 * * * *'"),
        (Timetable(cron="x * * * *"), "schedule.cron: 'x * * * *'"),
        (Timetable(cron="* * * * 8"), "'8' is no day of the week"),
        (Timetable(cron="* * * * 1-"), "'1-' names no days"),
        (Timetable(cron="* * * * 1/0"), "'1/0' names no days"),
        (Timetable(cron="*/5 * * * *", timezone="Mars/Base"), "there is no time zone 'Mars/Base'"),
        (Timetable(timezone="../etc"), "there is no time zone"),
        (Timetable(timezone=""), "there is no time zone"),
        (Timetable(interval=timedelta(0)), "schedule.interval: must be at least"),
    ],
)
def test_what_is_no_timetable_is_an_error_that_says_what_is_allowed(timetable: Timetable, named: str) -> None:
    with pytest.raises(ConfigError) as raised:
        timetable.trigger("web")
    assert named in str(raised.value)
    assert raised.value.hint


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{tmp_path}/state.db")) as store:
        yield store


@pytest.mark.parametrize("timetable", [Timetable(interval=timedelta(minutes=1)), Timetable(cron="* * * * *")])
def test_of_two_daemons_one_asks_each_time_even_if_one_is_late(store: SqlStore, timetable: Timetable) -> None:
    clock = FakeClock()
    first, second = (Schedule(store.queue, clock, Rhythm()) for _ in range(2))
    for late in (1, 29, 0, 20):
        first.come_round("web", timetable.gap)
        assert _take(store, clock)
        clock.advance(timedelta(seconds=late))
        second.come_round("web", timetable.gap)
        assert not _take(store, clock)
        clock.advance(timedelta(seconds=60 - late))


def _take(store: SqlStore, clock: FakeClock) -> bool:
    taken = store.queue.take(("web",), "host:1:1", timedelta(minutes=1), clock.now())
    return taken is not None and store.queue.finish(taken, Ending(ok=True), clock.now())


def test_what_the_database_refuses_is_logged_and_the_schedule_goes_on(
    store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = Schedule(store.queue, FakeClock(), Rhythm())
    schedule.follow(Timetable(), ())
    store.close()
    (tmp_path / "state.db").unlink()
    (tmp_path / "state.db").mkdir()
    schedule.come_round("web", timedelta(minutes=1))
    schedule.clean_up()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_the_queue_is_cleaned_up_by_one_daemon_an_hour(store: SqlStore) -> None:
    clock = FakeClock()
    schedule = Schedule(store.queue, clock, Rhythm())
    schedule.follow(Timetable(), ())
    schedule.clean_up()
    assert not store.queue.claim("prune", timedelta(minutes=30), clock.advance(timedelta(minutes=29)))


class Loud(Schedule):
    """Says when it comes round, and for whom."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store.queue, FakeClock(), Rhythm())
        self.came = threading.Event()
        self.names: list[str] = []

    def come_round(self, target: str, gap: timedelta) -> None:
        self.names.append(target)
        self.came.set()


def test_it_asks_by_itself_and_follows_another_timetable_from_then_on(store: SqlStore) -> None:
    schedule = Loud(store)
    schedule.start()
    try:
        schedule.follow(Timetable(interval=timedelta(seconds=1)), ("web",))
        assert schedule.came.wait(30)
        schedule.follow(Timetable(interval=timedelta(seconds=1)), ("core",))
        schedule.names.clear()
        schedule.came.clear()
        assert schedule.came.wait(30)
        assert "core" in schedule.names
        with pytest.raises(ConfigError):
            schedule.follow(Timetable(cron="never"), ("shop",))
        schedule.came.clear()
        assert schedule.came.wait(30)
    finally:
        schedule.end()
    assert "shop" not in schedule.names
