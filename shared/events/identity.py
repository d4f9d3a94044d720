"""What identity tells: schools, people, who belongs to whom. The only log with personal data."""

from datetime import date
from uuid import UUID

from shared.events import event, row


@event("identity.school.changed", subject="school:school_id")
class SchoolChanged:
    """A school was founded here or its parameters changed."""

    school_id: UUID
    name: str
    time_zone: str
    scale: list[str]  # The marks a teacher may put, best first: 5 4 3 2 1, зач, незач …


@event("identity.person.changed", subject="person:person_id", personal=True)
class PersonChanged:
    """A person was entered, renamed or re-addressed."""

    person_id: UUID
    family_name: str  # фамилия
    given_name: str  # имя
    patronymic: str  # отчество; empty where there is none
    email: str | None = None
    birth_on: date | None = None
    language: str = "ru"


@event("identity.person.erased", subject="person:person_id")
class PersonErased:
    """A person's data was erased; whoever copied it forgets it."""

    person_id: UUID


@event("identity.role.granted", subject="person:person_id")
class RoleGranted:
    """A person was given a role: operator, teacher, deputy, director, pupil, parent."""

    person_id: UUID
    role: str


@event("identity.role.revoked", subject="person:person_id")
class RoleRevoked:
    """A person lost a role."""

    person_id: UUID
    role: str


@event("identity.guardianship.established", subject="person:pupil_id")
class GuardianshipEstablished:
    """A parent or other lawful representative (законный представитель) of a pupil was entered."""

    guardian_id: UUID
    pupil_id: UUID


@event("identity.guardianship.ended", subject="person:pupil_id")
class GuardianshipEnded:
    """A person is no longer the pupil's representative."""

    guardian_id: UUID
    pupil_id: UUID


@event("identity.group.changed", subject="group:group_id")
class GroupChanged:
    """A class (5А), a group within it or a whole parallel was opened, renamed or given a teacher.

    `kind` is class, group or parallel. A group's `parent_id` is its class, a class's the parallel
    it belongs to, when one was made.
    """

    group_id: UUID
    kind: str
    name: str
    grade: int | None = None  # параллель, 1–11
    parent_id: UUID | None = None
    class_teacher_id: UUID | None = None  # классный руководитель


@row
class Enrolment:
    """A pupil's stay in a group, both days included; no last day while it goes on."""

    pupil_id: UUID
    from_on: date
    until_on: date | None = None


@event("identity.enrolments.changed", subject="group:group_id")
class EnrolmentsChanged:
    """Pupils joined or left a group. For each pupil named, `enrolments` are all the stays there."""

    group_id: UUID
    pupil_ids: list[UUID]
    enrolments: list[Enrolment]
