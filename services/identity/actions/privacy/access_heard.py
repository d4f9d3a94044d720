"""What the other services answered about people, entered in the access log as they tell it.

The time is theirs, the place in the chain is that of the arrival. What was told before is known by
its id: hearing a stream again changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from services.identity.actions.privacy.access_log import keep_circles
from services.identity.models import AccessRecord, table
from services.identity.rules.access_log import KEPT
from shared.bulk import insert_rows
from shared.clock import now
from shared.cursors import owner_of
from shared.db import SchoolSession
from shared.events.access import NotedRequest, RequestsNoted
from shared.noted import circle_of
from shared.service import Received


def enter_noted(session: SchoolSession, run: Sequence[Received[RequestsNoted]]) -> None:
    """Enter requests that another service noted, each once, and who was in the lists it showed.

    What is older than the log goes back is left out: it would have been deleted by now.
    """
    arrived = now()
    for received in run:
        rows = [
            _row(note, received, arrived)
            for note in _new(session, received.told.notes)
            if note.at > arrived - KEPT
        ]
        wanted = {row["about"] for row in rows}
        # The id is worked out here: a circle is nobody's but its members'.
        circles = {circle_of(one.person_ids): one.person_ids for one in received.told.circles}
        keep_circles(
            session,
            received.school_id,
            {id_: people for id_, people in circles.items() if id_ in wanted},
        )
        insert_rows(session, table(AccessRecord), rows)


def _new(session: SchoolSession, notes: Sequence[NotedRequest]) -> list[NotedRequest]:
    id_ = table(AccessRecord).c.id
    known = set(session.scalars(select(id_).where(id_.in_([note.id for note in notes]))))
    return [note for note in notes if note.id not in known]


def _row(note: NotedRequest, received: Received[RequestsNoted], arrived: datetime) -> dict[str, Any]:
    facts = orjson.loads(note.facts)
    return {
        "id": note.id,
        "school_id": received.school_id,
        "at": min(note.at, arrived),  # Clocks differ; nothing is noted before it happened.
        "actor_id": note.actor_id,
        "client_id": note.client_id[:80] if note.client_id else None,
        "session_id": note.session_id,
        "address": note.address[:45],
        "action": note.action[:60],
        "endpoint": note.endpoint[:120],
        "about": note.about,
        "persons": note.persons,
        "group_id": note.group_id,
        "status": note.status,
        "request_id": note.request_id[:64],
        "facts": facts if isinstance(facts, dict) else {},
        "service": owner_of(received.stream),
        "arrived_at": arrived,
    }
