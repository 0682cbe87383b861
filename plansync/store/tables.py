"""The tables of the state database, for SQLite and PostgreSQL alike.

The migrations in ``migrations/`` must lead to the very same schema; a test compares the two.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
)

from plansync.core.observed import CloseReason


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, also where the database keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[str]):
    """JSON that is handed on as text, or nothing; what is none raises ``ValueError`` when it is read."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value:
            json.loads(value)
        return value


class IssueWord(TypeDecorator[str]):
    """How an issue was last seen: ``open``, a close reason, or empty; anything else raises ``ValueError``."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value in {None, "", "open"} else CloseReason(value).value


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

plans = Table(
    "plans",
    metadata,
    Column("project", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("path", String, nullable=False),
    Column("target", String, nullable=False),
    Column("feature_id", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("gate", String, nullable=False),
    Column("summary", JsonText, nullable=False),
    Column("missing_since", UtcDateTime),
    Column("synced_at", UtcDateTime),
    Column("relations", JSON(none_as_null=True)),
    Column("hold", Text),
)


def _of_plan() -> ForeignKeyConstraint:
    """Return the tie of a row to its plan, with which it goes."""
    return ForeignKeyConstraint(["project", "plan"], ["plans.project", "plans.key"], ondelete="CASCADE")


items = Table(
    "items",
    metadata,
    Column("project", String, primary_key=True),
    Column("plan", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("phase", String, nullable=False),
    Column("id", String, nullable=False),
    Column("number", Integer),
    Column("url", String, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("box", Boolean),
    Column("issue", IssueWord, nullable=False),
    Column("at", UtcDateTime),
    Column("struck", Boolean, nullable=False),
    Column("details", JSON(none_as_null=True)),
    Column("memos", JSON(none_as_null=True)),
    _of_plan(),
)

phases = Table(
    "phases",
    metadata,
    Column("project", String, primary_key=True),
    Column("plan", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
    Column("id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("number", Integer),
    Column("url", String, nullable=False),
    Column("closed_by_us", Boolean, nullable=False),
    _of_plan(),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("target", String, nullable=False),
    Column("trigger", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ok", Boolean),
    Column("summary", JsonText, nullable=False),
    Index(None, "target", "started_at"),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", String, nullable=False),
    Column("target", String, nullable=False),
    Column("plan", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("settled", Boolean, nullable=False),
    Index(None, "target", "settled"),
    sqlite_autoincrement=True,
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", String, nullable=False),
    Column("plan", String, nullable=False),
    Column("key", String, nullable=False),
    Column("change", String, nullable=False),
    Column("number", Integer),
    Column("reason", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("after", Text),
    Index(None, "run"),
    Index(None, "plan", "key"),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "token"),
)

fence = Table(
    "fence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("token", BigInteger, nullable=False),
)
"""One row, ``id`` 1: the last fencing token given out. Whoever takes leases writes it first, and so goes alone."""

accounts = Table(
    "accounts",
    metadata,
    Column("name", String, primary_key=True),
    Column("paused_until", UtcDateTime),
    Column("reason", String, nullable=False),
)
"""Hosts with a credential. Whoever takes a place for a request locks the row first, and so goes alone."""

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "kind", "at"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("name", String, primary_key=True),
    Column("head", Text, nullable=False),
)

snapshot_rows = Table(
    "snapshot_rows",
    metadata,
    Column("name", String, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),
    ForeignKeyConstraint(["name"], ["snapshots.name"], ondelete="CASCADE"),
)

waiting = Table(
    "waiting",
    metadata,
    Column("target", String, primary_key=True),
    Column("scope", JSON, nullable=False),
    Column("triggers", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("not_before", UtcDateTime),
)

running = Table(
    "running",
    metadata,
    Column("target", String, primary_key=True),
    Column("scope", JSON, nullable=False),
    Column("triggers", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("holder", String, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

fortunes = Table(
    "fortunes",
    metadata,
    Column("target", String, primary_key=True),
    Column("success_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("error", Text, nullable=False),
)
"""How each target fares. Whoever changes what waits or runs of a target locks its row first, and so goes alone."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

claims = Table(
    "claims",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, read and stamped without importing Alembic; it is no part of ``metadata``."""
