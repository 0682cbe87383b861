"""Opening the state database: new, current, older, newer, locked, corrupt, somebody else's."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

import plansync.store.schema as schema_module
from plansync.core.baseline import ItemState, PhaseState, PlanState
from plansync.errors import StoreError, StoreLocked
from plansync.ports.snapshots import Snapshot
from plansync.ports.store import Lease
from plansync.store.database import Database
from plansync.store.migrate import migrate
from plansync.store.open import open_store, upgrade
from plansync.store.schema import HEAD, REVISIONS
from plansync.store.tables import metadata
from tests.support.clocks import NOON

AT_ONCE = timedelta(0)
VERSIONS = Path(schema_module.__file__).parent / "migrations/versions"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def schema(path: Path) -> list[tuple[str, ...]]:
    """Return every object of a database in one spelling: names, columns, keys, indexes, rows of the fixed tables."""
    with closing(sqlite3.connect(path)) as raw:
        objects = raw.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        tables = sorted(name for kind, name in objects if kind == "table")
        found = [*sorted(objects)]
        for table in tables:
            for pragma in ("table_xinfo", "foreign_key_list", "index_list"):
                rows = raw.execute(f"PRAGMA {pragma}('{table}')").fetchall()
                found += sorted((table, pragma, *map(str, row[1:])) for row in rows)
            sql = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
            found.append((table, *sorted(re.findall(r"CONSTRAINT \w+|AUTOINCREMENT|ON DELETE CASCADE", sql))))
        found += [("fence", *map(str, row)) for row in raw.execute("SELECT * FROM fence")]
        found += [("version", *row) for row in raw.execute("SELECT * FROM alembic_version")]
    return found


def without_tokens(found: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [row for row in found if row[0] != "fence" or row[1] != "1"]


def test_the_tables_and_the_migrations_make_the_same_schema(tmp_path: Path) -> None:
    made, migrated = tmp_path / "made.db", tmp_path / "migrated.db"
    open_store(f"sqlite:///{made}").close()
    database = Database(f"sqlite:///{migrated}", AT_ONCE)
    with database.writing() as connection:
        migrate(connection)
    database.close()
    assert schema(made) == schema(migrated)


@pytest.mark.parametrize(("table", "value"), [("plans", PlanState), ("items", ItemState), ("phases", PhaseState)])
def test_the_tables_hold_every_field_of_the_values(table: str, value: type) -> None:
    place = {"project", "plan", "position"} - ({"plan", "position"} if table == "plans" else set())
    rows_of_their_own = {"items", "phases"} if table == "plans" else set()
    columns = {column.name for column in metadata.tables[table].columns}
    assert columns - place == {field.name for field in fields(value)} - rows_of_their_own


def test_every_migration_is_known_by_name() -> None:
    assert tuple(sorted(file.name[1:5] for file in VERSIONS.glob("v*.py"))) == REVISIONS


def test_an_existing_database_is_opened_as_it_is(url: str, path: Path) -> None:
    open_store(url).close()
    before = schema(path)
    open_store(url).close()
    upgrade(url)
    assert schema(path) == before


def test_an_older_database_is_migrated_on_opening(url: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    store = open_store(url)
    assert isinstance(store.leases.acquire(["a"], "h:1:1", timedelta(minutes=1), NOON), Lease)
    store.close()
    assert ("version", HEAD) in schema(path)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_any_revision_is_migrated_on_opening_and_keeps_what_it_holds(
    url: str, path: Path, tmp_path: Path, revision: str
) -> None:
    database = Database(url, AT_ONCE)
    with database.writing() as connection:
        migrate(connection, revision)
        connection.exec_driver_sql("INSERT INTO leases VALUES ('a', 'h:1:1', 7, '2026-03-02 12:00:00.000000')")
        connection.exec_driver_sql("UPDATE fence SET token = 7")
    database.close()
    with closing(open_store(url)) as store:
        lease = store.leases.acquire(["a"], "h:1:1", timedelta(minutes=1), NOON)
        assert isinstance(lease, Lease)
        assert lease.token == 8
        store.snapshots.save("web", {"etag": "1"}, {})
        assert store.snapshots.load("web") == Snapshot({"etag": "1"}, {})
        assert store.pacing.recent("github.com", NOON) == []
        store.leases.release(lease)
    made = tmp_path / "made.db"
    open_store(f"sqlite:///{made}").close()
    assert without_tokens(schema(path)) == without_tokens(schema(made))


def test_opening_does_not_import_alembic(url: str) -> None:
    code = "import sys; from plansync.store.open import open_store; open_store(sys.argv[1]).close(); print('alembic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_the_database_is_set_up_for_several_processes(url: str, path: Path) -> None:
    database = Database(url, timedelta(seconds=5))
    with database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        }
    database.close()
    assert settings == {"journal_mode": "wal", "busy_timeout": 5000, "synchronous": 1, "foreign_keys": 1}


def test_a_newer_database_is_left_alone_with_a_hint(url: str, path: Path) -> None:
    open_store(url).close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"made by a newer plansync \(revision 9999") as caught:
        open_store(url)
    assert "Use that version" in caught.value.hint
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(url: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(StoreError, match="another program") as caught:
        open_store(url)
    assert "state.url" in caught.value.hint


@pytest.mark.parametrize("damage", ["whole", "inside"])
def test_a_corrupt_database_is_told_with_the_way_out(url: str, path: Path, damage: str) -> None:
    open_store(url).close()
    data = path.read_bytes()
    path.write_bytes(b"not a database at all " * 500 if damage == "whole" else data[:100] + b"\xff" * (len(data) - 100))
    with pytest.raises(StoreError, match="is corrupt or no database") as caught:
        open_store(url)
    assert str(path) in str(caught.value)
    assert "Move the file away" in caught.value.hint
    assert not caught.value.transient


def test_corruption_found_later_is_told_the_same_way(url: str, path: Path) -> None:
    open_store(url).close()
    with closing(sqlite3.connect(path)) as raw:
        pages = raw.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'plans'").fetchall()
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    data = bytearray(path.read_bytes())
    for (page,) in pages:
        data[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(data)
    with closing(open_store(url)) as store, pytest.raises(StoreError, match="is corrupt"):
        store.plans.load("acme/web")


def test_a_locked_database_may_be_tried_again(url: str, path: Path) -> None:
    with closing(open_store(url, busy_timeout=AT_ONCE)) as store, closing(sqlite3.connect(path)) as raw:
        raw.isolation_level = None
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="locked by another process") as caught:
            store.journal.start("web", "once", NOON)
        assert caught.value.transient
        assert store.journal.runs(None, 5) == []
        raw.execute("ROLLBACK")
        store.journal.start("web", "once", NOON)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////nowhere/at/all/state.db", "cannot be opened"),
        ("sqlite:////proc", "cannot be opened"),
        ("no url", "state.url cannot be used"),
        ("oracle+nothing://x", "state.url cannot be used"),
    ],
)
def test_a_place_that_cannot_be_used_is_told_with_a_hint(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as caught:
        open_store(url)
    assert caught.value.hint


def test_a_full_disk_loses_nothing_that_was_stored(url: str) -> None:
    open_store(url).close()
    database = Database(url, AT_ONCE)
    with pytest.raises(StoreError, match="disk is full") as caught, database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("INSERT INTO runs VALUES ('r', 't', 'once', '', '', 1, hex(zeroblob(100000)))")
    assert "Free some space" in caught.value.hint
    database.close()
    with closing(open_store(url)) as store:
        assert store.journal.runs(None, 5) == []


def test_a_commit_that_fails_stores_nothing_and_hinders_nobody(url: str, path: Path) -> None:
    with closing(open_store(url)) as store:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("CREATE TABLE trap (id VARCHAR REFERENCES runs(id) DEFERRABLE INITIALLY DEFERRED)")
            raw.execute("CREATE TRIGGER spring AFTER INSERT ON intents BEGIN INSERT INTO trap VALUES ('x'); END")
        with pytest.raises(StoreError, match="FOREIGN KEY"):
            store.journal.intend("r", "web", "api", "t-1", NOON)
        assert store.journal.unsettled("web") == []
        assert store.journal.start("web", "once", NOON)


def test_an_error_without_a_name_of_its_own_tells_the_drivers_words(url: str) -> None:
    database = Database(url, AT_ONCE)
    with (
        pytest.raises(StoreError, match=r'state\.db failed: near "SELEC": syntax error'),
        database.reading() as connection,
    ):
        connection.exec_driver_sql("SELEC 1")
    database.close()


@pytest.mark.parametrize("url", ["sqlite://ann:secret@host/", "postgresql+unknown://ann:secret@host/state"])
def test_a_password_is_never_shown(url: str) -> None:
    with pytest.raises(StoreError, match=r"state\.url cannot be used") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_in_memory_has_its_url_for_a_name() -> None:
    with closing(open_store("sqlite://")) as store:
        assert store.plans.load("acme/web") == {}
    assert Database("sqlite://", AT_ONCE).place == "sqlite://"
