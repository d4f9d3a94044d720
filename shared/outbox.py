"""Tell the other services what happened, in the transaction in which it happened (PROTOCOL C).

`publish` only remembers; the log is written just before the commit, so that the lock on the
stream's head, which orders all writers of a school, is the last one taken and held the shortest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Condition
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import orjson
import structlog
from sqlalchemy import bindparam, event, func, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.bulk import insert_rows
from shared.bus import event_log, event_stream
from shared.clock import now
from shared.db import EVERY_SCHOOL, Instant, SchoolSession
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


_S = event_stream.c
# Built once: every write of every service runs one of these, with the head locked from here on.
_ADVANCE = (
    update(event_stream)
    .where(_S.stream == bindparam("of"))
    .values(head=_S.head + bindparam("count"), before_id=_S.head_id, head_id=bindparam("last"))
)
_ADVANCED = _S.head, _S.before_id, _S.epoch
_ADVANCE_POSTGRES = _ADVANCE.returning(*_ADVANCED, func.clock_timestamp(type_=Instant))
_ADVANCE_SQLITE = _ADVANCE.returning(*_ADVANCED, bindparam("at", type_=Instant))


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
    started = perf_counter()
    head, before, epoch, at = _advance(session, stream, len(told), told[-1].id)
    HEAD_LOCK_WAIT.labels(stream.partition("/")[0]).observe(perf_counter() - started)
    ids = [before, *(one.id for one in told)]
    rows = [
        {
            "stream": stream,
            "position": head - len(told) + number,
            "id": one.id,
            "prev_id": ids[number - 1],
            "epoch": epoch,
            "type": one.type,
            "subject": one.subject,
            "time": at,
            "meta": one.meta,
            "data": one.data,
        }
        for number, one in enumerate(told, 1)
    ]
    insert_rows(session, event_log, rows)


def _advance(
    session: SchoolSession, stream: str, count: int, last: UUID
) -> tuple[int, UUID | None, UUID, datetime]:
    """Move the stream's head; the row lock taken here holds until the commit."""
    connection = session.connection()
    on_postgres = connection.dialect.name == "postgresql"
    moved = _ADVANCE_POSTGRES if on_postgres else _ADVANCE_SQLITE
    given = {"of": stream, "count": count, "last": last} | ({} if on_postgres else {"at": now()})
    row = connection.execute(moved, given).first()
    if row is None:
        _open_stream(session, stream)
        row = connection.execute(moved, given).one()
    return row[0], row[1], row[2], row[3]


def _open_stream(session: SchoolSession, stream: str) -> None:
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"stream": stream, "epoch": uuid4(), "head": 0}
    session.execute(build(event_stream).values(row).on_conflict_do_nothing())
