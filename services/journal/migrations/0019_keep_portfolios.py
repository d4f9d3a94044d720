"""Portfolios of pupils, with every version of their entries."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0019_keep_portfolios"
down_revision = "0018_correct_errors"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "portfolio_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("result", sa.String(200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("description", sa.String(2000), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_portfolio_entries"),
    )
    op.create_index("ix_portfolio_entries_pupil_id_held_on", "portfolio_entries", ["pupil_id", "held_on"])
    op.create_index("ix_portfolio_entries_school_id", "portfolio_entries", ["school_id"])
    op.create_table(
        "portfolio_versions",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "version", name="pk_portfolio_versions"),
    )
    op.create_index("ix_portfolio_versions_pupil_id", "portfolio_versions", ["pupil_id"])
    op.create_index("ix_portfolio_versions_school_id", "portfolio_versions", ["school_id"])
    protect(op, "portfolio_entries", "portfolio_versions")


def downgrade():
    op.drop_table("portfolio_versions")
    op.drop_table("portfolio_entries")
