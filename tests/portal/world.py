"""A small school of real services in one process, served to a real browser on a real port.

What travels by events is handed over directly: the bus has tests of its own.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server

from services.identity.actions.people.people import enter_person, establish_guardianship, grant_role
from services.identity.actions.programs.clients import ensure_client
from services.identity.actions.programs.keys import ensure_keys
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.actions.school.schools import found_school
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.passwords import set_password
from shared.app import create_app
from shared.assembly import application_of, assemble
from shared.auth import SPEAKS_FOR_VISITORS
from shared.bus import event_log
from shared.clock import today
from shared.db import EVERY_SCHOOL
from shared.events import read
from shared.events.schedule import (
    LessonsPlanned,
    LoadAssigned,
    Period,
    PlannedLesson,
    SubjectChanged,
    YearPlanned,
)
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.support.databases import sqlite_url
from tests.support.seeding import hear

MEMORY = 8  # KiB: as cheap as argon2 gets
CLIENT_SECRET = "a secret of the portal's that is long enough"
PASSWORD = "соловей поёт 17 раз"
ZONE = "Europe/Moscow"
TODAY = 92
"""The number of today's lesson of mathematics, of which there is one each day since the period began."""
SERVICES = ("identity", "schedule", "journal", "reporting", "notify")
LISTENERS = ("schedule", "journal", "reporting", "notify")
FAMILIES = (
    "Абрамов Лев", "Белова Анна", "Виноградов Тимур", "Гаврилова Софья", "Ёлкин Пётр", "Жукова Ева",
    "Зайцев Марк", "Ильина Дарья", "Калашников Александр", "Лебедева Мария", "Максимов Илья",
    "Никитина Полина", "Орлов Артём", "Павлова Вера", "Романов Глеб", "Соколова Алиса",
    "Тимофеев Роман", "Ушакова Кира", "Фёдоров Иван", "Харитонова Ульяна", "Цветков Егор", "Чернова Ника",
    "Шаповалов Константин", "Щукина Яна", "Юдин Захар", "Яковлева Зоя",
)  # fmt: skip


