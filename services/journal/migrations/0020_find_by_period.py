"""Revisions by period: a board of deadlines asks when the period's marks of the whole school were put."""

import sqlalchemy as sa
from alembic import op

revision = "0020_find_by_period"
down_revision = "0019_keep_portfolios"
branch_labels = None
depends_on = None


def upgrade():
    named = sa.text("period_id IS NOT NULL")
    op.create_index(
        "ix_revisions_period_id", "revisions", ["period_id"], postgresql_where=named, sqlite_where=named
    )


def downgrade():
    op.drop_index("ix_revisions_period_id", "revisions")
