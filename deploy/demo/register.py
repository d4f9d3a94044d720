"""The lessons behind us, written into the journal page by page, each in its teacher's name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import zip_longest
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from deploy.demo.chronicle import Step, actor_of
from deploy.demo.habits import Habits
from deploy.demo.marks import LessonAt, LessonRecord, Page, Sitter, record_page
from deploy.demo.thematic import hours_of
from services.journal.actions.cells import Cell
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.plans import TopicFacts
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.actions.works import work_of
from services.journal.models import (
    Enrolment,
    Group,
    Lesson,
    LessonTeacher,
    PageTeacher,
    Period,
    Person,
    Subject,
)
from services.journal.models import Page as JournalPage
from services.journal.rules.homework import NOTHING_SET
from services.journal.rules.marks import WORK_TYPES
from shared.auth import Actor
from shared.db import SchoolSession
from shared.grades import is_for
from shared.names import full_name, sort_key


@dataclass(frozen=True)
class Taught:
    """A page with its teacher, the lessons behind us, the days of all of the year, and who sits there."""

    id: UUID
    page: Page
    teacher: Actor
    teacher_name: str
    lessons: list[LessonAt]
    days: list[date]
    sitters: list[Sitter]
    planned: list[TopicFacts]

    def habits(self, zone: ZoneInfo) -> Habits:
        """Return how its teacher writes on it."""
        return Habits(zone, self.teacher_name, f"{self.page.group} {self.page.subject}")


def taught_pages(session: SchoolSession, school_id: UUID, today: date, days: int | None) -> list[Taught]:
    """Return the pages and their lessons of so many days; today's are left to whoever tries the journal."""
    lessons, whole_year = _lessons(session, today, days), _days(session)
    teachers = dict(session.execute(select(PageTeacher.page_id, PageTeacher.teacher_id)).all())
    names = _names(session)
    rosters = _rosters(session, names)
    asked = (
        select(JournalPage.id, JournalPage.group_id, Group.name, Subject.name)
        .join(Group, Group.id == JournalPage.group_id)
        .join(Subject, Subject.id == JournalPage.subject_id)
        .order_by(Group.name, Subject.name)
    )
    return [
        Taught(
            id=page_id,
            page=page,
            teacher=actor_of(school_id, teachers[page_id], "teacher"),
            teacher_name=full_name(*names[teachers[page_id]]),
            lessons=lessons[page_id],
            days=whole_year[page_id],
            sitters=rosters[group_id],
            planned=hours_of(session, page_id),
        )
        for page_id, group_id, group, subject in session.execute(asked)
        if (page := page_of(group, subject)) and lessons[page_id] and page_id in teachers
    ]


def page_of(group: str, subject: str) -> Page | None:
    """Return what a page's marks depend on; the grade is told by the group's name."""
    grade = re.match(r"\d+", group)
    return Page(subject, int(grade[0]), group) if grade else None


def periods_of(grade: int, periods: Iterable[Period]) -> list[Period]:
    """Return the periods that a parallel learns by."""
    return [period for period in periods if is_for(period.grades, grade)]


def lesson_steps(
    taught: Taught, periods: Sequence[Period], zone: ZoneInfo, marked_since: date
) -> Iterator[Step]:
    """Yield what the teacher wrote on the page, lesson after lesson; before a day topics alone."""
    habits = taught.habits(zone)
    records = list(record_page(taught.page, taught.lessons, taught.sitters))
    planned = taught.planned[: len(records)]
    own = periods_of(taught.page.grade, periods)
    for number, (lesson, record, topic) in enumerate(zip_longest(taught.lessons, records, planned)):
        period = next((one for one in own if one.starts_on <= lesson.on <= one.ends_on), None)
        written = habits.written(lesson.on, lesson.number, last_lesson(taught, period) if period else None)
        is_last = number == len(records) - 1
        author = _author(taught, lesson)
        if lesson.on < marked_since:
            yield Step(written.at, author, partial(_describe, record, topic, 0))
            continue
        yield Step(written.at, author, partial(_write, record, topic, is_last=is_last))
        if _checked(record):
            yield Step(written.marked_at, author, partial(_mark_works, record))