@dataclass
class World:
    """The school, its people by what they are, and the ways to it."""

    school_id: UUID
    runtimes: dict[str, Runtime]
    peers: Peers
    portal: Flask
    people: dict[str, UUID] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    pupils: list[UUID] = field(default_factory=list)
    pages: dict[str, UUID] = field(default_factory=dict)
    lessons: dict[str, list[PlannedLesson]] = field(default_factory=dict)
    first_password: str = ""  # Of the newcomer, who has not signed in yet.
    url: str = ""

    def token(self, who: str, audience: str) -> dict[str, str]:
        """Return the Authorization header of a person for a service, got as the portal gets it."""
        identity = self.peers.client("identity")
        signed_in = identity.post(
            "/api/identity/v1/sessions", json={"login": self.logins[who], "password": PASSWORD}
        ).json()
        asked = {"grant_type": "session", "session_token": signed_in["session_token"], "audience": audience}
        told = identity.post("/api/identity/v1/tokens", json=asked).json()
        return {"Authorization": f"Bearer {told['access_token']}"}

    def page_as(self, who: str, subject: str = "Математика") -> dict[str, Any]:
        """Return the class page as the journal tells it to a person."""
        path = f"/api/journal/v1/pages/{self.pages[subject]}"
        told: dict[str, Any] = (
            self.peers.client("journal").get(path, headers=self.token(who, "journal")).json()
        )
        return told

    def record(
        self,
        who: str,
        lesson: int,
        values: Sequence[str | None],
        *,
        slot: int = 1,
        subject: str = "Математика",
        works: Sequence[dict[str, Any]] = (),
    ) -> None:
        """Save one value per pupil, from the first on, as a person through the journal's API."""
        seq = self.page_as(who, subject)["page"]["seq"]
        entries = [
            {"pupil_id": str(pupil), "slot": slot, "value": value}
            for pupil, value in zip(self.pupils, values, strict=False)
        ]
        body = {"entries": entries, "works": list(works)}
        lesson_id = self.lessons[subject][lesson].lesson_id
        answer = self.peers.client("journal").post(
            f"/api/journal/v1/lessons/{lesson_id}/entries",
            json=body,
            headers={**self.token(who, "journal"), "If-Match": f'"{seq}"'},
        )
        assert answer.status_code == 200, answer.text

    def change(self, who: str, lesson: int, what: str, body: dict[str, Any] | None) -> None:
        """Change a lesson's `description` or `works/<slot>` through the journal's API; None deletes it."""
        seq = self.page_as(who)["page"]["seq"]
        lesson_id = self.lessons["Математика"][lesson].lesson_id
        answer = self.peers.client("journal").request(
            "DELETE" if body is None else "PUT",
            f"/api/journal/v1/lessons/{lesson_id}/{what}",
            json=body,
            headers={**self.token(who, "journal"), "If-Match": f'"{seq}"'},
        )
        assert answer.status_code == 200, answer.text

    def marks(self, lesson: int, *, slot: int = 1, subject: str = "Математика") -> list[str | None]:
        """Return what the journal holds in a column, from the first pupil on."""
        told = self.page_as("deputy", subject)
        ids = [one["id"] for one in told["lessons"]]
        at = ids.index(str(self.lessons[subject][lesson].lesson_id))
        held = {
            pupil: value for number, pupil, place, value in told["entries"] if (number, place) == (at, slot)
        }
        return [held.get(number) for number in range(len(self.pupils))]

    def close_period(self, *, again: bool = False) -> None:
        """Let the deputy close the current period, or open it again."""
        journal, asked = self.peers.client("journal"), self.token("deputy", "journal")
        period = journal.get("/api/journal/v1/periods", headers=asked).json()["items"][-1]
        path = f"/api/journal/v1/periods/{period['id']}/closing"
        if again:
            answer = journal.request("DELETE", path, headers=asked, json={"reason": "Закрыли рано."})
        else:
            answer = journal.post(path, headers=asked, json={"reason": "Остальное допишут."})
        assert answer.status_code < 300, answer.text

    def tell(self, source: str) -> None:
        """Let the others hear everything a service has told so far."""
        with self.runtimes[source].database.engine.connect() as connection:
            rows = connection.execute(
                select(event_log.c.type, event_log.c.data).order_by(event_log.c.position)
            )
            told = [read(kind, orjson.loads(data)) for kind, data in rows]
        self.hear(told, besides=source)

    def hear(self, told: Sequence[object], besides: str = "") -> None:
        """Let all services hear these events."""
        for name in LISTENERS:
            if name in self.runtimes and name != besides:
                hear(self.runtimes[name].database, name, self.school_id, told)

    def stop_service(self, name: str) -> None:
        """Let a service fail from now on, as if it were down."""
        self.peers.put_in_process(name, _down)

    def start_service(self, name: str) -> None:
        """Let it answer again."""
        self.peers.put_in_process(name, create_app(self.runtimes[name]))


