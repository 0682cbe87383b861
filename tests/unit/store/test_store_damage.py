"""A state database that opens and holds what nobody wrote: told in one line with the way out, wherever it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.baseline import DetailState, ItemState, PlanState
from plansync.errors import StoreError
from plansync.ports.store import Lease
from plansync.store.open import SqlStore, open_store
from tests.support.clocks import NOON

PROJECT = "acme/web"
ITEM = ItemState(
    key="t-1",
    kind="task",
    text="Build",
    phase="",
    number=1,
    issue="open",
    at=NOON,
    details=(DetailState("a", 0, True),),
)
STATE = PlanState(key="api", source="folder", path="a.md", target="web", items=(ITEM,), summary="{}", synced_at=NOON)
Look = Callable[[SqlStore], object]


def states(store: SqlStore) -> object:
    return store.plans.load(PROJECT)


def runs(store: SqlStore) -> object:
    return store.journal.runs(None, 5)


def save_again(store: SqlStore) -> None:
    lease = store.leases.acquire(["web"], "host:1:2", timedelta(0), NOON)
    assert isinstance(lease, Lease)
    store.plans.save(PROJECT, [STATE], lease)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a database with one plan and one finished run in it."""
    path = tmp_path / "state.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        save_again(store)
        run = store.journal.start("web", "once", NOON)
        store.journal.finish(run, NOON, True, '{"stripped": ""}')
    return path


@pytest.mark.parametrize(
    ("harm", "look", "told"),
    [
        ("UPDATE plans SET synced_at = '2026-03-02 1::00:00.000000'", states, "Invalid isoformat"),
        ("UPDATE items SET at = '2026-03-32 10:00:00.000000'", states, "day "),
        ("UPDATE items SET issue = 'opef'", states, "'opef' is not a valid CloseReason"),
        ("UPDATE items SET details = '[[!a'", states, "Expecting value"),
        ("UPDATE items SET text = CAST(x'4275ff6c64' AS TEXT)", states, "Could not decode to UTF-8"),
        ("UPDATE plans SET summary = '{'", states, "Expecting property name"),
        ('UPDATE runs SET summary = \'{"stripped: ""}\'', runs, "delimiter"),
        ("ALTER TABLE items RENAME TO itens", states, "no such table: items"),
        ("UPDATE plans SET key = 'apj'", save_again, "UNIQUE constraint failed"),
    ],
)
def test_a_cell_that_nobody_wrote_so_is_told_with_the_way_out(path: Path, harm: str, look: Look, told: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(harm)
    with closing(open_store(f"sqlite:///{path}")) as store, pytest.raises(StoreError, match="is damaged: ") as caught:
        look(store)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)
    assert "Move the file away" in caught.value.hint
    assert not caught.value.transient


def test_what_was_written_is_read_as_it_was(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert store.plans.load(PROJECT) == {"api": STATE}
        assert [run.summary for run in store.journal.runs(None, 5)] == ['{"stripped": ""}']
