"""The term of marks, written into the journal page by page, each in its teacher's name."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from uuid import UUID

from sqlalchemy import select

from deploy.demo.marks import LessonAt, LessonRecord, Page, Sitter, record_page
from deploy.demo.thematic import hours_of
from services.journal.actions.cells import Cell
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.plans import TopicFacts
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.actions.works import work_of
from services.journal.models import Enrolment, Group, Lesson, PageTeacher, Person, Subject
from services.journal.models import Page as JournalPage
from services.journal.rules.homework import NOTHING_SET
from shared.auth import Actor
from shared.db import Database, SchoolSession
from shared.names import full_name, sort_key


@dataclass(frozen=True)
class Unwritten:
    """A page that has lessons behind it and nothing written on them yet."""

    id: UUID
    page: Page
    teacher_id: UUID
    lessons: list[LessonAt]
    sitters: list[Sitter]


class Register:
    """The journal of one school, as far as the demonstration writes in it."""

    def __init__(self, database: Database, school_id: UUID, today: date, days: int) -> None:
        self.database, self.school_id, self.today, self.days = database, school_id, today, days

    def unwritten(self) -> list[Unwritten]:
        """Return the pages to write on; today's lessons are left to whoever tries the journal."""
        with self.database.reading(self.school_id) as session:
            lessons = self._lessons(session)
            teachers = dict(session.execute(select(PageTeacher.page_id, PageTeacher.teacher_id)).all())
            rosters = _rosters(session)
            asked = (
                select(JournalPage.id, JournalPage.group_id, Group.name, Subject.name)
                .join(Group, Group.id == JournalPage.group_id)
                .join(Subject, Subject.id == JournalPage.subject_id)
                .where(JournalPage.seq == 0)
                .order_by(Group.name, Subject.name)
            )
            return [
                Unwritten(page_id, page, teachers[page_id], lessons[page_id], rosters[group_id])
                for page_id, group_id, group, subject in session.execute(asked)
                if (page := _page(group, subject)) and lessons[page_id] and page_id in teachers
            ]

    def _lessons(self, session: SchoolSession) -> dict[UUID, list[LessonAt]]:
        held = (Lesson.state == "planned", Lesson.held_on < self.today)
        days = session.scalars(
            select(Lesson.held_on).where(*held).distinct().order_by(Lesson.held_on.desc()).limit(self.days)
        ).all()
        found: dict[UUID, list[LessonAt]] = defaultdict(list)
        if days:
            asked = select(Lesson.page_id, Lesson.id, Lesson.held_on, Lesson.number)
            recent = asked.where(*held, Lesson.held_on >= days[-1]).order_by(Lesson.held_on, Lesson.number)
            for page_id, lesson_id, on, number in session.execute(recent):
                found[page_id].append(LessonAt(lesson_id, on, number))
        return found

    def write(self, page: Unwritten) -> None:
        """Write the page's lessons, all of them or none."""
        teacher = Actor(str(page.teacher_id), self.school_id, page.teacher_id, frozenset({"teacher"}))
        with self.database.writing(self.school_id) as session:
            session.info["actor"] = str(page.teacher_id)
            records = list(record_page(page.page, page.lessons, page.sitters))
            planned = hours_of(session, page.id)[: len(page.lessons)]
            for record, topic in zip_longest(records, planned):
                _write(session, teacher, record, topic)
            _set_task(session, teacher, records[-1])


def _write(session: SchoolSession, teacher: Actor, record: LessonRecord, planned: TopicFacts | None) -> None:
    works = [work_of(work.slot, work.type, None, work.title) for work in record.works]
    cells = [Cell(*entry) for entry in record.entries]
    record_entries(session, teacher, record.lesson_id, 0, cells, works)
    topic, topic_id = (planned.topic, planned.id) if planned else (record.topic, None)
    describe_lesson(session, teacher, record.lesson_id, 0, topic, record.homework, topic_id)


def _set_task(session: SchoolSession, teacher: Actor, record: LessonRecord) -> None:
    """Let the homework of the last lesson be a task as well: to be answered, and a day's load."""
    if record.homework and record.homework != NOTHING_SET:
        minutes = 10 + 5 * (len(record.homework) % 4)
        set_task(session, teacher, record.lesson_id, 0, TaskFacts(record.homework, minutes))


def _page(group: str, subject: str) -> Page | None:
    grade = re.match(r"\d+", group)
    return Page(subject, int(grade[0]), group) if grade else None


def _rosters(session: SchoolSession) -> dict[UUID, list[Sitter]]:
    names = {
        person.id: (person.family_name, person.given_name, person.patronymic)
        for person in session.scalars(select(Person))
    }
    found: dict[UUID, list[Sitter]] = defaultdict(list)
    stays = session.execute(select(Enrolment.group_id, Enrolment.pupil_id)).all()
    for group_id, pupil_id in sorted(stays, key=lambda stay: sort_key(*names[stay.pupil_id])):
        found[group_id].append(Sitter(pupil_id, full_name(*names[pupil_id])))
    return found
