"""Who let the school write to them, and whether it has to be asked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import protect

revision = "0002_heed_consents"
down_revision = "0001_create_notices"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    op.create_table(
        "mail_consents",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_mail_consents"),
    )
    op.create_index("ix_mail_consents_school_id", "mail_consents", ["school_id"])
    op.create_table(
        "mail_rules",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("dated", JSON, nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_mail_rules"),
    )
    protect(op, "mail_consents", "mail_rules")


def downgrade():
    op.drop_table("mail_rules")
    op.drop_table("mail_consents")
