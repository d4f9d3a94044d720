"""The access log of services that keep none themselves: they note, and tell identity (SECURITY 47).

A request is noted in the service's own database before it is answered. Every few seconds the notes
are told, and removed in the same transaction: each is told exactly once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, insert, select, update

from shared.bus import access_note, event_log
from shared.clock import now
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.events.access import NOTED, NotedCircle, NotedRequest
from shared.ids import new_id
from shared.noted import PERSONS, circle_of, concerned, is_noted
from shared.outbox import publish
from shared.service import Answered, Job, Runtime, Witness

TOLD_EVERY = timedelta(seconds=3)
AT_ONCE = 200
MOST_BYTES = 48 * 1024  # An event may have 60 KiB.
MOST_PERSONS = 1000
"""A request about more people is noted in parts, for a part has to fit into an event."""

KEPT = timedelta(days=30)
"""How long what was told stays in the log of events; identity keeps it for the year."""

_N = access_note.c

# One round trip: the wall between schools is told the school, and the commit not to wait, on the way.
_INSERT = """
    INSERT INTO access_note (id, school_id, at, note)
    SELECT %(id)s, %(school_id)s, %(at)s, %(note)s
    WHERE set_config('parta.school', %(school_id)s::text, true) <> ''
      AND set_config('synchronous_commit', 'off', true) = 'off'
"""

Told = dict[str, Any]


def noting(*aside: str) -> Witness:
    """Return the witness of a service that notes; what the endpoints `aside` do well is not noted."""
    return partial(note_request, frozenset(aside))


def note_request(aside: frozenset[str], runtime: Runtime, answered: Answered) -> None:
    """Note a request of somebody of a school, if it belongs in the access log.

    PostgreSQL is spared the wait for its disk: only with the power of the machine itself can the
    last half second of notes be lost, never with a process.
    """
    school = answered.actor.school_id if answered.actor else None
    people = concerned(answered)
    if school is None or not is_noted(answered, people, aside=aside):
        return
    at, told = now(), _told(answered)
    parts = [people[first : first + MOST_PERSONS] for first in range(0, len(people), MOST_PERSONS)] or [[]]
    with runtime.database.noting() as connection:
        for part in parts:
            note = orjson.dumps(told | {"people": part}).decode()
            row = {"id": new_id(), "school_id": school, "at": at, "note": note}
            if runtime.database.is_postgres:
                connection.exec_driver_sql(_INSERT, row)
            else:
                connection.execute(insert(access_note).values(row))


def _told(answered: Answered) -> Told:
    """Return what is noted of a request besides its time; nothing of its body."""
    actor, named = answered.actor, answered.named
    other = {
        name: id_
        for name, id_ in named.items()
        if isinstance(id_, UUID) and name not in (*PERSONS, "group_id")
    }
    return {
        "actor_id": actor.person_id if actor else None,
        "client_id": actor.client_id[:80] if actor and actor.client_id else None,
        "session_id": actor.session_id if actor else None,
        "address": answered.address[:45],
        "action": answered.action,
        "endpoint": answered.endpoint,
        "group_id": answered.group_id or named.get("group_id"),
        "status": answered.status,
        "request_id": answered.request_id[:64],
        "facts": orjson.dumps({**other, **answered.facts}).decode(),
    }


def tell_noted(runtime: Runtime) -> None:
    """Tell identity what was noted, each request once; several workers share the work."""
    contract = NOTED[runtime.service.name]
    while True:
        with runtime.database.writing(EVERY_SCHOOL) as session:
            rows = _take(session)
            for school, its in groupby(rows, key=lambda row: row.school_id):
                for one in _packed(list(its)):
                    circles = list(one.circles.values())
                    told = contract(school_id=school, notes=one.notes, circles=circles)
                    publish(session, told, school=school)
        if len(rows) < AT_ONCE:
            return


def _take(session: SchoolSession) -> Sequence[Any]:
    """Remove the oldest notes and return them by school."""
    oldest = select(access_note).order_by(_N.at, _N.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    rows = session.execute(oldest).all()
    session.execute(delete(access_note).where(_N.id.in_([row.id for row in rows])))
    return sorted(rows, key=lambda row: row.school_id.bytes)  # Stable: by time within a school.


@dataclass
class _Portion:
    """Notes that fit into one event, and the circles they name."""

    notes: list[NotedRequest] = field(default_factory=list)
    circles: dict[UUID, NotedCircle] = field(default_factory=dict)
    size: int = 0

    def take(self, note: NotedRequest, circle: NotedCircle | None) -> None:
        self.size += self._more(note, circle)
        self.notes.append(note)
        if circle is not None:
            self.circles[circle.id] = circle

    def has_room(self, note: NotedRequest, circle: NotedCircle | None) -> bool:
        return not self.notes or self.size + self._more(note, circle) <= MOST_BYTES

    def _more(self, note: NotedRequest, circle: NotedCircle | None) -> int:
        is_new = circle is not None and circle.id not in self.circles
        return len(orjson.dumps(note)) + (len(orjson.dumps(circle)) if is_new else 0)


def _packed(rows: Sequence[Any]) -> Iterator[_Portion]:
    portion = _Portion()
    for row in rows:
        note, circle = _read(row)
        if not portion.has_room(note, circle):
            yield portion
            portion = _Portion()
        portion.take(note, circle)
    yield portion


def _read(row: Any) -> tuple[NotedRequest, NotedCircle | None]:
    told = orjson.loads(row.note)
    people = sorted(UUID(person) for person in told.pop("people"))
    circle = NotedCircle(id=circle_of(people), person_ids=people) if len(people) > 1 else None
    about = circle.id if circle else next(iter(people), None)
    return NotedRequest(id=row.id, at=row.at, about=about, persons=len(people), **told), circle


def forget_told(runtime: Runtime) -> None:
    """Take the data out of what was told a month ago; the chain of events holds."""
    log = event_log.c
    with runtime.database.writing(EVERY_SCHOOL) as session:
        session.execute(
            update(event_log)
            .where(
                log.stream.startswith(f"{runtime.service.name}-access/"),
                log.time < now() - KEPT,
                log.data.is_not(None),
            )
            .values(data=None, redacted_at=now())
        )


NOTING_JOBS = (
    Job("tell who saw whom", TOLD_EVERY, tell_noted),
    Job("forget who saw whom", timedelta(days=1), forget_told),
)
"""What a worker of a service that notes has to do besides."""
