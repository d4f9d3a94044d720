"""Everybody of the school as its exports have them, in a constant number of statements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.models import Account, Enrolment, Group, Guardianship, Person, Role, School
from services.identity.rules.roles import STAFF
from shared.db import SchoolSession
from shared.names import group_key


@dataclass
class Everybody:
    """A school as of a day: people, roles, present groups, and who is in them now or later."""

    on: date
    school: School
    people: dict[UUID, Person]
    groups: dict[UUID, Group]
    roles: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    logins: dict[UUID, str] = field(default_factory=dict)
    stays: list[Enrolment] = field(default_factory=list)
    left: set[UUID] = field(default_factory=set)  # Pupils whose last class is behind them.
    guardians: dict[UUID, list[Guardianship]] = field(default_factory=lambda: defaultdict(list))

    def class_stays(self) -> dict[UUID, Enrolment]:
        """Return each pupil's stay in a class: of two, as before a transfer, the later."""
        ordered = sorted(self.stays, key=lambda stay: stay.from_on)
        return {stay.pupil_id: stay for stay in ordered if self.groups[stay.group_id].kind == "class"}

    def pupils(self) -> list[Person]:
        """Return the pupils of today, class by class; those who have left are not among them."""
        stays = self.class_stays()

        def order(person: Person) -> tuple[object, ...]:
            stay = stays.get(person.id)
            name = group_key(self.groups[stay.group_id].name) if stay else ()
            return (stay is None, name, person.sorted_by, person.id)

        inside = (person for person in self.people.values() if "pupil" in self.roles[person.id])
        return sorted((one for one in inside if one.id not in self.left), key=order)

    def staff(self) -> list[Person]:
        """Return the staff by their names."""
        found = (person for person in self.people.values() if self.roles[person.id] & STAFF)
        return sorted(found, key=lambda person: (person.sorted_by, person.id))


def everybody(session: SchoolSession, school: School, on: date) -> Everybody:
    """Read the whole school as of a day."""
    present = or_(Group.until_on.is_(None), Group.until_on >= on)
    found = Everybody(
        on,
        school,
        {person.id: person for person in session.scalars(select(Person))},
        {group.id: group for group in session.scalars(select(Group).where(present))},
    )
    for row in session.execute(select(Role.person_id, Role.role)):
        found.roles[row.person_id].add(row.role)
    found.logins = {
        row.person_id: row.login for row in session.execute(select(Account.person_id, Account.login))
    }
    classes = select(Group.id).where(Group.kind == "class")
    for stay in session.scalars(select(Enrolment).order_by(Enrolment.from_on, Enrolment.id)):
        if stay.group_id in found.groups and (stay.until_on is None or stay.until_on >= on):
            found.stays.append(stay)
    now_in = {stay.pupil_id for stay in found.stays if found.groups[stay.group_id].kind == "class"}
    once = set(session.scalars(select(Enrolment.pupil_id).where(Enrolment.group_id.in_(classes)).distinct()))
    found.left = once - now_in
    ties = select(Guardianship).order_by(Guardianship.pupil_id, Guardianship.guardian_id)
    for tie in session.scalars(ties):
        found.guardians[tie.pupil_id].append(tie)
    return found
