"""The directory of the school's people: staff, pupils, parents, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_

from services.identity.models import Enrolment, Group, Guardianship, Person, Role
from services.identity.models.relations import stays_on
from services.identity.queries.areas import own_grades
from services.identity.queries.people import PersonRow, own_school, roles_of, shown, within_sight
from services.identity.rules.roles import STAFF
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.names import collated

PAGE = 100
WHO = {"staff": STAFF, "pupils": frozenset({"pupil"}), "parents": frozenset({"parent"})}


@dataclass(frozen=True)
class Wanted:
    """What a list of people is asked for."""

    role: str | None = None
    group_id: UUID | None = None
    q: str | None = None
    who: str | None = None  # staff, pupils or parents
    mine: bool = False
    after: tuple[str, UUID] | None = None


def people(session: SchoolSession, actor: Actor, wanted: Wanted) -> list[PersonRow]:
    """Return one page of people and the row after it, by Russian names, within the actor's sight."""
    found = select(Person).order_by(Person.sorted_by, Person.id).limit(PAGE + 1)
    found = found.where(*within_sight(session, actor, "read people"))
    on = today(own_school(session).time_zone)
    if asked := WHO.get(wanted.who or "", {wanted.role} if wanted.role else None):
        found = found.where(Person.id.in_(select(Role.person_id).where(Role.role.in_(asked))))
    if wanted.group_id:
        inside = select(Enrolment.pupil_id).where(Enrolment.group_id == wanted.group_id, stays_on(on))
        found = found.where(Person.id.in_(inside))
    for word in collated(wanted.q or "").split():
        found = found.where(Person.sorted_by.contains(word, autoescape=True))
    if wanted.mine:
        found = found.where(*people_of_mine(session, actor, on))
    if wanted.after:
        found = found.where(tuple_(Person.sorted_by, Person.id) > wanted.after)
    listed = session.scalars(found).all()
    ids = [person.id for person in listed]
    roles, classes = roles_of(session, ids), classes_today(session, ids)
    return [shown(person, roles.get(person.id, [])) | {"group": classes.get(person.id)} for person in listed]


def place_of(session: SchoolSession, person_id: UUID) -> str | None:
    """Return where in the list a person stands; None for nobody of the school."""
    return session.scalar(select(Person.sorted_by).where(Person.id == person_id))


def classes_today(session: SchoolSession, person_ids: Iterable[UUID]) -> dict[UUID, PersonRow]:
    """Return the class in which each of these people is a pupil today."""
    found = (
        select(Enrolment.pupil_id, Group.id, Group.name)
        .join(Group, Group.id == Enrolment.group_id)
        .where(Enrolment.pupil_id.in_(list(person_ids)), Group.kind == "class")
        .where(stays_on(today(own_school(session).time_zone)))
    )
    return {pupil_id: {"id": id_, "name": name} for pupil_id, id_, name in session.execute(found)}


def people_of_mine(session: SchoolSession, actor: Actor, on: date) -> list[ColumnElement[bool]]:
    """Return the condition on people: pupils of the classes one answers for, their parents and leaders."""
    if (grades := own_grades(session, actor)) is None:
        return []
    mine = (Group.kind == "class", or_(Group.grade.in_(grades), Group.class_teacher_id == actor.person_id))
    leaders = select(Group.class_teacher_id).where(*mine, Group.class_teacher_id.is_not(None))
    classes = select(Group.id).where(*mine)
    pupils = select(Enrolment.pupil_id).where(Enrolment.group_id.in_(classes), stays_on(on))
    guardians = select(Guardianship.guardian_id).where(Guardianship.pupil_id.in_(pupils))
    return [or_(Person.id.in_(pupils), Person.id.in_(guardians), Person.id.in_(leaders))]
