"""Closings by period, those of the past among them: each save asks whether its period was closed once."""

from alembic import op

revision = "0025_find_closings"
down_revision = "0024_follow_moves"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_closings_period_id", "closings", ["period_id"])


def downgrade():
    op.drop_index("ix_closings_period_id", "closings")
