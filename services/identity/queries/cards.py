"""Cards of people: all that the school keeps of somebody, for those who may read it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import DeputyArea, Guardianship, Person
from services.identity.queries.directory import classes_today
from services.identity.queries.people import find_seen, person_card, refuse_staff
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]

NAMES = ("id", "family_name", "given_name", "patronymic")
KEPT = ("sex", "file_number", "position", "contacts")


def card(session: SchoolSession, actor: Actor, person_id: UUID) -> Json:
    """Return a person's card, or refuse: anybody's, of the own class, one's own, or one's child's.

    A family sees its own data alone (3.9.1): a parent is not told of the child's other parent.
    """
    shown = person_card(session, actor, person_id, "read cards")
    person = find_seen(session, actor, person_id, "read cards")
    area = session.get(DeputyArea, person_id)
    guardians = _guardians(session, person_id)
    if person_id != actor.person_id and _is_family(session, actor, person_id):
        guardians = [one for one in guardians if one["id"] == actor.person_id]
        shown["login"] = None
    return {
        **shown,
        **{name: getattr(person, name) for name in KEPT},
        "children": _with_kinds(session, person_id, shown["children"]),
        "guardians": [one["id"] for one in guardians],
        "representatives": guardians,
        "group": classes_today(session, [person_id]).get(person_id),
        "area": {"grades": area.grades, "subjects": area.subjects} if area else None,
    }


def check_may_correct(session: SchoolSession, actor: Actor, person_id: UUID) -> None:
    """Refuse a class teacher who would correct somebody else's pupil or parent, or a member of staff."""
    refuse_staff(session, actor, person_id, "correct contacts")


def _is_family(session: SchoolSession, actor: Actor, person_id: UUID) -> bool:
    """Whether the card is read as that of the own child, by nobody who may read it otherwise."""
    try:
        find_seen(session, actor, person_id, "read people")
    except NotFound:
        return True
    return False


def _guardians(session: SchoolSession, pupil_id: UUID) -> list[Json]:
    found = (
        select(Person, Guardianship.kind)
        .join(Guardianship, Guardianship.guardian_id == Person.id)
        .where(Guardianship.pupil_id == pupil_id)
        .order_by(Person.sorted_by, Person.id)
    )
    return [
        {name: getattr(person, name) for name in NAMES} | {"kind": kind}
        for person, kind in session.execute(found)
    ]


def _with_kinds(session: SchoolSession, guardian_id: UUID, children: list[Json]) -> list[Json]:
    found = select(Guardianship.pupil_id, Guardianship.kind).where(Guardianship.guardian_id == guardian_id)
    kinds = {row.pupil_id: row.kind for row in session.execute(found)}
    return [child | {"kind": kinds[child["id"]]} for child in children]