def _down(environ: Any, start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
    return [b""]


@contextmanager
def small_world(folder: Path) -> Iterator[World]:
    """Build the school with a teacher, a colleague, a deputy, an operator, parents and a class."""
    peers = Peers({})
    runtimes = {name: _runtime(name, folder, peers) for name in SERVICES}
    for name, runtime in runtimes.items():
        peers.put_in_process(name, create_app(runtime))
    portal = application_of(_runtime("portal", folder, peers))
    world = World(new_id(), runtimes, peers, portal)
    _found(world)
    _plan(world)
    yield world
    for runtime in runtimes.values():
        runtime.database.close()


def _runtime(name: str, folder: Path, peers: Peers) -> Runtime:
    settings = Settings(
        service=name,
        database_url=sqlite_url(name, folder),
        secret_key="tests' own" if name == "portal" else "",
        client_secret=CLIENT_SECRET if name == "portal" else "",
        argon2_memory_kib=MEMORY,
        files_url=(folder / "files").as_uri(),
    )
    return assemble(name, settings, peers)


def _found(world: World) -> None:
    database = world.runtimes["identity"].database
    ensure_keys(database)
    with database.writing(EVERY_SCHOOL) as session:
        ensure_client(session, "service-portal", CLIENT_SECRET, scopes=(SPEAKS_FOR_VISITORS,))
    with database.writing(world.school_id) as session:
        founded = found_school(session, "Школа № 57", ZONE)
        world.people["operator"] = founded.operator_id
        for who, name, role in (
            ("teacher", "Смирнова Ольга Петровна", "teacher"),
            ("colleague", "Кузнецов Андрей Ильич", "teacher"),
            ("deputy", "Морозова Елена Викторовна", "deputy"),
            ("director", "Лаптев Пётр Ильич", "director"),
            ("parent", "Абрамова Ирина Львовна", ""),
            ("newcomer", "Новиков Денис Олегович", "teacher"),
            ("stranger", "Чужой Олег", "teacher"),
        ):
            family, given, *patronymic = name.split()
            person = enter_person(
                session, family_name=family, given_name=given, patronymic="".join(patronymic)
            )
            world.people[who] = person.id
            session.flush()
            if role:
                grant_role(session, person.id, role)
        group = open_group(
            session, kind="class", name="7А", grade=7, class_teacher_id=world.people["colleague"]
        )
        world.people["class"] = group.id
        for name in FAMILIES:
            family, given = name.split()
            pupil = enter_person(session, family_name=family, given_name=given, patronymic="")
            session.flush()
            grant_role(session, pupil.id, "pupil")
            enrol(session, group.id, pupil.id, _year_start())
            world.pupils.append(pupil.id)
        world.people["pupil"] = world.pupils[0]
        for child in world.pupils[:2]:
            establish_guardianship(session, world.people["parent"], child)
    _let_in(world)
    world.tell("identity")


def _let_in(world: World) -> None:
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        for who, person_id in world.people.items():
            if who == "newcomer":
                world.logins[who], world.first_password = issue_codes(session, [person_id])[person_id]
            elif who != "class":
                world.logins[who] = set_password(session, person_id, PASSWORD, MEMORY)


def _year_start() -> date:
    return today(ZONE) - timedelta(days=100)


def _plan(world: World) -> None:
    year, on = new_id(), today(ZONE)
    first = Period(
        period_id=new_id(), name="I четверть", starts_on=_year_start(), ends_on=on - timedelta(days=TODAY + 1)
    )
    second = Period(
        period_id=new_id(),
        name="II четверть",
        starts_on=on - timedelta(days=TODAY),
        ends_on=on + timedelta(days=20),
    )
    whole = {"starts_on": first.starts_on, "ends_on": on + timedelta(days=200)}
    told: list[object] = [YearPlanned(year_id=year, name="2026/27", periods=[first, second], **whole)]
    teachers = [world.people["teacher"], world.people["colleague"]]
    told += _subject(world, year, "Математика", teachers, number=1, every=1)
    told += _subject(world, year, "Русский язык", teachers[1:], number=2, every=3)
    world.hear(told)
    world.tell("journal")
    asked = world.token("deputy", "journal")
    for page in world.peers.client("journal").get("/api/journal/v1/pages", headers=asked).json()["items"]:
        world.pages[page["subject"]["name"]] = UUID(page["id"])


def _subject(
    world: World, year: UUID, name: str, teachers: list[UUID], *, number: int, every: int
) -> list[object]:
    ids = {"year_id": year, "group_id": world.people["class"], "subject_id": new_id()}
    days = [today(ZONE) + timedelta(days=step) for step in range(-TODAY, 8, every)]
    given = {"number": number, "starts": "08:30", "room": "12", "teacher_ids": teachers}
    lessons = [PlannedLesson(lesson_id=new_id(), on=day, **given) for day in days]
    world.lessons[name] = lessons
    return [
        SubjectChanged(subject_id=ids["subject_id"], name=name),
        LoadAssigned(**ids, teacher_ids=teachers, hours_per_week=4),
        LessonsPlanned(**ids, lessons=lessons),
    ]


@contextmanager
def served(world: World) -> Iterator[BaseWSGIServer]:
    """Serve the portal on a port of its own."""
    server = make_server("127.0.0.1", 0, world.portal, threaded=True)  # The system's choice is taken at once.
    world.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
