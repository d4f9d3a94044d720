"""Requests to correct an entry, and every step of them."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0018_correct_errors"
down_revision = "0017_note_openings"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("period_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_reopened", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("warned", sa.String(4), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.UniqueConstraint("school_id", "number", name="uq_corrections_school_id_number"),
    )
    for name in ("school_id", "page_id", "state", "author_id", "assignee_id"):
        op.create_index(f"ix_corrections_{name}", "corrections", [name])
    op.create_table(
        "correction_steps",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(1000), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("correction_id", "number", name="pk_correction_steps"),
    )
    op.create_index("ix_correction_steps_school_id", "correction_steps", ["school_id"])
    protect(op, "corrections", "correction_steps")


def downgrade():
    op.drop_table("correction_steps")
    op.drop_table("corrections")
