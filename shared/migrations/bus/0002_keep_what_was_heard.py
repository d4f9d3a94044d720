"""What consumers heard of late, and the code by which a parked event failed (PROTOCOL F4, G3)."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import NAMED_SCHOOL, protect

revision = "0002_keep_what_was_heard"
down_revision = "0001_create_bus"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and add the column."""
    op.create_table(
        "event_heard",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "position", name="pk_event_heard"),
    )
    op.add_column("event_parked", sa.Column("code", sa.String(16), nullable=False, server_default=""))
    protect(op, "event_heard", owner="split_part(stream, '/', 2)", rule=NAMED_SCHOOL)


def downgrade() -> None:
    """Take both away."""
    op.drop_column("event_parked", "code")
    op.drop_table("event_heard")
