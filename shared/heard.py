"""What a consumer keeps of the events themselves: the last fortnight, and which types it passed over.

The last fortnight is for `parta events accept`: when a producer comes back from an old copy, this
is the only list of the events it no longer has.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from shared import events
from shared.bulk import upsert_rows
from shared.bus import event_effect, event_heard, event_parked, ignored_type
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.envelope import Envelope
from shared.redacting import forget_answers
from shared.service import Received

KEPT = timedelta(days=14)

_H = event_heard.c


def received(envelope: Envelope) -> Received[Any]:
    """Return the event as a reaction gets it; marshmallow's ValidationError when its data is bad."""
    return Received(
        id=envelope.id,
        stream=envelope.stream,
        position=envelope.position,
        subject=envelope.subject,
        time=envelope.time,
        actor=envelope.actor,
        told=events.read(envelope.type, envelope.data),
    )


def keep(session: SchoolSession, envelopes: Sequence[Envelope]) -> None:
    """Keep recent events as they came, except those of subjects erased right after."""
    since = now() - KEPT
    erased = {one.subject: one.position for one in envelopes if one.type.endswith(".erased")}
    rows = [
        {
            "stream": one.stream,
            "position": one.position,
            "subject": one.subject,
            "time": one.time,
            "envelope": one.text,
        }
        for one in envelopes
        if one.time > since and erased.get(one.subject, 0) <= one.position
    ]
    upsert_rows(session, event_heard, rows, key=("stream", "position"))


def tail(session: SchoolSession, stream: str, after: int = 0) -> Sequence[Any]:
    """Return what is kept of a stream after a position, in order."""
    asked = select(event_heard).where(_H.stream == stream, _H.position > after)
    return session.execute(asked.order_by(_H.position)).all()


def prune(database: Database) -> None:
    """Drop what is older than a fortnight."""
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(delete(event_heard).where(_H.time < now() - KEPT))


def count_ignored(session: SchoolSession, envelopes: Sequence[Envelope]) -> None:
    """Count events of types the service does not listen to: a later version may want them."""
    if not envelopes:
        return
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    by_type: dict[str, list[Envelope]] = {}
    for one in envelopes:
        by_type.setdefault(one.type, []).append(one)
    rows = [
        {
            "stream": of[0].stream,
            "type": type_,
            "first": of[0].position,
            "last": of[-1].position,
            "n": len(of),
        }
        for type_, of in sorted(by_type.items())
    ]
    adding = build(ignored_type).values(rows)
    known, new = ignored_type.c, adding.excluded
    session.execute(
        adding.on_conflict_do_update(
            index_elements=[known.stream, known.type], set_={"last": new.last, "n": known.n + new.n}
        )
    )


def forget_subject(session: SchoolSession, stream: str, subject: str) -> None:
    """Drop every copy of an erased subject's events, and the notes of what was sent (PROTOCOL H)."""
    for table in (event_parked, event_heard):
        session.execute(delete(table).where(table.c.stream == stream, table.c.subject == subject))
    recipient = subject.partition("/")[2]
    session.execute(delete(event_effect).where(event_effect.c.recipient == recipient))
    forget_answers(session, recipient)


def forget_stream(session: SchoolSession, stream: str) -> None:
    """Drop all that is kept of a stream: it is about to be heard again from the beginning."""
    for table in (event_parked, event_heard, ignored_type):
        session.execute(delete(table).where(table.c.stream == stream))
