"""Marks of periods, years and exams; why a period was closed though something lacked."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0012_put_final_marks"
down_revision = "0011_find_by_pupil"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "final_marks",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(10), nullable=True),
        sa.Column("recommended", sa.String(10), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("timing", sa.String(10), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "period_id", "slot", "pupil_id", name="pk_final_marks"),
    )
    op.create_index("ix_final_marks_pupil_id", "final_marks", ["pupil_id"])
    protect(op, "final_marks")
    with op.batch_alter_table("closings") as closings:
        closings.add_column(sa.Column("despite", sa.String(500), nullable=True))


def downgrade():
    with op.batch_alter_table("closings") as closings:
        closings.drop_column("despite")
    op.drop_table("final_marks")
