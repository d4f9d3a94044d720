"""Schools, people, groups; accounts, sessions, clients and keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0001_create_people"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SORTED = sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql")

TABLES = (
    "attempts",
    "external_ids",
    "people",
    "schools",
    "signing_keys",
    "accounts",
    "clients",
    "groups",
    "guardianships",
    "roles",
    "sign_ins",
    "enrolments",
)
OF_A_SCHOOL = (
    "accounts",
    "enrolments",
    "external_ids",
    "groups",
    "guardianships",
    "people",
    "roles",
    "sign_ins",
)


def upgrade():
    op.create_table(
        "attempts",
        sa.Column("login_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("login_sha256", name="pk_attempts"),
    )
    op.create_index("ix_attempts_tried_at", "attempts", ["tried_at"], unique=False)
    op.create_table(
        "external_ids",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("external", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "source", "kind", "external", name="pk_external_ids"),
    )
    op.create_index("ix_external_ids_id", "external_ids", ["id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("patronymic", sa.String(length=120), nullable=False),
        sa.Column("sorted_by", SORTED, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_school_id", "people", ["school_id"], unique=False)
    op.create_index("ix_people_school_id_sorted_by", "people", ["school_id", "sorted_by", "id"], unique=False)
    op.create_table(
        "schools",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("scale", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schools"),
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(length=60), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("private_jwk", JSON, nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
        sa.UniqueConstraint("number", name="uq_signing_keys_number"),
    )
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_accounts_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
    )
    op.create_index("ix_accounts_school_id", "accounts", ["school_id"], unique=False)
    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("secret_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_clients_school_id_schools"),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("class_teacher_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('class', 'group', 'parallel')", name="ck_groups_kind"),
        sa.ForeignKeyConstraint(
            ["class_teacher_id"], ["people.id"], name="fk_groups_class_teacher_id_people"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["groups.id"], name="fk_groups_parent_id_groups"),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )
    op.create_index("ix_groups_class_teacher_id", "groups", ["class_teacher_id"], unique=False)
    op.create_index("ix_groups_school_id", "groups", ["school_id"], unique=False)
    op.create_table(
        "guardianships",
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["guardian_id"], ["people.id"], name="fk_guardianships_guardian_id_people"),
        sa.ForeignKeyConstraint(["pupil_id"], ["people.id"], name="fk_guardianships_pupil_id_people"),
        sa.PrimaryKeyConstraint("guardian_id", "pupil_id", name="pk_guardianships"),
    )
    op.create_index("ix_guardianships_pupil_id", "guardianships", ["pupil_id"], unique=False)
    op.create_index("ix_guardianships_school_id", "guardianships", ["school_id"], unique=False)
    op.create_table(
        "roles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_roles_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_roles"),
    )
    op.create_index("ix_roles_school_id", "roles", ["school_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sign_ins_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.UniqueConstraint("token_sha256", name="uq_sign_ins_token_sha256"),
    )
    op.create_index("ix_sign_ins_person_id", "sign_ins", ["person_id"], unique=False)
    op.create_index("ix_sign_ins_school_id", "sign_ins", ["school_id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ck_enrolments_days"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_enrolments_group_id_groups"),
        sa.ForeignKeyConstraint(["pupil_id"], ["people.id"], name="fk_enrolments_pupil_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolments"),
        sa.UniqueConstraint(
            "group_id", "pupil_id", "from_on", name="uq_enrolments_group_id_pupil_id_from_on"
        ),
    )
    op.create_index("ix_enrolments_pupil_id", "enrolments", ["pupil_id"], unique=False)
    op.create_index("ix_enrolments_school_id", "enrolments", ["school_id"], unique=False)
    protect(op, *OF_A_SCHOOL)
    protect(op, "schools", owner="id")
    protect(op, "clients")


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
