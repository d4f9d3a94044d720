"""Makes a small school as the journal hears of it, and people who ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self
from uuid import UUID

import orjson
from sqlalchemy import event, select

from services.journal.models import Page
from shared.auth import Actor
from shared.bus import event_log
from shared.db import Database, SchoolSession
from shared.events import read
from shared.events.identity import (
    Enrolment,
    EnrolmentsChanged,
    GroupChanged,
    GuardianshipEstablished,
    PersonChanged,
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
from tests.support.seeding import hear

TODAY = date(2026, 10, 5)  # A Monday.
YESTERDAY = date(2026, 10, 4)
FRIDAY = date(2026, 10, 2)
TOMORROW = date(2026, 10, 6)
SCALE = ["5", "4", "3", "2", "1", "зач", "незач", "осв", "н/а"]
FIRST, SECOND = (date(2026, 9, 1), date(2026, 10, 25)), (date(2026, 11, 2), date(2026, 12, 27))
FAMILIES = ("Ёлкина", "Абрамов", "Жуков", "Еремин", "Яшина", "Белов")


@dataclass
class World:
    """A school with one class, one subject and its lessons of Friday, today and tomorrow."""

    school_id: UUID = field(default_factory=new_id)
    year_id: UUID = field(default_factory=new_id)
    quarters: tuple[UUID, UUID] = field(default_factory=lambda: (new_id(), new_id()))
    class_id: UUID = field(default_factory=new_id)
    subject_id: UUID = field(default_factory=new_id)
    teacher_id: UUID = field(default_factory=new_id)
    class_teacher_id: UUID = field(default_factory=new_id)
    parent_id: UUID = field(default_factory=new_id)
    pupils: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(3)])
    days: Sequence[date] = (FRIDAY, TODAY, TOMORROW)
    lessons: list[UUID] = field(default_factory=list)
    time_zone: str = "Europe/Moscow"

    def __post_init__(self) -> None:
        self.lessons = self.lessons or [new_id() for _ in self.days]

    @property
    def today(self) -> UUID:
        """The lesson of today."""
        return self.lessons[list(self.days).index(TODAY)]

    def page_id(self, session: SchoolSession) -> UUID:
        """The class's page."""
        found: UUID = session.scalars(select(Page.id).where(Page.group_id == self.class_id)).one()
        return found

    def actor(self, person_id: UUID | None = None, *roles: str) -> Actor:
        """Somebody of this school; by default the teacher."""
        person = person_id or self.teacher_id
        return Actor(str(person), self.school_id, person, frozenset(roles or ("teacher",)))

    def identity(self) -> list[object]:
        """What identity tells of the school."""
        stays = [Enrolment(pupil_id=pupil, from_on=FIRST[0]) for pupil in self.pupils]
        group = {"group_id": self.class_id, "kind": "class", "name": "5А", "grade": 5}
        return [
            SchoolChanged(school_id=self.school_id, name="Школа", time_zone=self.time_zone, scale=SCALE),
            make_person(self.teacher_id, "Иванова"),
            make_person(self.class_teacher_id, "Петрова"),
            *(make_person(pupil, FAMILIES[n % len(FAMILIES)]) for n, pupil in enumerate(self.pupils)),
            GuardianshipEstablished(guardian_id=self.parent_id, pupil_id=self.pupils[0]),
            GroupChanged(**group, class_teacher_id=self.class_teacher_id),
            EnrolmentsChanged(group_id=self.class_id, pupil_ids=self.pupils, enrolments=stays),
        ]

    def schedule(self) -> list[object]:
        """What schedule tells of the school."""
        periods = [
            Period(period_id=id_, name=name, starts_on=starts_on, ends_on=ends_on)
            for id_, name, (starts_on, ends_on) in zip(
                self.quarters, ("I четверть", "II четверть"), (FIRST, SECOND), strict=True
            )
        ]
        year = {"year_id": self.year_id, "name": "2026/27"}
        return [
            YearPlanned(**year, starts_on=FIRST[0], ends_on=date(2027, 5, 25), periods=periods),
            SubjectChanged(subject_id=self.subject_id, name="Математика"),
            make_load(self, self.class_id, self.teacher_id),
            make_lessons(self, self.class_id, self.days, self.lessons),
        ]


def make_world(database: Database, **given: object) -> World:
    """A school the journal has heard everything of."""
    world = World(**given)
    tell(database, world, *world.identity(), *world.schedule())
    return world


def tell(database: Database, world: World, *told: object) -> None:
    """Let the journal hear events of the school."""
    hear(database, "journal", world.school_id, told)


def make_person(person_id: UUID, family: str, given: str = "Мария") -> PersonChanged:
    return PersonChanged(person_id=person_id, family_name=family, given_name=given, patronymic="Павловна")


def make_load(
    world: World, group_id: UUID, *teacher_ids: UUID, subject_id: UUID | None = None
) -> LoadAssigned:
    return LoadAssigned(
        year_id=world.year_id,
        group_id=group_id,
        subject_id=subject_id or world.subject_id,
        teacher_ids=list(teacher_ids),
        hours_per_week=5,
    )


def make_lessons(
    world: World,
    group_id: UUID,
    days: Sequence[date],
    lesson_ids: Sequence[UUID],
    *,
    teacher_id: UUID | None = None,
    subject_id: UUID | None = None,
    is_substituted: bool = False,
) -> LessonsPlanned:
    lessons = [
        PlannedLesson(
            lesson_id=lesson_id,
            on=day,
            number=2,
            starts="09:20",
            room="12",
            teacher_ids=[teacher_id or world.teacher_id],
            is_substituted=is_substituted,
        )
        for lesson_id, day in zip(lesson_ids, days, strict=True)
    ]
    subject = subject_id or world.subject_id
    return LessonsPlanned(year_id=world.year_id, group_id=group_id, subject_id=subject, lessons=lessons)


def make_enrolment(
    group_id: UUID, pupil_id: UUID, from_on: date = FIRST[0], until_on: date | None = None
) -> EnrolmentsChanged:
    stay = Enrolment(pupil_id=pupil_id, from_on=from_on, until_on=until_on)
    return EnrolmentsChanged(group_id=group_id, pupil_ids=[pupil_id], enrolments=[stay])


def published(database: Database, world: World, type_: str | None = None) -> list[object]:
    """What the journal told so far, oldest first."""
    asked = select(event_log.c.type, event_log.c.data).order_by(event_log.c.position)
    with database.reading(world.school_id) as session:
        found = session.execute(asked.where(event_log.c.stream == f"journal/{world.school_id}")).all()
    return [read(t, orjson.loads(data)) for t, data in found if type_ in (None, t)]


class Counted:
    """Counts the SQL statements a database runs while it is open."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine
        self.statements: list[str] = []

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            self.statements.append(statement)

    def __len__(self) -> int:
        return len(self.statements)
