"""Copies of years, subjects, loads and dated lessons, from what schedule tells."""

from collections.abc import Sequence

from sqlalchemy import delete, update

from services.reporting.models import Lesson, Load, Period, Subject, Year, table_of
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.schedule import (
    LessonsCancelled,
    LessonsPlanned,
    LoadAssigned,
    SubjectChanged,
    YearPlanned,
)
from shared.service import Received


def enter_years(session: SchoolSession, received: Sequence[Received[YearPlanned]]) -> None:
    """Keep a year and replace its periods."""
    years = [{"school_id": one.school_id, "id": one.told.year_id, "name": one.told.name} for one in received]
    periods = [
        {
            "school_id": one.school_id,
            "id": period.period_id,
            "year_id": one.told.year_id,
            "name": period.name,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "kind": period.kind,
            "grades": period.grades or (),
        }
        for one in {one.told.year_id: one for one in received}.values()
        for period in one.told.periods
    ]
    session.execute(delete(Period).where(Period.year_id.in_([year["id"] for year in years])))
    upsert_latest(session, table_of(Year), years, ("id",))
    upsert_latest(session, table_of(Period), periods, ("id",))


def enter_subjects(session: SchoolSession, received: Sequence[Received[SubjectChanged]]) -> None:
    """Keep the subjects' names."""
    rows = [
        {"school_id": one.school_id, "id": one.told.subject_id, "name": one.told.name} for one in received
    ]
    upsert_latest(session, table_of(Subject), rows, ("id",))


def enter_loads(session: SchoolSession, received: Sequence[Received[LoadAssigned]]) -> None:
    """Keep who teaches what in which group."""
    rows = [
        {
            "school_id": one.school_id,
            "year_id": one.told.year_id,
            "group_id": one.told.group_id,
            "subject_id": one.told.subject_id,
            "teacher_ids": [str(teacher_id) for teacher_id in one.told.teacher_ids],
        }
        for one in received
    ]
    upsert_latest(session, table_of(Load), rows, ("year_id", "group_id", "subject_id"))


def enter_lessons(session: SchoolSession, received: Sequence[Received[LessonsPlanned]]) -> None:
    """Put lessons on their days; a lesson planned again takes place again."""
    rows = [
        {
            "school_id": one.school_id,
            "id": lesson.lesson_id,
            "year_id": one.told.year_id,
            "group_id": one.told.group_id,
            "subject_id": one.told.subject_id,
            "held_on": lesson.on,
            "number": lesson.number,
            "teacher_ids": [str(teacher_id) for teacher_id in lesson.teacher_ids],
            "is_cancelled": False,
        }
        for one in received
        for lesson in one.told.lessons
    ]
    upsert_latest(session, table_of(Lesson), rows, ("id",))


def cancel_lessons(session: SchoolSession, received: Sequence[Received[LessonsCancelled]]) -> None:
    """Take lessons off the page, unless something stands on it under their day."""
    ids = [lesson_id for one in received for lesson_id in one.told.lesson_ids]
    session.execute(update(Lesson).where(Lesson.id.in_(ids)).values(is_cancelled=True))
