"""When the words of a link were erased with the person they were about (152-ФЗ)."""

import sqlalchemy as sa
from alembic import op

revision = "0022_erase_words"
down_revision = "0021_accept_contradictions"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("revisions", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("revisions", "erased_at")
