"""What was sent to hosts, and what trackers remember of their projects."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def text(name: str) -> sa.Column[str]:
    """Return a text that is always there."""
    return sa.Column(name, sa.String, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    create_pacing()
    create_snapshots()


def create_pacing() -> None:
    """Make accounts, and the requests sent with them."""
    op.create_table(
        "accounts",
        text("name"),
        sa.Column("paused_until", AT),
        text("reason"),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, nullable=False),
        *(text(name) for name in ("account", "kind")),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_kind_at", "requests", ["kind", "at"])


def create_snapshots() -> None:
    """Make snapshots, and rows that go with them."""
    op.create_table(
        "snapshots",
        text("name"),
        sa.Column("head", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_snapshots"),
    )
    op.create_table(
        "snapshot_rows",
        text("name"),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_snapshot_rows"),
        sa.ForeignKeyConstraint(["name"], ["snapshots.name"], name="fk_snapshot_rows_snapshots", ondelete="CASCADE"),
    )
