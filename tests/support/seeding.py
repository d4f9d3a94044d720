"""A small school as events, heard by any service without a broker: for tests and benchmarks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from shared.clock import now
from shared.db import Database
from shared.events import contract_of
from shared.events.identity import (
    Enrolment,
    EnrolmentsChanged,
    GroupChanged,
    PersonChanged,
    RoleGranted,
    SchoolChanged,
)
from shared.events.schedule import (
    LessonsPlanned,
    LoadAssigned,
    Period,
    PlannedLesson,
    SubjectChanged,
    YearPlanned,
)
from shared.ids import new_id
from shared.service import Received, find_service

SCALE = ["5", "4", "3", "2", "1", "зач", "незач", "осв", "н/а"]


@dataclass
class SmallClass:
    """A class, its teacher, its pupils, and its lessons in the one subject, oldest first."""

    group_id: UUID
    teacher_id: UUID
    pupil_ids: list[UUID]
    lesson_ids: list[UUID]


@dataclass
class SmallSchool:
    """A school with one subject; `told` is what identity and schedule say of it."""

    school_id: UUID
    year_id: UUID
    period_id: UUID
    subject_id: UUID
    classes: list[SmallClass] = field(default_factory=list)
    told: dict[str, list[object]] = field(default_factory=lambda: {"identity": [], "schedule": []})


def small_school(
    *, classes: int = 1, pupils: int = 30, lessons: int = 40, last_day: date | None = None
) -> SmallSchool:
    """Make up a school whose classes each had one lesson on every one of the days before `last_day`."""
    end = last_day or now().date()
    start = end - timedelta(days=lessons)
    school = SmallSchool(new_id(), new_id(), new_id(), new_id())
    school.told["identity"].append(
        SchoolChanged(school_id=school.school_id, name="Школа № 1", time_zone="UTC", scale=SCALE)
    )
    period = Period(period_id=school.period_id, name="I четверть", starts_on=start, ends_on=end)
    school.told["schedule"] += [
        YearPlanned(year_id=school.year_id, name="год", starts_on=start, ends_on=end, periods=[period]),
        SubjectChanged(subject_id=school.subject_id, name="Алгебра"),
    ]
    for number in range(classes):
        _add_class(school, number, pupils, [start + timedelta(days=d + 1) for d in range(lessons)])
    return school


def _add_class(school: SmallSchool, number: int, pupils: int, days: Sequence[date]) -> None:
    made = SmallClass(new_id(), new_id(), [new_id() for _ in range(pupils)], [new_id() for _ in days])
    school.classes.append(made)
    people = school.told["identity"]
    people.append(_person(made.teacher_id, "Учитель", number))
    people.append(RoleGranted(person_id=made.teacher_id, role="teacher"))
    people.append(GroupChanged(group_id=made.group_id, kind="class", name=f"{number + 1}А", grade=7))
    people += [_person(pupil, "Ученик", place) for place, pupil in enumerate(made.pupil_ids)]
    stays = [Enrolment(pupil_id=pupil, from_on=days[0] - timedelta(days=30)) for pupil in made.pupil_ids]
    people.append(EnrolmentsChanged(group_id=made.group_id, pupil_ids=made.pupil_ids, enrolments=stays))
    ids = {"year_id": school.year_id, "group_id": made.group_id, "subject_id": school.subject_id}
    planned = [
        PlannedLesson(
            lesson_id=lesson, on=day, number=1, starts="08:30", room="12", teacher_ids=[made.teacher_id]
        )
        for lesson, day in zip(made.lesson_ids, days, strict=True)
    ]
    school.told["schedule"].append(LoadAssigned(**ids, teacher_ids=[made.teacher_id], hours_per_week=5))
    for first in range(0, len(planned), 200):
        school.told["schedule"].append(LessonsPlanned(**ids, lessons=planned[first : first + 200]))


def _person(person_id: UUID, family: str, number: int) -> PersonChanged:
    return PersonChanged(
        person_id=person_id, family_name=f"{family}ов-{number:02}", given_name="Пётр", patronymic="Ильич"
    )


def hear(database: Database, service: str, school_id: UUID, told: Sequence[object]) -> None:
    """Let a service react to events as its consumer would, in one transaction."""
    reactions = find_service(service).subscriptions
    position = 0
    with database.writing(school_id) as session:
        for cls, run in groupby(told, key=type):
            received = []
            for one in run:
                position += 1
                contract = contract_of(one)
                stream = f"{contract.log}/{school_id}"
                subject = contract.subject_of(one)
                received.append(Received(new_id(), stream, position, subject, now(), None, one))
            if cls in reactions:
                reactions[cls](session, received)
