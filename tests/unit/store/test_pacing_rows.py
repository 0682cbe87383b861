"""Pacing as rows: what is written down, for how long, and that a read that nobody counts waits for no writer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.pace import Manners, Sending, Sent
from plansync.errors import StoreLocked
from plansync.ports.pacing import Slot
from plansync.store.open import SqlStore, open_store
from tests.support.clocks import NOON

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
AT_ONCE = timedelta(0)
COUNTED, UNCOUNTED = Manners(points_per_minute=900), Manners()
READ, WRITE, CREATE = Sending.READ, Sending.WRITE, Sending.CREATE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{path}", busy_timeout=AT_ONCE)) as store:
        yield store


def rows(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT account, kind FROM requests ORDER BY id").fetchall()


def test_reads_that_no_limit_counts_leave_no_row(store: SqlStore, path: Path) -> None:
    for kind in (READ, WRITE, READ):
        store.pacing.reserve("a", kind, UNCOUNTED, NOON, AT_ONCE)
    assert rows(path) == [("a", "write")]


def test_reads_are_forgotten_after_a_minute_and_writes_after_an_hour(store: SqlStore, path: Path) -> None:
    for kind in Sending:
        store.pacing.reserve("a", kind, COUNTED, NOON, AT_ONCE)
    store.pacing.reserve("a", READ, COUNTED, NOON + MINUTE, AT_ONCE)
    assert rows(path) == [("a", "read"), ("a", "write"), ("a", "create"), ("a", "read")]
    store.pacing.reserve("a", READ, COUNTED, NOON + MINUTE + SECOND, AT_ONCE)
    assert rows(path) == [("a", "write"), ("a", "create"), ("a", "read"), ("a", "read")]
    store.pacing.reserve("a", WRITE, COUNTED, NOON + HOUR, AT_ONCE)
    assert rows(path) == [("a", "write"), ("a", "create"), ("a", "write")]
    store.pacing.reserve("a", WRITE, COUNTED, NOON + HOUR + SECOND, AT_ONCE)
    assert rows(path) == [("a", "write"), ("a", "write")]


def test_accounts_that_are_never_used_again_leave_nothing(store: SqlStore, path: Path) -> None:
    store.pacing.reserve("old", CREATE, COUNTED, NOON, AT_ONCE)
    store.pacing.reserve("new", CREATE, COUNTED, NOON + 2 * HOUR, AT_ONCE)
    assert rows(path) == [("new", "create")]


def test_a_read_that_no_limit_counts_waits_for_no_writer(store: SqlStore, path: Path) -> None:
    store.pacing.back_off("a", NOON, "a pause")
    with closing(sqlite3.connect(path)) as raw:
        raw.isolation_level = None
        raw.execute("BEGIN IMMEDIATE")
        assert store.pacing.reserve("a", READ, UNCOUNTED, NOON - SECOND, MINUTE) == Slot(NOON, True, "a pause")
        assert store.pacing.reserve("a", READ, UNCOUNTED, NOON, AT_ONCE) == Slot(NOON, granted=True)
        with pytest.raises(StoreLocked):
            store.pacing.reserve("a", READ, COUNTED, NOON, AT_ONCE)
        raw.execute("ROLLBACK")


def test_what_was_sent_is_told_although_it_bears_on_nothing_any_more(store: SqlStore) -> None:
    store.pacing.reserve("a", WRITE, COUNTED, NOON, AT_ONCE)
    store.pacing.reserve("a", WRITE, COUNTED, NOON + HOUR, AT_ONCE)
    assert store.pacing.recent("a", NOON + HOUR) == [Sent(NOON, WRITE), Sent(NOON + HOUR, WRITE)]
