"""Numbered migrations: the event protocol's own tables, then the service's.

Revisions live in `services/<name>/migrations/0001_create_….py`; the revision id is the file's name.
They run unchanged on PostgreSQL and SQLite, and while the code before them still serves.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData

from shared import bus
from shared.db import Database
from shared.service import find_service

HERE = Path(__file__).parent
ROOT = HERE.parent

# Compared as ids, of which PostgreSQL knows how many there are: of a comparison of texts it believes that
# next to nothing passes, and reads whole tables again and again. The subselect is run once, not for each row.
OWN_SCHOOL = (
    "{owner} = (SELECT nullif(nullif(current_setting('parta.school', true), ''), '*')::uuid)"
    " OR current_setting('parta.school', true) = '*'"
)
NAMED_SCHOOL = (
    "current_setting('parta.school', true) = '*' OR {owner} = current_setting('parta.school', true)"
)


def upgrade(service: str, database: Database) -> None:
    """Bring a service's database to today's schema; doing it again changes nothing."""
    with database.engine.connect() as connection:
        for config in _configs(service, connection):
            command.upgrade(config, "head")
            connection.commit()


def downgrade(service: str, database: Database) -> None:
    """Take a service's own tables away again, for trying the way back."""
    with database.engine.connect() as connection:
        *_, own = _configs(service, connection)
        command.downgrade(own, "base")
        connection.commit()


def differences(service: str, database: Database) -> str:
    """Return what the models have and the migrations do not make; empty when they agree."""
    with database.engine.connect() as connection:
        for config in _configs(service, connection):
            heads = ScriptDirectory.from_config(config).get_heads()
            if len(heads) > 1:
                return f"several heads: {', '.join(sorted(heads))}"
            try:
                command.check(config)
            except CommandError as found:
                return str(found)
    return ""


def _configs(service: str, connection: Connection) -> Iterator[Config]:
    yield _config(connection, bus.metadata, HERE / "migrations" / "bus", "bus_version")
    metadata = find_service(service).metadata
    yield _config(connection, metadata, ROOT / "services" / service / "migrations", "schema_version")


def _config(connection: Connection, metadata: MetaData, versions: Path, version_table: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, metadata=metadata, version_table=version_table)
    return config


def protect(op: Any, *tables: str, owner: str = "school_id", rule: str = OWN_SCHOOL) -> None:
    """Put the second wall around tables: PostgreSQL shows a row only to its own school's session.

    `owner` is the SQL for the row's school, an id; by the rule NAMED_SCHOOL, the text of one. SQLite has
    no such wall; there the whole file belongs to one deployment.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_school ON {table} USING ({rule.format(owner=owner)})")
