"""When what a matter says happened: it is shown, and not when it was heard here."""

import sqlalchemy as sa
from alembic import op

revision = "0008_know_when_matters_were_told"
down_revision = "0007_tell_homework"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("matters") as table:
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("matters") as table:
        table.drop_column("told_at")
