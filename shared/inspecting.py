"""What an operator sees of a service's events: places, states, what is parked (PROTOCOL I)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select

from shared import cursors, envelope, events, lag
from shared import log as event_log
from shared.bus import (
    EFFECT_EXPIRED,
    event_cursor,
    event_effect,
    event_heard,
    event_parked,
    ignored_type,
    relay_cursor,
)
from shared.bus import event_log as log_table
from shared.catchup import SourceGone
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.parking import SKIPPED
from shared.service import Service

HEALTHY, DEGRADED, CRITICAL = 0, 1, 2


@dataclass(frozen=True)
class Heard:
    """A stream as this service hears it."""

    stream: str
    state: str
    position: int
    parked: int
    rebuild_for: str  # Types that were passed over once and are listened to now.
    updated_at: datetime

    @property
    def health(self) -> int:
        """How much a human should care."""
        if self.state in {cursors.DIVERGED, cursors.BLOCKED}:
            return CRITICAL
        needs = self.parked or self.rebuild_for or self.state == cursors.PAUSED
        return DEGRADED if needs else HEALTHY


@dataclass(frozen=True)
class Told:
    """A stream as this service tells it."""

    stream: str
    head: int
    published: int
    epoch: str


def heard_streams(service: Service, database: Database) -> list[Heard]:
    """Return every stream heard here."""
    wanted = {events.contract_of(cls).type for cls in service.subscriptions}
    with database.reading(EVERY_SCHOOL) as session:
        parked = _parked_counts(session)
        missed: dict[str, list[str]] = {}
        for stream, type_ in session.execute(select(ignored_type.c.stream, ignored_type.c.type)):
            if type_ in wanted:
                missed.setdefault(stream, []).append(type_)
        rows = session.execute(select(event_cursor).order_by(event_cursor.c.stream)).all()
    return [
        Heard(
            row.stream,
            row.state,
            row.position,
            parked[row.stream],
            ", ".join(missed.get(row.stream, ())),
            row.updated_at,
        )
        for row in rows
    ]


def _parked_counts(session: SchoolSession) -> Counter[str]:
    counted = select(event_parked.c.stream, func.count()).where(event_parked.c.status != SKIPPED)
    return Counter({row[0]: row[1] for row in session.execute(counted.group_by(event_parked.c.stream))})


def told_streams(database: Database) -> list[Told]:
    """Return every stream told here, and how far the broker has confirmed it."""
    with database.reading(EVERY_SCHOOL) as session:
        published = {row.stream: row.published for row in session.execute(select(relay_cursor))}
        heads = event_log.heads(session)
    return [Told(one.stream, one.head, published.get(one.stream, 0), str(one.epoch)) for one in heads]


def effects(database: Database) -> list[dict[str, Any]]:
    """Return how many letters never left: refused, or given up when a day late."""
    columns = event_effect.c.kind, event_effect.c.state
    asked = select(*columns, func.count()).where(event_effect.c.state == EFFECT_EXPIRED)
    with database.reading(EVERY_SCHOOL) as session:
        rows = session.execute(asked.group_by(*columns).order_by(*columns))
        return [{"kind": kind, "state": state, "count": count} for kind, state, count in rows]


def waiting(database: Database, sources: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how many events of each stream wait; None for a producer that does not answer."""
    with database.reading(EVERY_SCHOOL) as session:
        known = cursors.every(session)
    found: list[dict[str, Any]] = []
    for name, source in sorted(sources.items()):
        try:
            heads = source.heads(0)
        except SourceGone as wrong:
            found.append({"stream": f"{name}/*", "head": None, "waiting": None, "trouble": str(wrong)})
            continue
        found += [
            {
                "stream": one.stream,
                "head": one.head,
                "waiting": lag.waiting(one, known.get(one.stream)),
                "trouble": "",
            }
            for one in heads
        ]
    return found


def show(database: Database, stream: str, position: int) -> dict[str, Any] | None:
    """Return one event's envelope: from the own log, or from what was heard of late."""
    with database.reading(cursors.school_of(stream)) as session:
        rows = event_log.events_from(session, stream, position, 1)
        if rows and rows[0].position == position:
            told: dict[str, Any] = orjson.loads(envelope.write(rows[0]))
            return told
        for table in (event_heard, event_parked):
            here = table.c.stream == stream, table.c.position == position
            if kept := session.scalar(select(table.c.envelope).where(*here)):
                heard: dict[str, Any] = orjson.loads(kept)
                return heard
    return None


def verify(database: Database) -> list[dict[str, Any]]:
    """Return what is wrong with the log: gaps, broken links, heads that are not its end."""
    with database.reading(EVERY_SCHOOL) as session:
        heads = event_log.heads(session)
        orphaned = select(log_table.c.stream).distinct()
        unknown = set(session.scalars(orphaned)) - {one.stream for one in heads}
    wrong = [{"stream": stream, "position": 0, "what": "a log without a head"} for stream in sorted(unknown)]
    for one in heads:
        wrong += _verify_stream(database, one)
    return wrong


def _verify_stream(database: Database, head: event_log.Head) -> list[dict[str, Any]]:
    wrong = []
    position, last = 0, None
    while rows := event_log.read_log(database, head.stream, position):
        for row in rows:
            if row.position != position + 1:
                wrong.append({"stream": head.stream, "position": position + 1, "what": "missing"})
            elif row.prev_id != last:
                wrong.append({"stream": head.stream, "position": row.position, "what": "broken link"})
            position, last = row.position, row.id
    if position < head.head:
        wrong.append({"stream": head.stream, "position": position + 1, "what": "missing up to the head"})
    elif position == head.head and last != head.head_id:
        wrong.append({"stream": head.stream, "position": position, "what": "another event at the head"})
    return wrong
