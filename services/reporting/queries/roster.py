"""Who stands on a page: its pupils with their stays, by name."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import Enrolment, Group, Person
from services.reporting.queries.access import PageFacts
from services.reporting.rules import Stay
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
    found = select(Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on).where(
        Enrolment.group_id.in_(list(group_ids))
    )
    for pupil_id, from_on, until_on in session.execute(found.order_by(Enrolment.from_on)):
        stays[pupil_id] = (*stays.get(pupil_id, ()), (from_on, until_on))
    return stays


def _joined(one: Roster, other: Roster) -> Roster:
    return {pupil: (*one.get(pupil, ()), *other.get(pupil, ())) for pupil in {**one, **other}}
