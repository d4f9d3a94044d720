"""People: entered, renamed, given roles, tied to the children they answer for."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select

from services.identity.models import Enrolment, Group, Guardianship, Person, Role, School
from services.identity.rules.people import REPRESENTATIVE
from services.identity.rules.roles import RELATION_ROLES
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Stale, Text
from shared.events.identity import (
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonChanged,
    RoleGranted,
    RoleRevoked,
)
from shared.names import collated, list_name
from shared.outbox import publish


class RoleComesWithTheClass(Conflict):
    """The role follows from leading a class and is not given by hand."""

    title = Text("Эта роль назначается вместе с классом", "This role comes with the class")
    detail = Text(
        "Назначьте или смените классного руководителя в карточке класса.",
        "Set or change the class teacher in the class itself.",
    )


class LastOperator(Conflict):
    """A school without an operator could never be changed again."""

    title = Text("Это последний оператор школы", "This is the school's last operator")
    detail = Text(
        "Сначала дайте роль оператора другому человеку.",
        "Give somebody else the role of an operator first.",
    )


class FileNumberTaken(Conflict):
    """Another pupil's file has that number."""

    title = Text("Такой номер личного дела уже есть", "The file number is taken")
    detail = Text(
        "Дело № {number} ведётся на ученика «{name}». Проверьте номер.",
        "File {number} is that of {name}. Check the number.",
    )


class NotAPupil(Conflict):
    """The person named as pupil is none."""

    title = Text("Это не ученик", "This is no pupil")
    detail = Text(
        "Сначала дайте этому человеку роль ученика.",
        "Give this person the role of a pupil first.",
    )


class StillEnrolled(Conflict):
    """Who is in a class is a pupil."""

    title = Text("Ученик числится в классе", "The pupil is in a class")
    detail = Text(
        "Ученик числится в «{group}». Сначала оформите выбытие, затем снимите роль.",
        "The pupil is in “{group}”. Record the departure first, then take the role away.",
    )


class OwnGuardian(Conflict):
    """Nobody is their own guardian."""

    title = Text("Нельзя быть представителем самого себя", "Nobody is their own guardian")
    detail = Text("Выберите другого человека.", "Choose somebody else.")


def find_person(session: SchoolSession, person_id: UUID, *, lock: bool = False) -> Person:
    """Return a person of the session's school, or refuse."""
    person = session.get(Person, person_id, with_for_update=lock or None)
    if person is None:
        raise NotFound
    return person


def enter_person(
    session: SchoolSession,
    *,
    family_name: str,
    given_name: str,
    patronymic: str = "",
    email: str | None = None,
    birth_on: date | None = None,
    language: str = "ru",
    **known: str | None,
) -> Person:
    """Enter a person without roles; `known` is what no other service needs: sex, file number, position."""
    _refuse_taken_file(session, known.get("file_number"))
    person = Person(
        school_id=UUID(session.info["school"]),
        family_name=family_name,
        given_name=given_name,
        patronymic=patronymic,
        sorted_by=sorted_by(family_name, given_name, patronymic),
        email=email,
        birth_on=birth_on,
        language=language,
        **known,
    )
    session.add(person)
    session.flush()
    publish(session, person_told(person))
    return person


def change_person(session: SchoolSession, person_id: UUID, seen: int, **values: Any) -> Person:
    """Change a person's data; `seen` is the version the caller saw. The same again tells nobody."""
    person = find_person(session, person_id, lock=True)
    if person.version != seen:
        raise Stale
    before = person_told(person)
    if values.get("file_number") != person.file_number:
        _refuse_taken_file(session, values.get("file_number"))
    for name, value in values.items():
        setattr(person, name, value)
    person.sorted_by = sorted_by(person.family_name, person.given_name, person.patronymic)
    session.flush()
    if person_told(person) != before:
        publish(session, person_told(person))
    return person


def _refuse_taken_file(session: SchoolSession, number: str | None) -> None:
    if number:
        other = session.scalars(select(Person).where(Person.file_number == number)).first()
        if other is not None:
            raise FileNumberTaken(number=number, name=list_name(other.family_name, other.given_name))


