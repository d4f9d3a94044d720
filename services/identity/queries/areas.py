"""What deputy heads answer for, and what that narrows a list of groups to."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import DeputyArea, Person, Role
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]


def areas(session: SchoolSession) -> list[Json]:
    """Return every deputy head with what they answer for, by name."""
    found = (
        select(Person, DeputyArea)
        .join(Role, Role.person_id == Person.id)
        .outerjoin(DeputyArea, DeputyArea.person_id == Person.id)
        .where(Role.role == "deputy")
        .order_by(Person.sorted_by, Person.id)
    )
    return [_shown(person, area) for person, area in session.execute(found)]


def area(session: SchoolSession, person_id: UUID) -> Json:
    """Return what one person answers for: nothing, perhaps; or refuse somebody unknown."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return _shown(person, session.get(DeputyArea, person_id))


def _shown(person: Person, area: DeputyArea | None) -> Json:
    names = ("id", "family_name", "given_name", "patronymic")
    return {
        "person": {name: getattr(person, name) for name in names},
        "version": area.version if area else 0,
        "grades": area.grades if area else [],
        "subjects": area.subjects if area else [],
    }


def only_mine(session: SchoolSession, actor: Actor, groups: Iterable[Json]) -> list[Json]:
    """Return the groups the caller answers for: a class teacher's own, a deputy's parallels."""
    listed = list(groups)
    if (grades := own_grades(session, actor)) is None:
        return listed
    own = {one["id"] for one in listed if one["grade"] in grades or _leads(actor, one)}
    return [one for one in listed if one["id"] in own or one["parent_id"] in own]


def _leads(actor: Actor, group: Json) -> bool:
    leader = group["class_teacher"]
    return leader is not None and leader["id"] == actor.person_id


def own_grades(session: SchoolSession, actor: Actor) -> list[int] | None:
    """Return the parallels the caller answers for; None: all of them.

    A deputy head to whom no parallel was assigned answers for all, as the director does.
    """
    area = session.get(DeputyArea, actor.person_id) if actor.person_id and actor.has("deputy") else None
    if area is not None and area.grades:
        return area.grades
    return None if actor.has("deputy", "director", "operator") else []
