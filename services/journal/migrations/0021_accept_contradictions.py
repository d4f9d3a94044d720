"""Contradictions that were looked into and found to be right."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0021_accept_contradictions"
down_revision = "0020_find_by_period"
branch_labels = None
depends_on = None

TABLE = "accepted_contradictions"
STANDING = sa.text("withdrawn_at IS NULL")


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accepted_contradictions"),
    )
    op.create_index("ix_accepted_contradictions_school_id", TABLE, ["school_id"])
    op.create_index("ix_accepted_contradictions_pupil_id", TABLE, ["pupil_id"])
    op.create_index(
        "uq_accepted_contradictions_standing", TABLE, ["lesson_id", "pupil_id", "kind"],
        unique=True, postgresql_where=STANDING, sqlite_where=STANDING,
    )  # fmt: skip
    protect(op, TABLE)


def downgrade():
    op.drop_table(TABLE)
