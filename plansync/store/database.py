"""Connections to the state database: how transactions begin, and how its errors are told.

On SQLite the driver's own way to begin a transaction loses updates between processes: here a writer begins with
``BEGIN IMMEDIATE`` and so waits its turn before it reads. An error of SQLAlchemy never leaves this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from plansync.errors import StoreError, StoreLocked
from plansync.store.tables import version

_TURNS = 20
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_REASONS = {
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that its folder exists and that plansync may write there."),
    "SQLITE_READONLY": ("is read-only", "Give plansync the right to write the file and its folder."),
    "SQLITE_IOERR": ("cannot be read or written", "Check the disk: its free space, its quota, and that it is sound."),
    "SQLITE_FULL": ("has no room: the disk is full", "Free some space; what was not stored is found again."),
}
_MOVE_AWAY = (
    "Move the file away and run again: it is a cache, rebuilt from plans and markers. Only what was known of creates "
    "without an answer is lost; they are settled by listing the issues."
)


class Database:
    """One state database; transactions are short, and each call of a port is one."""

    def __init__(self, url: str, busy_timeout: timedelta) -> None:
        """Prepare the engine; nothing is opened yet. Raises ``StoreError`` for a URL that cannot be used."""
        try:
            parsed = make_url(url)
            self._engine = create_engine(parsed)
        except (ArgumentError, ModuleNotFoundError) as error:
            raise StoreError(
                f"state.url cannot be used: {str(error).partition(chr(10))[0]}",
                hint="Write it like sqlite:///.plansync/state.db.",
            ) from error
        self.place = _place(parsed)
        if parsed.get_backend_name() == "sqlite":
            _speak_sqlite(self._engine, busy_timeout)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        with self._translated(), self._engine.connect() as connection:
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
        """Turn SQLAlchemy's errors into ours, telling locked and corrupt from the rest; keep the cause."""
        try:
            yield
        except SQLAlchemyError as error:
            raise _translation(error, self.place) from error


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


def _translation(error: SQLAlchemyError, place: str) -> StoreError:
    code = _code(error)
    what = f"the state database {place}"
    if code.startswith(_LOCKED):
        return StoreLocked(f"{what} is locked by another process", hint="Try again when that process has ended.")
    if code.startswith(_CORRUPT):
        return StoreError(f"{what} is corrupt or no database", hint=_MOVE_AWAY)
    for known, (message, hint) in _REASONS.items():
        if code.startswith(known):
            return StoreError(f"{what} {message}", hint=hint)
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StoreError(f"{what} failed: {str(cause).strip() or type(cause).__name__}")


def _code(error: SQLAlchemyError) -> str:
    """Return the driver's own name for what went wrong: SQLite's error name or PostgreSQL's SQLSTATE."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")


def _place(url: URL) -> str:
    """Return the file's path, or the URL without its password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)
