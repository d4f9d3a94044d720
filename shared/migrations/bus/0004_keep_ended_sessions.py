"""Sessions that have ended while a token of theirs may still live."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0004_keep_ended_sessions"
down_revision = "0003_wall_stored_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ended_session",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_ended_session")),
    )
    op.create_index(op.f("ix_ended_session_ended_at"), "ended_session", ["ended_at"])
    protect(op, "ended_session")


def downgrade() -> None:
    """Take it away."""
    op.drop_table("ended_session")
