"""Absences of teachers, and what is decided about their lessons."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0003_substitute_lessons"
down_revision = "0002_give_out_calendars"
branch_labels = None
depends_on = None

STANDING = sa.text("withdrawn_at IS NULL")


def upgrade():
    # The old code writes lessons without saying: they are given by their own teachers.
    op.add_column(
        "lessons", sa.Column("is_substituted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("from_on <= until_on", name="ck_absences_days"),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_school_id", "absences", ["school_id"], unique=False)
    op.create_index("ix_absences_teacher_id", "absences", ["teacher_id"], unique=False)
    op.create_table(
        "substitutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("was_starts", sa.String(length=5), nullable=True),
        sa.Column("was_room_id", sa.Uuid(), nullable=True),
        sa.Column("was_teacher_ids", sa.Text(), nullable=False),
        sa.Column("teacher_ids", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("absence_id", sa.Uuid(), nullable=True),
        sa.Column("to_subject_id", sa.Uuid(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("to_number", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('teacher', 'joint', 'subject', 'room', 'cancel', 'move')", name="ck_substitutions_kind"
        ),
        sa.ForeignKeyConstraint(["absence_id"], ["absences.id"], name="fk_substitutions_absence_id_absences"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name="fk_substitutions_lesson_id_lessons"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_substitutions_room_id_rooms"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_substitutions_subject_id_subjects"),
        sa.ForeignKeyConstraint(
            ["to_subject_id"], ["subjects.id"], name="fk_substitutions_to_subject_id_subjects"
        ),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_substitutions_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_substitutions"),
    )
    op.create_index(
        "uq_substitutions_lesson_id", "substitutions", ["lesson_id"], unique=True,
        postgresql_where=STANDING, sqlite_where=STANDING,
    )  # fmt: skip
    op.create_index(
        "ix_substitutions_school_id_lesson_on", "substitutions", ["school_id", "lesson_on"], unique=False
    )
    protect(op, "absences", "substitutions")


def downgrade():
    op.drop_table("substitutions")
    op.drop_table("absences")
    with op.batch_alter_table("lessons") as lessons:
        lessons.drop_column("is_substituted")
