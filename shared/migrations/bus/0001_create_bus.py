"""The event protocol's tables (PROTOCOL C1, F1)."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import NAMED_SCHOOL, protect

revision = "0001_create_bus"
down_revision = None
branch_labels = None
depends_on = None

STREAM_SCHOOL = "split_part(stream, '/', 2)"
STREAM_TABLES = (
    "event_stream",
    "event_log",
    "relay_cursor",
    "event_cursor",
    "event_parked",
    "event_effect",
    "ignored_type",
)


def upgrade() -> None:
    """Create the tables, each behind the wall between schools."""
    op.create_table(
        "event_cursor",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("crash_pos", sa.BigInteger(), nullable=True),
        sa.Column("crash_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_event_cursor"),
    )
    op.create_table(
        "event_effect",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "kind", "recipient", name="pk_event_effect"),
    )
    op.create_table(
        "event_log",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prev_id", sa.Uuid(), nullable=True),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("stream", "position", name="pk_event_log"),
    )
    op.create_index("ix_event_log_stream_subject", "event_log", ["stream", "subject"], unique=False)
    op.create_table(
        "event_parked",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("stream", "position", name="pk_event_parked"),
    )
    op.create_index("ix_event_parked_stream_subject", "event_parked", ["stream", "subject"], unique=False)
    op.create_table(
        "event_stream",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("before_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("stream", name="pk_event_stream"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "route", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "ignored_type",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "type", name="pk_ignored_type"),
    )
    op.create_table(
        "relay_cursor",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_relay_cursor"),
    )
    op.create_table(
        "work_lease",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "shard", name="pk_work_lease"),
    )
    protect(op, *STREAM_TABLES, owner=STREAM_SCHOOL, rule=NAMED_SCHOOL)


def downgrade() -> None:
    """Drop them."""
    for table in (*STREAM_TABLES, "idempotency_key", "work_lease"):
        op.drop_table(table)
