"""Requests about personal data, noted until identity has been told of them."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0006_note_access"
down_revision = "0005_drop_what_nothing_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "access_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_note")),
    )
    op.create_index(op.f("ix_access_note_at"), "access_note", ["at"])
    protect(op, "access_note")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("access_note")
