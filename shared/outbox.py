"""Tell the other services what happened, in the transaction in which it happened (PROTOCOL C).

`publish` only remembers; the log is written with the commit itself, so that the lock on the
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
from sqlalchemy import event
from sqlalchemy.dialects import sqlite

from shared.bulk import insert_rows
from shared.bus import event_log, event_stream
from shared.clock import now
from shared.db import EVERY_SCHOOL, SchoolSession, say_last
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


# The first event of a stream makes it. The row of a stream's head stays locked until the commit.
_APPEND_POSTGRES = """
    WITH moved AS (
        INSERT INTO event_stream (stream, epoch, head, head_id)
        VALUES (%(stream)s, gen_random_uuid(), %(count)s, %(last)s)
        ON CONFLICT (stream) DO UPDATE
        SET head = event_stream.head + excluded.head,
            before_id = event_stream.head_id, head_id = excluded.head_id
        RETURNING head - %(count)s::int AS was, before_id, epoch, clock_timestamp() AS at
    )
    INSERT INTO event_log (stream, position, id, prev_id, epoch, type, subject, time, meta, data)
    SELECT %(stream)s::text, moved.was + told.number, told.id, COALESCE(told.prev_id, moved.before_id),
           moved.epoch, told.type, told.subject, moved.at, told.meta, told.data
    FROM moved, json_to_recordset(%(told)s::json)
        AS told (number int, id uuid, prev_id uuid, type text, subject text, meta text, data text)
"""

_S = event_stream.c
_FIRST = sqlite.insert(event_stream)
_ADVANCE_SQLITE = _FIRST.on_conflict_do_update(
    index_elements=[_S.stream],
    set_={
        _S.head: _S.head + _FIRST.excluded.head,
        _S.before_id: _S.head_id,
        _S.head_id: _FIRST.excluded.head_id,
    },
).returning(_S.head, _S.before_id, _S.epoch)


@event.listens_for(SchoolSession, "before_commit")
def _write_log(session: SchoolSession) -> None:
    if session.in_nested_transaction():
        return  # A savepoint; the head is locked only at the very end.
    waiting = session.info.pop("outbox", None)
    if not waiting:
        return
    session.flush()
    append = _append_postgres if session.get_bind().dialect.name == "postgresql" else _append_sqlite
    session.info["told"] = perf_counter(), [stream.partition("/")[0] for stream in waiting]
    for stream in sorted(waiting):
        append(session, stream, waiting[stream])
    reach("before_commit")


@event.listens_for(SchoolSession, "after_commit")
def _wake_relay(session: SchoolSession) -> None:
    if told := session.info.pop("told", None):
        reach("after_commit")
        committed.ring()
        started, logs = told
        for log in logs:
            HEAD_LOCK_WAIT.labels(log).observe(perf_counter() - started)


@event.listens_for(SchoolSession, "after_rollback")
def _forget(session: SchoolSession) -> None:
    session.info.pop("outbox", None)
    session.info.pop("told", None)


def _append_postgres(session: SchoolSession, stream: str, told: Sequence[_Told]) -> None:
    """Write events behind the stream's head, which nobody else moves until the commit."""
    before = [None, *(one.id for one in told)]
    rows = [
        {**vars(one), "number": number, "prev_id": before[number - 1]} for number, one in enumerate(told, 1)
    ]
    given = {"stream": stream, "count": len(told), "last": told[-1].id, "told": orjson.dumps(rows).decode()}
    say_last(session, _APPEND_POSTGRES, given)


def _append_sqlite(session: SchoolSession, stream: str, told: Sequence[_Told]) -> None:
    """Do the same in two statements: whoever writes has the whole database."""
    given = {"stream": stream, "epoch": uuid4(), "head": len(told), "head_id": told[-1].id}
    head, before, epoch = session.connection().execute(_ADVANCE_SQLITE, given).one()
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
