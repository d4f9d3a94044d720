"""All that identity holds of one person, and the school's list of requests and erasures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import AccessRecord, Base, Erasure, Group, Person, SubjectRequest
from services.identity.queries.access_log import PAGE, named, seen_by
from services.identity.queries.people import roles_of
from services.identity.rules.retention import GROUNDS, KEPT
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.subject import rows_about

Json = dict[str, Any]

MOST_READS = 1_000
OF_NOBODY = ("access_circles", "people")  # Answered beside, in words.


def personal_data(session: SchoolSession, person: Person) -> Json:
    """Return everything about a person: the card, each table's rows, who read it; secrets are left out."""
    return {
        "card": rows_about(session, Base.metadata, person.id)["people"][0] | {"tied": _ties(session, person)},
        "groups": _groups(session, person.id),
        "held": rows_about(session, Base.metadata, person.id, skip=OF_NOBODY),
        "read_by": readers(session, person.id),
    }


def _ties(session: SchoolSession, person: Person) -> Json:
    ties = Base.metadata.tables["guardianships"].c
    guardians = session.scalars(select(ties.guardian_id).where(ties.pupil_id == person.id)).all()
    children = session.scalars(select(ties.pupil_id).where(ties.guardian_id == person.id)).all()
    return {
        "children": list(named(session, children).values()),
        "guardians": list(named(session, guardians).values()),
        "roles": roles_of(session, [person.id]).get(person.id, []),
    }


def _groups(session: SchoolSession, person_id: UUID) -> list[Json]:
    stays = Base.metadata.tables["enrolments"].c
    found = (
        select(Group.name, stays.from_on, stays.until_on)
        .join(Group, Group.id == stays.group_id)
        .where(stays.pupil_id == person_id)
        .order_by(stays.from_on)
    )
    return [dict(row) for row in session.execute(found).mappings()]


def readers(session: SchoolSession, person_id: UUID) -> list[Json]:
    """Return who had to do with a person's data, the latest first, a thousand at most."""
    read: list[Json] = []
    after = None
    while len(read) < MOST_READS:
        page = seen_by(session, person_id, after)
        read += page[:PAGE]
        if len(page) <= PAGE:
            break
        after = (page[PAGE - 1]["at"], page[PAGE - 1]["id"])
    return read


def requests(session: SchoolSession, *, only_open: bool, of: UUID | None = None) -> list[Json]:
    """Return requests, the most urgent first."""
    found = select(SubjectRequest).order_by(SubjectRequest.due_on, SubjectRequest.id)
    if only_open:
        found = found.where(SubjectRequest.done_on.is_(None))
    if of:
        found = found.where(SubjectRequest.person_id == of)
    rows = session.scalars(found).all()
    people = named(session, {row.person_id for row in rows})
    return [shown_request(row, people) for row in rows]


def shown_request(request: SubjectRequest, people: dict[UUID, Json]) -> Json:
    """Return a request as it is shown."""
    plain = ("id", "kind", "asked_on", "due_on", "done_on", "outcome")
    return {name: getattr(request, name) for name in plain} | {
        "person": people.get(request.person_id, {"id": request.person_id, "name": None}),
    }


def erasures(session: SchoolSession) -> list[Json]:
    """Return all erasures, the latest first."""
    rows = session.scalars(select(Erasure).order_by(Erasure.proposed_at.desc(), Erasure.id)).all()
    return _shown_erasures(session, rows)


def erasure(session: SchoolSession, erasure_id: UUID) -> Json:
    """Return one erasure, or refuse."""
    row = session.get(Erasure, erasure_id)
    if row is None:
        raise NotFound
    return _shown_erasures(session, [row])[0]


def _shown_erasures(session: SchoolSession, rows: Sequence[Erasure]) -> list[Json]:
    ids = {id_ for row in rows for id_ in (row.person_id, row.proposed_by, row.done_by) if id_}
    people = named(session, ids)
    plain = ("id", "proposed_at", "done_at", "refused_at", "destroyed")
    return [
        {name: getattr(row, name) for name in plain}
        | {
            "person": people.get(row.person_id, {"id": row.person_id, "name": None}),
            "ground": {"kind": row.ground, "title": GROUNDS[row.ground]},
            "kept": [{"title": KEPT[name].title, "years": KEPT[name].years, "rule": KEPT[name].rule}
                     for name in row.kept],
            "proposed_by": people.get(row.proposed_by),
            "done_by": people.get(row.done_by) if row.done_by else None,
        }
        for row in rows
    ]  # fmt: skip


def log_extract(session: SchoolSession, person_id: UUID) -> list[Json]:
    """Return what the access log says of a person's erasure: the extract that goes with the act."""
    found = (
        select(AccessRecord)
        .where(AccessRecord.about == person_id, AccessRecord.endpoint.like("privacy.%erasure%"))
        .order_by(AccessRecord.at)
    )
    people = {one.actor_id for one in session.scalars(found) if one.actor_id}
    names = named(session, people)
    return [
        {
            "at": one.at,
            "endpoint": one.endpoint,
            "actor": names.get(one.actor_id, {}).get("name") if one.actor_id else None,
            "address": one.address,
            "status": one.status,
            "request_id": one.request_id,
        }
        for one in session.scalars(found)
    ]
