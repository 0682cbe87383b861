"""Snapshots as rows: what somebody spoiled is as good as lost, and no more than that."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.errors import StoreLocked
from plansync.ports.snapshots import Snapshot
from plansync.store.open import SqlStore, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{path}", busy_timeout=timedelta(0))) as store:
        store.snapshots.save("web", {"etag": "1"}, {1: {"n": 1}, 2: {"n": 2}})
        store.snapshots.save("api", {"etag": "2"}, {})
        yield store


@pytest.mark.parametrize("spoiled", ["", "{", "[1]", "7", "null", '{"n": 1} and more'])
@pytest.mark.parametrize("place", ["snapshots SET head", "snapshot_rows SET data"])
def test_a_head_or_row_that_is_no_object_makes_the_snapshot_unreadable(
    store: SqlStore, path: Path, place: str, spoiled: str
) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"UPDATE {place} = ? WHERE name = 'web'", (spoiled,))
    assert store.snapshots.load("web") is None
    assert store.snapshots.load("api") == Snapshot({"etag": "2"}, {})


def test_an_unreadable_snapshot_can_be_replaced(store: SqlStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE snapshot_rows SET data = '{'")
    store.snapshots.replace("web", Snapshot({"etag": "3"}, {2: {"n": 2}}))
    assert store.snapshots.load("web") == Snapshot({"etag": "3"}, {2: {"n": 2}})


def test_rows_go_with_their_snapshot(store: SqlStore, path: Path) -> None:
    store.snapshots.drop("web")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM snapshot_rows").fetchone() == (0,)


def test_loading_waits_for_no_writer_and_sees_nothing_half_done(store: SqlStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.isolation_level = None
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("DELETE FROM snapshot_rows WHERE number = 1")
        assert store.snapshots.load("web") == Snapshot({"etag": "1"}, {1: {"n": 1}, 2: {"n": 2}})
        with pytest.raises(StoreLocked):
            store.snapshots.save("web", {}, {})
        raw.execute("ROLLBACK")
