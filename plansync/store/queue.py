"""The queue as rows: one waiting and one running sync for each target (spec §11).

Whoever changes what waits or runs of a target locks the target's row in ``fortunes`` first. Several targets are locked
in the order of their names, so that nobody waits for one who waits for them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, insert, select, text, update

from plansync.core.due import burst_since, due_after_burst
from plansync.core.scope import Scope
from plansync.ports.queue import Ask, Ending, Fortune, Letter, Overview, Rhythm, Taken, Urgency, Waiting
from plansync.store.database import Database
from plansync.store.forgetting import forget_runs
from plansync.store.schema import check_still
from plansync.store.tables import UtcDateTime, claims, deliveries, fortunes, running, waiting

REMEMBERED = timedelta(days=3)
"""How long a delivery is known; GitHub redelivers for as long (spec §11)."""
_SAID = 20
"""The most triggers and reasons that are kept of one sync."""

_MEET = text("INSERT INTO fortunes (target, error) VALUES (:target, '') ON CONFLICT DO NOTHING")


class SqlQueue:
    """The queue of one installation; may be used by several threads, processes and machines."""

    def __init__(self, database: Database, is_dead: Callable[[str], bool]) -> None:
        """``is_dead`` says of a holder whether its process surely runs no more."""
        self._database = database
        self._is_dead = is_dead

    def accept(self, letters: Sequence[Letter], rhythm: Rhythm, now: datetime) -> Sequence[bool]:
        with self._database.writing() as connection:
            heard = _heard(connection, {letter.delivery for letter in letters if letter.delivery}, now)
            answers = [not letter.delivery or letter.delivery in heard for letter in letters]
            met: set[str] = set()
            for place, letter in enumerate(letters):  # of twins in one batch, the first counts
                if letter.delivery and letter.delivery in met:
                    answers[place] = False
                met.add(letter.delivery)
            asks = [ask for letter, new in zip(letters, answers, strict=True) if new for ask in letter.asks]
            for target, wished in groupby(sorted(asks, key=_target), key=_target):
                _lock(connection, target)
                _wish(connection, list(wished), rhythm, now)
        return answers

    def take(self, targets: Collection[str], holder: str, span: timedelta, now: datetime) -> Taken | None:
        with self._database.writing() as connection:
            check_still(connection, self._database.place)
            self._bring_back(connection, targets, now)
            for target in _due(connection, targets, now):
                if not _lock(connection, target, patiently=False):
                    continue
                row = _waiting(connection, target)
                if row is None or row.due_at > now or _runs(connection, target):
                    continue
                taken = _taken(row, holder, now, now + span)
                connection.execute(delete(waiting).where(waiting.c.target == target))
                connection.execute(insert(running).values(_written(taken)))
                return taken
        return None

    def renew(self, taken: Taken, span: timedelta, now: datetime) -> bool:
        with self._database.writing() as connection:
            ours = update(running).where(_is_ours(taken)).values(expires_at=now + span)
            return connection.execute(ours).rowcount == 1

    def finish(self, taken: Taken, ending: Ending, now: datetime) -> bool:
        with self._database.writing() as connection:
            _lock(connection, taken.target)
            if connection.execute(delete(running).where(_is_ours(taken))).rowcount != 1:
                return False
            if ending.retry_at is not None and ending.left is not None:
                _leave(connection, taken, ending.left, ending.retry_at)
            elif ending.retry_at is not None:
                _put_back(connection, taken, ending.retry_at, taken.attempt + (ending.counts and not ending.ok))
            if ending.counts:
                _note(connection, taken.target, ending, now)
            return True

    def claim(self, name: str, gap: timedelta, now: datetime) -> bool:
        entry = text("INSERT INTO claims (name, at) VALUES (:name, :at) ON CONFLICT DO NOTHING")
        with self._database.writing() as connection:
            if connection.execute(entry.bindparams(_at("at")), {"name": name, "at": now}).rowcount == 1:
                return True
            ours = update(claims).where(claims.c.name == name, claims.c.at <= now - gap).values(at=now)
            return connection.execute(ours).rowcount == 1

    def overview(self) -> Overview:
        with self._database.reading() as connection:
            waits = connection.execute(select(waiting).order_by(waiting.c.due_at, waiting.c.target)).all()
            runs_now = connection.execute(select(running).order_by(running.c.started_at, running.c.target)).all()
            fares = connection.execute(select(fortunes).order_by(fortunes.c.target)).all()
        return Overview(
            tuple(_read_waiting(row) for row in waits),
            tuple(_read_taken(row) for row in runs_now),
            {row.target: Fortune(**row._mapping) for row in fares},
        )

    def prune(self, kept: timedelta, now: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.at <= now - REMEMBERED))
            forget_runs(connection, kept, now)

    def _bring_back(self, connection: Connection, targets: Collection[str], now: datetime) -> None:
        """Let wait again what runs no more: its worker is dead, or was not heard of for too long."""
        rows = connection.execute(select(running).order_by(running.c.target)).all()
        for row in rows:
            if row.target not in targets or (row.expires_at > now and not self._is_dead(row.holder)):
                continue
            lost = _read_taken(row)
            if _lock(connection, lost.target, patiently=False):
                again = delete(running).where(_is_ours(lost), running.c.expires_at == lost.expires_at)
                if connection.execute(again).rowcount == 1:
                    _put_back(connection, lost, now, lost.attempt)


def _target(ask: Ask) -> str:
    return ask.target


def _heard(connection: Connection, ids: Iterable[str], now: datetime) -> frozenset[str]:
    """Note deliveries; return those that were not known. In their order, so that nobody waits for one who waits."""
    entry = text("INSERT INTO deliveries (id, at) VALUES (:id, :at) ON CONFLICT DO NOTHING").bindparams(_at("at"))
    new = (id_ for id_ in sorted(ids) if connection.execute(entry, {"id": id_, "at": now}).rowcount == 1)
    return frozenset(new)


def _lock(connection: Connection, target: str, *, patiently: bool = True) -> bool:
    """Go alone with ``target`` until the transaction ends; where we may not wait, say whether it was free."""
    ours = select(fortunes.c.target).where(fortunes.c.target == target)
    if patiently:
        connection.execute(_MEET, {"target": target})
        connection.execute(ours.with_for_update())
        return True
    return connection.execute(ours.with_for_update(skip_locked=True)).one_or_none() is not None


def _wish(connection: Connection, asks: Sequence[Ask], rhythm: Rhythm, now: datetime) -> None:
    """Merge wishes for one target into what waits of it."""
    known = _waiting(connection, asks[0].target)
    merged = known
    for ask in asks:
        merged = _merged(merged, ask, rhythm, now)
    if merged is not None:
        _store(connection, merged, is_new=known is None)


def _merged(known: Waiting | None, ask: Ask, rhythm: Rhythm, now: datetime) -> Waiting:
    if known is None:
        due = now + rhythm.debounce if ask.urgency is Urgency.DEBOUNCED else now
        return Waiting(
            target=ask.target,
            scope=ask.scope,
            triggers=(ask.trigger,),
            reasons=_said((ask.reason,)),
            first_at=now,
            due_at=due,
        )
    not_before = None if ask.urgency is Urgency.NOW else known.not_before
    due = now
    if ask.urgency is Urgency.DEBOUNCED:
        known = replace(known, first_at=burst_since(known.first_at, known.due_at, now, rhythm.longest))
        due = due_after_burst(known.first_at, known.due_at, now, rhythm.debounce, rhythm.longest)
    return replace(
        known,
        scope=known.scope | ask.scope,
        triggers=_said((*known.triggers, ask.trigger)),
        reasons=_said((*known.reasons, ask.reason)),
        due_at=due if not_before is None else max(due, not_before),
        not_before=not_before,
    )


def _said(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))[:_SAID]


def _put_back(connection: Connection, taken: Taken, at: datetime, attempt: int) -> None:
    """Let what was taken wait again, until ``at``, together with what waits already."""
    known = _waiting(connection, taken.target)
    again = Waiting(
        target=taken.target,
        scope=taken.scope if known is None else taken.scope | known.scope,
        triggers=_said((*taken.triggers, *(known.triggers if known else ()))),
        reasons=_said((*taken.reasons, *(known.reasons if known else ()))),
        first_at=taken.first_at,
        due_at=at,
        attempt=attempt,
        not_before=at if attempt else None,
    )
    _store(connection, again, is_new=known is None)


def _leave(connection: Connection, taken: Taken, left: Scope, at: datetime) -> None:
    """Let what is ``left`` wait until ``at``, or go with what waits already if that is due sooner."""
    known = _waiting(connection, taken.target)
    first_at, due_at = (at, at) if known is None else (known.first_at, min(at, known.due_at))
    _put_back(connection, replace(taken, scope=left, first_at=first_at), due_at, attempt=0)


def _store(connection: Connection, wish: Waiting, *, is_new: bool) -> None:
    if is_new:
        connection.execute(insert(waiting).values(_written(wish)))
    else:
        connection.execute(update(waiting).where(waiting.c.target == wish.target).values(_written(wish)))


def _note(connection: Connection, target: str, ending: Ending, now: datetime) -> None:
    ours = update(fortunes).where(fortunes.c.target == target)
    if ending.ok:
        connection.execute(ours.values(success_at=now, failing_since=None, error=""))
    else:
        since = func.coalesce(fortunes.c.failing_since, now)
        connection.execute(ours.values(failing_since=since, error=ending.error))


def _due(connection: Connection, targets: Collection[str], now: datetime) -> Sequence[str]:
    """Return the targets whose sync is due and does not run, longest due first."""
    free = ~exists().where(running.c.target == waiting.c.target)
    due = select(waiting.c.target).where(waiting.c.due_at <= now, free).order_by(waiting.c.due_at, waiting.c.target)
    wanted = frozenset(targets)
    return [target for target in connection.scalars(due) if target in wanted]


def _waiting(connection: Connection, target: str) -> Waiting | None:
    row = connection.execute(select(waiting).where(waiting.c.target == target)).one_or_none()
    return None if row is None else _read_waiting(row)


def _runs(connection: Connection, target: str) -> bool:
    return connection.execute(select(running.c.target).where(running.c.target == target)).one_or_none() is not None


def _taken(wish: Waiting, holder: str, now: datetime, until: datetime) -> Taken:
    return Taken(
        target=wish.target,
        scope=wish.scope,
        triggers=wish.triggers,
        reasons=wish.reasons,
        first_at=wish.first_at,
        attempt=wish.attempt,
        holder=holder,
        token=secrets.randbits(62),
        started_at=now,
        expires_at=until,
    )


def _is_ours(taken: Taken) -> Any:
    return and_(running.c.target == taken.target, running.c.token == taken.token)


def _written(wish: Waiting | Taken) -> Mapping[str, Any]:
    names = (waiting if isinstance(wish, Waiting) else running).c.keys()
    row = {name: getattr(wish, name) for name in names}
    return {**row, "scope": wish.scope.as_json(), "triggers": list(wish.triggers), "reasons": list(wish.reasons)}


def _read_waiting(row: Row[Any]) -> Waiting:
    return Waiting(**_values(row))


def _read_taken(row: Row[Any]) -> Taken:
    return Taken(**_values(row))


def _values(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    words = {name: tuple(values[name]) for name in ("triggers", "reasons")}
    return {**values, **words, "scope": Scope.of_json(values["scope"])}


def _at(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime())
