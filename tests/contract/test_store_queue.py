"""The laws of the Queue port; every database keeps them by subclassing ``QueueLaws``."""

import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.scope import WHOLE, Glimpse, Scope
from plansync.errors import StoreError
from plansync.ports.entries import Record
from plansync.ports.queue import Ask, Ending, Letter, Queue, Rhythm, Taken, Urgency, Waiting
from plansync.ports.store import Store
from plansync.store.open import SqlStore, open_store
from tests.support.clocks import NOON

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPAN = MINUTE
RHYTHM = Rhythm(debounce=2 * SECOND, longest=10 * SECOND)
WEB, CORE = "web", "core"
BOTH = (WEB, CORE)
ME, OTHER, DEAD = "host:1:a", "host:2:b", "host:3:dead"
DONE, FAILED = Ending(ok=True), Ending(ok=False, error="no route to host")


def is_dead(holder: str) -> bool:
    return holder == DEAD


def ask(target: str = WEB, scope: Scope = WHOLE, urgency: Urgency = Urgency.SCHEDULED, **words: str) -> Ask:
    trigger, reason = words.get("trigger", "schedule"), words.get("reason", "")
    return Ask(target=target, trigger=trigger, reason=reason, scope=scope, urgency=urgency)


def event(path: str = "a.md", target: str = WEB) -> Ask:
    return ask(target, Scope(plans=frozenset({path})), Urgency.DEBOUNCED, trigger="webhook", reason=f"push {path}")


def put(queue: Queue, *asks: Ask, at: timedelta = timedelta(0), delivery: str = "") -> bool:
    (new,) = queue.accept([Letter(asks, delivery)], RHYTHM, NOON + at)
    return new


def take(queue: Queue, at: timedelta = timedelta(0), holder: str = ME) -> Taken | None:
    return queue.take(BOTH, holder, SPAN, NOON + at)


def taken(queue: Queue, at: timedelta = timedelta(0), holder: str = ME) -> Taken:
    found = take(queue, at, holder)
    assert found is not None
    return found


def only(queue: Queue) -> Waiting:
    (waiting,) = queue.overview().waiting
    return waiting


