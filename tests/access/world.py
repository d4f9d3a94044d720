"""Two schools of real services in one process, the second full of canaries.

Everything lies in SQLite, where the session's own wall between schools stands alone: what it lets
through, nothing else holds back. The second wall, PostgreSQL's, is held to its task by test_walls.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from flask import Flask
from sqlalchemy import select

from services.identity.actions.people.people import (
    enter_person,
    establish_guardianship,
    grant_role,
    revoke_role,
)
from services.identity.actions.privacy.consents import Given, give_consent
from services.identity.actions.privacy.erasures import propose_erasure
from services.identity.actions.privacy.subject_requests import open_request
from services.identity.actions.programs.clients import ensure_client
from services.identity.actions.programs.keys import ensure_keys
from services.identity.actions.programs.providers import configure_provider
from services.identity.actions.programs.registry import register_client
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.actions.school.schools import change_school, found_school
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.passwords import set_password
from services.schedule.actions.catalogue import enter
from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.actions.years import BellTime, YearPlan, plan_year
from services.schedule.models import SubjectArea
from services.schedule.rules import Span
from shared.assembly import application_of, assemble
from shared.bus import event_log
from shared.clock import today
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.events import read
from shared.ids import new_id
from shared.peers import Peers
from shared.policy import ROLES
from shared.service import SERVICES, Runtime
from shared.settings import Settings
from tests.schedule.makers import set_timetable
from tests.support.databases import sqlite_url
from tests.support.seeding import SCALE, hear

PROGRAMS = (*SERVICES, "portal")
CANARY = "Канарейка"
CANARY_MARK = "КНРК"
PASSWORD = "соловей поёт 17 раз"
SECRET = "достаточно длинный секрет программы"
MEMORY = 8  # KiB: as cheap as argon2 gets.
ZONE = "Europe/Moscow"
PEOPLE = ("newcomer", *ROLES)
CLIENTS = {"service": ("events:read",), "feed": ("events:read",), "import": ("import",)}


@dataclass
class Class:
    """A class with its subject, its people and one lesson that was held."""

    group_id: UUID
    teacher_id: UUID
    leader_id: UUID
    pupils: list[UUID]
    guardian_id: UUID
    subject_id: UUID | None = None
    area_id: UUID | None = None
    room_id: UUID | None = None
    lesson_id: UUID | None = None
    lesson_on: date | None = None
    erasure_id: UUID | None = None  # Of somebody who left, proposed and waiting.
    request_id: UUID | None = None


@dataclass
class School:
    """A school: its people by what they are (of the first class), and its two classes."""

    id: UUID
    mark: str
    canary: str = ""
    people: dict[str, UUID] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    classes: list[Class] = field(default_factory=list)
    one_time_password: str = ""

    def text(self, plain: str) -> str:
        """Return a text as this school writes it: the second school's all have a canary in them."""
        return f"{plain} {self.canary}".strip()


@dataclass
class World:
    """Both schools and the ways to the programs."""

    folder: Path
    runtimes: dict[str, Runtime]
    apps: dict[str, Flask]
    first: School
    second: School

    def tell(self, source: str, school: School) -> None:
        """Let the other services hear what one has told of a school so far."""
        with self.runtimes[source].database.reading(school.id) as session:
            rows = session.execute(
                select(event_log.c.type, event_log.c.data)
                .where(event_log.c.stream.like(f"%/{school.id}"))
                .order_by(event_log.c.position)
            )
            told = [read(kind, orjson.loads(data)) for kind, data in rows]
        for name in SERVICES:
            if name not in ("identity", source):
                hear(self.runtimes[name].database, name, school.id, told)


@contextmanager
def two_schools(folder: Path, address: Callable[[str, Path], str] = sqlite_url) -> Iterator[World]:
    """Build both schools, with the same people, classes and lessons in each."""
    peers = Peers({})
    files = (folder / "files").as_uri()
    runtimes = {name: _runtime(name, address(name, folder), peers, files) for name in PROGRAMS}
    apps = {name: application_of(runtime) for name, runtime in runtimes.items()}
    for name in SERVICES:
        peers.put_in_process(name, apps[name])
    first, second = School(new_id(), "5"), School(new_id(), CANARY_MARK, CANARY)
    world = World(folder, runtimes, apps, first, second)
    ensure_keys(runtimes["identity"].database)
    for school in (first, second):
        _found(world, school)
        _plan(world, school)
    _admit_clients(world)
    yield world
    for runtime in runtimes.values():
        runtime.database.close()


def _runtime(name: str, url: str, peers: Peers, files_url: str) -> Runtime:
    secret = "tests' own" if name == "portal" else ""
    given = Settings(
        service=name, database_url=url, secret_key=secret, argon2_memory_kib=MEMORY, files_url=files_url
    )
    return assemble(name, given, peers)


def _admit_clients(world: World) -> None:
    with world.runtimes["identity"].database.writing(EVERY_SCHOOL) as session:
        for name, scopes in CLIENTS.items():
            school_id = None if name == "service" else world.first.id
            ensure_client(session, name, SECRET, scopes=scopes, school_id=school_id)
    for school, client_id in ((world.first, "diary"), (world.second, "kanareyka")):
        with world.runtimes["identity"].database.writing(school.id) as session:
            _let_programs_in(session, school, client_id)


