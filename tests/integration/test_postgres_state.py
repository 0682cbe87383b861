"""A state database on PostgreSQL: how it is made, what it keeps, and how it is told when it cannot be used."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect

from plansync.core.baseline import ItemState, Memo, PlanState
from plansync.core.scope import Scope
from plansync.errors import StoreError, StoreLocked, StoreUnavailable
from plansync.ports.entries import Record
from plansync.ports.queue import Ask, Ending, Letter, Rhythm
from plansync.ports.store import Lease
from plansync.store.database import Database
from plansync.store.migrate import migrate
from plansync.store.open import Upgrade, open_store, upgrade
from plansync.store.schema import HEAD, REVISIONS
from tests.support.clocks import NOON
from tests.support.postgres import PASSWORD, Server, own_server, shared_server

AT_ONCE, MINUTE = timedelta(0), timedelta(minutes=1)
ODD_TEXTS = (
    "a\0b",
    "\ud800 alone",
    "\x1a0000",
    "\x1a",
    "解析 ✅ 🎈",
    "\u2028\r\n\x0b",
    "'; DROP TABLE plans; --",
    "%s %(a)s :b",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as server:
        yield server


def shape(url: str) -> dict[str, object]:
    """Return all that PostgreSQL knows of the schema."""
    with closing(Database(url, MINUTE)) as database, database.reading() as connection:
        seen = inspect(connection)
        return {
            table: (
                [
                    (column["name"], repr(column["type"]), column["nullable"], column["default"])
                    for column in seen.get_columns(table)
                ],
                seen.get_pk_constraint(table),
                seen.get_foreign_keys(table),
                sorted(map(str, seen.get_indexes(table))),
            )
            for table in sorted(seen.get_table_names())
        }


def raw_url(url: str) -> str:
    return url.replace("+psycopg", "")


# making it


def test_a_new_database_is_not_made_by_opening(empty_postgres_url: str) -> None:
    with pytest.raises(StoreError, match="is empty") as caught:
        open_store(empty_postgres_url)
    assert "plansync db upgrade" in caught.value.hint
    assert shape(empty_postgres_url) == {}


def test_an_upgrade_makes_it_and_says_what_it_was(empty_postgres_url: str) -> None:
    first, second = upgrade(empty_postgres_url), upgrade(empty_postgres_url)
    assert (first.before, first.after) == (None, HEAD)
    assert second == Upgrade(first.place, HEAD, HEAD)
    open_store(empty_postgres_url).close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_older_database_is_upgraded_only_when_told_and_comes_to_the_same_schema(
    empty_postgres_url: str, postgres_url: str, revision: str
) -> None:
    with closing(Database(empty_postgres_url, MINUTE)) as database, database.writing() as connection:
        migrate(connection, revision)
    if revision != HEAD:
        with pytest.raises(StoreError, match=f"is of revision {revision}, and this version needs {HEAD}"):
            open_store(empty_postgres_url)
    assert upgrade(empty_postgres_url).before == revision
    with closing(open_store(empty_postgres_url)) as store:
        assert isinstance(store.leases.acquire(["a"], "h:1:1", MINUTE, NOON), Lease)
    ours = shape(empty_postgres_url)
    assert ours == {table: found for table, found in shape(postgres_url).items() if table in ours}


def test_upgrades_at_once_take_turns(empty_postgres_url: str) -> None:
    code = "import sys; from plansync.store.open import upgrade; print(upgrade(sys.argv[1]).before)"
    command = [sys.executable, "-c", code, empty_postgres_url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate() for process in started]
    assert sorted(said) == sorted([("None\n", ""), (f"{HEAD}\n", ""), (f"{HEAD}\n", "")])


def test_a_newer_database_and_another_programs_are_left_alone(empty_postgres_url: str) -> None:
    with psycopg.connect(raw_url(empty_postgres_url), autocommit=True) as raw:
        raw.execute("CREATE TABLE invoices (id INTEGER)")
        for use in (open_store, upgrade):
            with pytest.raises(StoreError, match="another program"):
                use(empty_postgres_url)
        raw.execute(
            "CREATE TABLE alembic_version (version_num VARCHAR(32)); INSERT INTO alembic_version VALUES ('9999')"
        )
        for use in (open_store, upgrade):
            with pytest.raises(StoreError, match="made by a newer plansync"):
                use(empty_postgres_url)


# keeping things


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_is_kept(postgres_url: str, text: str) -> None:
    item = ItemState(key=f"t-{text}", kind="task", text=text, phase=text, memos=(Memo("title", text, text),))
    plan = PlanState(key=text, source=text, path=text, target=text, items=(item,), summary=json.dumps(text))
    with closing(open_store(postgres_url)) as store:
        lease = store.leases.acquire([text], text, MINUTE, NOON)
        assert isinstance(lease, Lease)
        store.plans.save(text, [plan], lease)
        assert store.plans.load(text) == {text: plan}
        run = store.journal.start(text, "once", NOON)
        store.journal.record(run, Record(text, text, "CreateIssue", 1, text, "done", text, json.dumps(text), NOON))
        assert [found.target for found in store.journal.runs(text, 1)] == [text]
        store.plans.forget(text, [text], lease)
        assert store.plans.load(text) == {}


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_goes_through_the_queue(postgres_url: str, text: str) -> None:
    ask = Ask(target="web", trigger=text, reason=text, scope=Scope(plans=frozenset({text})))
    with closing(open_store(postgres_url)) as store:
        assert list(store.queue.accept([Letter((ask,), f"github:{text}")], Rhythm(), NOON)) == [True]
        taken = store.queue.take({"web"}, text, MINUTE, NOON)
        assert taken is not None
        assert (taken.triggers, taken.reasons, taken.scope, taken.holder) == ((text,), (text,), ask.scope, text)
        assert store.queue.finish(taken, Ending(ok=False, error=text), NOON)
        assert store.queue.overview().fortunes["web"].error == text


def test_times_do_not_depend_on_the_servers_zone(empty_postgres_url: str) -> None:
    with psycopg.connect(raw_url(empty_postgres_url), autocommit=True) as raw:
        raw.execute(f"ALTER DATABASE {raw.info.dbname} SET timezone = 'Pacific/Chatham'")
    upgrade(empty_postgres_url)
    with closing(open_store(empty_postgres_url)) as store:
        store.journal.start("web", "once", NOON)
        assert [str(run.started_at) for run in store.journal.runs(None, 1)] == [str(NOON)]


def test_what_is_read_is_one_state_of_the_database(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store, closing(Database(postgres_url, MINUTE)) as database:
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar() == 0
            store.journal.start("web", "once", NOON)
            assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar() == 0
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar() == 1


# telling what is wrong


def test_a_lock_is_not_waited_for_forever(postgres_url: str) -> None:
    with (
        closing(open_store(postgres_url, busy_timeout=timedelta(milliseconds=50))) as store,
        psycopg.connect(raw_url(postgres_url)) as other,
    ):
        other.execute("SELECT * FROM fence FOR UPDATE")
        with pytest.raises(StoreLocked, match="locked by another process"):
            store.leases.acquire(["a"], "h:1:1", MINUTE, NOON)
        other.rollback()
        assert isinstance(store.leases.acquire(["a"], "h:1:1", MINUTE, NOON), Lease)


@pytest.mark.parametrize(
    ("words", "message", "kind"),
    [
        ({"password": "wrong-one"}, "does not let plansync in", StoreError),
        ({"user": "nobody-knows"}, "does not let plansync in", StoreError),
        ({"database": "nowhere"}, "does not exist", StoreError),
    ],
)
def test_what_keeps_plansync_out_is_told_without_the_password(
    words: dict[str, str], message: str, kind: type[StoreError]
) -> None:
    url = shared_server().url(**{"database": "postgres", **words})
    with pytest.raises(kind, match=message) as caught:
        open_store(url)
    assert not caught.value.transient
    said = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    assert PASSWORD not in said
    assert "wrong-one" not in said


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1/state", "/state?host=/nowhere", "no-such-host.invalid/state?connect_timeout=5"]
)
def test_a_server_that_is_not_there_may_come_back(place: str) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        open_store(f"postgresql+psycopg://ann:{PASSWORD}@{place}")
    assert caught.value.transient
    assert PASSWORD not in f"{caught.value} {caught.value.__cause__}"


def test_a_role_without_rights_is_told(postgres_url: str) -> None:
    with psycopg.connect(raw_url(postgres_url), autocommit=True) as raw, closing(open_store(postgres_url)) as store:
        raw.execute("REVOKE ALL ON runs FROM plansync")
        with pytest.raises(StoreError, match="does not let plansync do its work"):
            store.journal.start("web", "once", NOON)


@pytest.mark.parametrize(
    "url", ["postgres://ann:secret@host/x", "mysql://ann:secret@host/x", "postgresql+psycopg2://ann:secret@host/x"]
)
def test_another_kind_of_database_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StoreError, match=r"state\.url cannot be used") as caught:
        open_store(url)
    assert "postgresql+psycopg://" in caught.value.hint
    assert "secret" not in f"{caught.value}{caught.value.hint}"


def test_without_the_extra_it_says_which_one_is_missing(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError('No module named psycopg', name='psycopg')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from plansync.store.open import open_store\n"
        "try: open_store('postgresql+psycopg://ann:secret@host/x')\n"
        "except Exception as error: print(type(error).__name__, error, error.hint)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "StoreError" in said
    assert 'pip install "plansync[postgres]"' in said
    assert "secret" not in said


# a server that goes and comes


def test_a_restarted_server_is_found_again_and_nothing_stored_is_lost(server: Server) -> None:
    with server.database() as name:
        upgrade(server.url(name))
        with closing(open_store(server.url(name))) as store:
            store.journal.start("web", "once", NOON)
            server.stop()
            with pytest.raises(StoreUnavailable):
                store.journal.start("web", "once", NOON)
            server.start()
            store.journal.start("web", "schedule", NOON)
            assert {run.trigger for run in store.journal.runs(None, 5)} == {"once", "schedule"}


def test_a_server_that_goes_within_a_transaction_undoes_it(server: Server) -> None:
    with server.database() as name:
        upgrade(server.url(name))
        with closing(Database(server.url(name), MINUTE)) as database:
            with pytest.raises(StoreUnavailable), database.writing() as connection:
                connection.exec_driver_sql("UPDATE fence SET token = 7")
                server.stop()
                connection.exec_driver_sql("UPDATE fence SET token = 8")
            server.start()
            with database.reading() as connection:
                assert connection.exec_driver_sql("SELECT token FROM fence").scalar() == 0