def _author(taught: Taught, lesson: LessonAt) -> Actor:
    """Return who writes a lesson down: on a substituted one whoever gave it, and nobody else may."""
    if lesson.stand_in is None or taught.teacher.school_id is None:
        return taught.teacher
    return actor_of(taught.teacher.school_id, lesson.stand_in, "teacher")


def last_lesson(taught: Taught, period: Period) -> date | None:
    """Return the day of the page's last lesson in a period, be it behind us or ahead."""
    return max((day for day in taught.days if period.starts_on <= day <= period.ends_on), default=None)


def _write(
    record: LessonRecord,
    planned: TopicFacts | None,
    session: SchoolSession,
    teacher: Actor,
    *,
    is_last: bool,
) -> None:
    works = [work_of(work.slot, work.type, None, work.title) for work in record.works]
    checked = _checked(record)
    cells = [Cell(*entry) for entry in record.entries if entry[1] not in checked]
    saved = record_entries(session, teacher, record.lesson_id, 0, cells, works)
    _describe(record, planned, saved.seq, session, teacher)
    if is_last and record.homework != NOTHING_SET:
        # The homework of the last lesson is a task as well: to be answered, and a day's load.
        minutes = 10 + 5 * (len(record.homework) % 4)
        set_task(session, teacher, record.lesson_id, 0, TaskFacts(record.homework, minutes))


def _describe(
    record: LessonRecord, planned: TopicFacts | None, seen_seq: int, session: SchoolSession, teacher: Actor
) -> None:
    topic, topic_id = (planned.topic, planned.id) if planned else (record.topic, None)
    describe_lesson(session, teacher, record.lesson_id, seen_seq, topic, record.homework, topic_id)


def _checked(record: LessonRecord) -> set[int]:
    """Return the slots of works that are taken home to be marked."""
    return {work.slot for work in record.works if WORK_TYPES[work.type].is_written}


def _mark_works(record: LessonRecord, session: SchoolSession, teacher: Actor) -> None:
    checked = _checked(record)
    cells = [Cell(*entry) for entry in record.entries if entry[1] in checked]
    record_entries(session, teacher, record.lesson_id, 0, cells)


def _lessons(session: SchoolSession, today: date, days: int | None) -> dict[UUID, list[LessonAt]]:
    held = (Lesson.state == "planned", Lesson.held_on < today)
    latest = select(Lesson.held_on).where(*held).distinct().order_by(Lesson.held_on.desc()).limit(days)
    found: dict[UUID, list[LessonAt]] = defaultdict(list)
    first = min(session.scalars(latest), default=today)
    stand_in = and_(LessonTeacher.lesson_id == Lesson.id, Lesson.is_substituted)
    asked = select(Lesson.page_id, Lesson.id, Lesson.held_on, Lesson.number, LessonTeacher.teacher_id)
    recent = asked.outerjoin(LessonTeacher, stand_in).where(*held, Lesson.held_on >= first)
    for page_id, id_, on, number, given_by in session.execute(recent.order_by(Lesson.held_on, Lesson.number)):
        found[page_id].append(LessonAt(id_, on, number, given_by))
    return found


def _days(session: SchoolSession) -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = defaultdict(list)
    for page_id, on in session.execute(
        select(Lesson.page_id, Lesson.held_on).where(Lesson.state == "planned")
    ):
        found[page_id].append(on)
    return found


def _names(session: SchoolSession) -> dict[UUID, tuple[str, str, str]]:
    return {
        person.id: (person.family_name, person.given_name, person.patronymic)
        for person in session.scalars(select(Person))
    }


def _rosters(session: SchoolSession, names: dict[UUID, tuple[str, str, str]]) -> dict[UUID, list[Sitter]]:
    found: dict[UUID, list[Sitter]] = defaultdict(list)
    stays = session.execute(select(Enrolment.group_id, Enrolment.pupil_id)).all()
    for group_id, pupil_id in sorted(stays, key=lambda stay: sort_key(*names[stay.pupil_id])):
        found[group_id].append(Sitter(pupil_id, full_name(*names[pupil_id])))
    return found
