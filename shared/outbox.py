"""Tell the other services what happened, in the transaction in which it happened (PROTOCOL C).

`publish` only remembers; the log is written just before the commit, so that the lock on the
stream's head, which orders all writers of a school, is the last one taken and held the shortest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import orjson
import structlog
from sqlalchemy import bindparam, event, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.bulk import insert_rows
from shared.bus import event_log, event_stream
from shared.clock import now
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.events import contract_of
from shared.failpoints import reach
from shared.ids import new_id
from shared.metrics import HEAD_LOCK_WAIT

MAX_DATA_BYTES = 60 * 1024  # The envelope around it brings the message to 64 KiB at most.


class Bell:
    """Rung after each commit that told something; any number of threads may wait for the next ring."""

    def __init__(self) -> None:
        self._rung = 0
        self._changed = Condition()

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, timeout: float) -> int:
        """Return the number of rings so far, at once when it is no longer `heard`."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != heard, timeout)
            return self._rung


committed = Bell()
"""A relay or a long poll in the same process need not wait for its turn to look."""


class TooMuchToTell(Exception):
    """An event's data is larger than a message may be: a mistake of the action that made it."""


@dataclass(frozen=True)
class _Told:
    id: UUID
    type: str
    subject: str
    meta: str
    data: str


def stream_name(log: str, school: UUID | str) -> str:
    """Return `<log>/<school>`; school `_` is for what belongs to none."""
    return f"{log}/{school}"


def publish(session: SchoolSession, told: object, *, school: UUID | None = None) -> UUID:
    """Tell what happened, as one event of the school's stream, if and when the session commits.

    The school is the session's; a session opened across schools names it. Returns the event's id.
    """
    contract = contract_of(told)
    data = orjson.dumps(told)
    if len(data) > MAX_DATA_BYTES:
        raise TooMuchToTell(f"{contract.type}: {len(data)} bytes")
    owner = str(school or session.info["school"])
    if owner == EVERY_SCHOOL:
        raise ValueError("A session across schools must name the school it tells of.")
    event_id = new_id()
    meta = orjson.dumps(_meta(session, contract.dataclass)).decode()
    waiting = session.info.setdefault("outbox", {})
    waiting.setdefault(stream_name(contract.log, owner), []).append(
        _Told(event_id, contract.type, contract.subject_of(told), meta, data.decode())
    )
    return event_id


def _meta(session: SchoolSession, dataclass_: str) -> dict[str, Any]:
    context = structlog.contextvars.get_contextvars()
    meta = {
        "dataclass": dataclass_,
        "actor": session.info.get("actor"),
        "correlationid": context.get("request_id"),
        "traceparent": context.get("traceparent"),
    }
    return {name: value for name, value in meta.items() if value is not None}


# Between two statements Python may wait for its turn while all other writers of the school wait for the
# head. So the last statement before the commit is the one that locks it, and all it needs is at hand.
_APPEND_POSTGRES = """
    WITH moved AS (
        UPDATE event_stream SET head = head + %(count)s::int, before_id = head_id, head_id = %(last)s
        WHERE stream = %(stream)s::text
        RETURNING head - %(count)s::int AS was, before_id, epoch, clock_timestamp() AS at
    )
    INSERT INTO event_log (stream, position, id, prev_id, epoch, type, subject, time, meta, data)
    SELECT %(stream)s::text, moved.was + told.number, told.id, COALESCE(told.prev_id, moved.before_id),
           moved.epoch, told.type, told.subject, moved.at, told.meta, told.data
    FROM moved, json_to_recordset(%(told)s::json)
        AS told (number int, id uuid, prev_id uuid, type text, subject text, meta text, data text)
"""

_S = event_stream.c
_ADVANCE_SQLITE = (
    update(event_stream)
    .where(_S.stream == bindparam("of"))
    .values(head=_S.head + bindparam("count"), before_id=_S.head_id, head_id=bindparam("last"))
    .returning(_S.head, _S.before_id, _S.epoch)
)


@event.listens_for(SchoolSession, "before_commit")
def _write_log(session: SchoolSession) -> None:
    if session.in_nested_transaction():
        return  # A savepoint; the head is locked only at the very end.
    waiting = session.info.pop("outbox", None)
    if not waiting:
        return
    session.flush()
    for stream in sorted(waiting):
        _append(session, stream, waiting[stream])
    session.info["told"] = True
    reach("before_commit")


@event.listens_for(SchoolSession, "after_commit")
def _wake_relay(session: SchoolSession) -> None:
    if session.info.pop("told", False):
        reach("after_commit")
        committed.ring()


@event.listens_for(SchoolSession, "after_rollback")
def _forget(session: SchoolSession) -> None:
    session.info.pop("outbox", None)


def _append(session: SchoolSession, stream: str, told: Sequence[_Told]) -> None:
    on_postgres = session.get_bind().dialect.name == "postgresql"
    append = _append_postgres if on_postgres else _append_sqlite
    started = perf_counter()
    if not append(session, stream, told):
        _open_stream(session, stream)
        append(session, stream, told)
    HEAD_LOCK_WAIT.labels(stream.partition("/")[0]).observe(perf_counter() - started)


def _append_postgres(session: SchoolSession, stream: str, told: Sequence[_Told]) -> bool:
    """Write events behind the stream's head, locked until the commit; False when there is no stream."""
    before = [None, *(one.id for one in told)]
    rows = [
        {**vars(one), "number": number, "prev_id": before[number - 1]} for number, one in enumerate(told, 1)
    ]
    given = {"stream": stream, "count": len(told), "last": told[-1].id, "told": orjson.dumps(rows).decode()}
    return bool(session.connection().exec_driver_sql(_APPEND_POSTGRES, given).rowcount)


def _append_sqlite(session: SchoolSession, stream: str, told: Sequence[_Told]) -> bool:
    """Do the same in two statements: whoever writes has the whole database."""
    given = {"of": stream, "count": len(told), "last": told[-1].id}
    moved = session.connection().execute(_ADVANCE_SQLITE, given).first()
    if moved is None:
        return False
    head, before, epoch = moved
    ids, at = [before, *(one.id for one in told)], now()
    rows = [
        {
            **vars(one),
            "stream": stream,
            "position": head - len(told) + number,
            "prev_id": ids[number - 1],
            "epoch": epoch,
            "time": at,
        }
        for number, one in enumerate(told, 1)
    ]
    insert_rows(session, event_log, rows)
    return True


def _open_stream(session: SchoolSession, stream: str) -> None:
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"stream": stream, "epoch": uuid4(), "head": 0}
    session.execute(build(event_stream).values(row).on_conflict_do_nothing())
