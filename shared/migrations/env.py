"""What Alembic runs for every service; `shared.migrate` hands it the connection and the metadata."""

from typing import Any

from alembic import context

attributes = context.config.attributes
mine = set(attributes["metadata"].tables)


def is_mine(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    """Leave alone the tables of the other set of migrations in the same database."""
    return kind != "table" or name in mine


context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    version_table=attributes["version_table"],
    include_object=is_mine,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
