"""Notices of substitutions: what is decided of a day, who wants letters of it, who stood in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0005_tell_substitutions"
down_revision = "0004_follow_merges"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    # The old code writes rows without these columns.
    op.add_column("people", sa.Column("patronymic", sa.String(length=120), nullable=False, server_default=""))
    op.add_column(
        "notices", sa.Column("is_superseded", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "preferences",
        sa.Column("mail_substitutions", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_table(
        "day_news",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.String(length=120), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=False),
        sa.Column("lessons", JSON, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_day_news"),
    )
    op.create_index("ix_day_news_group_id_lesson_on", "day_news", ["group_id", "lesson_on"])
    op.create_index("ix_day_news_school_id", "day_news", ["school_id"])
    protect(op, "day_news")


def downgrade():
    op.drop_table("day_news")
    for table, column in (
        ("preferences", "mail_substitutions"),
        ("notices", "is_superseded"),
        ("people", "patronymic"),
    ):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column)
