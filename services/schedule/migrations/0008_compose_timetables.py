"""The solver's work on a timetable."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0008_compose_timetables"
down_revision = "0007_remember_imports"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "compositions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("keeps_locked", sa.Boolean(), nullable=False),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("log", sa.String(length=4000), nullable=False),
        sa.Column("failure", sa.String(length=20), nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("worker", sa.String(length=100), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("timetable_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed', 'stopped')", name="ck_compositions_status"
        ),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_compositions_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_compositions"),
    )
    op.create_index("ix_compositions_school_id", "compositions", ["school_id"], unique=False)
    op.create_index("ix_compositions_status", "compositions", ["status"], unique=False)
    protect(op, "compositions")


def downgrade():
    op.drop_table("compositions")
