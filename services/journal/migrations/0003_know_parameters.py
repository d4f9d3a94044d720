"""Types of work and reasons of absence as each school has set them."""

import sqlalchemy as sa
from alembic import op

revision = "0003_know_parameters"
down_revision = "0002_know_substitutions"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("schools", sa.Column("work_types", sa.Text(), nullable=True))
    op.add_column("schools", sa.Column("attendance", sa.Text(), nullable=True))


def downgrade():
    with op.batch_alter_table("schools") as schools:
        schools.drop_column("attendance")
        schools.drop_column("work_types")
