"""A pupil's cells are found without reading everybody's: a diary asks for all years at once."""

from alembic import op

revision = "0011_find_by_pupil"
down_revision = "0010_keep_files"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_entries_pupil_id_page_id", "entries", ["pupil_id", "page_id"])


def downgrade():
    op.drop_index("ix_entries_pupil_id_page_id", "entries")
