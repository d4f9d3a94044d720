"""Consents, the access log, erasure."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0008_guard_personal_data"
down_revision = "0007_open_to_clients"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

LOG = ("access_log", "access_links", "access_circles")
"""Never changed, and nothing of the last year deleted, whoever asks."""

TABLES = (
    *LOG,
    "access_roots",
    "card_changes",
    "consents",
    "subject_requests",
    "erasures",
)

# Not P0001: the database says of it what it says of every other forbidden thing.
FORBID = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {unless}
    RAISE EXCEPTION 'the access log is only added to' USING ERRCODE = 'insufficient_privilege';
END $$
"""
A_YEAR_OLD = "IF TG_OP = 'DELETE' AND OLD.at < now() - interval '365 days' THEN RETURN OLD; END IF;"
A_YEAR_OLD_SQLITE = "WHEN OLD.at > datetime('now', '-365 days')"


def upgrade():
    _create_log()
    _create_roots()
    _create_consents()
    _create_requests()
    _create_erasures()
    protect(op, *TABLES)
    if op.get_bind().dialect.name == "postgresql":
        _forbid_on_postgres()
    else:
        _forbid_on_sqlite()


def _create_log():
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.String(length=80), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("endpoint", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    op.create_index("ix_access_log_school_id_at_id", "access_log", ["school_id", "at", "id"])
    op.create_index("ix_access_log_about_at", "access_log", ["about", "at"])
    op.create_index("ix_access_log_actor_id_at", "access_log", ["actor_id", "at"])
    op.create_index("ix_access_log_at", "access_log", ["at"])
    op.create_index("ix_access_log_session_id", "access_log", ["session_id"])
    op.create_table(
        "access_circles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "person_id", name="pk_access_circles"),
    )
    op.create_index("ix_access_circles_person_id", "access_circles", ["person_id"])
    op.create_index("ix_access_circles_school_id", "access_circles", ["school_id"])


def _create_roots():
    op.create_table(
        "access_links",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_access_links"),
        sa.UniqueConstraint("chain", "number", name="uq_access_links_chain_number"),
    )
    op.create_index("ix_access_links_chain_day", "access_links", ["chain", "day"])
    op.create_index("ix_access_links_at", "access_links", ["at"])
    op.create_index("ix_access_links_school_id", "access_links", ["school_id"])
    op.create_table(
        "access_roots",
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("chain", "day", name="pk_access_roots"),
    )
    op.create_index("ix_access_roots_school_id", "access_roots", ["school_id"])


def _create_consents():
    op.create_table(
        "card_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_card_changes_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_card_changes"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=500), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id_people"),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name="fk_consents_given_by_people"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    live = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_consents_live",
        "consents",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )
    op.create_index("ix_card_changes_request_id", "card_changes", ["request_id"])
    _index_people("card_changes", "consents")


def _create_requests():
    op.create_table(
        "subject_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_subject_requests_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_subject_requests"),
    )
    _index_people("subject_requests")


def _create_erasures():
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("kept", JSON, nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("refused_at", INSTANT, nullable=True),
        sa.Column("destroyed", JSON, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_erasures_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    _index_people("erasures")


def _index_people(*tables):
    for table in tables:
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])
        op.create_index(f"ix_{table}_school_id", table, ["school_id"])


def _forbid_on_postgres():
    op.execute(FORBID.format(name="keep_access_log", unless=A_YEAR_OLD))
    op.execute(FORBID.format(name="keep_access_roots", unless=""))
    for table in (*LOG, "access_roots"):
        function = "keep_access_roots" if table == "access_roots" else "keep_access_log"
        op.execute(
            f"CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_access_roots()"
        )


def _forbid_on_sqlite():
    refuse = "BEGIN SELECT RAISE(ABORT, 'the access log is only added to'); END"
    for table in (*LOG, "access_roots"):
        op.execute(f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} {refuse}")
        unless = "" if table == "access_roots" else A_YEAR_OLD_SQLITE
        op.execute(f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {unless} {refuse}")


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_access_log()")
        op.execute("DROP FUNCTION keep_access_roots()")
