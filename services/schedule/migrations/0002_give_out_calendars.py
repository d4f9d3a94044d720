"""Addresses of calendars that people subscribe to."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0002_give_out_calendars"
down_revision = "0001_create_lessons"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("is_for_staff", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('teacher', 'pupil', 'group', 'room')", name="ck_calendar_feeds_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("owner_id", "kind", "about_id", name="uq_calendar_feeds_owner_id_kind_about_id"),
        sa.UniqueConstraint("token_sha256", name="uq_calendar_feeds_token_sha256"),
    )
    op.create_index("ix_calendar_feeds_school_id", "calendar_feeds", ["school_id"], unique=False)
    protect(op, "calendar_feeds")


def downgrade():
    op.drop_table("calendar_feeds")
