"""What identity tells: schools, people, who belongs to whom. The only log with personal data."""

from datetime import date, datetime
from uuid import UUID

from shared.events import event, row


@event("identity.school.changed", subject="school:school_id")
class SchoolChanged:
    """A school was founded here or its parameters changed."""

    school_id: UUID
    name: str
    time_zone: str
    scale: list[str]  # The marks a teacher may put, best first: 5 4 3 2 1, зач, незач …
    short_name: str = ""  # As printed documents name it: МБОУ СОШ № 1
    address: str = ""
    phone: str = ""
    email: str = ""


@row
class DatedValue:
    """A value of a parameter as JSON, and the first day it holds."""

    valid_from: date
    value: str


@event("identity.parameter.changed", subject="school:school_id")
class ParameterChanged:
    """The school set one of its parameters; `values` are all it has had and is to have, by their days.

    Before the first of them, and where nothing was told, the default holds.
    """

    school_id: UUID
    name: str
    values: list[DatedValue]


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


@event("identity.consent.given", subject="person:person_id")
class ConsentGiven:
    """A person, or who answers for them, lets the school do more with their data than the law orders."""

    consent_id: UUID
    person_id: UUID
    kind: str  # email, messenger, photo, publication …
    given_on: date


@event("identity.consent.withdrawn", subject="person:person_id")
class ConsentWithdrawn:
    """A consent was taken back: from now on what it allowed is not done."""

    consent_id: UUID
    person_id: UUID
    kind: str
    withdrawn_on: date


@event("identity.security.noticed", subject="person:person_id", personal=True)
class SecurityNoticed:
    """Something happened to a person's account that they have to hear of at once.

    `what` is new_device, password_changed, password_reset, code_issued, blocked, unblocked, attack
    (many sign-ins fail in the school's deployment; told to its operators), and what second factors add.
    """

    person_id: UUID
    what: str
    at: datetime
    device: str = ""  # «Chrome, Windows», where it was done from a browser of the person
    address: str = ""


@event("identity.sessions.ended", subject="person:person_id")
class SessionsEnded:
    """Somebody signed out, was blocked or changed the password: these sessions are over.

    Told of those alone of which a token may still live: whoever takes tokens refuses them from now on.
    """

    person_id: UUID
    session_ids: list[UUID]
    ended_at: datetime


@event("identity.person.merged", subject="person:kept_id")
class PersonMerged:
    """Two entries turned out to be one person: whatever is about `merged_id` is about `kept_id` now."""

    kept_id: UUID
    merged_id: UUID


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
    from_on: date | None = None
    until_on: date | None = None  # Before `from_on`: the group never came to be.
    continues_id: UUID | None = None  # Last year's class that this one continues: 5А of 6А.


@row
class Enrolment:
    """A pupil's stay in a group, both days included; no last day while it goes on.

    `ended_as` is the kind of movement that ended it (transfer, departure, promotion, repeat,
    graduation), with its order as the printed page names it; empty when no order did.
    """

    pupil_id: UUID
    from_on: date
    until_on: date | None = None
    ended_as: str | None = None
    order_number: str | None = None
    order_on: date | None = None


@event("identity.enrolments.changed", subject="group:group_id")
class EnrolmentsChanged:
    """Pupils joined or left a group. For each pupil named, `enrolments` are all the stays there."""

    group_id: UUID
    pupil_ids: list[UUID]
    enrolments: list[Enrolment]
