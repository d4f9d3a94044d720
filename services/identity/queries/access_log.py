"""The access log as it is read: by the person concerned, by the caller, by what was done and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_

from services.identity.models import AccessRecord, CardChange, Circle, Group, Person
from shared.db import SchoolSession
from shared.names import full_name

PAGE = 50

SEEN = ("id", "at", "service", "action", "endpoint", "actor", "client_id", "persons")
"""What people are told of who had to do with their data."""

RESULTS = {"done": (200, 399), "refused": (400, 499), "failed": (500, 599)}


@dataclass(frozen=True)
class Asked:
    """What the log is asked for; whatever is empty does not matter."""

    person_id: UUID | None = None
    actor_id: UUID | None = None
    action: str | None = None
    service: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    result: str | None = None
    after: tuple[datetime, UUID] | None = None


def access_log(session: SchoolSession, asked: Asked, most: int = PAGE) -> list[dict[str, Any]]:
    """Return a page of the school's log and the record after it, the latest first.

    Asked for a person it finds the lists they were seen in as well.
    """
    found = _found(asked).order_by(AccessRecord.at.desc(), AccessRecord.id.desc()).limit(most + 1)
    if asked.after:
        found = found.where(tuple_(AccessRecord.at, AccessRecord.id) < asked.after)
    records = session.scalars(found).all()
    return _shown(session, records)


def _found(asked: Asked) -> Select[AccessRecord]:
    found = select(AccessRecord)
    if asked.person_id:
        circles = select(Circle.id).where(Circle.person_id == asked.person_id)
        found = found.where(or_(AccessRecord.about == asked.person_id, AccessRecord.about.in_(circles)))
    if asked.actor_id:
        found = found.where(AccessRecord.actor_id == asked.actor_id)
    if asked.action:
        found = found.where(AccessRecord.action == asked.action)
    if asked.service:
        found = found.where(AccessRecord.service == asked.service)
    if asked.since:
        found = found.where(AccessRecord.at >= asked.since)
    if asked.until:
        found = found.where(AccessRecord.at < asked.until)
    if asked.result:
        found = found.where(AccessRecord.status.between(*RESULTS[asked.result]))
    return found


def seen_by(
    session: SchoolSession, person_id: UUID, after: tuple[datetime, UUID] | None
) -> list[dict[str, Any]]:
    """Return who had to do with a person's data, as the person is told: everybody but themselves."""
    circles = select(Circle.id).where(Circle.person_id == person_id)
    found = select(AccessRecord).where(
        or_(AccessRecord.about == person_id, AccessRecord.about.in_(circles)),
        AccessRecord.status < 400,
        or_(AccessRecord.actor_id != person_id, AccessRecord.actor_id.is_(None)),
    )
    if after:
        found = found.where(tuple_(AccessRecord.at, AccessRecord.id) < after)
    latest = found.order_by(AccessRecord.at.desc(), AccessRecord.id.desc()).limit(PAGE + 1)
    return [
        {name: record[name] for name in SEEN} for record in _shown(session, session.scalars(latest).all())
    ]


def _shown(session: SchoolSession, records: Sequence[AccessRecord]) -> list[dict[str, Any]]:
    """Return the records with names: those people have today, and none of the erased."""
    people = named(session, {id_ for one in records for id_ in (one.actor_id, one.about) if id_})
    groups = _groups(session, {one.group_id for one in records if one.group_id})
    changes = _changes(session, [one.request_id for one in records if one.facts.get("fields")])
    return [
        {
            "id": one.id,
            "at": one.at,
            "actor": _person(people, one.actor_id),
            "client_id": one.client_id,
            "session_id": one.session_id,
            "address": one.address,
            "service": one.service,
            "action": one.action,
            "endpoint": one.endpoint,
            # An id that is nobody's here was tried, and refused: it may be another school's.
            "about": people.get(one.about) if one.about else None,
            "persons": one.persons,
            "group": groups.get(one.group_id) if one.group_id else None,
            "status": one.status,
            "request_id": one.request_id,
            "facts": one.facts,
            "changes": changes.get(one.facts.get("values_sha256", "")),
        }
        for one in records
    ]


def _person(people: dict[UUID, dict[str, Any]], id_: UUID | None) -> dict[str, Any] | None:
    return people.get(id_, {"id": id_, "name": None}) if id_ else None


def named(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the names of these people."""
    found = select(Person.id, Person.family_name, Person.given_name, Person.patronymic)
    rows = session.execute(found.where(Person.id.in_(list(ids))))
    return {row.id: {"id": row.id, "name": full_name(*row[1:])} for row in rows}


def _groups(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = session.execute(select(Group.id, Group.name).where(Group.id.in_(list(ids))))
    return {row.id: {"id": row.id, "name": row.name} for row in rows}


def _changes(session: SchoolSession, request_ids: Sequence[str]) -> dict[str, Any]:
    """Return what requests changed by the digest in the log: their own names may be told twice."""
    found = select(CardChange).where(CardChange.request_id.in_(request_ids))
    return {one.digest: one.changes for one in session.scalars(found)} if request_ids else {}
