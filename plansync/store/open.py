"""The way into the state database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from plansync.store.database import Database
from plansync.store.journal import SqlJournal
from plansync.store.leases import SqlLeases
from plansync.store.pacing import SqlPacing
from plansync.store.plans import SqlPlanStates
from plansync.store.processes import is_dead as process_is_dead
from plansync.store.queue import SqlQueue
from plansync.store.schema import prepare
from plansync.store.snapshots import SqlSnapshots

BUSY_TIMEOUT = timedelta(seconds=5)
"""How long a call waits for another process's transaction before it raises ``StoreLocked``."""


class SqlStore:
    """The state of one installation in one database; may be used by several threads and processes."""

    def __init__(self, database: Database, is_dead: Callable[[str], bool]) -> None:
        self._database = database
        self._plans = SqlPlanStates(database)
        self._journal = SqlJournal(database)
        self._leases = SqlLeases(database, is_dead)
        self._pacing = SqlPacing(database)
        self._snapshots = SqlSnapshots(database)
        self._queue = SqlQueue(database, is_dead)

    @property
    def plans(self) -> SqlPlanStates:
        return self._plans

    @property
    def journal(self) -> SqlJournal:
        return self._journal

    @property
    def leases(self) -> SqlLeases:
        return self._leases

    @property
    def pacing(self) -> SqlPacing:
        return self._pacing

    @property
    def snapshots(self) -> SqlSnapshots:
        return self._snapshots

    @property
    def queue(self) -> SqlQueue:
        return self._queue

    def close(self) -> None:
        self._database.close()


def open_store(
    url: str,
    *,
    busy_timeout: timedelta = BUSY_TIMEOUT,
    is_dead: Callable[[str], bool] = process_is_dead,
) -> SqlStore:
    """Open the state database at ``url`` (``sqlite:///path``), made if it is new, migrated if it is older.

    The folder must exist. Raises ``StoreLocked``, or ``StoreError`` with a hint when the file is corrupt, belongs to
    another program or was made by a newer plansync; nothing is changed then.
    """
    database = Database(url, busy_timeout)
    try:
        prepare(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database, is_dead)


def upgrade(url: str) -> None:
    """Bring the schema at ``url`` to the newest revision, as opening does; for ``plansync db upgrade``."""
    open_store(url).close()