def sorted_by(family: str, given: str, patronymic: str) -> str:
    """Return the text by which the database sorts people as a Russian list does."""
    return " ".join(collated(part) for part in (family, given, patronymic))


def person_told(person: Person) -> PersonChanged:
    """Return what the other services are told of a person."""
    return PersonChanged(
        person_id=person.id,
        family_name=person.family_name,
        given_name=person.given_name,
        patronymic=person.patronymic,
        email=person.email,
        birth_on=person.birth_on,
        language=person.language,
    )


def grant_role(session: SchoolSession, person_id: UUID, role: str) -> None:
    """Give a person a role; one they have already is left alone."""
    find_person(session, person_id, lock=True)
    if session.get(Role, (person_id, role)) is None:
        session.add(Role(person_id=person_id, role=role, school_id=UUID(session.info["school"])))
        session.flush()
        publish(session, RoleGranted(person_id=person_id, role=role))


def revoke_role(session: SchoolSession, person_id: UUID, role: str) -> None:
    """Take a role away; one they do not have is left alone."""
    find_person(session, person_id)
    gone = session.execute(delete(Role).where(Role.person_id == person_id, Role.role == role))
    if gone.rowcount:  # type: ignore[attr-defined]
        publish(session, RoleRevoked(person_id=person_id, role=role))


def give_role_by_hand(session: SchoolSession, person_id: UUID, role: str, *, take: bool = False) -> None:
    """Give or take a role as the operator does; those that follow from a relation are refused."""
    if role in RELATION_ROLES:
        raise RoleComesWithTheClass
    if take and role == "operator":
        others = select(Role).where(Role.role == role, Role.person_id != person_id).with_for_update()
        if session.scalars(others).first() is None:
            raise LastOperator
    if take and role == "pupil":
        _refuse_enrolled(session, person_id)
    (revoke_role if take else grant_role)(session, person_id, role)


def _refuse_enrolled(session: SchoolSession, person_id: UUID) -> None:
    """Refuse while the person is in a class or group today, or will be."""
    find_person(session, person_id, lock=True)  # An enrolment locks the pupil, too.
    school = session.get_one(School, UUID(session.info["school"]))
    ends = or_(Enrolment.until_on.is_(None), Enrolment.until_on >= today(school.time_zone))
    stays = select(Group.name).join(Enrolment, Enrolment.group_id == Group.id)
    found = session.scalars(stays.where(Enrolment.pupil_id == person_id, ends).order_by(Group.kind)).first()
    if found is not None:
        raise StillEnrolled(group=found)


def establish_guardianship(
    session: SchoolSession, guardian_id: UUID, pupil_id: UUID, kind: str = REPRESENTATIVE
) -> None:
    """Make a person a pupil's representative, and a parent; doing it again corrects the kind alone."""
    find_person(session, pupil_id, lock=True)
    find_person(session, guardian_id)
    if guardian_id == pupil_id:
        raise OwnGuardian
    if session.get(Role, (pupil_id, "pupil")) is None:
        raise NotAPupil
    known = session.get(Guardianship, (guardian_id, pupil_id))
    if known is not None:
        known.kind = kind
        return
    school_id = UUID(session.info["school"])
    session.add(Guardianship(guardian_id=guardian_id, pupil_id=pupil_id, kind=kind, school_id=school_id))
    session.flush()
    publish(session, GuardianshipEstablished(guardian_id=guardian_id, pupil_id=pupil_id))
    grant_role(session, guardian_id, "parent")


def end_guardianship(session: SchoolSession, guardian_id: UUID, pupil_id: UUID) -> None:
    """End a guardianship; refuses one that is not there."""
    guardianship = session.get(Guardianship, (guardian_id, pupil_id))
    if guardianship is None:
        raise NotFound
    session.delete(guardianship)
    publish(session, GuardianshipEnded(guardian_id=guardian_id, pupil_id=pupil_id))
    others = select(Guardianship.pupil_id).where(
        Guardianship.guardian_id == guardian_id, Guardianship.pupil_id != pupil_id
    )
    if session.scalars(others.limit(1)).first() is None:
        revoke_role(session, guardian_id, "parent")
