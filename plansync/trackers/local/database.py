"""The file of the embedded tracker: transactions, its version, and how its errors are told.

A writer begins with ``BEGIN IMMEDIATE``, so that what it reads cannot change before it writes. Nothing is opened
before the first use. An error of SQLAlchemy never leaves this package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from plansync.core.fit import cut_text
from plansync.errors import OutcomeUnknown, TrackerError, TrackerUnavailable
from plansync.trackers.local.tables import VERSION, metadata

BUSY_TIMEOUT = timedelta(seconds=5)
"""How long a call waits for another process's transaction before it raises ``TrackerUnavailable``."""

_TURNS = 20
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNREADABLE = re.compile(r"Could not decode|no such (?:table|column)|has no column")
"""What SQLite says, without a name for it, of texts and of tables that are not what was written."""
_SHOWN = 120
_REASONS = {
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that its folder exists and that plansync may write there."),
    "SQLITE_READONLY": ("is read-only", "Give plansync the right to write the file and its folder."),
    "SQLITE_IOERR": ("cannot be read or written", "Check the disk: its free space, its quota, and that it is sound."),
    "SQLITE_FULL": ("has no room: the disk is full", "Free some space and run again."),
}
_RESTORE = "Restore it from a backup, or move it away to begin with an empty tracker; plans get new issues then."


class Database:
    """One tracker file; made on first use, used by any number of processes."""

    def __init__(self, path: Path, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        self._path = path
        self._busy_timeout = busy_timeout

    @property
    def path(self) -> Path:
        """Return the file."""
        return self._path

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the file and writes nothing."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is alone in writing; undone on an exception, committed at the end.

        Raises ``OutcomeUnknown`` when the commit itself fails.
        """
        with self._translated(), self._engine.connect() as connection:
            connection.execution_options(tracker_writes=True)
            transaction = connection.begin()
            yield connection
            try:
                transaction.commit()
            except SQLAlchemyError as error:
                connection.invalidate()  # else the pool hands out the transaction that is still open
                raise OutcomeUnknown(f"the tracker {self._path} did not confirm: {_words(error)}") from error

    def close(self) -> None:
        """Let go of all connections; the next use opens the file again."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @cached_property
    def _engine(self) -> Engine:
        engine = create_engine(URL.create("sqlite", database=str(self._path)))
        _set_up(engine, self._busy_timeout)
        with engine.connect() as connection:
            current = self._version(connection) == VERSION
        if not current:
            self._make(engine)
        return engine

    def _make(self, engine: Engine) -> None:
        """Make the tables, unless another process was quicker."""
        with engine.connect() as connection:
            connection.execution_options(tracker_writes=True)
            with connection.begin():
                if self._version(connection) == VERSION:
                    return
                if inspect(connection).get_table_names():
                    raise TrackerError(
                        f"the tracker {self._path} is the database of another program",
                        hint="Name another file as the tracker's path; plansync makes it.",
                    )
                metadata.create_all(connection, checkfirst=False)
                connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")

    def _version(self, connection: Connection) -> int:
        version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if version > VERSION:
            raise TrackerError(
                f"the tracker {self._path} was made by a newer plansync (version {version}, known up to {VERSION})",
                hint="Use that version of plansync.",
            )
        return version

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLAlchemy's errors into ours, telling busy and corrupt from the rest; keep the cause.

        A ``ValueError`` is what the column types and the readers of rows say of a cell that nobody wrote so.
        """
        try:
            yield
        except SQLAlchemyError as error:
            raise _translation(error, self._path) from error
        except ValueError as error:
            raise _damaged(str(error), self._path) from error


def _set_up(engine: Engine, busy_timeout: timedelta) -> None:
    """Have every connection wait, keep a write-ahead log, check foreign keys and begin as we say."""
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
        writes = connection.get_execution_options().get("tracker_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_ours(cursor: DBAPICursor) -> bool:
    """Say whether the file is empty or has our tables; the way another program writes its file is not touched."""
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in cursor.fetchall()}
    return not tables or metadata.tables.keys() <= tables


def _switch_to_wal(cursor: DBAPICursor, fault: type[Exception]) -> None:
    """Have the file keep a write-ahead log; of several first connections at once, all but one wait their turn.

    SQLite's busy time-out does not count for the switch itself, but it does for the write lock.
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


def _translation(error: SQLAlchemyError, path: Path) -> TrackerError:
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = str(getattr(cause, "sqlite_errorname", ""))
    if code.startswith(_BUSY):
        return TrackerUnavailable(
            f"the tracker {path} is locked by another process", hint="Try again when that process has ended."
        )
    if code.startswith(_CORRUPT):
        return TrackerError(f"the tracker {path} is corrupt or no database", hint=_RESTORE)
    for known, (message, hint) in _REASONS.items():
        if code.startswith(known):
            return TrackerError(f"the tracker {path} {message}", hint=hint)
    if code in {"", "SQLITE_ERROR"} and _UNREADABLE.search(_words(error)):
        return _damaged(_words(error), path)
    return TrackerError(f"the tracker {path} failed: {_words(error)}")


def _damaged(words: str, path: Path) -> TrackerError:
    return TrackerError(f"the tracker {path} is damaged: {cut_text(words, _SHOWN)}", hint=_RESTORE)


def _words(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(cause).split()) or type(cause).__name__
