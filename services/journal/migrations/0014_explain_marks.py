"""What is said of a mark, whether it was corrected, and what excuses an absence."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0014_explain_marks"
down_revision = "0013_keep_plans"
branch_labels = None
depends_on = None

COLUMNS = ("comment", "comment_seq", "is_corrected", "excuse_id")


def upgrade():
    with op.batch_alter_table("entries") as entries:
        entries.add_column(sa.Column("comment", sa.String(500), nullable=True))
        entries.add_column(sa.Column("comment_seq", sa.Integer(), server_default="0", nullable=False))
        entries.add_column(sa.Column("is_corrected", sa.Boolean(), server_default=sa.false(), nullable=False))
        entries.add_column(sa.Column("excuse_id", sa.Uuid(), nullable=True))
    op.create_table(
        "excuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("sign", sa.String(10), nullable=False),
        sa.Column("paper", sa.String(20), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_excuses"),
    )
    op.create_index("ix_excuses_school_id", "excuses", ["school_id"])
    op.create_index("ix_excuses_pupil_id", "excuses", ["pupil_id"])
    protect(op, "excuses")


def downgrade():
    op.drop_table("excuses")
    with op.batch_alter_table("entries") as entries:
        for name in reversed(COLUMNS):
            entries.drop_column(name)
