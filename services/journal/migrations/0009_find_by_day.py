"""Lessons by day and revisions by lesson: a board of deadlines asks for a month of the whole school."""

from alembic import op

revision = "0009_find_by_day"
down_revision = "0008_seal_heads"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_lessons_school_id_held_on", "lessons", ["school_id", "held_on"])
    op.create_index("ix_revisions_lesson_id", "revisions", ["lesson_id"])


def downgrade():
    op.drop_index("ix_revisions_lesson_id", "revisions")
    op.drop_index("ix_lessons_school_id_held_on", "lessons")
