"""Pages and what is written on them; copies of what identity and schedule tell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0001_create_pages"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = (
    "closings",
    "descriptions",
    "enrolments",
    "entries",
    "groups",
    "guardianships",
    "lesson_teachers",
    "lessons",
    "page_teachers",
    "pages",
    "people",
    "periods",
    "revisions",
    "schools",
    "subjects",
    "works",
    "years",
)


def upgrade():
    op.create_table(
        "closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_closings"),
    )
    op.create_index("ix_closings_school_id", "closings", ["school_id"], unique=False)
    op.create_index(
        "uq_closings_period_id_standing",
        "closings",
        ["period_id"],
        unique=True,
        postgresql_where=sa.text("reopened_at IS NULL"),
        sqlite_where=sa.text("reopened_at IS NULL"),
    )
    op.create_table(
        "descriptions",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=1000), nullable=True),
        sa.Column("homework", sa.String(length=4000), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "lesson_id", name="pk_descriptions"),
    )
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
        "entries",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=10), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "lesson_id", "slot", "pupil_id", name="pk_entries"),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("class_teacher_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )
    op.create_index("ix_groups_class_teacher_id", "groups", ["class_teacher_id"], unique=False)
    op.create_index("ix_groups_parent_id", "groups", ["parent_id"], unique=False)
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
        "lesson_teachers",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", "teacher_id", name="pk_lesson_teachers"),
    )
    op.create_index("ix_lesson_teachers_school_id", "lesson_teachers", ["school_id"], unique=False)
    op.create_index("ix_lesson_teachers_teacher_id", "lesson_teachers", ["teacher_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
    )
    op.create_index("ix_lessons_page_id_held_on", "lessons", ["page_id", "held_on"], unique=False)
    op.create_index("ix_lessons_school_id", "lessons", ["school_id"], unique=False)
    op.create_table(
        "page_teachers",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "teacher_id", name="pk_page_teachers"),
    )
    op.create_index("ix_page_teachers_school_id", "page_teachers", ["school_id"], unique=False)
    op.create_index("ix_page_teachers_teacher_id", "page_teachers", ["teacher_id"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint("group_id", "subject_id", "year_id", name="uq_pages_group_id_subject_id_year_id"),
    )
    op.create_index("ix_pages_school_id", "pages", ["school_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_school_id", "people", ["school_id"], unique=False)
    op.create_table(
        "periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_periods"),
    )
    op.create_index("ix_periods_school_id", "periods", ["school_id"], unique=False)
    op.create_index("ix_periods_year_id", "periods", ["year_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(length=4000), nullable=True),
        sa.Column("was", sa.String(length=4000), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "seq", name="pk_revisions"),
    )
    op.create_table(
        "schools",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("scale", JSON, nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_schools"),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
    )
    op.create_index("ix_subjects_school_id", "subjects", ["school_id"], unique=False)
    op.create_table(
        "works",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "lesson_id", "slot", name="pk_works"),
    )
    op.create_table(
        "years",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_years"),
    )
    op.create_index("ix_years_school_id", "years", ["school_id"], unique=False)
    protect(op, *TABLES)


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
