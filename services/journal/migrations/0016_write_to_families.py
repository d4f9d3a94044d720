"""Remarks, recommendations and praise to families, their history, and who has read them."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0016_write_to_families"
down_revision = "0015_give_tasks"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "remarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
    )
    op.create_index("ix_remarks_pupil_id_made_on", "remarks", ["pupil_id", "made_on"])
    op.create_index("ix_remarks_page_id", "remarks", ["page_id"])
    op.create_index("ix_remarks_group_id", "remarks", ["group_id"])
    op.create_index("ix_remarks_school_id", "remarks", ["school_id"])
    op.create_table(
        "remark_versions",
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=True),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("text", sa.String(2000), nullable=True),
        sa.Column("salt", sa.String(32), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("remark_id", "version", name="pk_remark_versions"),
    )
    op.create_index("ix_remark_versions_pupil_id", "remark_versions", ["pupil_id"])
    op.create_index("ix_remark_versions_school_id", "remark_versions", ["school_id"])
    op.create_table(
        "remark_readings",
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("remark_id", "person_id", name="pk_remark_readings"),
    )
    op.create_index("ix_remark_readings_person_id", "remark_readings", ["person_id"])
    op.create_index("ix_remark_readings_pupil_id", "remark_readings", ["pupil_id"])
    op.create_index("ix_remark_readings_school_id", "remark_readings", ["school_id"])
    protect(op, "remarks", "remark_versions", "remark_readings")


def downgrade():
    for table in ("remark_readings", "remark_versions", "remarks"):
        op.drop_table(table)
