"""People: entered, renamed, given roles, tied to the children they answer for."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from services.identity.models import Guardianship, Person, Role
from services.identity.rules import RELATION_ROLES
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Stale, Text
from shared.events.identity import (
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonChanged,
    RoleGranted,
    RoleRevoked,
)
from shared.names import collated
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


class NotAPupil(Conflict):
    """The person named as pupil is none."""

    title = Text("Это не ученик", "This is no pupil")
    detail = Text(
        "Сначала дайте этому человеку роль ученика.",
        "Give this person the role of a pupil first.",
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
) -> Person:
    """Enter a person without roles."""
    person = Person(
        school_id=UUID(session.info["school"]),
        family_name=family_name,
        given_name=given_name,
        patronymic=patronymic,
        sorted_by=sorted_by(family_name, given_name, patronymic),
        email=email,
        birth_on=birth_on,
        language=language,
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
    for name, value in values.items():
        setattr(person, name, value)
    if person_told(person) != before:
        person.sorted_by = sorted_by(person.family_name, person.given_name, person.patronymic)
        session.flush()
        publish(session, person_told(person))
    return person


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
    (revoke_role if take else grant_role)(session, person_id, role)


def establish_guardianship(session: SchoolSession, guardian_id: UUID, pupil_id: UUID) -> None:
    """Make a person a pupil's representative, and a parent; doing it again changes nothing."""
    find_person(session, pupil_id, lock=True)
    find_person(session, guardian_id)
    if guardian_id == pupil_id:
        raise OwnGuardian
    if session.get(Role, (pupil_id, "pupil")) is None:
        raise NotAPupil
    if session.get(Guardianship, (guardian_id, pupil_id)) is not None:
        return
    school_id = UUID(session.info["school"])
    session.add(Guardianship(guardian_id=guardian_id, pupil_id=pupil_id, school_id=school_id))
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