def _let_programs_in(session: SchoolSession, school: School, client_id: str) -> None:
    """Register a program people sign in to, and a provider they may not sign in by yet."""
    described = {
        "name": school.text("Дневник"),
        "is_public": False,
        "is_enabled": True,
        "is_preapproved": False,
        "scopes": ["openid", "profile"],
        "redirect_uris": ["https://diary.example.org/back"],
        "post_logout_uris": [],
        "logout_uri": "",
    }
    register_client(session, described, client_id)
    provider = {
        "title": school.text("ЕСИА"),
        "issuer": "https://esia.example.org",
        "client_id": "we",
        "auth_method": "client_secret_basic",
        "secret": "s" * 40,
        "scopes": ["openid"],
        "counts_as": ["fed"],
        "is_enabled": False,
    }
    configure_provider(session, f"esia-of-{client_id}", provider)


def _found(world: World, school: School) -> None:
    database = world.runtimes["identity"].database
    with database.writing(school.id) as session:
        founded = found_school(
            session,
            school.text("Школа"),
            ZONE,
            operator=(school.text("Оператор"), "Ольга", ""),
        )
        change_school(session, 1, name=school.text("Школа"), time_zone=ZONE, scale=[school.mark, *SCALE[1:]])
        school.people["operator"] = founded.operator_id
        for role in ("educator", "deputy", "director"):
            school.people[role] = _person(session, school, role.title(), role)
        school.people["newcomer"] = _person(session, school, "Новенький", "teacher")
        school.classes = [_class(session, school, letter) for letter in "АБ"]
        own = school.classes[0]
        school.people |= {
            "teacher": own.teacher_id,
            "class_teacher": own.leader_id,
            "pupil": own.pupils[0],
            "parent": own.guardian_id,
        }
        for who, person_id in school.people.items():
            school.logins[who] = set_password(session, person_id, PASSWORD, MEMORY)
        away = school.classes[1]
        for person_id in (away.teacher_id, away.pupils[0]):
            school.logins[str(person_id)] = set_password(session, person_id, PASSWORD, MEMORY)
        newcomer = school.people["newcomer"]
        school.one_time_password = issue_codes(session, [newcomer])[newcomer][1]
    world.tell("identity", school)


def _person(session: SchoolSession, school: School, name: str, role: str = "") -> UUID:
    mail = f"{'kanareyka' if school.canary else 'post'}-{new_id().hex[-8:]}@example.org"
    person = enter_person(
        session,
        family_name=school.text(name),
        given_name=school.text("Имя"),
        patronymic=school.text("Отчество"),
        email=mail,
        birth_on=date(2010, 5, 17),
    )
    if role:
        grant_role(session, person.id, role)
    return person.id


def _class(session: SchoolSession, school: School, letter: str) -> Class:
    leader = _person(session, school, f"Классная-{letter}", "teacher")
    group = open_group(
        session, kind="class", name=school.text(f"7{letter}"), grade=7, class_teacher_id=leader
    )
    revoke_role(session, leader, "teacher")  # So that only what a class teacher may is seen.
    pupils = [_person(session, school, f"Ученик-{letter}{number}", "pupil") for number in range(3)]
    guardian = _person(session, school, f"Родитель-{letter}")
    for pupil in pupils:
        enrol(session, group.id, pupil, _year_start())
    for pupil in pupils[:2]:
        establish_guardianship(session, guardian, pupil)
    give_consent(session, None, pupils[0], Given("photo", given_by=guardian))
    teacher = _person(session, school, f"Учитель-{letter}", "teacher")
    left = _person(session, school, f"Бывший-{letter}")
    own = Class(group.id, teacher, leader, pupils, guardian)
    own.erasure_id = propose_erasure(session, school.people["deputy"], left, "request").id
    asked = open_request(session, left, "access", asked_by=left, recorded_by=None)
    own.request_id = asked.id
    return own


def _year_start() -> date:
    return today(ZONE) - timedelta(days=100)


def _plan(world: World, school: School) -> None:
    start, on = _year_start(), today(ZONE)
    middle = on - timedelta(days=40)
    periods = [
        Span(school.text("I четверть"), start, middle - timedelta(days=1)),
        Span(school.text("II четверть"), middle, on + timedelta(days=60)),
    ]
    plan = YearPlan(
        name=school.text("Год"),
        starts_on=start,
        ends_on=on + timedelta(days=200),
        school_days=6,
        periods=periods,
        holidays=[Span(school.text("Каникулы"), on + timedelta(days=70), on + timedelta(days=75))],
        bells=[BellTime(1, "08:30", "09:15"), BellTime(2, "09:25")],
    )
    with world.runtimes["schedule"].database.writing(school.id) as session:
        year = plan_year(session, plan, 0)
        rooms, _ = name_rooms(session, [RoomFacts(school.text("Кабинет"), 30, school.text("Корпус"))])
        area = enter(session, SubjectArea, {"name": school.text("Область"), "is_closed": False})
        for number, own in enumerate(school.classes, 1):
            own.area_id, own.room_id = area.id, next(iter(rooms.values()))
            name = school.text(f"Предмет-{number}")
            own.subject_id = name_subjects(session, [name])[0][name]
            teachers, page = [str(own.teacher_id)], (own.group_id, own.subject_id)
            beside = [str(school.people["educator"])] if number == 1 else []
            assign_loads(session, year, {page: Teaching((*teachers, *beside), 6)}, {own.group_id})
            slots = [_slot(page, day, number, next(iter(rooms.values())), teachers) for day in range(1, 7)]
            set_timetable(session, year, slots, {own.group_id}, from_on=middle, today=on)
    world.tell("schedule", school)


def _slot(page: Sequence[UUID], weekday: int, number: int, room: UUID, teachers: list[str]) -> dict[str, Any]:
    return {
        "group_id": page[0],
        "subject_id": page[1],
        "week": 0,
        "weekday": weekday,
        "number": number,
        "starts": None,
        "room_id": room,
        "teacher_ids": teachers,
    }
