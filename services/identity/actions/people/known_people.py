"""The people of a school as an import sees them, and what it found out of a roster's rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.importing.roster import Ids, Question, Roster, RosterPerson
from services.identity.models import Enrolment, Group, Guardianship, Person, Role
from services.identity.rules.class_names import plain_name
from services.identity.rules.likeness import name_key
from shared.db import SchoolSession
from shared.names import collated

NEW = "new"
Decisions = Mapping[str, str]
"""What was answered to questions: by the row's key, a candidate's id, or NEW."""


@dataclass
class Known:
    """The people of the school and what tells them apart."""

    people: dict[UUID, Person]
    roles: dict[UUID, set[str]] = field(default_factory=dict)
    classes: dict[UUID, str] = field(default_factory=dict)
    guardians: dict[UUID, dict[UUID, str]] = field(default_factory=dict)  # pupil: guardian: kind
    names: dict[str, list[UUID]] = field(default_factory=dict)
    births: dict[object, list[UUID]] = field(default_factory=dict)
    files: dict[str, list[UUID]] = field(default_factory=dict)

    def children(self, guardian: UUID) -> list[UUID]:
        """Return whom somebody answers for."""
        return [pupil for pupil, held in self.guardians.items() if guardian in held]


def known_people(session: SchoolSession) -> Known:
    """Read everybody of the school with roles, classes and guardians, in four statements."""
    known = Known({person.id: person for person in session.scalars(select(Person))})
    for person_id, role in session.execute(select(Role.person_id, Role.role)):
        known.roles.setdefault(person_id, set()).add(role)
    stays = select(Enrolment.pupil_id, Group.name).join(Group, Group.id == Enrolment.group_id)
    latest = stays.where(Group.kind == "class").order_by(Enrolment.from_on)
    known.classes = {row.pupil_id: row.name for row in session.execute(latest)}
    for tie in session.scalars(select(Guardianship)):
        known.guardians.setdefault(tie.pupil_id, {})[tie.guardian_id] = tie.kind
    for person in known.people.values():
        known.names.setdefault(key_of(person), []).append(person.id)
        if person.birth_on:
            known.births.setdefault(person.birth_on, []).append(person.id)
        if person.file_number:
            known.files.setdefault(collated(person.file_number), []).append(person.id)
    return known


def key_of(person: Person) -> str:
    return name_key(person.family_name, person.given_name, person.patronymic)


def row_key(given: RosterPerson) -> str:
    return name_key(given.family, given.given, given.patronymic)


@dataclass
class Recognition:
    """What was found out of a roster's people."""

    known: Known
    roster: Roster
    ids: Ids
    decisions: Decisions
    linked: frozenset[UUID]  # Whom the other program calls by another id already.
    taken: set[UUID] = field(default_factory=set)
    same: dict[str, str] = field(default_factory=dict)  # A row that is another row's person.
    questions: list[Question] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)

    def person(self, id_: UUID) -> Person:
        """Return somebody of the school."""
        return self.known.people[id_]

    def free(self, ids: Iterable[UUID], roles: frozenset[str]) -> list[UUID]:
        """Return those of the people who have one of the roles and are not another row's already."""
        return [
            id_
            for id_ in ids
            if id_ not in self.taken
            and id_ not in self.linked
            and (not roles or roles & self.known.roles.get(id_, set()))
        ]

    def settle(self, external: str, id_: UUID) -> None:
        """Take somebody for the person of a row."""
        self.ids[external] = id_
        self.taken.add(id_)


def may_be_born_alike(found: Recognition, id_: UUID, row: RosterPerson) -> bool:
    """Whether birthdays do not tell them apart."""
    return row.birth_on is None or found.person(id_).birth_on in (None, row.birth_on)


def in_same_class(found: Recognition, external: str, id_: UUID) -> bool:
    """Whether the row and the pupil are in the same class."""
    own = found.classes.get(external)
    return own is not None and plain_name(found.known.classes.get(id_, "")) == own
