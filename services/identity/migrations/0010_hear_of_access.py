"""What the other services saw of access to personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0010_hear_of_access"
down_revision = "0009_ask_two_persons"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "access_log", sa.Column("service", sa.String(length=20), nullable=False, server_default="identity")
    )
    op.add_column("access_log", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_access_log_arrived_at", "access_log", ["arrived_at"])


def downgrade():
    op.drop_index("ix_access_log_arrived_at", "access_log")
    op.drop_column("access_log", "arrived_at")
    op.drop_column("access_log", "service")
