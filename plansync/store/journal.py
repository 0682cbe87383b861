"""The journal: runs, the intents before every create, and what became of each change (spec §4.7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import bindparam, insert, select, update

from plansync.ports.entries import Intent, Record, Run
from plansync.store import tables
from plansync.store.database import Database


class SqlJournal:
    """The journal as rows; nothing is ever taken out of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, target: str, trigger: str, at: datetime) -> str:
        run = f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"
        with self._database.writing() as connection:
            connection.execute(
                insert(tables.runs).values(id=run, target=target, trigger=trigger, started_at=at, summary="")
            )
        return run

    def intend(self, run: str, target: str, plan: str, key: str, at: datetime) -> int:
        row = {"run": run, "target": target, "plan": plan, "key": key, "at": at, "settled": False}
        with self._database.writing() as connection:
            stored = connection.execute(insert(tables.intents).values(row).returning(tables.intents.c.id))
            return int(stored.scalar_one())

    def settle(self, intents: Sequence[int]) -> None:
        known = update(tables.intents).where(tables.intents.c.id == bindparam("known")).values(settled=True)
        if intents:
            with self._database.writing() as connection:
                connection.execute(known, [{"known": intent} for intent in intents])

    def unsettled(self, target: str) -> Sequence[Intent]:
        table = tables.intents.c
        columns = (table.id, table.run, table.target, table.plan, table.key, table.at)
        unknown = select(*columns).where(table.target == target, table.settled.is_(False)).order_by(table.id)
        with self._database.reading() as connection:
            return [Intent(*row) for row in connection.execute(unknown)]

    def record(self, run: str, record: Record) -> None:
        with self._database.writing() as connection:
            connection.execute(insert(tables.outcomes).values(run=run, **asdict(record)))

    def finish(self, run: str, at: datetime, ok: bool, summary: str) -> None:
        with self._database.writing() as connection:
            ours = update(tables.runs).where(tables.runs.c.id == run)
            connection.execute(ours.values(ended_at=at, ok=ok, summary=summary))

    def runs(self, target: str | None, limit: int, before: str = "") -> Sequence[Run]:
        table = tables.runs.c
        latest = select(tables.runs).order_by(table.started_at.desc(), table.id.desc()).limit(limit)
        if target is not None:
            latest = latest.where(table.target == target)
        if before:  # ids sort by time
            latest = latest.where(table.id < before)
        with self._database.reading() as connection:
            return [Run(**row) for row in connection.execute(latest).mappings()]
