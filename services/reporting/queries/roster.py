"""Who stands on a page: its pupils with their stays, by name."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import Enrolment, Group, Person
from services.reporting.queries.access import PageFacts
from services.reporting.rules import Stay, leaving
from shared.db import SchoolSession

Roster = dict[UUID, tuple[Stay, ...]]


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


def _members(session: SchoolSession, group_ids: Iterable[UUID]) -> Roster:
    stays: Roster = {}
    found = select(Enrolment).where(Enrolment.group_id.in_(list(group_ids))).order_by(Enrolment.from_on)
    for row in session.scalars(found):
        stay = Stay(row.from_on, row.until_on, leaving(row.ended_as, row.order_number, row.order_on))
        stays[row.pupil_id] = (*stays.get(row.pupil_id, ()), stay)
    return stays


def _joined(one: Roster, other: Roster) -> Roster:
    return {pupil: (*one.get(pupil, ()), *other.get(pupil, ())) for pupil in {**one, **other}}
