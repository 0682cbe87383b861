"""What was sent to a host with a credential, as rows that all processes see (spec §7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, insert, or_, select, text, update

from plansync.core.pace import HOUR, MARGIN, Manners, Place, Sending, Sent, bearing, next_place
from plansync.ports.pacing import Slot
from plansync.store.database import Database
from plansync.store.tables import accounts, requests

_ENTER = text("INSERT INTO accounts (name, reason) VALUES (:name, '') ON CONFLICT DO NOTHING")


class SqlPacing:
    """Places as rows, and the last back-off window of each account.

    Where reads do not count against a limit none is written down, and asking for a place costs one look.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, account: str, kind: Sending, manners: Manners, now: datetime, patience: timedelta) -> Slot:
        if kind is Sending.READ and manners.points_per_minute is None:
            return _slot(_start(self.backing_off(account), now), now, patience)
        with self._database.writing() as connection:
            start = _start(_go_alone(connection, account), now)
            _prune(connection, manners, now)
            place = next_place(kind, _bearing_on(connection, account, manners, now), manners, start.at)
            slot = _slot(Place(place.at, start.reason or place.reason), now, patience)
            if slot.granted:
                connection.execute(insert(requests).values(account=account, kind=kind.value, at=slot.at))
            return slot

    def back_off(self, account: str, until: datetime, reason: str) -> None:
        with self._database.writing() as connection:
            known = _go_alone(connection, account)
            if known is None or known[0] < until:
                ours = update(accounts).where(accounts.c.name == account)
                connection.execute(ours.values(paused_until=until, reason=reason))

    def backing_off(self, account: str) -> tuple[datetime, str] | None:
        with self._database.reading() as connection:
            return _pause(connection, account)

    def recent(self, account: str, now: datetime) -> Sequence[Sent]:
        latest = select(requests.c.at, requests.c.kind).order_by(requests.c.at, requests.c.id)
        ours = latest.where(requests.c.account == account, requests.c.at > now - HOUR - MARGIN)
        with self._database.reading() as connection:
            return [Sent(at, Sending(kind)) for at, kind in connection.execute(ours)]


def _go_alone(connection: Connection, account: str) -> tuple[datetime, str] | None:
    """Return the last back-off window. All others who want places of this account wait until we are done."""
    connection.execute(_ENTER, {"name": account})
    return _pause(connection, account, alone=True)


def _pause(connection: Connection, account: str, *, alone: bool = False) -> tuple[datetime, str] | None:
    ours = select(accounts.c.paused_until, accounts.c.reason).where(accounts.c.name == account)
    row = connection.execute(ours.with_for_update() if alone else ours).one_or_none()
    return None if row is None or row.paused_until is None else (row.paused_until, row.reason)


def _start(pause: tuple[datetime, str] | None, now: datetime) -> Place:
    """Return from when on anything may be sent at all."""
    return Place(*pause) if pause is not None and pause[0] > now else Place(now)


def _slot(place: Place, now: datetime, patience: timedelta) -> Slot:
    return Slot(place.at, place.at - now <= patience, place.reason)


def _prune(connection: Connection, manners: Manners, now: datetime) -> None:
    """Drop what matters to nobody any more; of all accounts, since those of old credentials never come back.

    What another process is dropping just now is left to it: to wait for each other's rows could take forever.
    """
    read = and_(requests.c.kind == Sending.READ.value, requests.c.at <= now - bearing(Sending.READ, manners))
    kept = max(HOUR + MARGIN, manners.write_interval)
    written = and_(requests.c.kind.in_([Sending.WRITE.value, Sending.CREATE.value]), requests.c.at <= now - kept)
    old = select(requests.c.id).where(or_(read, written)).with_for_update(skip_locked=True)
    connection.execute(delete(requests).where(requests.c.id.in_(old)))


def _bearing_on(connection: Connection, account: str, manners: Manners, now: datetime) -> list[Sent]:
    """Return what bears on the next place."""
    of_kinds = [and_(requests.c.kind == kind.value, requests.c.at > now - bearing(kind, manners)) for kind in Sending]
    ours = select(requests.c.at, requests.c.kind).where(requests.c.account == account, or_(*of_kinds))
    return [Sent(at, Sending(kind)) for at, kind in connection.execute(ours.order_by(requests.c.at))]
