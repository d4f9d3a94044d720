"""What families were told of a class's homework, day by day."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0023_collect_homework"
down_revision = "0022_erase_words"
branch_labels = None
depends_on = None

TABLE = "collected_homework"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "day", name="pk_collected_homework"),
    )
    op.create_index(f"ix_{TABLE}_school_id", TABLE, ["school_id"])
    protect(op, TABLE)


def downgrade():
    op.drop_table(TABLE)
