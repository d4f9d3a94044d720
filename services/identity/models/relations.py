"""Who is in what on which day, as SQL that actions and queries share."""

from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select

from services.identity.models.groups import Enrolment, Group
from services.identity.models.people import Person


def stays_on(on: date) -> ColumnElement[bool]:
    """Return the condition on stays in a group: they hold the day."""
    return (Enrolment.from_on <= on) & or_(Enrolment.until_on.is_(None), Enrolment.until_on >= on)


def members_of(group: Group, on: date) -> Select[Person]:
    """Select the pupils of a class or group on a day; of a parallel, those of its classes. In list order."""
    inside = select(Group.id).where(
        or_(Group.id == group.id, (Group.parent_id == group.id) & (Group.kind == "class"))
    )
    pupils = select(Enrolment.pupil_id).where(Enrolment.group_id.in_(inside), stays_on(on))
    return select(Person).where(Person.id.in_(pupils)).order_by(Person.sorted_by, Person.id)
