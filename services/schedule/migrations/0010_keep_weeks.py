"""How many weeks of study an approved curriculum was made for."""

import sqlalchemy as sa
from alembic import op

revision = "0010_keep_weeks"
down_revision = "0009_tell_substitutions"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("curricula", sa.Column("weeks", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("curricula", "weeks")
