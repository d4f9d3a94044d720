"""Notices and letters, and the copies of whom to tell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0001_create_notices"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TABLES = ("guardianships", "letters", "news", "notices", "people", "preferences", "schools", "subjects")


def upgrade():
    op.create_table(
        "guardianships",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("pupil_id", "guardian_id", name="pk_guardianships"),
    )
    op.create_index("ix_guardianships_guardian_id", "guardianships", ["guardian_id"], unique=False)
    op.create_index("ix_guardianships_school_id", "guardianships", ["school_id"], unique=False)
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    op.create_index("ix_letters_recipient_id", "letters", ["recipient_id"], unique=False)
    op.create_index("ix_letters_school_id", "letters", ["school_id"], unique=False)
    op.create_index("ix_letters_state_next_at", "letters", ["state", "next_at"], unique=False)
    op.create_table(
        "news",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=False),
        sa.Column("entries", JSON, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "pupil_id", name="pk_news"),
    )
    op.create_index("ix_news_pupil_id", "news", ["pupil_id"], unique=False)
    op.create_index("ix_news_school_id", "news", ["school_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "pupil_id", "recipient_id", name="pk_notices"),
        sa.UniqueConstraint("id", name="uq_notices_id"),
    )
    op.create_index("ix_notices_letter_id", "notices", ["letter_id"], unique=False)
    op.create_index("ix_notices_recipient_id_id", "notices", ["recipient_id", "id"], unique=False)
    op.create_index("ix_notices_school_id", "notices", ["school_id"], unique=False)
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["recipient_id"],
        unique=False,
        postgresql_where=sa.text("mail = 'waiting'"),
        sqlite_where=sa.text("mail = 'waiting'"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_school_id", "people", ["school_id"], unique=False)
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email_enabled", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_preferences"),
    )
    op.create_index("ix_preferences_school_id", "preferences", ["school_id"], unique=False)
    op.create_table(
        "schools",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_schools"),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
    )
    op.create_index("ix_subjects_school_id", "subjects", ["school_id"], unique=False)
    protect(op, *TABLES)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
