"""Threads that work on the queue: woken by a bell, alone in looking, kept alive through every fault."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from plansync.errors import StoreError
from plansync.ports.queue import Ask, Ending, Letter, Rhythm, Taken
from plansync.queue.embedded import Bell, BelledQueue, Heartbeat, Pool
from plansync.store.open import SqlStore, open_store
from tests.support.clocks import NOON, FakeClock

SPAN = timedelta(seconds=60)
LONG = timedelta(seconds=30)
ASK = Letter((Ask(target="web", trigger="api"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{tmp_path}/state.db")) as store:
        yield store


class Work:
    """Jobs that are given out one by one, and what was done."""

    def __init__(self, *given: object) -> None:
        self.left = list(given)
        self.done: SimpleQueue[object] = SimpleQueue()
        self.idle = threading.Event()

    def take(self) -> object | None:
        if not self.left:
            self.idle.set()
            return None
        job = self.left.pop(0)
        if isinstance(job, Exception):
            raise job
        return job

    def do(self, job: object) -> None:
        if callable(job):
            job()
        self.done.put(job)


def started(work: Work, size: int, bell: Bell | None = None) -> Pool[object]:
    pool = Pool(size, work.take, work.do, bell or Bell())
    pool.start()
    return pool


def ended(pool: Pool[object]) -> bool:
    pool.end()
    return pool.join(LONG)


def test_as_many_jobs_run_at_a_time_as_there_are_threads() -> None:
    meeting = threading.Barrier(3, timeout=30)
    work = Work(meeting.wait, meeting.wait)
    pool = started(work, 2)
    meeting.wait()
    assert pool.living == 2
    assert ended(pool)
    assert pool.living == 0


def test_a_bell_wakes_who_waits_and_is_heard_afterwards_too() -> None:
    bell = Bell()
    bell.ring()
    bell.wait(timedelta(hours=1))
    heard = threading.Thread(target=bell.wait, args=(timedelta(hours=1),))
    heard.start()
    bell.ring()
    heard.join(30)
    assert not heard.is_alive()


def test_what_is_accepted_in_the_process_rings_the_bell(store: SqlStore) -> None:
    bell = Bell()
    queue = BelledQueue(store.queue, bell)
    assert queue.accept([ASK], Rhythm(), NOON) == [True]
    bell.wait(timedelta(hours=1))
    taken = queue.take(("web",), "host:1:1", SPAN, NOON)
    assert taken is not None
    assert queue.renew(taken, SPAN, NOON)
    assert queue.overview().running[0].target == "web"
    assert queue.finish(taken, Ending(ok=True), NOON)
    assert queue.claim("prune", SPAN, NOON)
    queue.prune(timedelta(days=30), NOON)


def test_a_job_in_hand_is_done_before_the_end_and_nothing_after_it() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        may_end.wait(30)

    work = Work(job, "another")
    pool = started(work, 1)
    assert begun.wait(30)
    pool.end()
    assert not pool.join(timedelta(0))
    may_end.set()
    assert pool.join(LONG)
    assert (work.done.get(), work.left) == (job, ["another"])


def test_a_lost_database_is_told_once_and_so_is_its_return(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    bell = Bell()
    work = Work(StoreError("it is gone"), StoreError("it is gone"), "job")
    pool = started(work, 1, bell)
    _until(work.idle.is_set, bell)
    assert ended(pool)
    assert work.done.get() == "job"
    assert [(r.levelname, r.message) for r in caplog.records] == [
        ("ERROR", "it is gone; trying again until it is back"),
        ("WARNING", "the state database is back"),
    ]


def test_threads_live_on_through_bugs_and_endings_that_are_not_stored(caplog: pytest.LogCaptureFixture) -> None:
    def unstored() -> None:
        raise StoreError("the disk is full")

    def bug() -> None:
        raise ZeroDivisionError

    bell = Bell()
    work = Work(KeyError("x"), unstored, bug, "job")
    pool = started(work, 1, bell)
    _until(work.idle.is_set, bell)
    assert ended(pool)
    assert work.done.get() == "job"
    assert [record.exc_info is not None for record in caplog.records] == [True, False, True]


def _until(is_so: Callable[[], bool], bell: Bell) -> None:
    """Ring until it is so, so that nobody looks only once a second."""
    for _ in range(30_000):
        if is_so():
            return
        bell.ring()
        threading.Event().wait(0.001)
    raise AssertionError("it never was")


def taken(store: SqlStore, clock: FakeClock) -> Taken:
    store.queue.accept([ASK], Rhythm(), clock.now())
    found = store.queue.take(("web",), "host:1:1", SPAN, clock.now())
    assert found is not None
    return found


def test_what_is_worked_on_is_renewed_and_then_no_more(store: SqlStore) -> None:
    clock = FakeClock()
    heartbeat = Heartbeat(store.queue, clock, SPAN)
    job = taken(store, clock)
    with heartbeat.keeping(job):
        for _ in range(5):
            clock.advance(SPAN / 2)
            heartbeat.beat()
            assert store.queue.take(("web",), "host:2:2", SPAN, clock.now()) is None
    clock.advance(SPAN)
    heartbeat.beat()
    assert store.queue.take(("web",), "host:2:2", SPAN, clock.now()) is not None


def test_what_was_taken_away_or_cannot_be_renewed_is_told(
    store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    heartbeat = Heartbeat(store.queue, clock, SPAN)
    with heartbeat.keeping(taken(store, clock)):
        clock.advance(SPAN * 2)
        assert store.queue.take(("web",), "host:2:2", SPAN, clock.now()) is not None
        heartbeat.beat()
        store.close()
        (tmp_path / "state.db").unlink()
        (tmp_path / "state.db").mkdir()
        heartbeat.beat()
    told = [record.message.partition(":")[0] for record in caplog.records]
    assert told == ["a sync was given to another worker", "could not be renewed"]


def test_a_heart_beats_by_itself(store: SqlStore) -> None:
    clock = FakeClock()
    beats = threading.Event()

    class Counting(Heartbeat):
        def beat(self) -> None:
            beats.set()

    heartbeat = Counting(store.queue, clock, timedelta(seconds=0.01))
    heartbeat.start()
    assert beats.wait(30)
    heartbeat.end()