class QueueLaws:
    """What every queue does. Who subclasses gives the fixture ``queue``, in which ``DEAD`` counts as dead."""

    # one waits, one runs

    def test_nothing_was_asked_and_nothing_is_given_out(self, queue: Queue) -> None:
        assert take(queue) is None
        assert queue.overview().waiting == ()

    def test_what_is_asked_is_given_out_once(self, queue: Queue) -> None:
        put(queue, ask(trigger="start", reason="the daemon started"))
        found = taken(queue)
        assert (found.target, found.scope, found.holder) == (WEB, WHOLE, ME)
        assert (found.triggers, found.reasons) == (("start",), ("the daemon started",))
        assert (found.attempt, found.first_at, found.started_at) == (0, NOON, NOON)
        assert take(queue, SECOND, OTHER) is None

    def test_all_wishes_that_wait_become_one_that_says_who_wished_and_why(self, queue: Queue) -> None:
        put(queue, event("a.md"), event("b.md"))
        put(queue, event("c.md"), at=SECOND)
        put(queue, ask(scope=Scope(issues={7: Glimpse("ann", "d", "t")}), trigger="api"), at=SECOND)
        found = taken(queue, MINUTE)
        assert found.scope == Scope(plans=frozenset({"a.md", "b.md", "c.md"}), issues={7: Glimpse("ann", "d", "t")})
        assert found.triggers == ("webhook", "api")
        assert found.reasons == ("push a.md", "push b.md", "push c.md")

    def test_the_words_of_a_long_burst_are_not_kept_for_ever(self, queue: Queue) -> None:
        put(queue, *(event(f"{n}.md") for n in range(1000)))
        assert len(only(queue).reasons) < 50
        assert len(only(queue).scope.plans) == 1000

    def test_while_one_runs_the_next_waits_and_runs_when_it_ended(self, queue: Queue) -> None:
        put(queue, ask())
        first = taken(queue)
        put(queue, ask(trigger="api"), at=SECOND)
        assert take(queue, 2 * SECOND, OTHER) is None
        assert queue.finish(first, DONE, NOON + 3 * SECOND)
        assert taken(queue, 3 * SECOND, OTHER).triggers == ("api",)

    def test_targets_do_not_wait_for_each_other_and_the_longest_due_goes_first(self, queue: Queue) -> None:
        put(queue, ask(CORE), at=SECOND)
        put(queue, ask(WEB))
        assert [taken(queue, MINUTE).target, taken(queue, MINUTE).target] == [WEB, CORE]

    def test_only_the_wanted_targets_are_given_out(self, queue: Queue) -> None:
        put(queue, ask("gone"))
        assert take(queue, MINUTE) is None

    # bursts

    def test_events_wait_until_no_more_of_them_come(self, queue: Queue) -> None:
        put(queue, event())
        assert take(queue, SECOND) is None
        put(queue, event(), at=SECOND)
        assert take(queue, 2 * SECOND) is None
        assert take(queue, 3 * SECOND) is not None

    def test_a_storm_is_not_waited_out(self, queue: Queue) -> None:
        for second in range(10):
            put(queue, event(), at=second * SECOND)
        assert only(queue).due_at == NOON + RHYTHM.longest

    def test_the_schedule_does_not_wait_for_a_burst_to_end(self, queue: Queue) -> None:
        put(queue, event())
        put(queue, ask(), at=SECOND)
        put(queue, event(), at=SECOND)
        assert take(queue, SECOND) is not None

    # deliveries

    def test_a_delivery_counts_once(self, queue: Queue) -> None:
        assert put(queue, event(), delivery="github:1")
        queue.finish(taken(queue, MINUTE), DONE, NOON + MINUTE)
        assert not put(queue, event(), at=MINUTE, delivery="github:1")
        assert queue.overview().waiting == ()

    def test_of_twins_in_one_batch_the_first_counts(self, queue: Queue) -> None:
        letters = [Letter((event("a.md"),), "x"), Letter((event("b.md"),), "x"), Letter((event("c.md"),), "y")]
        assert list(queue.accept(letters, RHYTHM, NOON)) == [True, False, True]
        assert only(queue).scope.plans == {"a.md", "c.md"}

    def test_a_delivery_that_asks_for_nothing_is_known_all_the_same(self, queue: Queue) -> None:
        assert put(queue, delivery="x")
        assert not put(queue, delivery="x")

    def test_letters_without_a_delivery_are_all_new(self, queue: Queue) -> None:
        assert list(queue.accept([Letter((ask(),)), Letter((ask(),))], RHYTHM, NOON)) == [True, True]

    def test_a_delivery_is_remembered_for_three_days(self, queue: Queue) -> None:
        put(queue, delivery="x")
        queue.prune(90 * DAY, NOON + 3 * DAY - SECOND)
        assert not put(queue, delivery="x")
        queue.prune(90 * DAY, NOON + 3 * DAY)
        assert put(queue, delivery="x")

    # failures

    def test_what_failed_waits_again_with_all_that_was_asked_meanwhile(self, queue: Queue) -> None:
        put(queue, event("a.md"))
        first = taken(queue, MINUTE)
        put(queue, event("b.md"), at=MINUTE)
        retry_at = NOON + 5 * MINUTE
        queue.finish(first, Ending(ok=False, error="bad", retry_at=retry_at), NOON + 2 * MINUTE)
        again = only(queue)
        assert (again.scope.plans, again.attempt, again.due_at) == (frozenset({"a.md", "b.md"}), 1, retry_at)
        assert take(queue, 5 * MINUTE - SECOND) is None
        second = taken(queue, 5 * MINUTE)
        queue.finish(second, Ending(ok=False, error="bad", retry_at=NOON + HOUR), NOON + 6 * MINUTE)
        assert only(queue).attempt == 2

    def test_neither_events_nor_the_schedule_hurry_a_target_that_is_left_alone(self, queue: Queue) -> None:
        put(queue, ask())
        queue.finish(taken(queue), Ending(ok=False, retry_at=NOON + HOUR), NOON)
        put(queue, event(), ask(), at=MINUTE)
        assert only(queue).due_at == NOON + HOUR

    def test_a_person_does(self, queue: Queue) -> None:
        put(queue, ask())
        queue.finish(taken(queue), Ending(ok=False, retry_at=NOON + HOUR), NOON)
        put(queue, ask(urgency=Urgency.NOW), at=MINUTE)
        put(queue, ask(), event(), at=MINUTE)
        assert taken(queue, MINUTE).attempt == 1

    def test_how_a_target_fares_is_told(self, queue: Queue) -> None:
        told = []
        for minute, ending in enumerate([FAILED, Ending(ok=False, error="again"), DONE, FAILED]):
            at = minute * MINUTE
            put(queue, ask(), at=at)
            queue.finish(taken(queue, at), ending, NOON + at)
            fortune = queue.overview().fortunes[WEB]
            told.append((fortune.success_at, fortune.failing_since, fortune.error))
        assert told == [
            (None, NOON, "no route to host"),
            (None, NOON, "again"),
            (NOON + 2 * MINUTE, None, ""),
            (NOON + 2 * MINUTE, NOON + 3 * MINUTE, "no route to host"),
        ]

    def test_what_was_broken_off_is_put_back_and_counts_as_nothing(self, queue: Queue) -> None:
        put(queue, event("a.md"))
        found = taken(queue, MINUTE)
        queue.finish(found, Ending(ok=False, counts=False, retry_at=NOON + MINUTE), NOON + MINUTE)
        assert (only(queue).attempt, only(queue).scope.plans) == (0, frozenset({"a.md"}))
        assert queue.overview().fortunes[WEB].failing_since is None
        put(queue, event("b.md"), at=MINUTE)
        assert taken(queue, MINUTE, OTHER).scope.plans == {"a.md", "b.md"}

    # workers that die

    def test_what_is_left_of_a_sync_waits_alone_and_counts_as_no_failure(self, queue: Queue) -> None:
        put(queue, ask())
        queue.finish(taken(queue), Ending(ok=True, retry_at=NOON + HOUR, left=Scope(plans=frozenset({"a.md"}))), NOON)
        left = only(queue)
        assert (left.scope.plans, left.scope.whole, left.due_at, left.attempt) == (
            frozenset({"a.md"}),
            False,
            NOON + HOUR,
            0,
        )
        assert queue.overview().fortunes[WEB].success_at == NOON
        assert take(queue, HOUR - SECOND) is None
        assert taken(queue, HOUR).scope.plans == {"a.md"}

    def test_events_do_not_wait_for_what_is_left_and_are_gathered_as_ever(self, queue: Queue) -> None:
        put(queue, ask())
        queue.finish(taken(queue), Ending(ok=True, retry_at=NOON + HOUR, left=Scope(plans=frozenset({"a.md"}))), NOON)
        for second in range(9):
            put(queue, event("b.md"), at=MINUTE + second * SECOND)
            assert only(queue).due_at == NOON + MINUTE + min(second + 2, 10) * SECOND
        assert taken(queue, 2 * MINUTE).scope.plans == {"a.md", "b.md"}

    def test_what_is_left_does_not_put_off_what_waits(self, queue: Queue) -> None:
        put(queue, ask())
        first = taken(queue)
        put(queue, event("b.md"), at=SECOND)
        left = Scope(plans=frozenset({"a.md"}))
        queue.finish(first, Ending(ok=True, retry_at=NOON + HOUR, left=left), NOON + 2 * SECOND)
        assert (only(queue).due_at, only(queue).scope.plans) == (NOON + 3 * SECOND, frozenset({"a.md", "b.md"}))

    def test_what_a_silent_worker_had_is_given_to_another(self, queue: Queue) -> None:
        put(queue, event("a.md"))
        first = taken(queue, MINUTE)
        put(queue, event("b.md"), at=MINUTE)
        assert take(queue, MINUTE + SPAN - SECOND, OTHER) is None
        second = taken(queue, MINUTE + SPAN, OTHER)
        assert (second.scope.plans, second.attempt) == (frozenset({"a.md", "b.md"}), 0)
        assert second.token != first.token

    def test_the_silent_worker_can_neither_renew_nor_finish_what_it_lost(self, queue: Queue) -> None:
        put(queue, ask())
        first = taken(queue)
        second = taken(queue, SPAN, OTHER)
        assert not queue.renew(first, SPAN, NOON + SPAN)
        assert not queue.finish(first, FAILED, NOON + SPAN)
        assert queue.overview().fortunes[WEB].error == ""
        assert queue.finish(second, DONE, NOON + SPAN)

    def test_what_is_renewed_stays(self, queue: Queue) -> None:
        put(queue, ask())
        first = taken(queue)
        assert queue.renew(first, SPAN, NOON + 50 * SECOND)
        assert take(queue, SPAN, OTHER) is None
        assert queue.finish(first, DONE, NOON + SPAN)

    def test_nobody_waits_for_a_worker_that_is_dead(self, queue: Queue) -> None:
        put(queue, ask())
        taken(queue, holder=DEAD)
        assert taken(queue, SECOND, OTHER).holder == OTHER

    def test_what_runs_is_told(self, queue: Queue) -> None:
        put(queue, ask())
        found = taken(queue)
        assert queue.overview().running == (found,)
        queue.finish(found, DONE, NOON)
        assert queue.overview().running == ()

    # claims

    def test_of_those_who_claim_at_a_time_one_goes(self, queue: Queue) -> None:
        assert [queue.claim("tick", MINUTE, NOON + n * SECOND) for n in (0, 1, 59)] == [True, False, False]
        assert queue.claim("tick", MINUTE, NOON + MINUTE)
        assert queue.claim("other", MINUTE, NOON + MINUTE)

    # many at a time

    def test_many_workers_never_hold_one_target_together_and_lose_nothing(self, queue: Queue) -> None:
        names = [f"t{n}" for n in range(5)]
        held: set[str] = set()
        faults: list[str] = []
        done: list[tuple[str, str]] = []
        guard = threading.Lock()
        asked = {(name, f"{n}.md") for name in names for n in range(8)}

        def hear(seed: int) -> None:
            mine = sorted(asked)
            random.Random(seed).shuffle(mine)
            for place in range(0, len(mine), 4):
                letters = [Letter((event(path, name),), f"{name}/{path}") for name, path in mine[place : place + 4]]
                queue.accept(letters, Rhythm(timedelta(0), timedelta(0)), NOON)

        def work(holder: str) -> None:
            for _ in range(60):
                found = queue.take(names, holder, HOUR, NOON)
                if found is None:
                    continue
                with guard:
                    faults.extend([found.target] if found.target in held else [])
                    held.add(found.target)
                with guard:
                    held.discard(found.target)
                    done.extend((found.target, path) for path in found.scope.plans)
                if not queue.finish(found, DONE, NOON):
                    faults.append("lost")

        threads = [threading.Thread(target=hear, args=(seed,)) for seed in range(3)]
        threads += [threading.Thread(target=work, args=(f"host:{n}:x",)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        work("last")
        assert faults == []
        assert sorted(done) == sorted(asked)


class TestSqliteQueue(QueueLaws):
    @pytest.fixture
    def queue(self, tmp_path: Path) -> Iterator[Queue]:
        with closing(open_store(f"sqlite:///{tmp_path}/state.db", is_dead=is_dead)) as store:
            yield store.queue


class TestPostgresQueue(QueueLaws):
    @pytest.fixture
    def queue(self, postgres_url: str) -> Iterator[Queue]:
        with closing(open_store(postgres_url, is_dead=is_dead)) as store:
            yield store.queue


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{tmp_path}/state.db")) as store:
        yield store


def run(store: Store, at: timedelta, target: str = WEB, *, changes: int = 0, ends: bool = True) -> str:
    """Put a run into the journal."""
    id_ = store.journal.start(target, "schedule", NOON + at)
    for number in range(changes):
        record = Record("p", "k", "CreateIssue", number, "", "done", "", "", NOON + at)
        store.journal.record(id_, record)
    if ends:
        store.journal.finish(id_, NOON + at, ok=True, summary="{}")
    return id_


def kept(store: Store) -> set[str]:
    """Return the runs that the journal still has."""
    return {run.id for run in store.journal.runs(None, 100)}


def test_quiet_runs_are_forgotten_after_a_day_but_for_the_last_of_each_target(store: SqlStore) -> None:
    run(store, timedelta(0))
    dead = run(store, SECOND, ends=False)
    busy = run(store, 2 * SECOND, changes=1)
    intending = run(store, 3 * SECOND)
    store.journal.settle([store.journal.intend(intending, WEB, "p", "k", NOON)])
    run(store, 4 * SECOND)
    of_other, last = run(store, SECOND, CORE), run(store, 5 * SECOND)
    store.queue.prune(90 * DAY, NOON + DAY - SECOND)
    assert dead in kept(store)
    store.queue.prune(90 * DAY, NOON + DAY + 10 * SECOND)
    assert kept(store) == {busy, intending, of_other, last}


def test_what_runs_did_is_forgotten_when_it_is_old_but_not_an_open_question(store: SqlStore) -> None:
    old, open_question = run(store, timedelta(0), changes=2), run(store, SECOND, changes=1)
    store.journal.settle([store.journal.intend(old, WEB, "p", "k", NOON)])
    store.journal.intend(open_question, WEB, "p", "k", NOON)
    last = run(store, 2 * SECOND)
    store.queue.prune(90 * DAY, NOON + 90 * DAY - SECOND)
    assert old in kept(store)
    store.queue.prune(90 * DAY, NOON + 91 * DAY)
    assert kept(store) == {open_question, last}
    assert [intent.run for intent in store.journal.unsettled(WEB)] == [open_question]
    run(store, 92 * DAY)
    store.queue.prune(90 * DAY, NOON + 190 * DAY)
    assert last not in kept(store)


def test_a_queue_outlives_its_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    with closing(open_store(url)) as store:
        put(store.queue, event(), delivery="x")
    with ExitStack() as stack:
        first, second = (stack.enter_context(closing(open_store(url))) for _ in range(2))
        assert not put(first.queue, event(), delivery="x")
        assert taken(second.queue, MINUTE).scope.plans == {"a.md"}
        assert take(first.queue, MINUTE) is None


def test_no_work_is_given_out_of_a_database_that_was_upgraded_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with closing(open_store(f"sqlite:///{file}")) as store:
        put(store.queue, ask())
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("UPDATE alembic_version SET version_num = '9999'")
            raw.commit()
        with pytest.raises(StoreError, match=r"of revision 9999 now, and this process needs \d+"):
            take(store.queue)
        assert only(store.queue).target == WEB
