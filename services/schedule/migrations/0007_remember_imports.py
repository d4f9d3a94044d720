"""Imports of timetables: what they were told, and how to undo them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0007_remember_imports"
down_revision = "0006_keep_timetables"
branch_labels = None
depends_on = None

PARTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("choices", PARTS, nullable=False),
        sa.Column("report", PARTS, nullable=False),
        sa.Column("undo", PARTS, nullable=True),
        sa.Column("timetable_id", sa.Uuid(), nullable=True),
        sa.Column("timetable_version", sa.Integer(), nullable=True),
        sa.Column("brought_by", sa.Uuid(), nullable=True),
        sa.Column("brought_at", INSTANT, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('brought', 'taken', 'undone')", name="ck_import_batches_state"),
        sa.PrimaryKeyConstraint("id", name="pk_import_batches"),
    )
    op.create_index(
        "ix_import_batches_school_id_brought_at", "import_batches", ["school_id", "brought_at"], unique=False
    )
    op.create_table(
        "import_names",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "what IN ('teachers', 'groups', 'subjects', 'rooms')", name="ck_import_names_what"
        ),
        sa.PrimaryKeyConstraint("school_id", "kind", "what", "name", name="pk_import_names"),
    )
    op.create_index("ix_import_names_target_id", "import_names", ["target_id"], unique=False)
    protect(op, "import_batches", "import_names")


def downgrade():
    op.drop_table("import_names")
    op.drop_table("import_batches")
