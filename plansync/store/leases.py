"""Leases with fencing tokens (spec §4): two processes never work on one plan at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from plansync.errors import LeaseHeld
from plansync.ports.store import Held, Lease
from plansync.store.database import Database
from plansync.store.tables import fence, leases


class SqlLeases:
    """Leases as rows; a lease is known by its token, which all its names carry and no other lease ever has."""

    def __init__(self, database: Database, is_dead: Callable[[str], bool]) -> None:
        """``is_dead`` says of a holder whether its process surely runs no more."""
        self._database = database
        self._is_dead = is_dead

    def acquire(self, names: Sequence[str], holder: str, span: timedelta, now: datetime) -> Lease | Held:
        with self._database.writing() as connection:
            token = _next_token(connection)
            taken = _rows_of(connection, names)
            held = self._living(taken, now)
            if held is not None:
                connection.rollback()
                return held
            lease = Lease(tuple(dict.fromkeys(names)), holder, token, now + span)
            _replace(connection, lease, [row.name for row in taken])
            return lease

    def renew(self, lease: Lease, span: timedelta, now: datetime) -> Lease | None:
        expires_at = now + span
        with self._database.writing() as connection:
            _lock(connection, lease)
            ours = update(leases).where(leases.c.token == lease.token).values(expires_at=expires_at)
            if connection.execute(ours).rowcount != len(lease.names):
                connection.rollback()
                return None
        return Lease(lease.names, lease.holder, lease.token, expires_at)

    def release(self, lease: Lease) -> None:
        with self._database.writing() as connection:
            _lock(connection, lease)
            connection.execute(delete(leases).where(leases.c.token == lease.token))

    def _living(self, taken: Sequence[Held], now: datetime) -> Held | None:
        """Return the first lease that stands in the way. Each holder's process is looked at once."""
        unexpired = [row for row in taken if row.expires_at > now]
        dead = {holder for holder in {row.holder for row in unexpired} if self._is_dead(holder)}
        return next((row for row in unexpired if row.holder not in dead), None)


def check_fence(connection: Connection, lease: Lease) -> None:
    """Raise ``LeaseHeld`` unless ``lease`` still holds all its names; they stay so until the transaction ends."""
    if _lock(connection, lease) != len(lease.names):
        raise LeaseHeld(
            "another process took over while this one was silent; nothing more is stored",
            hint="Run again; if it happens often, raise limits.lease.",
        )


def _lock(connection: Connection, lease: Lease) -> int:
    """Lock what is left of ``lease``, and count it; in the order of all others, so that nobody waits in a circle."""
    ours = select(leases.c.name).where(leases.c.token == lease.token).order_by(leases.c.name).with_for_update()
    return len(connection.execute(ours).all())


def _next_token(connection: Connection) -> int:
    """Count the fence on. Whoever did waits for nobody else any more: all others wait here until we are done."""
    counted = update(fence).values(token=fence.c.token + 1).returning(fence.c.token)
    return int(connection.execute(counted).scalar_one())


def _rows_of(connection: Connection, names: Sequence[str]) -> Sequence[Held]:
    wanted = frozenset(names)
    rows = connection.execute(select(leases.c.name, leases.c.holder, leases.c.expires_at).order_by(leases.c.name))
    return [Held(*row) for row in rows if row.name in wanted]


def _replace(connection: Connection, lease: Lease, stale: Sequence[str]) -> None:
    if stale:
        these = delete(leases).where(leases.c.name == bindparam("stale"))
        connection.execute(these, [{"stale": name} for name in stale])
    rows = [
        {"name": name, "holder": lease.holder, "token": lease.token, "expires_at": lease.expires_at}
        for name in lease.names
    ]
    if rows:
        connection.execute(insert(leases), rows)
