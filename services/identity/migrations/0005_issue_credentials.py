"""Activation codes, resets by e-mail, blocked accounts, failed sign-ins, alarms.

One-time passwords given out before are void: a code on paper takes their place.
"""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0005_issue_credentials"
down_revision = "0004_keep_imports"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("activation_codes", "failed_sign_ins", "reset_requests")
INDEXES = (
    ("activation_codes", ("school_id",)),
    ("activation_codes", ("person_id",)),
    ("failed_sign_ins", ("school_id",)),
    ("failed_sign_ins", ("failed_at",)),
    ("failed_sign_ins", ("network", "failed_at")),
    ("failed_sign_ins", ("person_id", "failed_at")),
    ("reset_requests", ("school_id",)),
    ("reset_requests", ("network", "asked_at")),
    ("reset_requests", ("person_id", "asked_at")),
    ("reset_requests", ("state", "next_at")),
)


def upgrade():
    if op.get_bind().dialect.name == "postgresql":  # The wall stands before this statement, too.
        op.execute("SELECT set_config('parta.school', '*', true)")
    op.execute("UPDATE accounts SET password_hash = NULL WHERE must_change")
    with op.batch_alter_table("accounts") as batch:
        batch.drop_column("expires_at")
        batch.add_column(sa.Column("blocked_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("blocked_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("blocked_reason", sa.String(length=300), nullable=True))
    with op.batch_alter_table("sign_ins") as batch:
        batch.add_column(sa.Column("address", sa.String(length=45), server_default="", nullable=False))
        batch.add_column(sa.Column("device", sa.String(length=200), server_default="", nullable=False))
    _make_codes()
    _make_failures()
    _make_resets()
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    protect(op, *TABLES)


def _make_codes():
    op.create_table(
        "activation_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("handed_at", INSTANT, nullable=True),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.Column("handed_to", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_activation_codes_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_activation_codes"),
        sa.UniqueConstraint("code_sha256", name="uq_activation_codes_code_sha256"),
    )


def _make_failures():
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("failed_at", INSTANT, nullable=False),
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_sign_ins"),
    )
    op.create_table(
        "alarms",
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("raised_at", name="pk_alarms"),
    )


def _make_resets():
    op.create_table(
        "reset_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reset_requests"),
        sa.UniqueConstraint("token_sha256", name="uq_reset_requests_token_sha256"),
    )


def downgrade():
    for table in ("alarms", *reversed(TABLES)):
        op.drop_table(table)
    with op.batch_alter_table("sign_ins") as batch:
        for name in ("device", "address"):
            batch.drop_column(name)
    with op.batch_alter_table("accounts") as batch:
        for name in ("blocked_reason", "blocked_by", "blocked_at"):
            batch.drop_column(name)
        batch.add_column(sa.Column("expires_at", INSTANT, nullable=True))
