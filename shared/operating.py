"""What an operator may do to a service's streams; the commands ask for a reason and log it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, text

from shared import cursors, heard, outbox, redacting
from shared.catchup import CatchUp, Diverged
from shared.clock import now
from shared.cursors import BEHIND, DIVERGED, HELD, PAUSED
from shared.db import Database, SchoolSession
from shared.inspecting import heard_streams
from shared.service import Service


class NotPossible(Exception):
    """The command makes no sense for the stream as it is; the text says why."""


def rebuild(service: Service, database: Database, stream: str) -> int:
    """Empty what was made from a stream, and hear it again from the beginning; return rows deleted.

    What was sent to people stays noted, so nothing is sent again.
    """
    with database.writing(cursors.school_of(stream)) as session:
        if database.is_postgres:
            session.execute(text("SET LOCAL statement_timeout = 0"))
        cursors.lock(session, stream)
        return _empty(session, service, stream)


def _empty(session: SchoolSession, service: Service, stream: str) -> int:
    log_name, _, school = stream.partition("/")
    deleted = 0
    for table in reversed(service.projections.get(log_name, ())):
        done = session.execute(delete(table).where(table.c.school_id == UUID(school)))
        deleted += done.rowcount  # type: ignore[attr-defined]
    heard.forget_stream(session, stream)
    cursors.reset(session, stream)
    return deleted


def rebuild_passed_over(service: Service, database: Database) -> dict[str, str]:
    """Rebuild the streams that have events of types listened to only since; return those types by stream.

    A stream that waits for a human goes on waiting.
    """
    found = {
        one.stream: one.rebuild_for
        for one in heard_streams(service, database)
        if one.rebuild_for and one.state not in HELD
    }
    for stream in found:
        rebuild(service, database, stream)
    return found


def pause(database: Database, stream: str) -> None:
    """Apply nothing of a stream until it is resumed."""
    with database.writing(cursors.school_of(stream)) as session:
        if (known := cursors.lock(session, stream).state) in {PAUSED, DIVERGED}:
            raise NotPossible(f"{stream} is {known} already.")
        cursors.set_state(session, stream, PAUSED)


def resume(database: Database, stream: str) -> None:
    """Go on with a paused stream; the catch-up brings what it missed."""
    with database.writing(cursors.school_of(stream)) as session:
        if cursors.lock(session, stream).state != PAUSED:
            raise NotPossible(f"{stream} is not paused.")
        cursors.set_state(session, stream, BEHIND)


def lost_events(catch_up: CatchUp, stream: str) -> list[Any]:
    """Return what this service heard and the producer no longer has, as far as it is kept."""
    with catch_up.database.reading(cursors.school_of(stream)) as session:
        kept = heard.tail(session, stream)
    source = catch_up.sources[cursors.owner_of(stream)]
    low, high = 0, len(kept)  # The producer has the first `low`; of those from `high` on, none.
    while low < high:
        middle = (low + high + 1) // 2
        last = kept[middle - 1]
        try:
            source.page(stream, last.position, UUID(orjson.loads(last.envelope)["id"]))
            low = middle
        except Diverged:
            high = middle - 1
    return list(kept[low:])


def accept(catch_up: CatchUp, stream: str, folder: Path) -> tuple[Path, int]:
    """Take over the producer's history: save what it lost to a file, then rebuild the stream.

    Returns the file and how many events are in it.
    """
    database, service = catch_up.database, catch_up.applier.service
    with database.reading(cursors.school_of(stream)) as session:
        state = cursors.get(session, stream).state
    if state != DIVERGED:
        raise NotPossible(f"{stream} is {state}; there is nothing to accept unless it is diverged.")
    lost = lost_events(catch_up, stream)
    file = folder / f"lost-{service.name}-{stream.replace('/', '-')}-{now():%Y%m%dT%H%M%S}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{row.envelope}\n" for row in lost))
    rebuild(service, database, stream)
    return file, len(lost)


def redact(database: Database, stream: str, subject: str) -> int:
    """Erase a subject's data from the own log and tell everybody; return how many events lost theirs.

    Positions and links stay. Only subjects that have an erasure event can be erased: the others'
    events hold ids and nothing personal.
    """
    log_name, _, school = stream.partition("/")
    entity, _, ident = subject.partition("/")
    contract = redacting.erasable(stream, subject)
    if contract is None:
        raise NotPossible(
            f"{log_name} tells nothing personal of {entity or 'this'}: there is nothing to erase."
        )
    field = contract.subject.partition(":")[2]
    with database.writing(school) as session:
        count = redacting.redact(session, stream, subject)
        if not count:
            raise NotPossible(f"{stream} has nothing (any more) of {subject}.")
        outbox.publish(session, contract.cls(**{field: UUID(ident)}))
    return count
