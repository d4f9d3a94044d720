"""The access log as it is written: one record for each request worth noting (SECURITY 47)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from services.identity.actions.privacy.unknown_callers import Claimed, claimed
from services.identity.actions.signing_in.logins import login_of
from services.identity.models import AccessRecord, CardChange, Circle, table
from services.identity.rules.access_log import NOT_NOTED
from shared.bulk import insert_rows
from shared.clock import now
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.ids import new_id
from shared.noted import circle_of, concerned, is_noted
from shared.service import Answered, Runtime


def note_access(runtime: Runtime, answered: Answered) -> None:
    """Note a request in a short transaction of its own, if it belongs in the log.

    Who failed to sign in, or to show which program it is, is noted at the school of the name they
    gave; under one that nobody has, at none.
    """
    actor = answered.actor
    people = concerned(answered)
    if not is_noted(answered, people, aside=NOT_NOTED) or (who := _who(runtime, answered)) is None:
        return
    school, facts = who.school_id, {**answered.facts, **who.facts}
    with runtime.database.writing(school or EVERY_SCHOOL) as session:
        # Of callers known by their token alone: for others the work may not tell whether a login exists.
        if actor is not None and not answered.is_read and answered.status < 400:
            facts |= _changed_fields(session, answered.request_id)
        row = _row(answered, who, people, facts)
        if school and len(people) > 1:
            keep_circles(session, school, {row["about"]: people})
        insert_rows(session, table(AccessRecord), [row])


def _who(runtime: Runtime, answered: Answered) -> Claimed | None:
    """Return who called, or claimed to; None for nobody known: a page's own files, keys, a forged token."""
    if (actor := answered.actor) is not None:
        return Claimed(actor.school_id, actor.person_id, actor.client_id and actor.client_id[:80])
    if answered.person is not None:
        return Claimed(*answered.person)
    if answered.login is not None:
        return claimed(runtime.database, "login", login_of(answered.login))
    if answered.tried is not None and answered.status >= 400:
        return claimed(runtime.database, *answered.tried)
    return None


def _changed_fields(session: SchoolSession, request_id: str) -> dict[str, Any]:
    """Return which fields of a card the request changed, and a digest of what is kept of the change.

    The values lie beside the log, where they can be erased; their row's own random id keeps the
    digest from being guessed back to a name.
    """
    # Callers name their requests, and may name two alike: this one's change is the last.
    told = select(CardChange).where(CardChange.request_id == request_id)
    change = session.scalars(told.order_by(CardChange.at.desc(), CardChange.id.desc())).first()
    return {"fields": sorted(change.changes), "values_sha256": change.digest} if change else {}


def _row(answered: Answered, who: Claimed, people: Sequence[UUID], facts: dict[str, Any]) -> dict[str, Any]:
    actor = answered.actor
    about = circle_of(people) if len(people) > 1 else next(iter(people), None)
    return {
        "id": new_id(),
        "school_id": who.school_id,
        "at": now(),
        "actor_id": who.person_id,
        "client_id": who.client_id,
        "session_id": actor.session_id if actor else None,
        "address": answered.address[:45],
        "action": answered.action,
        "endpoint": answered.endpoint,
        "about": about,
        "persons": len(people),
        "group_id": answered.group_id or answered.named.get("group_id"),
        "status": answered.status,
        "request_id": answered.request_id[:64],
        "facts": facts,
    }


def keep_circles(session: SchoolSession, school: UUID, circles: Mapping[UUID, Sequence[UUID]]) -> None:
    """Keep who the people of circles are, unless it was seen before."""
    known = select(Circle.id).where(Circle.id.in_(circles)).distinct()
    new = circles.keys() - set(session.scalars(known)) if circles else ()
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"id": circle, "person_id": person, "at": now(), "school_id": school}
        for circle in sorted(new)
        for person in sorted(set(circles[circle]))
    ]
    for first in range(0, len(rows), 200):  # SQLite takes so many parameters and no more.
        session.execute(build(table(Circle)).values(rows[first : first + 200]).on_conflict_do_nothing())
