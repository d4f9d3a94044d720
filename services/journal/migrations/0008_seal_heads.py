"""The heads of all pages, sealed day by day."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0008_seal_heads"
down_revision = "0007_tell_works_apart"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "head_seals",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "day", name="pk_head_seals"),
    )
    op.create_table(
        "sealed_heads",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "page_id", "day", name="pk_sealed_heads"),
    )
    protect(op, "head_seals", "sealed_heads")


def downgrade():
    op.drop_table("sealed_heads")
    op.drop_table("head_seals")
