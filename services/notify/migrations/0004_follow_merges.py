"""Whom news are about, when two people turn out to be one."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0004_follow_merges"
down_revision = "0003_warn_people"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "merged_people",
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("merged_id", name="pk_merged_people"),
    )
    op.create_index("ix_merged_people_kept_id", "merged_people", ["kept_id"])
    op.create_index("ix_merged_people_school_id", "merged_people", ["school_id"])
    protect(op, "merged_people")


def downgrade():
    op.drop_table("merged_people")
