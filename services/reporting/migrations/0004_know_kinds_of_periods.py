"""Which parallels a period is for."""

import sqlalchemy as sa
from alembic import op

revision = "0004_know_kinds_of_periods"
down_revision = "0003_name_orders"
branch_labels = None
depends_on = None


def upgrade():
    # Periods known so far are everybody's; a group's parallel is told with its next change, or a rebuild.
    op.add_column("groups", sa.Column("grade", sa.Integer(), nullable=True))
    kind = sa.Column("kind", sa.String(length=10), nullable=False, server_default="quarter")
    op.add_column("periods", kind)
    op.add_column("periods", sa.Column("grades", sa.Text(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("periods") as periods:
        periods.drop_column("grades")
        periods.drop_column("kind")
    with op.batch_alter_table("groups") as groups:
        groups.drop_column("grade")
