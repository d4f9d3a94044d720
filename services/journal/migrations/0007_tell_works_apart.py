"""Works: which are written, which of internal monitoring, which count in the average."""

import sqlalchemy as sa
from alembic import op

revision = "0007_tell_works_apart"
down_revision = "0006_say_more_of_changes"
branch_labels = None
depends_on = None

WRITTEN = ("independent", "practical", "laboratory", "project", "dictation", "essay", "test", "control")


def upgrade():
    with op.batch_alter_table("works") as works:
        for name, usual in (("is_written", sa.false()), ("is_monitoring", sa.false()), ("counts", sa.true())):
            works.add_column(sa.Column(name, sa.Boolean(), server_default=usual, nullable=False))
    works = sa.table("works", sa.column("type", sa.String()), sa.column("is_written", sa.Boolean()))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('parta.school', '*', true)")
    if op.get_bind().dialect.name == "postgresql":  # The wall stands before this statement, too.
        op.execute("SELECT set_config('parta.school', '*', true)")
    op.execute(sa.update(works).where(works.c.type.in_(WRITTEN)).values(is_written=True))


def downgrade():
    with op.batch_alter_table("works") as works:
        for name in ("counts", "is_monitoring", "is_written"):
            works.drop_column(name)
