"""Why an excuse was withdrawn, and what one said before it was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0029_change_excuses"
down_revision = "0028_date_revisions"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("excuses", sa.Column("withdrawn_for", sa.String(300), nullable=True))
    op.add_column("excuses", sa.Column("became_id", sa.Uuid(), nullable=True))


def downgrade():
    op.drop_column("excuses", "became_id")
    op.drop_column("excuses", "withdrawn_for")
