"""The way into the state database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from plansync.store.database import Database
from plansync.store.history import SqlHistory
from plansync.store.journal import SqlJournal
from plansync.store.leases import SqlLeases
from plansync.store.pacing import SqlPacing
from plansync.store.plans import SqlPlanStates
from plansync.store.processes import is_dead as process_is_dead
from plansync.store.queue import SqlQueue
from plansync.store.schema import HEAD, prepare
from plansync.store.schema import upgrade as upgrade_schema
from plansync.store.snapshots import SqlSnapshots

BUSY_TIMEOUT = timedelta(seconds=5)
"""How long a call waits for another process's transaction before it raises ``StoreLocked``."""


UPGRADE_TIMEOUT = timedelta(minutes=5)
"""The same for an upgrade, which may wait for another one."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What became of the schema at ``place``. ``before`` is its revision until then, None where there was none."""

    place: str
    before: str | None
    after: str


class SqlStore:
    """The state of one installation in one database; may be used by several threads and processes."""

    def __init__(self, database: Database, is_dead: Callable[[str], bool]) -> None:
        self._database = database
        self._plans = SqlPlanStates(database)
        self._journal = SqlJournal(database)
        self._history = SqlHistory(database)
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
    def history(self) -> SqlHistory:
        return self._history

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
    """Open the state database at ``url``.

    ``sqlite:///path`` is made if it is new, and migrated if it is older; the folder must exist. What is at
    ``postgresql+psycopg://…`` must be at the newest revision (:func:`upgrade`). Raises ``StoreLocked``,
    ``StoreUnavailable``, or ``StoreError`` with a hint when the database is corrupt, belongs to another program or was
    made by a newer plansync; nothing is changed then.
    """
    database = Database(url, busy_timeout)
    try:
        prepare(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database, is_dead)


def upgrade(url: str) -> Upgrade:
    """Bring the schema at ``url`` to the newest revision, one process after the other.

    Raises as :func:`open_store` does.
    """
    with closing(Database(url, UPGRADE_TIMEOUT)) as database:
        return Upgrade(database.place, upgrade_schema(database), HEAD)
