"""The columns of a page: its periods and its lessons with their works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Integer, and_, literal, select

from services.reporting.models import Closing, Lesson, PageLesson, Period, Work
from services.reporting.queries.access import PageFacts
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.grades import for_grade


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """A period, and whether it is closed."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date
    closed: bool


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """A work of a lesson."""

    slot: int
    type: str
    weight: int
    title: str


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """A lesson of the page."""

    id: UUID
    on: date
    number: int | None
    topic: str
    homework: str
    works: tuple[WorkFacts, ...]


def periods_of(session: SchoolSession, facts: PageFacts) -> tuple[PeriodFacts, ...]:
    found = session.execute(
        select(Period, Closing.period_id)
        .outerjoin(Closing, and_(Closing.period_id == Period.id, Closing.reopened_at.is_(None)))
        .where(Period.year_id == facts.year_id, for_grade(Period.grades, literal(facts.grade, Integer)))
        .order_by(Period.starts_on, Period.ends_on)
    )
    return tuple(
        PeriodFacts(one.id, one.name, one.starts_on, one.ends_on, closed is not None) for one, closed in found
    )


def chosen(periods: Sequence[PeriodFacts], wanted: UUID | None, day: date) -> PeriodFacts | None:
    if wanted is not None:
        named = [period for period in periods if period.id == wanted]
        if not named:
            raise NotFound
        return named[0]
    begun = [period for period in periods if period.starts_on <= day]
    return begun[-1] if begun else periods[0] if periods else None


def lessons_of(
    session: SchoolSession, facts: PageFacts, period: PeriodFacts | None
) -> tuple[LessonFacts, ...]:
    """Merge the timetable with the page: a cancelled lesson stays when something was written on it."""
    written = {
        one.lesson_id: one
        for one in session.scalars(select(PageLesson).where(PageLesson.page_id == facts.page_id))
    }
    planned = {
        one.id: one
        for one in session.scalars(
            select(Lesson).where(
                Lesson.group_id == facts.group_id,
                Lesson.subject_id == facts.subject_id,
                Lesson.year_id == facts.year_id,
            )
        )
        if not one.is_cancelled or one.id in written
    }
    works = _works(session, facts)
    merged = [
        _lesson(lesson_id, planned.get(lesson_id), written.get(lesson_id), works.get(lesson_id, ()))
        for lesson_id in {**planned, **written}
    ]
    inside = [one for one in merged if not period or period.starts_on <= one.on <= period.ends_on]
    return tuple(sorted(inside, key=lambda one: (one.on, one.number or 0, one.id)))


def _lesson(
    lesson_id: UUID, planned: Lesson | None, written: PageLesson | None, works: tuple[WorkFacts, ...]
) -> LessonFacts:
    known: Lesson | PageLesson | None = planned or written
    assert known is not None  # noqa: S101 (it comes from one of the two)
    return LessonFacts(
        id=lesson_id,
        on=known.held_on,
        number=known.number,
        topic=(written.topic if written else None) or "",
        homework=(written.homework if written else None) or "",
        works=works,
    )


def _works(session: SchoolSession, facts: PageFacts) -> dict[UUID, tuple[WorkFacts, ...]]:
    found = select(Work.lesson_id, Work.slot, Work.work, Work.weight, Work.title)
    works: dict[UUID, tuple[WorkFacts, ...]] = {}
    for lesson_id, slot, type_, weight, title in session.execute(
        found.where(Work.page_id == facts.page_id).order_by(Work.slot)
    ):
        works[lesson_id] = (*works.get(lesson_id, ()), WorkFacts(slot, type_, weight, title or ""))
    return works
