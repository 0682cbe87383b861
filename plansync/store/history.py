"""The journal, read: what runs did, by run and by item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, func, or_, select

from plansync.ports.entries import Intent, Record, Run
from plansync.ports.history import Told, Wanted
from plansync.store.database import Database
from plansync.store.tables import intents, outcomes, runs

_RECORD = ("plan", "key", "change", "number", "reason", "outcome", "message", "before", "at", "after")
_RUN = ("id", "target", "trigger", "started_at", "ended_at", "ok", "summary")
_INTENT = ("id", "run", "target", "plan", "key", "at")


class SqlHistory:
    """What :class:`plansync.store.journal.SqlJournal` wrote."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def runs(self, wanted: Wanted) -> Sequence[Run]:
        found = select(runs).order_by(runs.c.id.desc()).limit(wanted.limit)
        did = select(outcomes.c.id).where(outcomes.c.run == runs.c.id)
        if wanted.target is not None:
            found = found.where(runs.c.target == wanted.target)
        if wanted.plan is not None:
            found = found.where(did.where(outcomes.c.plan == wanted.plan).exists())
        elif not wanted.quiet:
            found = found.where(or_(did.exists(), runs.c.ok.is_(False)))
        return [_run(row) for row in self._rows(found)]

    def named(self, name: str) -> Sequence[Run]:
        if not name:
            return []
        begins = func.substr(runs.c.id, 1, len(name)) == name
        ends = func.substr(runs.c.id, func.length(runs.c.id) - len(name) + 1) == name
        found = select(runs).where(or_(begins, ends)).order_by(runs.c.id.desc())
        return [_run(row) for row in self._rows(found)]

    def records(self, run: str) -> Sequence[Record]:
        found = select(outcomes).where(outcomes.c.run == run).order_by(outcomes.c.id)
        return [_record(row) for row in self._rows(found)]

    def intents(self, run: str) -> Sequence[Intent]:
        found = select(intents).where(intents.c.run == run).order_by(intents.c.id)
        return [Intent(**{name: row[name] for name in _INTENT}) for row in self._rows(found)]

    def of_item(self, target: str, plan: str, key: str) -> Sequence[Told]:
        return self._told(_joined(target).where(outcomes.c.plan == plan, outcomes.c.key == key))

    def of_issue(self, target: str, number: int) -> Sequence[Told]:
        ours = outcomes.c.number == number
        return self._told(_joined(target).where(ours, outcomes.c.change.like("%Issue")))

    def _told(self, wanted: Select[Any]) -> Sequence[Told]:
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(outcomes.c.id.desc())).all()
        return [
            Told(
                Run(*row[: len(_RUN)]),
                _record_of(dict(zip(_RECORD, row[len(_RUN) :], strict=True))),
            )
            for row in rows
        ]

    def _rows(self, wanted: Select[Any]) -> Iterable[RowMapping]:
        with self._database.reading() as connection:
            return connection.execute(wanted).mappings().all()


def _joined(target: str) -> Select[Any]:
    columns = [*(runs.c[name] for name in _RUN), *(outcomes.c[name] for name in _RECORD)]
    return select(*columns).join_from(outcomes, runs, runs.c.id == outcomes.c.run).where(runs.c.target == target)


def _run(row: RowMapping) -> Run:
    return Run(**{name: row[name] for name in _RUN})


def _record(row: RowMapping) -> Record:
    return _record_of({name: row[name] for name in _RECORD})


def _record_of(fields: dict[str, Any]) -> Record:
    return Record(**(fields | {"after": fields["after"] or ""}))
