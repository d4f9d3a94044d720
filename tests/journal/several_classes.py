"""A parallel of two classes with a group across them, each class with its teacher."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.models import Lesson, Page
from services.journal.queries.page import class_page
from shared.auth import Actor
from shared.db import Database
from shared.events.identity import GroupChanged
from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    TOMORROW,
    World,
    make_enrolment,
    make_lessons,
    make_load,
    make_person,
    make_world,
    tell,
)

DAYS = (FRIDAY, TODAY, TOMORROW)
BEGUN = date(2026, 9, 1)


@dataclass
class Several:
    """5А is the world's, with one pupil of three in the group; 5Б has one pupil, who is in it as well."""

    database: Database
    world: World
    parallel: UUID = field(default_factory=new_id)
    other: UUID = field(default_factory=new_id)
    group: UUID = field(default_factory=new_id)
    stranger: UUID = field(default_factory=new_id)
    other_leader_id: UUID = field(default_factory=new_id)
    teacher_id: UUID = field(default_factory=new_id)
    subject_id: UUID = field(default_factory=new_id)
    lessons: tuple[UUID, ...] = field(default_factory=lambda: tuple(new_id() for _ in DAYS))

    @property
    def own(self) -> UUID:
        """The pupil of 5А who is in the group."""
        return self.world.pupils[0]

    @property
    def leader(self) -> Actor:
        """The class teacher of 5А."""
        return self.world.actor(self.world.class_teacher_id, "class_teacher")

    @property
    def other_leader(self) -> Actor:
        return self.world.actor(self.other_leader_id, "class_teacher")

    @property
    def teacher(self) -> Actor:
        return self.world.actor(self.teacher_id)

    @property
    def today(self) -> UUID:
        return self.lessons[1]

    def tell(self, *told: object) -> None:
        tell(self.database, self.world, *told)

    def act(self, action: Any, who: Actor, *args: Any, **given: Any) -> Any:
        """Let somebody do something in a transaction of its own."""
        with self.database.writing(self.world.school_id) as session:
            return action(session, who, *args, **given)

    def ask(self, query: Any, who: Actor, *args: Any, **given: Any) -> Any:
        with self.database.reading(self.world.school_id) as session:
            return query(session, who, *args, **given)

    def page(self, group_id: UUID | None = None) -> tuple[UUID, int]:
        """The id and the seq of the group's page, or of another's."""
        asked = select(Page.id, Page.seq).where(Page.group_id == (group_id or self.group))
        with self.database.reading(self.world.school_id) as session:
            id_, seq = session.execute(asked).one()
        return id_, seq

    def mark(
        self, who: Actor, cells: dict[UUID, str | None], slot: int = 1, lesson: UUID | None = None
    ) -> Any:
        """Let somebody write in a lesson, by default of today in the group, as one who has seen it all."""
        lesson = lesson or self.today
        with self.database.writing(self.world.school_id) as session:
            page = select(Page.seq).join(Lesson, Lesson.page_id == Page.id).where(Lesson.id == lesson)
            written = [Cell(pupil, slot, value) for pupil, value in cells.items()]
            return record_entries(session, who, lesson, session.scalar(page) or 0, written)

    def shown(self, who: Actor, group_id: UUID | None = None) -> Any:
        """The page as somebody sees it."""
        return self.ask(class_page, who, self.page(group_id)[0])

    def on_parallel(self) -> UUID:
        """A lesson of today for the whole parallel."""
        lesson, subject_id = new_id(), new_id()
        self.tell(
            SubjectChanged(subject_id=subject_id, name="Разговоры о важном"),
            make_load(self.world, self.parallel, self.teacher_id, subject_id=subject_id),
            make_lessons(
                self.world,
                self.parallel,
                [TODAY],
                [lesson],
                teacher_id=self.teacher_id,
                subject_id=subject_id,
            ),
        )
        return lesson


def make_several(database: Database, world: World | None = None) -> Several:
    school = Several(database, world or make_world(database))
    classes = {"kind": "class", "grade": 5, "parent_id": school.parallel}
    teacher = {"teacher_id": school.teacher_id, "subject_id": school.subject_id}
    school.tell(
        GroupChanged(group_id=school.parallel, kind="parallel", name="5", grade=5),
        GroupChanged(
            group_id=school.world.class_id,
            name="5А",
            class_teacher_id=school.world.class_teacher_id,
            **classes,
        ),
        GroupChanged(group_id=school.other, name="5Б", class_teacher_id=school.other_leader_id, **classes),
        GroupChanged(
            group_id=school.group, kind="group", name="5, профиль", grade=5, parent_id=school.parallel
        ),
        make_person(school.stranger, "Чужой"),
        make_person(school.teacher_id, "Профильная"),
        make_enrolment(school.other, school.stranger),
        make_enrolment(school.group, school.own),
        make_enrolment(school.group, school.stranger),
        SubjectChanged(subject_id=school.subject_id, name="Физика"),
        make_load(school.world, school.group, school.teacher_id, subject_id=school.subject_id),
        make_lessons(school.world, school.group, DAYS, school.lessons, **teacher),
    )
    return school
