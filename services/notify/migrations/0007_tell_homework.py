"""Notices of a day's homework: what was set, whose it is, and who wants it by letter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0007_tell_homework"
down_revision = "0006_tell_finals_and_matters"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("homework_news", "pupil_homework")


def upgrade():
    # The old code writes rows without this column.
    op.add_column(
        "preferences", sa.Column("mail_homework", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "homework_news",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_homework_news"),
        sa.UniqueConstraint("group_id", "lesson_on", name="uq_homework_news_group_id_lesson_on"),
    )
    op.create_table(
        "pupil_homework",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("places", JSON, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "pupil_id", name="pk_pupil_homework"),
    )
    op.create_index("ix_pupil_homework_pupil_id", "pupil_homework", ["pupil_id"])
    for table in TABLES:
        op.create_index(f"ix_{table}_school_id", table, ["school_id"])
    protect(op, *TABLES)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.batch_alter_table("preferences") as changed:
        changed.drop_column("mail_homework")
