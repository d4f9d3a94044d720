"""Copies of schedule: the year, subjects, loads, lessons; and the pages that open because of them.

Each reaction takes a run of events in order; where several are about one thing, the last counts.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from services.journal.actions.copying import forget
from services.journal.models import Page
from services.journal.models.relations import (
    holidays,
    lesson_teachers,
    lessons,
    own_school,
    page_loads,
    page_teachers,
    pages,
    periods,
    subjects,
    years,
)
from services.journal.rules.chain import START
from shared.bulk import insert_rows, upsert_latest
from shared.db import SchoolSession
from shared.events.journal import PageOpened
from shared.events.schedule import (
    LessonsCancelled,
    LessonsPlanned,
    LoadAssigned,
    SubjectChanged,
    YearPlanned,
)
from shared.ids import new_id
from shared.outbox import publish
from shared.service import Received

PageKey = tuple[UUID, UUID, UUID]
"""Group, subject, year."""


def copy_years(session: SchoolSession, received: Sequence[Received[YearPlanned]]) -> None:
    """Keep the year, and of its periods and holidays exactly those told."""
    latest = {one.told.year_id: one.told for one in received}
    school_id = own_school(session)
    year_rows = (
        {
            "id": year.year_id,
            "school_id": school_id,
            "name": year.name,
            "starts_on": year.starts_on,
            "ends_on": year.ends_on,
        }
        for year in latest.values()
    )
    upsert_latest(session, years, year_rows, ("id",))
    forget(session, periods.c.year_id, keys=[(year_id,) for year_id in latest])
    period_rows = (
        {
            "id": period.period_id,
            "school_id": school_id,
            "year_id": year.year_id,
            "name": period.name,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "kind": period.kind,
            "grades": period.grades or (),
        }
        for year in latest.values()
        for period in year.periods
    )
    upsert_latest(session, periods, period_rows, ("id",))
    forget(session, holidays.c.year_id, keys=[(year_id,) for year_id in latest])
    holiday_rows = (
        {
            "school_id": school_id,
            "year_id": year.year_id,
            "number": number,
            "starts_on": free.starts_on,
            "ends_on": free.ends_on,
            "grades": free.grades or (),
        }
        for year in latest.values()
        for number, free in enumerate(year.holidays or (), 1)
    )
    upsert_latest(session, holidays, holiday_rows, ("year_id", "number"))


def copy_subjects(session: SchoolSession, received: Sequence[Received[SubjectChanged]]) -> None:
    """Keep the subjects' names."""
    rows = (
        {"id": one.told.subject_id, "school_id": one.school_id, "name": one.told.name} for one in received
    )
    upsert_latest(session, subjects, rows, ("id",))


def assign_teachers(session: SchoolSession, received: Sequence[Received[LoadAssigned]]) -> None:
    """Give the page to the teachers of the load, opening it when it is new."""
    latest = {(one.told.group_id, one.told.subject_id, one.told.year_id): one.told for one in received}
    opened = open_pages(session, latest)
    forget(session, page_teachers.c.page_id, keys=[(opened[key],) for key in latest])
    rows = (
        {"page_id": opened[key], "teacher_id": teacher_id, "school_id": received[0].school_id}
        for key, load in latest.items()
        for teacher_id in load.teacher_ids
    )
    upsert_latest(session, page_teachers, rows, ("page_id", "teacher_id"))
    hours = (
        {
            "page_id": opened[key],
            "quarters_per_week": 4 * load.hours_per_week - load.quarters_off,
            "school_id": received[0].school_id,
        }
        for key, load in latest.items()
    )
    upsert_latest(session, page_loads, hours, ("page_id",))


def plan_lessons(session: SchoolSession, received: Sequence[Received[LessonsPlanned]]) -> None:
    """Put lessons on their page, opening it when it is new; a cancelled one takes place again."""
    keys = [(one.told.group_id, one.told.subject_id, one.told.year_id) for one in received]
    opened = open_pages(session, keys)
    latest = {
        lesson.lesson_id: (opened[key], lesson)
        for key, one in zip(keys, received, strict=True)
        for lesson in one.told.lessons
    }
    rows = (
        {
            "id": lesson.lesson_id,
            "school_id": received[0].school_id,
            "page_id": page_id,
            "held_on": lesson.on,
            "number": lesson.number,
            "starts": lesson.starts,
            "state": "planned",
            "is_substituted": lesson.is_substituted,
        }
        for page_id, lesson in latest.values()
    )
    upsert_latest(session, lessons, rows, ("id",))
    teachers = {lesson_id: lesson.teacher_ids for lesson_id, (_, lesson) in latest.items()}
    _give_lessons(session, teachers)


def _give_lessons(session: SchoolSession, teachers: dict[UUID, list[UUID]]) -> None:
    forget(session, lesson_teachers.c.lesson_id, keys=[(lesson_id,) for lesson_id in teachers])
    rows = (
        {"lesson_id": lesson_id, "teacher_id": teacher_id, "school_id": own_school(session)}
        for lesson_id, teacher_ids in teachers.items()
        for teacher_id in teacher_ids
    )
    upsert_latest(session, lesson_teachers, rows, ("lesson_id", "teacher_id"))


CANCEL = update(lessons).where(lessons.c.id == bindparam("gone")).values(state="cancelled")


def cancel_lessons(session: SchoolSession, received: Sequence[Received[LessonsCancelled]]) -> None:
    """Mark lessons as cancelled; what is written on them stays."""
    gone = list(chain.from_iterable(one.told.lesson_ids for one in received))
    if gone:
        session.connection().execute(CANCEL, [{"gone": lesson_id} for lesson_id in gone])


def open_pages(session: SchoolSession, keys: Iterable[PageKey]) -> dict[PageKey, UUID]:
    """Return the pages of these groups, subjects and years; open and tell those that are new.

    A page keeps its id for ever: a rebuild of the copies finds it again.
    """
    wanted = list(dict.fromkeys(keys))
    standing = session.execute(
        select(Page.group_id, Page.subject_id, Page.year_id, Page.id).where(
            Page.year_id.in_({year_id for _, _, year_id in wanted})
        )
    )
    found: dict[PageKey, UUID] = {(row[0], row[1], row[2]): row[3] for row in standing}
    new = {key: new_id() for key in wanted if key not in found}
    insert_rows(session, pages, [_page(session, key, page_id) for key, page_id in new.items()])
    for (group_id, subject_id, year_id), page_id in new.items():
        told = PageOpened(page_id=page_id, year_id=year_id, group_id=group_id, subject_id=subject_id)
        publish(session, told)
    return found | new


def _page(session: SchoolSession, key: PageKey, page_id: UUID) -> dict[str, Any]:
    group_id, subject_id, year_id = key
    return {
        "id": page_id,
        "school_id": own_school(session),
        "group_id": group_id,
        "subject_id": subject_id,
        "year_id": year_id,
        "seq": 0,
        "head": START,
    }
