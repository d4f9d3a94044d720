"""Who stands on a page: its pupils with their stays, by name."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import Enrolment, Group, Person
from services.reporting.queries.access import PageFacts
from services.reporting.rules import Stay, leaving
from shared.db import SchoolSession
from shared.names import list_name, sort_key

Roster = dict[UUID, tuple[Stay, ...]]

NAMELESS = "имя неизвестно"


def roster(session: SchoolSession, facts: PageFacts) -> Roster:
    """Return the pupils of the page's group with all their stays.

    A parallel's are those of its classes; those of a group without members of its own, its class's.
    """
    members = _members(session, [facts.group_id])
    if facts.kind == "parallel":
        classes = select(Group.id).where(Group.parent_id == facts.group_id, Group.kind == "class")
        members = _joined(members, _members(session, session.scalars(classes).all()))
    elif facts.kind == "group" and not members and facts.parent_id is not None:
        members = _members(session, [facts.parent_id])
    return members


def people(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return those of the people whose names are known."""
    found = session.scalars(select(Person).where(Person.id.in_(list(ids))))
    return {person.id: person for person in found}


def listed(names: Mapping[UUID, Person], person_id: UUID) -> str:
    """Return a pupil's name as lists have it."""
    person = names.get(person_id)
    return list_name(person.family_name, person.given_name) if person else NAMELESS


def in_order(names: Mapping[UUID, Person], ids: Iterable[UUID]) -> list[UUID]:
    """Return people in the order of a list; those whom nobody has named come last."""

    def place(person_id: UUID) -> tuple[bool, object, UUID]:
        person = names.get(person_id)
        key = sort_key(person.family_name, person.given_name, person.patronymic) if person else ()
        return person is None, key, person_id

    return sorted(ids, key=place)


def members_of(session: SchoolSession, group_ids: Iterable[UUID]) -> dict[UUID, Roster]:
    """Return the own members of each of these groups, with their stays."""
    found = select(Enrolment).where(Enrolment.group_id.in_(list(group_ids))).order_by(Enrolment.from_on)
    members: dict[UUID, Roster] = {}
    for row in session.scalars(found):
        stay = Stay(row.from_on, row.until_on, leaving(row.ended_as, row.order_number, row.order_on))
        stays = members.setdefault(row.group_id, {})
        stays[row.pupil_id] = (*stays.get(row.pupil_id, ()), stay)
    return members


def _members(session: SchoolSession, group_ids: Iterable[UUID]) -> Roster:
    stays: Roster = {}
    for members in members_of(session, group_ids).values():
        stays = _joined(stays, members)
    return stays


def _joined(one: Roster, other: Roster) -> Roster:
    return {pupil: (*one.get(pupil, ()), *other.get(pupil, ())) for pupil in {**one, **other}}
