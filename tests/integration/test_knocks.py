"""Knocks between processes: whatever becomes of one, the sync that it was for is done once, and soon."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from procrastinate import App, SyncPsycopgConnector

from plansync.bootstrap import SystemClock
from plansync.core.scope import WHOLE
from plansync.errors import StoreError
from plansync.ports.queue import Ask, Ending, Letter, Overview, Queue, Rhythm, Taken, Urgency, Waiting
from plansync.queue.embedded import BelledQueue
from plansync.queue.fleet import Fleet
from plansync.queue.knocks import TASK, Knocks, Words, due_targets, knock
from plansync.queue.knocks_schema import check, install, migrations
from plansync.store.open import open_store
from plansync.store.postgres import connection_words
from tests.support.clocks import NOON

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RHYTHM = Rhythm(debounce=SECOND, longest=SECOND)
ME = "host:1:a"
WEB = "web"


@pytest.fixture
def words(postgres_url: str) -> Words:
    return connection_words(postgres_url)


@pytest.fixture
def rows(postgres_url: str) -> Iterator[Queue]:
    with closing(open_store(postgres_url, is_dead=lambda holder: holder.endswith("dead"))) as store:
        yield store.queue


class Hand:
    """Does syncs by noting them; ``endings`` are what becomes of the first ones, after them all is well."""

    def __init__(self, queue: Queue, endings: Sequence[Ending | Exception] = ()) -> None:
        self.queue, self.endings = queue, list(endings)
        self.done: list[tuple[Taken, datetime]] = []
        self.may_end = threading.Event()
        self.may_end.set()

    def take(self, target: str) -> Taken | None:
        return self.queue.take({target}, ME, MINUTE, now())

    def do(self, taken: Taken) -> None:
        self.done.append((taken, now()))
        assert self.may_end.wait(30)
        ending = self.endings.pop(0) if self.endings else Ending(ok=True)
        if isinstance(ending, Exception):
            self.queue.finish(taken, Ending(ok=False, retry_at=now()), now())
            raise ending
        self.queue.finish(taken, ending, now())


@contextmanager
def working(
    words: Words, rows: Queue, endings: Sequence[Ending | Exception] = ()
) -> Iterator[tuple[Hand, Fleet[Taken]]]:
    """Let a fleet of two threads work for the length of the block."""
    knocks = knocker(words, rows)
    hand = Hand(BelledQueue(rows, knocks), endings)
    fleet = Fleet(2, words, hand.take, hand.do, knocks)
    fleet.start()
    try:
        yield hand, fleet
    finally:
        fleet.end()
        assert fleet.join(30 * SECOND)


def knocker(words: Words, rows: Queue) -> Knocks:
    return Knocks(words, rows, SystemClock(), lambda holder: holder.endswith("dead"))


def now() -> datetime:
    return datetime.now(UTC)


def wish(queue: Queue, urgency: Urgency = Urgency.SCHEDULED) -> None:
    queue.accept([Letter((Ask(target=WEB, trigger="test", urgency=urgency),))], RHYTHM, now())


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def app(words: Words) -> Iterator[App]:
    with App(connector=SyncPsycopgConnector(kwargs=dict(words), min_size=1, max_size=1)).open() as app:
        yield app


def test_a_wish_that_one_process_accepts_is_done_by_another(words: Words, rows: Queue) -> None:
    with working(words, rows) as (hand, fleet), ExitStack() as stack:
        daemon = knocker(words, rows)
        daemon.start()
        stack.callback(daemon.end)
        assert fleet.living == 2
        wish(BelledQueue(rows, daemon))
        until(lambda: len(hand.done) == 1)
    assert rows.overview().waiting == ()


def test_a_wish_of_which_nobody_heard_is_done_as_well(words: Words, rows: Queue) -> None:
    with working(words, rows) as (hand, _):
        wish(rows)
        until(lambda: len(hand.done) == 1)


def test_a_wish_that_gathers_is_done_when_it_is_due_and_not_before(words: Words, rows: Queue) -> None:
    with working(words, rows) as (hand, _):
        wish(hand.queue, Urgency.DEBOUNCED)
        until(lambda: len(hand.done) == 1)
        ((taken, at),) = hand.done
        assert at >= taken.first_at + RHYTHM.debounce


def test_what_failed_is_done_again_when_its_pause_is_over_and_a_bug_stops_nobody(words: Words, rows: Queue) -> None:
    put_off = Ending(ok=False, error="no", retry_at=now() + 2 * SECOND)
    with working(words, rows, [RuntimeError("a bug"), put_off]) as (hand, _):
        wish(hand.queue)
        until(lambda: len(hand.done) == 3)
        assert [taken.attempt for taken, _ in hand.done] == [0, 1, 2]
        assert hand.done[2][1] >= now() - MINUTE


def test_a_wish_during_a_sync_is_done_after_it_and_never_beside_it(words: Words, rows: Queue) -> None:
    with working(words, rows) as (hand, _):
        hand.may_end.clear()
        wish(hand.queue)
        until(lambda: len(hand.done) == 1)
        wish(hand.queue)
        until(lambda: len(rows.overview().waiting) == 1)
        assert len(hand.done) == 1
        hand.may_end.set()
        until(lambda: len(hand.done) == 2)


def test_a_worker_that_died_over_its_work_is_replaced(words: Words, rows: Queue, app: App) -> None:
    wish(rows)
    assert rows.take({WEB}, "elsewhere:7:dead", MINUTE, now()) is not None
    knock(app, WEB, now(), now())
    with psycopg.connect(**dict(words), autocommit=True) as raw:  # type: ignore[arg-type]
        raw.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    with working(words, rows) as (hand, _):
        until(lambda: len(hand.done) == 1 and not app.job_manager.list_jobs())


def test_a_worker_on_another_machine_that_is_silent_for_its_span_is_replaced(words: Words, rows: Queue) -> None:
    wish(rows)
    silent = rows.take({WEB}, "elsewhere:7:a", 2 * SECOND, now())
    assert silent is not None
    with working(words, rows) as (hand, _):
        until(lambda: len(hand.done) == 1)
        assert hand.done[0][1] >= silent.expires_at
    assert not rows.finish(silent, Ending(ok=True), now())


def test_work_in_hand_is_waited_for_and_nothing_new_is_begun(words: Words, rows: Queue) -> None:
    with working(words, rows) as (hand, fleet):
        hand.may_end.clear()
        wish(hand.queue)
        until(lambda: len(hand.done) == 1)
        fleet.end()
        assert not fleet.join(SECOND / 5)
        hand.may_end.set()
        assert fleet.join(30 * SECOND)
        assert fleet.living == 0
        assert rows.overview().running == ()


def test_an_earlier_knock_replaces_a_later_one_and_a_later_one_changes_nothing(app: App) -> None:
    for minutes, expected in ((10, 10), (20, 10), (5, 5)):
        knock(app, WEB, NOON + minutes * MINUTE, NOON)
        (job,) = app.job_manager.list_jobs()
        assert (job.task_name, job.lock, job.queueing_lock, job.task_kwargs) == (TASK, WEB, WEB, {"target": WEB})
        assert job.scheduled_at == NOON + expected * MINUTE
    for _ in range(2):
        knock(app, WEB, NOON, NOON)
        (job,) = app.job_manager.list_jobs()
        assert job.scheduled_at is None


def test_targets_are_due_that_wait_long_enough_or_were_left_behind() -> None:
    def waits(target: str, due_at: datetime) -> Waiting:
        return Waiting(target=target, scope=WHOLE, triggers=(), reasons=(), first_at=NOON, due_at=due_at)

    def runs(target: str) -> Taken:
        return Taken(
            target=target,
            scope=WHOLE,
            triggers=(),
            reasons=(),
            first_at=NOON,
            attempt=0,
            holder=ME,
            token=1,
            started_at=NOON,
            expires_at=NOON,
        )

    waiting = (waits("due", NOON), waits("later", NOON + SECOND), waits("at work", NOON))
    seen = Overview(waiting, (runs("at work"), runs("left")))
    assert due_targets(seen, {"at work"}, NOON) == ["due", "left"]


def test_the_tables_are_made_once_and_missing_ones_are_told(empty_postgres_url: str) -> None:
    words = connection_words(empty_postgres_url)
    with pytest.raises(StoreError, match="no tables for several machines") as caught:
        check(words)
    assert "plansync db upgrade" in caught.value.hint
    install(words)
    install(words)
    check(words)
    with psycopg.connect(**dict(words), autocommit=True) as raw:  # type: ignore[arg-type]
        raw.execute("DELETE FROM plansync_knocks_schema WHERE migration = %s", (migrations()[-1],))
    with pytest.raises(StoreError, match="or old ones"):
        check(words)


def test_faults_of_the_database_are_told_as_its_own() -> None:
    with pytest.raises(StoreError, match="does not answer"):
        check({"host": "/nowhere", "user": "ann", "password": "a-secret", "dbname": "x"})
