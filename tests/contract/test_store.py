"""The laws of the Store port; every database keeps them by subclassing ``StoreLaws``."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from plansync.core.baseline import DetailState, ItemState, Memo, PhaseState, PlanState
from plansync.core.observed import Relation, RelationKind
from plansync.errors import LeaseHeld
from plansync.ports.entries import Intent, Record, Run
from plansync.ports.store import Held, Lease, Store
from plansync.store.open import open_store
from tests.support.clocks import NOON

MINUTE = timedelta(minutes=1)
LATER = NOON + timedelta(seconds=30)
LIVING, OTHER, DEAD = "here:1:100", "there:2:200", "here:3:dead"

FULL_ITEM = ItemState(
    key="t-0123456789abcdef",
    kind="task",
    text="Write the **parser**, 解析 ✅",
    phase="p-0123456789abcdef",
    id="T001",
    number=12,
    url="http://127.0.0.1:8484/issues/12",
    linked=True,
    box=False,
    issue="not_planned",
    at=NOON,
    struck=True,
    details=(DetailState("a box", 0, True), DetailState("a box", 1, False)),
    memos=(Memo("title", "d1", "d2"),),
)
BARE_ITEM = ItemState(key="r-1", kind="risk", text="It burns", phase="")
FULL_PHASE = PhaseState(key="p-1", id="2A", name="Build", number=3, url="http://x/milestones/3", closed_by_us=True)
FULL_PLAN = PlanState(
    key="feat/web",
    source="folder:/home/ann/web",
    path="plans/web.md",
    target="web",
    feature_id="web",
    digest="d" * 64,
    gate="g" * 64,
    items=(FULL_ITEM, BARE_ITEM),
    phases=(FULL_PHASE, PhaseState(key="p-2", id="", name="")),
    relations=(Relation(RelationKind.SUB_ISSUE, 12, 14), Relation(RelationKind.BLOCKED_BY, 14, 13)),
    summary='{"tasks": 12}',
    missing_since=NOON,
    synced_at=LATER.replace(microsecond=123456),
    hold="retired",
)
BARE_PLAN = PlanState(key="api", source="folder:/home/ann/api", path="api.md", target="web")


class StoreLaws:
    """What every state database does.

    Who subclasses gives the fixture ``store``, for which holders that end in ``dead`` run no more.
    """

    @pytest.fixture
    def lease(self, store: Store) -> Lease:
        return taken(store, "feat/web", "api")

    # plans

    def test_an_unknown_project_has_no_states(self, store: Store) -> None:
        assert store.plans.load("acme/web") == {}

    def test_what_is_saved_comes_back_whole_and_in_order(self, store: Store, lease: Lease) -> None:
        store.plans.save("acme/web", [FULL_PLAN, BARE_PLAN], lease)
        assert dict(store.plans.load("acme/web")) == {"feat/web": FULL_PLAN, "api": BARE_PLAN}

    def test_saving_replaces_only_the_plans_that_are_named(self, store: Store, lease: Lease) -> None:
        store.plans.save("acme/web", [FULL_PLAN, BARE_PLAN], lease)
        reworded = PlanState(key="feat/web", source="s", path="p", target="t", items=(BARE_ITEM,))
        store.plans.save("acme/web", [reworded], lease)
        assert dict(store.plans.load("acme/web")) == {"feat/web": reworded, "api": BARE_PLAN}

    def test_projects_do_not_see_each_other(self, store: Store, lease: Lease) -> None:
        store.plans.save("acme/web", [FULL_PLAN], lease)
        store.plans.save("acme/api", [BARE_PLAN], lease)
        store.plans.forget("acme/web", ["feat/web", "api"], lease)
        assert store.plans.load("acme/web") == {}
        assert dict(store.plans.load("acme/api")) == {"api": BARE_PLAN}

    def test_times_come_back_in_utc_whatever_zone_they_were_given_in(self, store: Store, lease: Lease) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
        store.plans.save("acme/web", [PlanState(key="k", source="s", path="p", target="t", synced_at=there)], lease)
        loaded = store.plans.load("acme/web")["k"].synced_at
        assert loaded is not None
        assert loaded.isoformat() == "2026-03-02T12:00:00+00:00"

    def test_nothing_to_save_or_forget_is_fine(self, store: Store, lease: Lease) -> None:
        store.plans.save("acme/web", [], lease)
        store.plans.forget("acme/web", [], lease)
        assert store.plans.load("acme/web") == {}

    def test_who_lost_the_lease_can_neither_save_nor_forget(self, store: Store, lease: Lease) -> None:
        store.plans.save("acme/web", [FULL_PLAN], lease)
        taken_over = store.leases.acquire(["api"], OTHER, MINUTE, NOON + 2 * MINUTE)
        assert isinstance(taken_over, Lease)
        with pytest.raises(LeaseHeld, match="took over"):
            store.plans.save("acme/web", [BARE_PLAN], lease)
        with pytest.raises(LeaseHeld):
            store.plans.forget("acme/web", ["feat/web"], lease)
        assert dict(store.plans.load("acme/web")) == {"feat/web": FULL_PLAN}

    def test_who_released_the_lease_cannot_save(self, store: Store, lease: Lease) -> None:
        store.leases.release(lease)
        with pytest.raises(LeaseHeld):
            store.plans.save("acme/web", [FULL_PLAN], lease)

    # leases

    def test_a_free_lease_is_given_with_its_names_holder_and_end(self, store: Store) -> None:
        lease = store.leases.acquire(["a", "b", "a"], LIVING, MINUTE, NOON)
        assert isinstance(lease, Lease)
        assert (lease.names, lease.holder, lease.expires_at) == (("a", "b"), LIVING, NOON + MINUTE)

    def test_a_living_lease_stands_in_the_way_and_is_named(self, store: Store) -> None:
        taken(store, "b")
        assert store.leases.acquire(["a", "b"], OTHER, MINUTE, LATER) == Held("b", LIVING, NOON + MINUTE)

    def test_all_names_are_taken_or_none(self, store: Store) -> None:
        taken(store, "b")
        store.leases.acquire(["a", "b", "c"], OTHER, MINUTE, LATER)
        assert isinstance(store.leases.acquire(["a", "c"], OTHER, MINUTE, LATER), Lease)

    def test_one_process_excludes_itself_too(self, store: Store) -> None:
        taken(store, "a")
        assert isinstance(store.leases.acquire(["a"], LIVING, MINUTE, LATER), Held)

    def test_a_released_lease_is_free_and_may_be_released_again(self, store: Store) -> None:
        lease = taken(store, "a")
        store.leases.release(lease)
        again = taken(store, "a")
        store.leases.release(lease)
        assert again.token > lease.token
        assert isinstance(store.leases.acquire(["a"], OTHER, MINUTE, LATER), Held)

    def test_a_lease_whose_time_has_passed_is_taken_over_with_a_larger_token(self, store: Store) -> None:
        old = taken(store, "a", "b")
        assert isinstance(store.leases.acquire(["a"], OTHER, MINUTE, NOON + MINUTE - timedelta(microseconds=1)), Held)
        new = store.leases.acquire(["a"], OTHER, MINUTE, NOON + MINUTE)
        assert isinstance(new, Lease)
        assert new.token > old.token

    def test_a_lease_of_a_dead_process_is_taken_over_at_once(self, store: Store) -> None:
        dead = store.leases.acquire(["a"], DEAD, MINUTE, NOON)
        new = store.leases.acquire(["a"], OTHER, MINUTE, NOON)
        assert isinstance(dead, Lease)
        assert isinstance(new, Lease)
        assert new.token > dead.token

    def test_renewing_prolongs(self, store: Store) -> None:
        lease = taken(store, "a")
        renewed = store.leases.renew(lease, MINUTE, LATER)
        assert renewed == Lease(("a",), LIVING, lease.token, LATER + MINUTE)
        assert store.leases.acquire(["a"], OTHER, MINUTE, NOON + MINUTE) == Held("a", LIVING, LATER + MINUTE)

    def test_a_lease_that_lost_one_of_its_names_is_lost_and_prolongs_none(self, store: Store) -> None:
        lease = taken(store, "a", "b")
        late = NOON + MINUTE
        store.leases.acquire(["a"], OTHER, MINUTE, late)
        assert store.leases.renew(lease, MINUTE, late) is None
        assert isinstance(store.leases.acquire(["b"], OTHER, MINUTE, late), Lease)

    def test_tokens_grow_through_refusals_and_releases(self, store: Store) -> None:
        tokens = []
        for _ in range(3):
            lease = taken(store, "a")
            store.leases.acquire(["a"], OTHER, MINUTE, NOON)
            store.leases.release(lease)
            tokens.append(lease.token)
        assert tokens == sorted(set(tokens))

    def test_no_names_at_all_make_an_empty_lease(self, store: Store) -> None:
        lease = taken(store)
        assert store.leases.renew(lease, MINUTE, LATER) is not None
        store.leases.release(lease)

    # journal

    def test_an_intent_is_unsettled_until_it_is_settled(self, store: Store) -> None:
        run = store.journal.start("web", "once", NOON)
        first = store.journal.intend(run, "web", "api", "t-1", NOON)
        second = store.journal.intend(run, "web", "api", "t-2", LATER)
        other = store.journal.intend(run, "docs", "docs", "t-3", LATER)
        assert store.journal.unsettled("web") == [
            Intent(first, run, "web", "api", "t-1", NOON),
            Intent(second, run, "web", "api", "t-2", LATER),
        ]
        store.journal.settle([first, other])
        assert [intent.id for intent in store.journal.unsettled("web")] == [second]
        assert store.journal.unsettled("docs") == []

    def test_settling_nothing_or_twice_is_fine(self, store: Store) -> None:
        intent = store.journal.intend("r", "web", "api", "t-1", NOON)
        store.journal.settle([])
        store.journal.settle([intent, intent])
        store.journal.settle([intent])
        assert store.journal.unsettled("web") == []

    def test_an_intents_number_is_never_used_again(self, store: Store) -> None:
        first = store.journal.intend("r", "web", "api", "t-1", NOON)
        store.journal.settle([first])
        assert store.journal.intend("r", "web", "api", "t-1", NOON) > first

    def test_runs_are_listed_newest_first(self, store: Store) -> None:
        first = store.journal.start("web", "once", NOON)
        second = store.journal.start("docs", "schedule", LATER)
        store.journal.finish(first, LATER, True, '{"created": 2}')
        done = Run(first, "web", "once", NOON, LATER, True, '{"created": 2}')
        running = Run(second, "docs", "schedule", LATER, None, None, "")
        assert store.journal.runs(None, 10) == [running, done]
        assert store.journal.runs("web", 10) == [done]
        assert store.journal.runs(None, 1) == [running]
        assert store.journal.runs(None, 1, before=running.id) == [done]
        assert store.journal.runs("docs", 1, before=running.id) == []

    def test_run_ids_differ_and_sort_by_time(self, store: Store) -> None:
        early = [store.journal.start("web", "once", NOON) for _ in range(3)]
        late = store.journal.start("web", "once", LATER)
        assert len(set(early)) == 3
        assert max(early) < late

    def test_outcomes_are_recorded(self, store: Store) -> None:
        run = store.journal.start("web", "once", NOON)
        record = Record("api", "t-1", "CreateIssue", None, "new task", "unknown", "no answer", "", NOON)
        store.journal.record(run, record)
        store.journal.record(run, record)

    # threads

    def test_threads_lose_nothing(self, store: Store) -> None:
        def work() -> None:
            for _ in range(10):
                store.journal.intend("r", "web", "api", "t-1", NOON)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.journal.unsettled("web")) == 40


def taken(store: Store, *names: str) -> Lease:
    """Return a lease on ``names`` for a minute from noon."""
    lease = store.leases.acquire(names, LIVING, MINUTE, NOON)
    assert isinstance(lease, Lease)
    return lease


class TestSqliteStore(StoreLaws):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        url = f"sqlite:///{tmp_path}/state.db"
        with closing(open_store(url, is_dead=lambda holder: holder.endswith("dead"))) as store:
            yield store


class TestPostgresStore(StoreLaws):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[Store]:
        with closing(open_store(postgres_url, is_dead=lambda holder: holder.endswith("dead"))) as store:
            yield store
