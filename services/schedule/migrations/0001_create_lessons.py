"""The year, subjects, load, timetable and lessons; copies of schools, people and groups."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0001_create_lessons"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "enrolments",
    "groups",
    "guardianships",
    "people",
    "rooms",
    "schools",
    "subjects",
    "years",
    "bells",
    "holidays",
    "lessons",
    "loads",
    "periods",
    "slots",
)


def upgrade():
    op.create_table(
        "enrolments",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "pupil_id", "from_on", name="pk_enrolments"),
    )
    op.create_index("ix_enrolments_pupil_id", "enrolments", ["pupil_id"], unique=False)
    op.create_index("ix_enrolments_school_id", "enrolments", ["school_id"], unique=False)
    op.create_table(
        "groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )
    op.create_index("ix_groups_school_id", "groups", ["school_id"], unique=False)
    op.create_table(
        "guardianships",
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("guardian_id", "pupil_id", name="pk_guardianships"),
    )
    op.create_index("ix_guardianships_school_id", "guardianships", ["school_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("patronymic", sa.String(length=120), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_school_id", "people", ["school_id"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("building", sa.String(length=120), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("school_id", "name", name="uq_rooms_school_id_name"),
    )
    op.create_index("ix_rooms_school_id", "rooms", ["school_id"], unique=False)
    op.create_table(
        "schools",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_schools"),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sa.UniqueConstraint("school_id", "name", name="uq_subjects_school_id_name"),
    )
    op.create_index("ix_subjects_school_id", "subjects", ["school_id"], unique=False)
    op.create_table(
        "years",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school_days", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("school_days IN (5, 6)", name="ck_years_school_days"),
        sa.CheckConstraint("starts_on < ends_on", name="ck_years_days"),
        sa.PrimaryKeyConstraint("id", name="pk_years"),
        sa.UniqueConstraint("school_id", "starts_on", name="uq_years_school_id_starts_on"),
    )
    op.create_index("ix_years_school_id", "years", ["school_id"], unique=False)
    op.create_table(
        "bells",
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=True),
        sa.Column("ends", sa.String(length=5), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_bells_year_id_years"),
        sa.PrimaryKeyConstraint("year_id", "number", name="pk_bells"),
    )
    op.create_index("ix_bells_school_id", "bells", ["school_id"], unique=False)
    op.create_table(
        "holidays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_holidays_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_holidays"),
    )
    op.create_index("ix_holidays_school_id", "holidays", ["school_id"], unique=False)
    op.create_index("ix_holidays_year_id", "holidays", ["year_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("teacher_ids", sa.Text(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_lessons_room_id_rooms"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_lessons_subject_id_subjects"),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_lessons_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
        sa.UniqueConstraint(
            "group_id",
            "subject_id",
            "lesson_on",
            "number",
            name="uq_lessons_group_id_subject_id_lesson_on_number",
        ),
    )
    op.create_index("ix_lessons_school_id_lesson_on", "lessons", ["school_id", "lesson_on"], unique=False)
    op.create_table(
        "loads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("teacher_ids", sa.Text(), nullable=False),
        sa.Column("hours_per_week", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_loads_subject_id_subjects"),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_loads_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_loads"),
        sa.UniqueConstraint("year_id", "group_id", "subject_id", name="uq_loads_year_id_group_id_subject_id"),
    )
    op.create_index("ix_loads_school_id", "loads", ["school_id"], unique=False)
    op.create_table(
        "periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_periods_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_periods"),
        sa.UniqueConstraint("year_id", "name", name="uq_periods_year_id_name"),
    )
    op.create_index("ix_periods_school_id", "periods", ["school_id"], unique=False)
    op.create_table(
        "slots",
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("teacher_ids", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_slots_room_id_rooms"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_slots_subject_id_subjects"),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_slots_year_id_years"),
        sa.PrimaryKeyConstraint(
            "year_id", "group_id", "subject_id", "week", "weekday", "number", name="pk_slots"
        ),
    )
    op.create_index("ix_slots_school_id", "slots", ["school_id"], unique=False)
    protect(op, *TABLES)


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
