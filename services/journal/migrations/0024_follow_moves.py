"""Where a moved lesson takes place instead."""

import sqlalchemy as sa
from alembic import op

revision = "0024_follow_moves"
down_revision = "0023_collect_homework"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("lost_lessons", sa.Column("to_on", sa.Date(), nullable=True))
    op.add_column("lost_lessons", sa.Column("to_number", sa.Integer(), nullable=True))
    op.create_index("ix_lost_lessons_to_on", "lost_lessons", ["to_on"])


def downgrade():
    op.drop_index("ix_lost_lessons_to_on", "lost_lessons")
    with op.batch_alter_table("lost_lessons") as changed:
        changed.drop_column("to_number")
        changed.drop_column("to_on")
