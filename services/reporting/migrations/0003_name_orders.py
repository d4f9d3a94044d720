"""By which order a pupil left. Stays heard before have none until identity's stream is rebuilt."""

import sqlalchemy as sa
from alembic import op

revision = "0003_name_orders"
down_revision = "0002_follow_merges"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("enrolments", sa.Column("ended_as", sa.String(length=20), nullable=True))
    op.add_column("enrolments", sa.Column("order_number", sa.String(length=40), nullable=True))
    op.add_column("enrolments", sa.Column("order_on", sa.Date(), nullable=True))


def downgrade():
    for column in ("order_on", "order_number", "ended_as"):
        op.drop_column("enrolments", column)
