"""Notices of term-end marks, corrections and answers: periods' names, deputies, and what was said."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0006_tell_finals_and_matters"
down_revision = "0005_tell_substitutions"
branch_labels = None
depends_on = None

TABLES = ("periods", "deputies", "matters")


def upgrade():
    op.create_table(
        "periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_periods"),
    )
    op.create_table(
        "deputies",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_deputies"),
    )
    op.create_table(
        "matters",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_matters"),
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_school_id", table, ["school_id"])
    protect(op, *TABLES)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
