"""Schools' parameters, people's contacts, class teachers' times, divisions, deputies' areas."""

import json
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0002_describe_schools"
down_revision = "0001_create_people"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
EVER = date(1900, 1, 1)

TABLES = ("parameter_values", "leaderships", "deputy_areas", "confirmations")
COLUMNS = (
    ("schools", lambda: sa.Column("short_name", sa.String(length=120), server_default="", nullable=False)),
    ("schools", lambda: sa.Column("address", sa.String(length=300), server_default="", nullable=False)),
    ("schools", lambda: sa.Column("phone", sa.String(length=60), server_default="", nullable=False)),
    ("schools", lambda: sa.Column("email", sa.String(length=254), server_default="", nullable=False)),
    ("people", lambda: sa.Column("sex", sa.String(length=1), nullable=True)),
    ("people", lambda: sa.Column("file_number", sa.String(length=30), nullable=True)),
    ("people", lambda: sa.Column("position", sa.String(length=120), nullable=True)),
    ("people", lambda: sa.Column("contacts", JSON, server_default="[]", nullable=False)),
    (
        "guardianships",
        lambda: sa.Column("kind", sa.String(length=20), server_default="representative", nullable=False),
    ),
    ("groups", lambda: sa.Column("division", sa.String(length=60), nullable=True)),
)


def upgrade():
    for table, column in COLUMNS:
        op.add_column(table, column())
    op.create_table(
        "parameter_values",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("act_number", sa.String(length=60), nullable=True),
        sa.Column("act_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_parameter_values_school_id_schools"),
        sa.PrimaryKeyConstraint("school_id", "name", "number", name="pk_parameter_values"),
    )
    op.create_table(
        "leaderships",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ck_leaderships_days"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_leaderships_group_id_groups"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_leaderships_person_id_people"),
        sa.PrimaryKeyConstraint("group_id", "from_on", name="pk_leaderships"),
    )
    op.create_index("ix_leaderships_person_id", "leaderships", ["person_id"], unique=False)
    op.create_index("ix_leaderships_school_id", "leaderships", ["school_id"], unique=False)
    op.create_table(
        "deputy_areas",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("grades", JSON, nullable=False),
        sa.Column("subjects", JSON, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_deputy_areas_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", name="pk_deputy_areas"),
    )
    op.create_index("ix_deputy_areas_school_id", "deputy_areas", ["school_id"], unique=False)
    op.create_table(
        "confirmations",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name="fk_confirmations_confirmed_by_people"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_confirmations_group_id_groups"),
        sa.PrimaryKeyConstraint("group_id", "confirmed_on", name="pk_confirmations"),
    )
    op.create_index("ix_confirmations_school_id", "confirmations", ["school_id"], unique=False)
    _keep_what_is_known(op.get_bind())
    protect(op, *TABLES)


def _keep_what_is_known(connection):
    """Begin the histories with today's zone, scale and class teachers."""
    if connection.dialect.name == "postgresql":  # Past the wall: the histories of every school.
        connection.exec_driver_sql("SELECT set_config('parta.school', '*', true)")
    schools = sa.table(
        "schools", sa.column("id", sa.Uuid()), sa.column("time_zone"), sa.column("scale", JSON)
    )
    at = datetime.now(UTC)
    values = [
        {
            "school_id": id_,
            "name": name,
            "number": 1,
            "valid_from": EVER,
            "json": json.dumps(value, ensure_ascii=False),
            "set_at": at,
        }
        for id_, *known in connection.execute(sa.select(schools)).all()
        for name, value in zip(("time_zone", "scale"), known, strict=True)
    ]
    names = ("school_id", "name", "number", "valid_from", "json", "set_at", "reason")
    types = {"school_id": sa.Uuid(), "valid_from": sa.Date(), "set_at": sa.DateTime(timezone=True)}
    kept = sa.table("parameter_values", *(sa.column(name, types.get(name)) for name in names))
    if values:
        connection.execute(sa.insert(kept), [value | {"reason": ""} for value in values])
    year = at.year if at.month >= 9 else at.year - 1
    connection.execute(
        sa.text(
            "INSERT INTO leaderships (group_id, from_on, person_id, school_id) "
            "SELECT id, :day, class_teacher_id, school_id FROM groups WHERE class_teacher_id IS NOT NULL"
        ).bindparams(sa.bindparam("day", date(year, 9, 1), sa.Date()))
    )


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column().name)
