"""Whose stored answers are: they hold names and marks, so the wall between schools is theirs, too."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0003_wall_stored_answers"
down_revision = "0002_keep_what_was_heard"
branch_labels = None
depends_on = None

# So that code which does not name the school yet goes on storing answers.
OF_THE_SESSION = "nullif(nullif(current_setting('parta.school', true), ''), '*')::uuid"


def upgrade() -> None:
    """Add the school; answers stored without one are forgotten, for nobody could see them any more."""
    op.execute("DELETE FROM idempotency_key")
    op.add_column("idempotency_key", sa.Column("school_id", sa.Uuid(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE idempotency_key ALTER school_id SET DEFAULT {OF_THE_SESSION}")
    protect(op, "idempotency_key")


def downgrade() -> None:
    """Take the wall and the school away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY own_school ON idempotency_key")
        op.execute("ALTER TABLE idempotency_key DISABLE ROW LEVEL SECURITY")
    op.drop_column("idempotency_key", "school_id")
