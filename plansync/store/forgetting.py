"""What the journal keeps: runs that did something for as long as the settings say, quiet ones a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, exists, func, select

from plansync.store.tables import intents, outcomes, runs

QUIET_KEPT = timedelta(days=1)


def forget_runs(connection: Connection, kept: timedelta, now: datetime) -> None:
    """Delete old runs and what they did; never the last of a target, nor one whose intents are not settled."""
    connection.execute(delete(runs).where(_is_over(now - QUIET_KEPT), ~_did(outcomes), ~_did(intents)))
    unsettled = exists().where(intents.c.run == runs.c.id, intents.c.settled.is_(False))
    old = select(runs.c.id).where(_is_over(now - kept), ~unsettled)
    for table in (outcomes, intents):
        connection.execute(delete(table).where(table.c.run.in_(old)))
    connection.execute(delete(runs).where(_is_over(now - kept), ~unsettled))


def _is_over(before: datetime) -> Any:
    """Say of runs whether they ended, or died, ``before`` then, and are not the last of their target."""
    last = select(func.max(runs.c.id)).group_by(runs.c.target)
    return and_(func.coalesce(runs.c.ended_at, runs.c.started_at) <= before, runs.c.id.not_in(last))


def _did(table: Table) -> Any:
    """Say of runs whether ``table`` has anything of theirs."""
    return exists().where(table.c.run == runs.c.id)
