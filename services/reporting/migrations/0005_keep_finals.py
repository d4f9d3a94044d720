"""Term-end marks and how they were changed on pages already closed.

Periods closed so far count as closed first when they were closed last; marks of before come with a rebuild.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0005_keep_finals"
down_revision = "0004_know_kinds_of_periods"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "finals",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("page_id", "period_id", "slot", "pupil_id", name="pk_finals"),
    )
    op.create_table(
        "final_corrections",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(length=20), nullable=True),
        sa.Column("value", sa.String(length=20), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "seq", "pupil_id", name="pk_final_corrections"),
    )
    op.add_column("closings", sa.Column("first_closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("closings", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    protect(op, "finals", "final_corrections")


def downgrade():
    op.execute("DELETE FROM closings WHERE reopened_at IS NOT NULL")
    with op.batch_alter_table("closings") as closings:
        closings.drop_column("reopened_at")
        closings.drop_column("first_closed_at")
    op.drop_table("final_corrections")
    op.drop_table("finals")
