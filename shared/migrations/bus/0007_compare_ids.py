"""The wall between schools compares ids, not their texts: PostgreSQL plans well by what it can estimate.

Of all tables of a service that stand behind it by now; new ones are built so.
"""

import re

from alembic import op
from sqlalchemy import text

from shared.migrate import NAMED_SCHOOL, OWN_SCHOOL

revision = "0007_compare_ids"
down_revision = "0006_note_access"
branch_labels = None
depends_on = None

POLICIES = text("SELECT tablename, qual FROM pg_policies WHERE policyname = 'own_school'")
BY_TEXT = re.compile(r"\(\((\w+)\)::text = current_setting")
BY_ID = re.compile(r"\((\w+) = \( SELECT")


def upgrade() -> None:
    """Say the same of ids."""
    _say_anew(BY_TEXT, OWN_SCHOOL)


def downgrade() -> None:
    """Compare texts again."""
    _say_anew(BY_ID, NAMED_SCHOOL.replace("{owner}", "{owner}::text"))


def _say_anew(known: re.Pattern[str], rule: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, said in op.get_bind().execute(POLICIES).all():
        if found := known.search(said):
            op.execute(f"ALTER POLICY own_school ON {table} USING ({rule.format(owner=found[1])})")
