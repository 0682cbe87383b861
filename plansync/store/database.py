"""Connections to the state database, and how transactions begin.

On SQLite the driver's own way to begin a transaction loses updates between processes: here a writer begins with
``BEGIN IMMEDIATE`` and so waits its turn before it reads. On PostgreSQL writers go side by side, and each of them locks
the row that tells what it goes alone with. An error of SQLAlchemy never leaves this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from plansync.errors import StoreError
from plansync.store.faults import damaged, translate
from plansync.store.postgres import create_postgres_engine
from plansync.store.tables import version

_TURNS = 20


class Database:
    """One state database; transactions are short, and each call of a port is one."""

    def __init__(self, url: str, busy_timeout: timedelta) -> None:
        """Prepare the engine; nothing is opened yet. Raises ``StoreError`` for a URL that cannot be used."""
        try:
            parsed = make_url(url)
            self._engine = _engine(parsed, busy_timeout)
        except ModuleNotFoundError as error:
            raise _without_driver(error) from error
        except (ArgumentError, ValueError) as error:
            raise _unusable(str(error)) from error
        self.place = _place(parsed)
        self.is_shared = parsed.get_backend_name() == "postgresql"
        """Whether other machines may use it; then no process changes its schema unasked."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        with self._translated(), self._engine.connect() as connection:
            if self.is_shared:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is alone in writing; it is committed at the end, undone on an exception."""
        with self._translated(), self._engine.connect() as connection:
            connection.execution_options(plansync_writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLAlchemy's errors into ours, telling locked and corrupt from the rest; keep the cause.

        A ``ValueError`` is what the column types and the readers of rows say of a cell that nobody wrote so.
        """
        try:
            yield
        except SQLAlchemyError as error:
            raise translate(error, self.place) from error
        except ValueError as error:
            raise damaged(str(error), self.place) from error


def _engine(url: URL, busy_timeout: timedelta) -> Engine:
    """Return the engine for ``url``, set up for several processes."""
    match url.get_backend_name(), url.get_driver_name():
        case "sqlite", _:
            engine = create_engine(url)
            _speak_sqlite(engine, busy_timeout)
            return engine
        case "postgresql", "psycopg":
            return create_postgres_engine(url, busy_timeout)
        case _:
            raise _unusable(f"there is no support for {url.drivername}")


def _unusable(why: str) -> StoreError:
    return StoreError(
        f"state.url cannot be used: {why.partition(chr(10))[0]}",
        hint="Write it like sqlite:///.plansync/state.db, or postgresql+psycopg://user:password@host/database.",
    )


def _without_driver(error: ModuleNotFoundError) -> StoreError:
    return StoreError(
        f"state.url names a PostgreSQL database, and the driver is not installed: {error}",
        hint='Install the extra: pip install "plansync[postgres]".',
    )


def _speak_sqlite(engine: Engine, busy_timeout: timedelta) -> None:
    """Have every connection of ``engine`` wait, keep a write-ahead log, check foreign keys and begin as we say."""
    milliseconds = int(busy_timeout.total_seconds() * 1000)

    @event.listens_for(engine, "connect")
    def _on_connect(raw: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        raw.isolation_level = None
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        if _is_ours(cursor):
            _switch_to_wal(cursor, engine.dialect.loaded_dbapi.Error)
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("plansync_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_ours(cursor: DBAPICursor) -> bool:
    """Say whether the file is empty or has our tables; the way another program writes its file is not touched."""
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in cursor.fetchall()}
    return not tables or version.name in tables


def _switch_to_wal(cursor: DBAPICursor, fault: type[Exception]) -> None:
    """Have the file keep a write-ahead log; a no-op but for its first connections.

    Of several first ones at once, SQLite turns all but one away without waiting (its busy time-out does not count
    here); they wait for the other by taking their turn to write, and find it done.
    """
    for _ in range(_TURNS):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except fault:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")


def _place(url: URL) -> str:
    """Return the file's path, or the URL without its password and what else is asked for in it."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.set(query={}).render_as_string(hide_password=True)
