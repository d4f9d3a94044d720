"""Kinds of periods, bell schedules, shifts, special days, and the history of changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0004_describe_the_year"
down_revision = "0003_substitute_lessons"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FORBID = """CREATE FUNCTION keep_year_changes() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE insufficient_privilege USING MESSAGE = 'the history of the year is only added to'; END $$"""
OWNED = ("bell_schedules", "bell_times", "class_shifts", "special_days", "subject_areas")


def upgrade():
    _make_directories()
    _make_days()
    _make_history()
    protect(op, *OWNED, "year_changes")


def _make_directories():
    # What is there already is for all parallels, and offered.
    kind = sa.Column("kind", sa.String(length=10), nullable=False, server_default="quarter")
    op.add_column("periods", kind)
    op.add_column("periods", sa.Column("grades", sa.Text(), nullable=False, server_default=""))
    op.add_column("holidays", sa.Column("grades", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "subject_areas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subject_areas"),
        sa.UniqueConstraint("school_id", "name", name="uq_subject_areas_school_id_name"),
    )
    with op.batch_alter_table("subjects") as batch:
        batch.add_column(sa.Column("short_name", sa.String(length=30), nullable=False, server_default=""))
        batch.add_column(sa.Column("area_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.create_foreign_key("fk_subjects_area_id_subject_areas", "subject_areas", ["area_id"], ["id"])
    op.add_column("rooms", sa.Column("kind", sa.String(length=20), nullable=False, server_default="ordinary"))
    op.add_column("rooms", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("rooms", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def _make_days():
    op.create_table(
        "bell_schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shift", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_bell_schedules_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_bell_schedules"),
        sa.UniqueConstraint("year_id", "name", "shift", name="uq_bell_schedules_year_id_name_shift"),
    )
    op.create_table(
        "bell_times",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=True),
        sa.Column("ends", sa.String(length=5), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["bell_schedules.id"], name="fk_bell_times_schedule_id_bell_schedules"
        ),
        sa.PrimaryKeyConstraint("schedule_id", "number", name="pk_bell_times"),
    )
    op.create_table(
        "class_shifts",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("shift", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "from_on", name="pk_class_shifts"),
    )
    op.create_table(
        "special_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("week", sa.Integer(), nullable=True),
        sa.Column("bell_schedule_id", sa.Uuid(), nullable=True),
        sa.Column("grades", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('moved', 'working', 'free', 'short', 'remote')", name="ck_special_days_kind"
        ),
        sa.ForeignKeyConstraint(
            ["bell_schedule_id"],
            ["bell_schedules.id"],
            name="fk_special_days_bell_schedule_id_bell_schedules",
        ),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_special_days_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_special_days"),
    )
    op.create_index("ix_special_days_year_id", "special_days", ["year_id"])
    for table in OWNED:
        op.create_index(f"ix_{table}_school_id", table, ["school_id"])


def _make_history():
    op.create_table(
        "year_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_year_changes"),
    )
    op.create_index("ix_year_changes_school_id_id", "year_changes", ["school_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FORBID)
        op.execute(
            "CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON year_changes "
            "FOR EACH ROW EXECUTE FUNCTION keep_year_changes()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER year_changes_no_{verb.lower()} BEFORE {verb} ON year_changes "
                "BEGIN SELECT RAISE(ABORT, 'the history of the year is only added to'); END"
            )


def downgrade():
    for table in ("year_changes", "special_days", "class_shifts", "bell_times", "bell_schedules"):
        op.drop_table(table)
    with op.batch_alter_table("subjects") as batch:
        batch.drop_constraint("fk_subjects_area_id_subject_areas", type_="foreignkey")
        for column in ("version", "closed_on", "area_id", "short_name"):
            batch.drop_column(column)
    op.drop_table("subject_areas")
    for table, columns in (
        ("rooms", ("version", "closed_on", "kind")),
        ("holidays", ("grades",)),
        ("periods", ("grades", "kind")),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_year_changes()")
