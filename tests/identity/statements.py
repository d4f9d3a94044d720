"""Which statements a piece of work costs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from shared.db import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """Collect the statements that reach the database meanwhile."""
    ran: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        ran.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield ran
    event.remove(database.engine, "before_cursor_execute", note)
