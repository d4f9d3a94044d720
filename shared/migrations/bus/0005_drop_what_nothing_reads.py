"""Parked events lose the time of their next try: new code tries them, or an operator."""

import sqlalchemy as sa
from alembic import op

revision = "0005_drop_what_nothing_reads"
down_revision = "0004_keep_ended_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the column."""
    op.drop_column("event_parked", "next_at")


def downgrade() -> None:
    """Bring it back, empty."""
    op.add_column("event_parked", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
