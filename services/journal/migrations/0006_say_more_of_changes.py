"""Revisions about a period or a page, and by whose request; every parameter of the school."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0006_say_more_of_changes"
down_revision = "0005_know_kinds_of_periods"
branch_labels = None
depends_on = None


def upgrade():
    # The old code leaves the new columns empty, and an empty one is no part of a revision's hash.
    with op.batch_alter_table("revisions") as revisions:
        revisions.add_column(sa.Column("period_id", sa.Uuid(), nullable=True))
        revisions.add_column(sa.Column("request_id", sa.Uuid(), nullable=True))
        revisions.alter_column("lesson_id", existing_type=sa.Uuid(), nullable=True)
        revisions.alter_column("what", existing_type=sa.String(10), type_=sa.String(20))
    op.create_table(
        "parameters",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "name", name="pk_parameters"),
    )
    protect(op, "parameters")


def downgrade():
    op.drop_table("parameters")
    with op.batch_alter_table("revisions") as revisions:
        revisions.alter_column("what", existing_type=sa.String(20), type_=sa.String(10))
        revisions.alter_column("lesson_id", existing_type=sa.Uuid(), nullable=False)
        revisions.drop_column("request_id")
        revisions.drop_column("period_id")
