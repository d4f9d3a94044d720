"""The curriculum, and the load checked against it."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0005_plan_the_curriculum"
down_revision = "0004_describe_the_year"
branch_labels = None
depends_on = None

TABLES = ("curricula", "curriculum_items", "load_tables", "rates")


def upgrade():
    # The old code writes whole hours alone: nothing is taken off them.
    op.add_column("loads", sa.Column("quarters_off", sa.Integer(), nullable=False, server_default="0"))
    _make_plans()
    op.create_table(
        "load_tables",
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_load_tables_year_id_years"),
        sa.PrimaryKeyConstraint("year_id", "group_id", name="pk_load_tables"),
    )
    op.create_index("ix_load_tables_school_id", "load_tables", ["school_id"])
    op.create_table(
        "rates",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quarters_per_week", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_rates"),
    )
    protect(op, *TABLES)


def _make_plans():
    op.create_table(
        "curricula",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("class_ids", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("order_number", sa.String(length=40), nullable=True),
        sa.Column("order_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'approved', 'replaced')", name="ck_curricula_status"),
        sa.CheckConstraint("grade BETWEEN 0 AND 12", name="ck_curricula_grade"),
        sa.ForeignKeyConstraint(["replaces_id"], ["curricula.id"], name="fk_curricula_replaces_id_curricula"),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_curricula_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_curricula"),
    )
    op.create_index("ix_curricula_school_id", "curricula", ["school_id"])
    op.create_index("ix_curricula_year_id", "curricula", ["year_id"])
    op.create_table(
        "curriculum_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("quarters_per_week", sa.Integer(), nullable=False),
        sa.Column("hours_per_year", sa.Integer(), nullable=True),
        sa.Column("group_count", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("part IN ('required', 'formed')", name="ck_curriculum_items_part"),
        sa.CheckConstraint("group_count BETWEEN 1 AND 3", name="ck_curriculum_items_group_count"),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curricula.id"], name="fk_curriculum_items_curriculum_id_curricula"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name="fk_curriculum_items_subject_id_subjects"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_curriculum_items"),
        sa.UniqueConstraint(
            "curriculum_id", "subject_id", "part", name="uq_curriculum_items_curriculum_id_subject_id_part"
        ),
    )
    op.create_index("ix_curriculum_items_school_id", "curriculum_items", ["school_id"])


def downgrade():
    for name in ("rates", "load_tables", "curriculum_items", "curricula"):
        op.drop_table(name)
    with op.batch_alter_table("loads") as loads:
        loads.drop_column("quarters_off")
