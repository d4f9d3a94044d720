"""A whole school's term end at once: 200 teachers set the period marks of 40 classes (clause 3.6.5)."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from uuid import UUID

from sqlalchemy import text

from services.journal.models.relations import TABLES
from shared.bulk import insert_rows
from shared.clock import now
from shared.events.schedule import LessonsPlanned, LoadAssigned, PlannedLesson, SubjectChanged
from shared.ids import new_id
from tests.bench.desks import API, class_set, getting
from tests.bench.limits import bare_save, save_tables
from tests.bench.measure import Figure, HttpClient, Turn, in_turn, rate
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.seeding import SmallSchool, hear, small_school
from tests.support.tokens import bearer

CLASSES, SUBJECTS, LESSONS, PUPILS = 40, 5, 8, 30
TEACHERS = CLASSES * SUBJECTS
CLIENTS = 16
"""Connections, each of a dozen teachers in turn, where it is not all of them at once that is measured."""


@dataclass(frozen=True)
class Teacher:
    """One of the 200, before the page of one subject in one class."""

    id: UUID
    page_id: UUID
    pupil_ids: Sequence[UUID]


@dataclass
class TermEnd:
    """A running journal on the last day of a quarter."""

    deployment: Deployment
    school: SmallSchool
    url: str
    teachers: list[Teacher] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)

    def setting(self, number: int) -> Turn:
        """Return a client whose turn sets the class of the next of its teachers."""
        return self._each(number, self._setting)

    def setting_own(self, number: int) -> Turn:
        """Return one of the teachers, whose turn sets the own class."""
        return self._setting(HttpClient(self.deployment.ports["journal"]), self.teachers[number])

    def opening_sheets(self, number: int) -> Turn:
        """Return a client whose turn opens the sheet of term-end marks of the next of its teachers."""
        return self._each(number, lambda client, one: self._opening(client, one, "/finals"))

    def opening_pages(self, number: int) -> Turn:
        """Return a client whose turn opens the class page of the next of its teachers."""
        return self._each(number, lambda client, one: self._opening(client, one, ""))

    def _each(self, number: int, turn_of: Callable[[HttpClient, Teacher], Turn]) -> Turn:
        client = HttpClient(self.deployment.ports["journal"])
        turns = cycle([turn_of(client, one) for one in self.teachers[number::CLIENTS]])

        def turn() -> None:
            next(turns)()

        return turn

    def _opening(self, client: HttpClient, teacher: Teacher, what: str) -> Turn:
        return getting(client, f"{API}/pages/{teacher.page_id}{what}", self._headers(teacher))

    def _headers(self, teacher: Teacher) -> dict[str, str]:
        given = {"school_id": self.school.school_id, "person_id": teacher.id, "roles": ("teacher",)}
        return bearer("journal", lives_seconds=3600, **given) | {"Content-Type": "application/json"}

    def _setting(self, client: HttpClient, teacher: Teacher) -> Turn:
        headers = self._headers(teacher)
        page = f"{API}/pages/{teacher.page_id}/finals"
        bodies = [class_set(teacher.pupil_ids, value) for value in "45"]
        turns = count()
        # Before the clock starts: 200 sheets opened would be a good part of what is measured.
        seq = client.call("GET", page, headers)[1]["etag"].strip('"')

        def turn() -> None:
            nonlocal seq
            started = time.perf_counter()
            seen = headers | {"If-Match": f'"{seq}"'}
            body = bodies[next(turns) % 2]
            status, got, _ = client.call("POST", f"{page}/{self.school.period_id}", seen, body)
            self.waits.append(time.perf_counter() - started)
            if status == 200:
                seq = got["etag"].strip('"')
            else:
                self.errors.append(status)

        return turn


@contextmanager
def term_end(cluster: Postgres, *, processes: int = 2) -> Iterator[TermEnd]:
    """Run the journal alone with 40 classes of 30, five subjects each, every one with its own teacher."""
    with published_keys() as keys:
        deployment = Deployment(cluster, "", ("journal",), PARTA_IDENTITY_URL=keys)
        school = small_school(classes=CLASSES, pupils=PUPILS, lessons=LESSONS)
        for number in range(1, SUBJECTS):
            school.told["schedule"] += _another_subject(school, number)
        for told in school.told.values():
            hear(deployment.database("journal"), "journal", school.school_id, told)
        running = TermEnd(deployment, school, cluster.url(deployment.names["journal"]))
        running.teachers = _teachers(running)
        _fill(running)
        deployment.start_web("journal", processes=processes)
        yield running
        deployment.stop()


def _another_subject(school: SmallSchool, place: int) -> list[object]:
    """A class has its subjects one after another: nobody is in two rooms."""
    subject_id, on = new_id(), now().date()
    told: list[object] = [SubjectChanged(subject_id=subject_id, name="Предмет")]
    for one in school.classes:
        ids = {"year_id": school.year_id, "group_id": one.group_id, "subject_id": subject_id}
        teacher = new_id()
        given = {"on": on, "starts": f"{8 + place:02}:30", "room": "1", "teacher_ids": [teacher]}
        lessons = [PlannedLesson(lesson_id=new_id(), number=number, **given) for number in range(LESSONS)]
        told += [
            LoadAssigned(**ids, teacher_ids=[teacher], hours_per_week=5),
            LessonsPlanned(**ids, lessons=lessons),
        ]
    return told


PAGES = """
SELECT pages.id, pages.group_id, page_teachers.teacher_id
FROM pages JOIN page_teachers ON page_teachers.page_id = pages.id
"""


def _teachers(running: TermEnd) -> list[Teacher]:
    pupils = {one.group_id: one.pupil_ids for one in running.school.classes}
    with running.deployment.database("journal").reading(running.school.school_id) as session:
        return [Teacher(row[2], row[0], pupils[row[1]]) for row in session.execute(text(PAGES))]


def _fill(running: TermEnd) -> None:
    """Give every pupil a mark in every lesson, past the chain: nobody verifies it here."""
    school_id = running.school.school_id
    pupils = {one.page_id: one.pupil_ids for one in running.teachers}
    with running.deployment.database("journal").writing(school_id) as session:
        held = session.execute(text("SELECT page_id, id FROM lessons")).all()
        keys = [
            {"school_id": school_id, "page_id": page, "lesson_id": lesson, "slot": 1} for page, lesson in held
        ]
        work = {"type": "answer", "weight": 1, "title": "", "is_written": False, "is_monitoring": False}
        insert_rows(session, TABLES["works"], [key | work | {"counts": True, "seq": 0} for key in keys])
        cells = [
            key | {"pupil_id": pupil, "value": "54"[number % 2], "seq": 0}
            for key in keys
            for number, pupil in enumerate(pupils[key["page_id"]])
        ]
        insert_rows(session, TABLES["entries"], cells)


def all_at_once(running: TermEnd) -> Figure:
    """Measure a class's 30 period marks set by each of 200 teachers, all at once."""
    pages = [one.page_id for one in running.teachers[:CLIENTS]]
    pupils = running.teachers[0].pupil_ids
    save_tables(running.url, pages)
    data = json.dumps([{"pupil_id": str(p), "value": "5", "was": "4", "recommended": "5"} for p in pupils])
    ours, limit = in_turn(
        lambda: rate(running.setting_own, clients=TEACHERS),
        lambda: rate(lambda n: bare_save(running.url, pages[n], pupils, data), clients=CLIENTS),
    )
    waits = sorted(running.waits)
    p95 = waits[len(waits) * 95 // 100] * 1000
    note = f"p95 {p95:.0f} ms, {len(running.errors)} errors of {len(waits)}"
    holds = ours >= 0.25 * limit and not running.errors
    name = "set a class's period marks"
    return Figure(name, "classes/s", ours, limit, "bare psycopg, same rows", "≥ 25 %, no error", holds, note)
