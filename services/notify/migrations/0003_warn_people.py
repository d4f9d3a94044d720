"""What people have to hear at once about their own accounts."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0003_warn_people"
down_revision = "0002_heed_consents"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "warnings",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_warnings"),
        sa.UniqueConstraint("id", name="uq_warnings_id"),
    )
    op.create_index("ix_warnings_person_id_id", "warnings", ["person_id", "id"])
    op.create_index("ix_warnings_mail_next_at", "warnings", ["mail", "next_at"])
    op.create_index("ix_warnings_school_id", "warnings", ["school_id"])
    protect(op, "warnings")


def downgrade():
    op.drop_table("warnings")
