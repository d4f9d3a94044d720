"""Thematic plans and the pages that follow them; hours of the curriculum; why lessons were lost."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0013_keep_plans"
down_revision = "0012_put_final_marks"
branch_labels = None
depends_on = None

TABLES = ("plans", "plan_topics", "page_plans", "page_topics", "planned_hours", "page_loads", "lost_lessons")


def upgrade():
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_year_id_subject_id", "plans", ["year_id", "subject_id"])
    op.create_table(
        "plan_topics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(300), nullable=False),
        sa.Column("topic", sa.String(1000), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("control", sa.String(100), nullable=False),
        sa.Column("homework", sa.String(4000), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_topics"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name="fk_plan_topics_plan_id_plans", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_plan_topics_plan_id_position", "plan_topics", ["plan_id", "position"])
    op.create_table(
        "page_plans",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", name="pk_page_plans"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_page_plans_plan_id_plans"),
    )
    op.create_index("ix_page_plans_plan_id", "page_plans", ["plan_id"])
    op.create_table(
        "page_topics",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "topic_id", name="pk_page_topics"),
    )
    _copies()
    for name in TABLES:
        op.create_index(f"ix_{name}_school_id", name, ["school_id"])
        protect(op, name)
    op.add_column("descriptions", sa.Column("topic_id", sa.Uuid(), nullable=True))


def _copies():
    op.create_table(
        "planned_hours",
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("class_ids", sa.Text(), nullable=False),
        sa.Column("quarters_per_week", sa.Integer(), nullable=False),
        sa.Column("hours_per_year", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("curriculum_id", "subject_id", name="pk_planned_hours"),
    )
    op.create_table(
        "page_loads",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("quarters_per_week", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", name="pk_page_loads"),
    )
    op.create_table(
        "lost_lessons",
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", name="pk_lost_lessons"),
    )


def downgrade():
    with op.batch_alter_table("descriptions") as descriptions:
        descriptions.drop_column("topic_id")
    for name in ("lost_lessons", "page_loads", "planned_hours", "page_topics", "page_plans", "plan_topics"):
        op.drop_table(name)
    op.drop_table("plans")
