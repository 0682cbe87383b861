"""The tables of the embedded tracker. ``VERSION`` counts up whenever they change."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

VERSION = 1


class Utc(TypeDecorator[datetime]):
    """An aware time, kept in UTC without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


metadata = MetaData()

milestones = Table(
    "milestones",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

issues = Table(
    "issues",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("closed", String),
    Column("author", String, nullable=False),
    Column("milestone", ForeignKey("milestones.number", ondelete="SET NULL")),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Index("issues_by_milestone", "milestone"),
    sqlite_autoincrement=True,
)
"""``closed`` is the reason, NULL while it is open. A number is never given twice."""

labels = Table(
    "labels",
    metadata,
    Column("name", String, primary_key=True),
    Column("folded", String, nullable=False, unique=True),
    Column("colour", String, nullable=False),
    Column("description", Text, nullable=False),
)
"""``folded`` is the name without case: two labels never differ by case alone."""

issue_labels = Table(
    "issue_labels",
    metadata,
    Column("issue", ForeignKey("issues.number", ondelete="CASCADE"), primary_key=True),
    Column("label", ForeignKey("labels.name", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True),
)

assignees = Table(
    "assignees",
    metadata,
    Column("issue", ForeignKey("issues.number", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("position", Integer, nullable=False),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue", ForeignKey("issues.number", ondelete="CASCADE"), nullable=False),
    Column("author", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Index("comments_by_issue", "issue"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue", ForeignKey("issues.number", ondelete="CASCADE"), nullable=False),
    Column("kind", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", Utc, nullable=False),
    Index("events_by_issue", "issue"),
)
"""``kind`` is a word of :class:`~plansync.trackers.local.ledger.EventKind`; ``detail`` what it was about."""
