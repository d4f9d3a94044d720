"""OAuth clients, grants, refresh tokens, sign-in from other providers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0007_open_to_clients"
down_revision = "0006_add_second_factors"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NO_LIST, NOTHING = sa.text("'[]'"), sa.text("'{}'")
OF_A_SCHOOL = ("grants", "authorization_codes", "refresh_families", "logout_notices", "provider_links")
TABLES = (
    "grants",
    "authorization_codes",
    "refresh_families",
    "used_assertions",
    "logout_notices",
    "providers",
    "provider_links",
    "provider_visits",
)


def upgrade():
    _describe_clients()
    _make_grants()
    _make_refresh_families()
    _make_small_tables()
    _make_providers()
    protect(op, *OF_A_SCHOOL)
    protect(op, "providers")


def _describe_clients():
    with op.batch_alter_table("clients") as batch:
        batch.alter_column("secret_sha256", existing_type=sa.LargeBinary(length=32), nullable=True)
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("name", sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("is_enabled", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("is_preapproved", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("public_keys", JSON, nullable=False, server_default=NOTHING))
        batch.add_column(sa.Column("redirect_uris", JSON, nullable=False, server_default=NO_LIST))
        batch.add_column(sa.Column("post_logout_uris", JSON, nullable=False, server_default=NO_LIST))
        batch.add_column(sa.Column("logout_uri", sa.String(length=1000), nullable=False, server_default=""))


def _make_grants():
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        *_of("grants", "clients", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("person_id", "client_id", name="uq_grants_person_id_client_id"),
    )
    _index("grants", "client_id", "school_id")
    op.create_table(
        "authorization_codes",
        sa.Column("code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("redirect_uri", sa.String(length=1000), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("nonce", sa.String(length=500), nullable=False),
        sa.Column("code_challenge", sa.String(length=128), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        *_of("authorization_codes", "clients", "people"),
        sa.PrimaryKeyConstraint("code_sha256", name="pk_authorization_codes"),
    )
    _index("authorization_codes", "made_at", "school_id")


def _make_refresh_families():
    op.create_table(
        "refresh_families",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("key_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_for", sa.String(length=20), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        *_of("refresh_families", "clients", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_families"),
        sa.UniqueConstraint("key_sha256", name="uq_refresh_families_key_sha256"),
    )
    _index("refresh_families", "client_id", "person_id", "session_id", "expires_at", "school_id")


def _make_small_tables():
    op.create_table(
        "used_assertions",
        sa.Column("proof_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("proof_sha256", name="pk_used_assertions"),
    )
    _index("used_assertions", "expires_at")
    op.create_table(
        "logout_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        *_of("logout_notices", "clients"),
        sa.PrimaryKeyConstraint("id", name="pk_logout_notices"),
    )
    _index("logout_notices", "next_try_at", "school_id")


def _make_providers():
    op.create_table(
        "providers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("auth_method", sa.String(length=30), nullable=False),
        sa.Column("sealed_secret", sa.String(length=4000), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("counts_as", JSON, nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_providers_school_id_schools"),
        sa.PrimaryKeyConstraint("id", name="pk_providers"),
    )
    _index("providers", "school_id")
    op.create_table(
        "provider_links",
        sa.Column("provider_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        *_of("provider_links", "people", "providers"),
        sa.PrimaryKeyConstraint("provider_id", "subject", name="pk_provider_links"),
    )
    _index("provider_links", "person_id", "school_id")
    op.create_table(
        "provider_visits",
        sa.Column("state_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("provider_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("nonce", sa.String(length=100), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_back", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        *_of("provider_visits", "providers"),
        sa.PrimaryKeyConstraint("state_sha256", name="pk_provider_visits"),
    )
    _index("provider_visits", "made_at")


def _of(table, *owners):
    columns = {"clients": "client_id", "people": "person_id", "providers": "provider_id"}
    for owner in owners:
        column = columns[owner]
        name = f"fk_{table}_{column}_{owner}"
        yield sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=name)


def _index(table, *columns):
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
    # Clients without a secret could not prove themselves to what was there before.
    op.execute("DELETE FROM clients WHERE secret_sha256 IS NULL")
    with op.batch_alter_table("clients") as batch:
        for name in (
            "logout_uri",
            "post_logout_uris",
            "redirect_uris",
            "public_keys",
            "is_preapproved",
            "is_enabled",
            "is_public",
            "name",
            "version",
        ):
            batch.drop_column(name)
        batch.alter_column("secret_sha256", existing_type=sa.LargeBinary(length=32), nullable=False)
