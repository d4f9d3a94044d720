"""Which lessons are given in another's stead."""

import sqlalchemy as sa
from alembic import op

revision = "0002_know_substitutions"
down_revision = "0001_create_pages"
branch_labels = None
depends_on = None


def upgrade():
    # The old code writes lessons without saying: they are given by their own teachers.
    op.add_column(
        "lessons", sa.Column("is_substituted", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade():
    with op.batch_alter_table("lessons") as lessons:
        lessons.drop_column("is_substituted")
