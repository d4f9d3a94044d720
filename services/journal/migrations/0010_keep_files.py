"""Files that people hand in; their contents are kept elsewhere."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0010_keep_files"
down_revision = "0009_find_by_day"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "file_contents",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "digest", name="pk_file_contents"),
    )
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(150), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_as", sa.String(20), nullable=True),
        sa.Column("used_in", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stored_files"),
        sa.ForeignKeyConstraint(
            ["school_id", "digest"],
            ["file_contents.school_id", "file_contents.digest"],
            name="fk_stored_files_digest_file_contents",
        ),
    )
    op.create_index("ix_stored_files_school_id_digest", "stored_files", ["school_id", "digest"])
    op.create_index("ix_stored_files_owner_id", "stored_files", ["owner_id"])
    op.create_index("ix_stored_files_used_in", "stored_files", ["used_in"])
    protect(op, "file_contents", "stored_files")


def downgrade():
    op.drop_table("stored_files")
    op.drop_table("file_contents")
