"""Fill an empty school with the demonstration, through the doors a real school would use.

People and timetable enter as files, by the same imports; what is written in the journal by its own
actions, in each author's name. What is there already is left alone, so that an interrupted fill goes on.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deploy.caller import Caller
from deploy.demo.chronicle import moment
from deploy.demo.consents import hand_in_consents
from deploy.demo.fet import FILE_NAME, fet_file
from deploy.demo.journal import write_journal
from deploy.demo.marks import WITHOUT_MARKS
from deploy.demo.oneroster import oneroster_zip
from deploy.demo.plans import approve_plans
from deploy.demo.school import NAME, OPERATOR, School, demo_people, make_school, year_of
from deploy.demo.substituted import decide_ahead, decide_past
from deploy.demo.year import plan_demo_year
from deploy.imports import import_oneroster
from deploy.single import School as Deployment
from deploy.timetables import import_fet
from services.identity.actions.people.people import change_person, give_role_by_hand
from services.identity.actions.school.parameters import set_parameter, values_of
from services.identity.actions.school.schools import change_school
from services.identity.actions.signing_in.passwords import set_password
from services.identity.models import ExternalId, Person, Role
from services.identity.models import School as Founded
from services.identity.rules.parameters import Setting
from shared import cursors, log
from shared.bygone import recorded_at
from shared.clock import today
from shared.db import EVERY_SCHOOL, SchoolSession

Tell = Callable[[str, int, int], None]

PEOPLE, TIMETABLE, COPIES, MARKS = "Люди и классы", "Расписание", "Журнал узнаёт о них", "Отметки"
SCALES = "subject_scales"
PATIENCE = 300.0  # seconds a service may take to hear of everything
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # Those that nobody mistakes for one another.

ROLES = {
    "operator": "оператор",
    "director": "директор",
    "deputy": "заместитель директора",
    "class-teacher": "классный руководитель 7А",
    "teacher": "учитель",
    "parent": "родитель двух учеников",
    "pupil": "ученик 7А",
}


class NothingHeard(Exception):
    """A service did not hear of the school in time; its worker seems to be down."""


@dataclass(frozen=True)
class Login:
    """How somebody of the demonstration signs in."""

    role: str
    name: str
    login: str
    password: str


def fill(deployment: Deployment, caller: Caller, tell: Tell, *, days: int | None = None) -> list[Login]:
    """Fill the deployment's only school, and return a login for each role.

    The workers have to be running. Repeating it changes nothing but the passwords. `days` is the
    number of school days, up to yesterday, whose lessons are written: all of the year unless told.
    """
    school_id, time_zone = _founded(deployment)
    day = today(time_zone)
    made = make_school(year_of(day))
    for step, bring in ((PEOPLE, _bring_people), (TIMETABLE, _bring_timetable)):
        tell(step, 0, 1)
        bring(deployment, caller, made, school_id, day)
        tell(step, 1, 1)
    zone, cast = ZoneInfo(time_zone), _cast(deployment, made, school_id)
    schedule, journal = deployment.runtimes["schedule"].database, deployment.runtimes["journal"]
    schedule.count()  # The hour at which its worker does so is long; the lessons came within a second.
    _wait_until_heard(
        deployment, school_id, "schedule", ("identity",)
    )  # Whose classes and teachers they are.
    decide_past(schedule, school_id, cast["deputy"], zone)
    _wait_until_heard(deployment, school_id, "journal", ("identity", "schedule"), tell)
    journal.database.count()
    write_journal(journal, school_id, zone, cast, partial(tell, MARKS), days=days)
    decide_ahead(schedule, school_id, cast["deputy"], zone, cast.values())
    return _logins(deployment, made, school_id, cast)


def _founded(deployment: Deployment) -> tuple[UUID, str]:
    with deployment.runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        founded = session.scalars(select(Founded)).one()
        return founded.id, founded.time_zone


def _bring_people(deployment: Deployment, caller: Caller, made: School, school_id: UUID, day: date) -> None:
    import_oneroster(caller, oneroster_zip(made))
    with deployment.runtimes["identity"].database.writing(school_id) as session:
        _name_school_and_office(session, made)
        _learn_without_marks(session, made.year)
        hand_in_consents(session, _operator(session).id, made.year, day)


def _name_school_and_office(session: SchoolSession, made: School) -> None:
    school = session.scalars(select(Founded)).one()
    change_school(session, school.version, name=NAME, time_zone=school.time_zone, scale=school.scale)
    # A file makes nobody a leader; who is one is said by hand.
    office = made.people.office
    keys = {person.key: "director" if post == "director" else "deputy" for post, person in office.items()}
    for key, person_id in _ids(session, list(keys)).items():
        give_role_by_hand(session, person_id, keys[key])
    operator = _operator(session)
    family, given, patronymic = OPERATOR
    name = {"family_name": family, "given_name": given, "patronymic": patronymic}
    change_person(session, operator.id, operator.version, **name)


def _learn_without_marks(session: SchoolSession, year: int) -> None:
    """Let the operator have said before the year which courses have no marks (безотметочные); once."""
    school = session.scalars(select(Founded)).one()
    rows = [{"subject": subject, "scale": "none"} for subject in sorted(WITHOUT_MARKS)]
    if not values_of(session, SCALES):
        with recorded_at(moment(ZoneInfo(school.time_zone), date(year, 8, 31), "10:00")):
            set_parameter(session, SCALES, 0, Setting(rows, date(year, 9, 1)), _operator(session).id)


def _ids(session: SchoolSession, keys: list[str]) -> dict[str, UUID]:
    asked = select(ExternalId.external, ExternalId.id)
    rows = session.execute(asked.where(ExternalId.kind == "person", ExternalId.external.in_(keys)))
    found = dict(rows.all())
    return {key: found[key] for key in keys}


def _operator(session: SchoolSession) -> Person:
    """Return the operator the school was founded with, who becomes one of its people."""
    first = select(Person).join(Role, Role.person_id == Person.id).where(Role.role == "operator")
    return session.scalars(first.order_by(Person.id).limit(1)).one()


def _bring_timetable(
    deployment: Deployment, caller: Caller, made: School, school_id: UUID, day: date
) -> None:
    with deployment.runtimes["schedule"].database.writing(school_id) as session:
        plan_demo_year(session, made.year, day)
    import_fet(caller, FILE_NAME, fet_file(made))
    director = made.people.office["director"].key
    with deployment.runtimes["identity"].database.reading(school_id) as session:
        director_id = _ids(session, [director])[director]
    with deployment.runtimes["schedule"].database.writing(school_id) as session:
        approve_plans(session, director_id)


def _wait_until_heard(
    deployment: Deployment, school_id: UUID, listener: str, told_by: Sequence[str], tell: Tell | None = None
) -> None:
    """Wait until a service has applied all that others have told of the school."""
    deadline = time.monotonic() + PATIENCE
    streams = {name: f"{name}/{school_id}" for name in told_by}
    while True:
        heads = {stream: _head(deployment, name, stream) for name, stream in streams.items()}
        with deployment.runtimes[listener].database.reading(school_id) as session:
            heard = {stream: cursors.get(session, stream).position for stream in heads}
        if tell:
            tell(COPIES, sum(heard.values()), sum(heads.values()))
        if heard == heads:
            return
        if time.monotonic() > deadline:
            raise NothingHeard(f"{listener} heard {heard} of {heads}.")
        time.sleep(0.1)


def _head(deployment: Deployment, name: str, stream: str) -> int:
    with deployment.runtimes[name].database.reading(EVERY_SCHOOL) as session:
        found = log.head(session, stream)
        return found.head if found else 0


def _cast(deployment: Deployment, made: School, school_id: UUID) -> dict[str, UUID]:
    """Return the people to be shown, by their roles."""
    shown = demo_people(made)
    with deployment.runtimes["identity"].database.reading(school_id) as session:
        ids = _ids(session, [person.key for person in shown.values()])
        return {"operator": _operator(session).id} | {role: ids[one.key] for role, one in shown.items()}


def _logins(deployment: Deployment, made: School, school_id: UUID, cast: dict[str, UUID]) -> list[Login]:
    identity = deployment.runtimes["identity"]
    names = {"operator": " ".join(OPERATOR)} | {role: one.name for role, one in demo_people(made).items()}
    logins = []
    with identity.database.writing(school_id) as session:
        for role, person_id in cast.items():
            password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
            login = set_password(session, person_id, password, identity.settings.argon2_memory_kib)
            logins.append(Login(ROLES[role], names[role], login, password))
    return logins
