"""The day of the lesson in each revision: the copy of the timetable alone could be moved unseen."""

import sqlalchemy as sa
from alembic import op

revision = "0028_date_revisions"
down_revision = "0027_know_holidays"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("revisions", sa.Column("lesson_on", sa.Date(), nullable=True))


def downgrade():
    op.drop_column("revisions", "lesson_on")
