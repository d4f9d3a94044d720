"""Holidays that leave weeks without lessons, by which a year's hours are counted."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0027_know_holidays"
down_revision = "0026_await_works"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "holidays",
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("grades", sa.Text(), nullable=False, server_default=""),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("year_id", "number", name="pk_holidays"),
    )
    op.create_index("ix_holidays_school_id", "holidays", ["school_id"])
    protect(op, "holidays")


def downgrade():
    op.drop_table("holidays")
