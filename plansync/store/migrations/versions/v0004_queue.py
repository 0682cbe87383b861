"""The queue of syncs: what waits, what runs, how targets fare, and what was heard."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def at(name: str) -> sa.Column[object]:
    """Return a time that is always there."""
    return sa.Column(name, AT, nullable=False)


def wish() -> tuple[sa.Column[object], ...]:
    """Return what waiting and running syncs are both made of."""
    return (
        sa.Column("target", sa.String, nullable=False),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("scope", "triggers", "reasons")),
        at("first_at"),
    )


def attempt() -> sa.Column[object]:
    """Return the count of failures in a row."""
    return sa.Column("attempt", sa.Integer, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    waiting_key, running_key = (sa.PrimaryKeyConstraint("target", name=f"pk_{name}") for name in ("waiting", "running"))
    op.create_table("waiting", *wish(), at("due_at"), attempt(), sa.Column("not_before", AT), waiting_key)
    op.create_table(
        "running",
        *wish(),
        attempt(),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("token", sa.BigInteger, nullable=False),
        at("started_at"),
        at("expires_at"),
        running_key,
    )
    create_memory()


def create_memory() -> None:
    """Make what is remembered of targets, deliveries and claims."""
    op.create_table(
        "fortunes",
        sa.Column("target", sa.String, nullable=False),
        sa.Column("success_at", AT),
        sa.Column("failing_since", AT),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("target", name="pk_fortunes"),
    )
    deliveries_key = sa.PrimaryKeyConstraint("id", name="pk_deliveries")
    op.create_table("deliveries", sa.Column("id", sa.String, nullable=False), at("at"), deliveries_key)
    op.create_index("ix_deliveries_at", "deliveries", ["at"])
    claims_key = sa.PrimaryKeyConstraint("name", name="pk_claims")
    op.create_table("claims", sa.Column("name", sa.String, nullable=False), at("at"), claims_key)
