"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True)


def text(name: str) -> sa.Column[str]:
    """Return a text that is always there."""
    return sa.Column(name, sa.String, nullable=False)


def upgrade() -> None:
    """Make all tables."""
    create_cache()
    create_journal()
    create_leases()


def create_cache() -> None:
    """Make plans, and items and phases that go with them."""
    op.create_table(
        "plans",
        *(text(name) for name in ("project", "key", "source", "path", "target", "feature_id", "digest", "gate")),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("missing_since", AT),
        sa.Column("synced_at", AT),
        sa.PrimaryKeyConstraint("project", "key", name="pk_plans"),
    )
    op.create_table(
        "items",
        *parts_of_a_plan("items"),
        *(text(name) for name in ("key", "kind")),
        sa.Column("text", sa.Text, nullable=False),
        *(text(name) for name in ("phase", "id")),
        sa.Column("number", sa.Integer),
        text("url"),
        sa.Column("linked", sa.Boolean, nullable=False),
        sa.Column("box", sa.Boolean),
        text("issue"),
        sa.Column("at", AT),
        sa.Column("struck", sa.Boolean, nullable=False),
        sa.Column("details", DOCUMENT),
        sa.Column("memos", DOCUMENT),
    )
    op.create_table(
        "phases",
        *parts_of_a_plan("phases"),
        *(text(name) for name in ("key", "id", "name")),
        sa.Column("number", sa.Integer),
        text("url"),
        sa.Column("closed_by_us", sa.Boolean, nullable=False),
    )


def parts_of_a_plan(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Return the columns that tie a row to its place in a plan, and their constraints."""
    return (
        text("project"),
        text("plan"),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("project", "plan", "position", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["project", "plan"], ["plans.project", "plans.key"], name=f"fk_{table}_plans", ondelete="CASCADE"
        ),
    )


def create_journal() -> None:
    """Make runs, intents and outcomes."""
    op.create_table(
        "runs",
        *(text(name) for name in ("id", "target", "trigger")),
        sa.Column("started_at", AT, nullable=False),
        sa.Column("ended_at", AT),
        sa.Column("ok", sa.Boolean),
        sa.Column("summary", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_target_started_at", "runs", ["target", "started_at"])
    op.create_table(
        "intents",
        sa.Column("id", sa.Integer, nullable=False),
        *(text(name) for name in ("run", "target", "plan", "key")),
        sa.Column("at", AT, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_intents_target_settled", "intents", ["target", "settled"])
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer, nullable=False),
        *(text(name) for name in ("run", "plan", "key", "change")),
        sa.Column("number", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        text("outcome"),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outcomes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outcomes_run", "outcomes", ["run"])
    op.create_index("ix_outcomes_plan_key", "outcomes", ["plan", "key"])


def create_leases() -> None:
    """Make leases, and the counter of fencing tokens."""
    op.create_table(
        "leases",
        *(text(name) for name in ("name", "holder")),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_index("ix_leases_token", "leases", ["token"])
    fence = op.create_table(
        "fence",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fence"),
    )
    op.bulk_insert(fence, [{"id": 1, "token": 0}])
