"""What was changed in lessons of closed periods, and of every correction who made it and why.

Corrections of before have no more than their event says; a rebuild tells who made them.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0006_keep_corrections"
down_revision = "0005_keep_finals"
branch_labels = None
depends_on = None


def why():
    return (
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("request_number", sa.Integer(), nullable=True),
        sa.Column("reopened_for", sa.String(length=500), nullable=True),
    )


def upgrade():
    op.create_table(
        "lesson_corrections",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("was", sa.String(length=4000), nullable=True),
        sa.Column("value", sa.String(length=4000), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        *why(),
        sa.PrimaryKeyConstraint("page_id", "seq", "number", name="pk_lesson_corrections"),
    )
    for column in why():
        op.add_column("final_corrections", column)
    protect(op, "lesson_corrections")


def downgrade():
    with op.batch_alter_table("final_corrections") as corrections:
        for column in reversed(why()):
            corrections.drop_column(column.name)
    op.drop_table("lesson_corrections")
