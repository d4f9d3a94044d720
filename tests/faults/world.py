"""A school under load, every service a process: what the faults are thrown at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.identity.actions.people.people import enter_person, establish_guardianship, grant_role
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.actions.signing_in.passwords import set_password
from shared.clock import now
from shared.db import SchoolSession
from shared.events.schedule import (
    LessonsPlanned,
    LoadAssigned,
    Period,
    PlannedLesson,
    SubjectChanged,
    YearPlanned,
)
from shared.ids import new_id
from shared.outbox import publish
from tests.support.deployment import CHEAP_ARGON2_KIB, Deployment
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

PRODUCERS = ("identity", "schedule", "journal")
PASSWORD = "долгий-тайный-пароль"
CLASSES = 4
PUPILS = 6
LESSONS = 8


@dataclass(frozen=True)
class Taught:
    """A class with the teacher who will write in it, and that teacher's lessons."""

    group_id: UUID
    login: str
    pupil_ids: list[UUID]
    lesson_ids: list[UUID]


@dataclass
class World:
    """The deployment and the school in it."""

    deployment: Deployment
    school_id: UUID
    classes: list[Taught]


@contextmanager
def world(cluster: Postgres, broker_url: str, **settings: str) -> Iterator[World]:
    """Run every service, each a process of its own."""
    with inhabited(Deployment(cluster, broker_url, **settings)) as made:
        yield made


@contextmanager
def inhabited(deployment: Deployment) -> Iterator[World]:
    """Fill a deployment and run it; each pupil has one guardian, so an entry is one notice to a guardian."""
    try:
        founded = deployment.found()
        classes = _people(deployment, founded.school_id)
        _timetable(deployment, founded.school_id, classes)
        deployment.start(webs=PRODUCERS)
        made = World(deployment, founded.school_id, [taught for taught, _ in classes])
        eventually(lambda: _is_known(made), within=60, every=0.2)
        yield made
    finally:
        deployment.stop()


def _is_known(world: World) -> bool:
    """Whether journal and notify have copied the school, so that the first save can be told."""
    counts = [
        world.deployment.scalar("journal", "SELECT count(*) FROM lessons") == CLASSES * LESSONS,
        world.deployment.scalar("journal", "SELECT count(*) FROM enrolments") == CLASSES * PUPILS,
    ]
    return all(counts)


def _people(deployment: Deployment, school_id: UUID) -> list[tuple[Taught, UUID]]:
    with deployment.database("identity").writing(school_id) as session:
        return [_class(session, number) for number in range(CLASSES)]


def _class(session: SchoolSession, number: int) -> tuple[Taught, UUID]:
    teacher = enter_person(session, family_name=f"Учитель{number}", given_name="Анна")
    session.flush()
    grant_role(session, teacher.id, "teacher")
    login = set_password(session, teacher.id, PASSWORD, int(CHEAP_ARGON2_KIB))
    group = open_group(session, kind="class", name=f"{number + 5}А", grade=number + 5)
    pupils = []
    for place in range(PUPILS):
        pupil = enter_person(session, family_name=f"Ученик{place}", given_name="Пётр")
        guardian = enter_person(session, family_name=f"Родитель{place}", given_name="Ольга")
        session.flush()
        grant_role(session, pupil.id, "pupil")
        grant_role(session, guardian.id, "parent")
        establish_guardianship(session, guardian.id, pupil.id)
        enrol(session, group.id, pupil.id, now().date() - timedelta(days=60))
        pupils.append(pupil.id)
    lessons = [new_id() for _ in range(LESSONS)]
    return Taught(group.id, login, pupils, lessons), teacher.id


def _timetable(deployment: Deployment, school_id: UUID, classes: list[tuple[Taught, UUID]]) -> None:
    """Tell of the lessons as the schedule would; what it keeps of them itself matters to no fault."""
    year_id, subject_id = new_id(), new_id()
    days = [now().date() - timedelta(days=day) for day in range(LESSONS)]
    quarter = Period(period_id=new_id(), name="II", starts_on=days[-1], ends_on=days[0])
    with deployment.database("schedule").writing(school_id) as session:
        span = {"starts_on": days[-1], "ends_on": days[0], "periods": [quarter]}
        publish(session, YearPlanned(year_id=year_id, name="год", **span))
        publish(session, SubjectChanged(subject_id=subject_id, name="Алгебра"))
        for taught, teacher_id in classes:
            ids = {"year_id": year_id, "group_id": taught.group_id, "subject_id": subject_id}
            planned = [
                PlannedLesson(
                    lesson_id=lesson, on=day, number=1, starts=None, room=None, teacher_ids=[teacher_id]
                )
                for lesson, day in zip(taught.lesson_ids, days, strict=True)
            ]
            publish(session, LoadAssigned(**ids, teacher_ids=[teacher_id], hours_per_week=5))
            publish(session, LessonsPlanned(**ids, lessons=planned))
