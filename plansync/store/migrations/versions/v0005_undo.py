"""What a change left behind, for the way back, and plans that runs leave alone since they were undone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("outcomes", sa.Column("after", sa.Text))
    op.add_column("plans", sa.Column("hold", sa.Text))
