"""A consumer's place in every stream it hears (PROTOCOL F1)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.bus import event_cursor
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession

LIVE, BEHIND = "live", "behind"
DIVERGED, BLOCKED, PAUSED = "diverged", "blocked", "paused"
HELD = (DIVERGED, BLOCKED, PAUSED)
"""States in which nothing is applied until a human has decided."""

_C = event_cursor.c


@dataclass(slots=True)
class Cursor:
    """A row of `event_cursor`, as far as applying needs it."""

    stream: str
    epoch: UUID | None
    position: int
    last_id: UUID | None
    state: str


# Statements are built once: they run for every batch of events.
_CURSOR = select(_C.stream, _C.epoch, _C.position, _C.last_id, _C.state)
_ONE = _CURSOR.where(_C.stream == bindparam("of"))
_LOCKED = _ONE.with_for_update()
_FIELDS = ("epoch", "position", "last_id", "state", "crash_pos", "crash_count", "updated_at")
_MOVE = (
    update(event_cursor)
    .where(_C.stream == bindparam("of"))
    .values({name: bindparam(name) for name in _FIELDS})
)
_place = _C.position + 1
_again = _C.crash_count + case((_place == bindparam("counted"), 0), else_=1)
_MARK = (
    update(event_cursor)
    .where(
        _C.stream == bindparam("of"),
        _place >= bindparam("first"),
        _place <= bindparam("last"),
        _C.state.not_in(HELD),
    )
    .values(crash_pos=_place, crash_count=case((_C.crash_pos == _place, _again), else_=1))
    .returning(_C.crash_pos, _C.crash_count)
)


def school_of(stream: str) -> str:
    """Return what a session for this stream is opened for."""
    school = stream.partition("/")[2]
    return EVERY_SCHOOL if school == "_" else school


def log_of(stream: str) -> str:
    """Return the log a stream belongs to."""
    return stream.partition("/")[0]


def owner_of(stream: str) -> str:
    """Return the service whose feed carries a stream or a log: of `journal-access/…` it is journal."""
    return log_of(stream).partition("-")[0]


def get(session: SchoolSession, stream: str) -> Cursor:
    """Return the cursor as it stands; at the beginning when nothing was heard yet."""
    row = session.connection().execute(_ONE, {"of": stream}).first()
    return Cursor(*row) if row else Cursor(stream, None, 0, None, BEHIND)


def every(session: SchoolSession) -> dict[str, Cursor]:
    """Return all cursors by stream."""
    return {row[0]: Cursor(*row) for row in session.execute(_CURSOR)}


def lock(session: SchoolSession, stream: str) -> Cursor:
    """Return the cursor with its row locked until the commit; made if there was none."""
    connection = session.connection()
    row = connection.execute(_LOCKED, {"of": stream}).first()
    if row is None:
        build: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        first = {"stream": stream, "position": 0, "state": BEHIND, "crash_count": 0, "updated_at": now()}
        connection.execute(build(event_cursor).values(first).on_conflict_do_nothing())
        row = connection.execute(_LOCKED, {"of": stream}).one()
    return Cursor(*row)


def move(session: SchoolSession, cursor: Cursor) -> None:
    """Write a locked cursor back; whatever was attempted at its place has succeeded."""
    session.connection().execute(
        _MOVE,
        {
            "of": cursor.stream,
            "epoch": cursor.epoch,
            "position": cursor.position,
            "last_id": cursor.last_id,
            "state": cursor.state,
            "crash_pos": None,
            "crash_count": 0,
            "updated_at": now(),
        },
    )


def set_state(session: SchoolSession, stream: str, state: str) -> None:
    """Change a stream's state and nothing else."""
    session.execute(update(event_cursor).where(_C.stream == stream).values(state=state, updated_at=now()))


def reset(session: SchoolSession, stream: str) -> None:
    """Put the cursor back to the beginning; the catch-up does the rest."""
    cursor = lock(session, stream)
    cursor.epoch, cursor.position, cursor.last_id, cursor.state = None, 0, None, BEHIND
    move(session, cursor)


def mark_attempt(database: Database, stream: str, first: int, last: int, counted: int) -> tuple[int, int]:
    """Note that the event at the cursor is about to be tried; return its position and the tries so far.

    A process that is killed leaves the note behind, and the next one counts it. `counted` is the
    position this process has counted already. Position 0: the events do not continue the cursor.
    The note need not survive a power cut, so PostgreSQL is spared the wait for its disk.
    """
    given = {"of": stream, "first": first, "last": last, "counted": counted}
    with database.writing(school_of(stream)) as session:
        if database.is_postgres:
            session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
        row = session.connection().execute(_MARK, given).first()
        if row is None and first == 1:
            lock(session, stream)  # The very first event: make the row it is noted in.
            row = session.connection().execute(_MARK, given).first()
    return (row[0], row[1]) if row else (0, 0)
