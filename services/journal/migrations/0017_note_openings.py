"""Who has opened whose diary on which day."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0017_note_openings"
down_revision = "0016_write_to_families"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "diary_views",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("pupil_id", "person_id", "on", name="pk_diary_views"),
    )
    op.create_index("ix_diary_views_person_id", "diary_views", ["person_id"])
    op.create_index("ix_diary_views_school_id", "diary_views", ["school_id"])
    op.create_index(
        "ix_diary_views_untold",
        "diary_views",
        ["at"],
        postgresql_where=sa.text("NOT is_told"),
        sqlite_where=sa.text("NOT is_told"),
    )
    protect(op, "diary_views")


def downgrade():
    op.drop_table("diary_views")
