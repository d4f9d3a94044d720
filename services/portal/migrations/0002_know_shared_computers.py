"""Whether a browser is one of many people's, and whether a second factor has to come first."""

import sqlalchemy as sa
from alembic import op

revision = "0002_know_shared_computers"
down_revision = "0001_create_browser_sessions"
branch_labels = None
depends_on = None

COLUMNS = ("is_shared", "must_enrol_factor")


def upgrade():
    with op.batch_alter_table("browser_sessions") as batch:
        for name in COLUMNS:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("browser_sessions") as batch:
        for name in reversed(COLUMNS):
            batch.drop_column(name)
