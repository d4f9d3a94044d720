"""The event log as relays and feeds read it; `shared.outbox` alone writes it (PROTOCOL C1)."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.bus import event_log, event_stream, relay_cursor
from shared.db import EVERY_SCHOOL, Database, SchoolSession

PAGE = 500


class Head(NamedTuple):
    """Where a stream ends."""

    stream: str
    head: int
    head_id: UUID | None
    epoch: UUID


class Unpublished(NamedTuple):
    """A stream whose events up to `published` the broker has confirmed, and no further."""

    stream: str
    published: int
    head: int


# Statements are built once: a relay runs them twenty times a second.
_HEADS = select(event_stream.c.stream, event_stream.c.head, event_stream.c.head_id, event_stream.c.epoch)
_PUBLISHED = func.coalesce(relay_cursor.c.published, 0)
_UNPUBLISHED = (
    select(event_stream.c.stream, _PUBLISHED, event_stream.c.head)
    .outerjoin(relay_cursor, relay_cursor.c.stream == event_stream.c.stream)
    .where(event_stream.c.head != _PUBLISHED)
)


_HEAD = _HEADS.where(event_stream.c.stream == bindparam("of"))
_EVENTS = (
    select(event_log)
    .where(event_log.c.stream == bindparam("of"), event_log.c.position >= bindparam("first"))
    .order_by(event_log.c.position)
    .limit(bindparam("most"))
)


def heads(session: SchoolSession) -> list[Head]:
    """Return the heads of all streams here, by name."""
    return [Head(*row) for row in session.execute(_HEADS.order_by(event_stream.c.stream))]


def head(session: SchoolSession, stream: str) -> Head | None:
    """Return a stream's head; None where nothing was ever told."""
    row = session.connection().execute(_HEAD, {"of": stream}).first()
    return Head(*row) if row else None


def events_from(session: SchoolSession, stream: str, first: int, limit: int = PAGE) -> Sequence[Any]:
    """Return rows of the log from a position on, in order, at most `limit`."""
    given = {"of": stream, "first": first, "most": limit}
    return session.connection().execute(_EVENTS, given).all()


def unpublished(database: Database) -> list[Unpublished]:
    """Return the streams the broker does not have in full.

    A log that ends before the mark was restored from an older copy; its mark goes back to its end.
    """
    with database.reading(EVERY_SCHOOL) as session:
        found = [Unpublished(*row) for row in session.connection().execute(_UNPUBLISHED)]
    for one in found:
        if one.head < one.published:
            move_published(database, one.stream, one.published, one.head)
    return [one for one in found if one.head > one.published]


def read_log(database: Database, stream: str, after: int, limit: int = PAGE) -> Sequence[Any]:
    """Return the rows after a position, in a transaction that has ended when they are returned."""
    with database.reading(EVERY_SCHOOL) as session:
        return events_from(session, stream, after + 1, limit)


def move_published(database: Database, stream: str, was: int, becomes: int) -> bool:
    """Move the mark by compare-and-set; False when another relay has moved it meanwhile.

    A mark lost with the power only makes duplicates, so PostgreSQL is spared the wait for its disk.
    """
    with database.writing(EVERY_SCHOOL) as session:
        if database.is_postgres:
            session.execute(text("SET LOCAL synchronous_commit = off"))
        moved = session.execute(
            update(relay_cursor)
            .where(relay_cursor.c.stream == stream, relay_cursor.c.published == was)
            .values(published=becomes)
        )
        if moved.rowcount:  # type: ignore[attr-defined]
            return True
        if was:
            return False
        # Two relays may both be the first to come here: one inserts, and the other has lost.
        build = postgresql.insert if database.is_postgres else sqlite.insert
        first = build(relay_cursor).values(stream=stream, published=becomes).on_conflict_do_nothing()
        return session.scalar(first.returning(relay_cursor.c.stream)) is not None
