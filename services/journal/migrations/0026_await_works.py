"""Until when a work that is awaited («•», DOMAIN 2.1) is to be marked, and all that is awaited at once."""

import sqlalchemy as sa
from alembic import op

revision = "0026_await_works"
down_revision = "0025_find_closings"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entries", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("entries", sa.Column("due_seq", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_entries_awaited",
        "entries",
        ["school_id"],
        postgresql_where=sa.text("value = '•'"),
        sqlite_where=sa.text("value = '•'"),
    )


def downgrade():
    op.drop_index("ix_entries_awaited", "entries")
    op.drop_column("entries", "due_seq")
    op.drop_column("entries", "due_on")
