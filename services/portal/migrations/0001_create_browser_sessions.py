"""The portal's only table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0001_create_browser_sessions"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table behind the wall between schools."""
    op.create_table(
        "browser_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sealed_token", sa.String(length=600), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_browser_sessions"),
    )
    op.create_index("ix_browser_sessions_opened_at", "browser_sessions", ["opened_at"])
    op.create_index("ix_browser_sessions_school_id", "browser_sessions", ["school_id"])
    protect(op, "browser_sessions")


def downgrade() -> None:
    """Drop it; everybody signs in again."""
    op.drop_table("browser_sessions")
