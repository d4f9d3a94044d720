"""Valid things with one line each; a test names only what matters to it."""

from datetime import date
from uuid import UUID

import orjson
from sqlalchemy import select

from services.identity.actions.people.people import enter_person, establish_guardianship, grant_role
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.actions.school.schools import found_school
from services.identity.actions.signing_in.passwords import set_password
from services.identity.models import Group, Person
from shared.bus import event_log
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.events import read
from shared.ids import new_id

MEMORY = 8  # KiB: as cheap as argon2 gets
FIRST_DAY = date(2026, 9, 1)
PASSWORD = "соловей поёт 17 раз"


def make_school(database: Database, *, name: str = "Школа № 1", school_id: UUID | None = None) -> UUID:
    school_id = school_id or new_id()
    with database.writing(school_id) as session:
        found_school(session, name)
    return school_id


def make_person(
    session: SchoolSession,
    *,
    family: str = "Иванова",
    given: str = "Мария",
    patronymic: str = "",
    role: str = "pupil",
) -> Person:
    person = enter_person(session, family_name=family, given_name=given, patronymic=patronymic)
    grant_role(session, person.id, role)
    return person


def make_class(
    session: SchoolSession, *, name: str = "5А", grade: int = 5, teacher: Person | None = None
) -> Group:
    leader = teacher.id if teacher else None
    return open_group(session, kind="class", name=name, grade=grade, class_teacher_id=leader)


def make_pupil(
    session: SchoolSession, group: Group, *, family: str = "Петров", given: str = "Иван"
) -> Person:
    pupil = make_person(session, family=family, given=given)
    enrol(session, group.id, pupil.id, FIRST_DAY)
    return pupil


def make_parent(
    session: SchoolSession, pupil: Person, *, family: str = "Петрова", given: str = "Ольга"
) -> Person:
    parent = enter_person(session, family_name=family, given_name=given)
    establish_guardianship(session, parent.id, pupil.id)
    return parent


def make_login(session: SchoolSession, person: Person, password: str = PASSWORD) -> str:
    return set_password(session, person.id, password, MEMORY)


def told(database: Database, kind: str = "") -> list[object]:
    """Return the events of the log in order, or those of one type."""
    listed = select(event_log.c.type, event_log.c.data).order_by(event_log.c.stream, event_log.c.position)
    with database.reading(EVERY_SCHOOL) as session:
        rows = session.execute(listed)
        return [read(type_, orjson.loads(data)) for type_, data in rows if not kind or type_ == kind]
