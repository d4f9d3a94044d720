"""One-time codes, recovery codes, passkeys, fresh proofs, sign-ins that wait for their second step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0006_add_second_factors"
down_revision = "0005_issue_credentials"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OF_A_PERSON = ("totp_seeds", "recovery_codes", "passkeys", "pending_sign_ins")


def upgrade():
    with op.batch_alter_table("sign_ins") as batch:
        # Whoever signed in before proofs were noted has to prove themselves when it matters.
        batch.add_column(sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("amr", JSON, nullable=False, server_default=sa.text("'[\"pwd\"]'")))
        batch.add_column(sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("accounts") as batch:
        batch.add_column(sa.Column("factor_due_at", sa.DateTime(timezone=True), nullable=True))
    _make_factors()
    _make_sign_ins()
    protect(op, *OF_A_PERSON)


def _make_factors():
    op.create_table(
        "totp_seeds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=400), nullable=True),
        sa.Column("next_seed", sa.String(length=400), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        *_of_a_person("totp_seeds"),
        sa.PrimaryKeyConstraint("person_id", name="pk_totp_seeds"),
    )
    op.create_index("ix_totp_seeds_school_id", "totp_seeds", ["school_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_of_a_person("recovery_codes"),
        sa.PrimaryKeyConstraint("code_sha256", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_person_id", "recovery_codes", ["person_id"])
    op.create_index("ix_recovery_codes_school_id", "recovery_codes", ["school_id"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", JSON, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_of_a_person("passkeys"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_person_id", "passkeys", ["person_id"])
    op.create_index("ix_passkeys_school_id", "passkeys", ["school_id"])


def _make_sign_ins():
    op.create_table(
        "pending_sign_ins",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        *_of_a_person("pending_sign_ins"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_pending_sign_ins"),
    )
    op.create_index("ix_pending_sign_ins_made_at", "pending_sign_ins", ["made_at"])
    op.create_index("ix_pending_sign_ins_person_id", "pending_sign_ins", ["person_id"])
    op.create_index("ix_pending_sign_ins_school_id", "pending_sign_ins", ["school_id"])
    op.create_table(
        "used_challenges",
        sa.Column("challenge_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_sha256", name="pk_used_challenges"),
    )
    op.create_index("ix_used_challenges_used_at", "used_challenges", ["used_at"])


def _of_a_person(table):
    yield sa.Column("school_id", sa.Uuid(), nullable=False)
    yield sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=f"fk_{table}_person_id_people")


def downgrade():
    for name in ("used_challenges", *reversed(OF_A_PERSON)):
        op.drop_table(name)
    with op.batch_alter_table("accounts") as batch:
        batch.drop_column("factor_due_at")
    with op.batch_alter_table("sign_ins") as batch:
        for name in ("is_shared", "amr", "proven_at"):
            batch.drop_column(name)
