"""Substitutions told on the screens of staff-rooms."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0009_tell_substitutions"
down_revision = "0008_compose_timetables"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "screens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_screens"),
        sa.UniqueConstraint("token_sha256", name="uq_screens_token_sha256"),
    )
    op.create_index("ix_screens_school_id", "screens", ["school_id"])
    protect(op, "screens")


def downgrade():
    op.drop_table("screens")
