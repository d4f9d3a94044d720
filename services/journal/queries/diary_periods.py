"""The years and periods a pupil has been at school, and the sheet (табель) of one of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, or_, select

from services.journal.models.relations import (
    enrolments,
    groups,
    lessons,
    pages,
    periods,
    run,
    school,
    subjects,
    years,
)
from services.journal.queries.diary_cells import (
    CELL,
    WAS,
    average_of,
    cell_said,
    is_shown,
    marked_lessons,
    taken_said,
)
from services.journal.queries.diary_reading import pupil, readable_pupil, stays
from services.journal.queries.final_marks import final_cells_of
from services.journal.queries.forecasts import forecasts
from services.journal.queries.people import STUB, shown_name
from services.journal.rules.marks import TIME_ZONE, reasons_on, work_titles
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.grades import for_grade
from shared.names import collated

Json = dict[str, Any]

# Every year the pupil was in a class, with that year's periods of the class's parallel.
PERIODS = (
    select(
        years.c.id.label("year_id"),
        years.c.name.label("year"),
        years.c.starts_on.label("year_from"),
        years.c.ends_on.label("year_until"),
        periods.c.id,
        periods.c.name,
        periods.c.kind,
        periods.c.starts_on,
        periods.c.ends_on,
        groups.c.name.label("class_name"),
    )
    .distinct()
    .select_from(
        enrolments.join(groups, and_(groups.c.id == enrolments.c.group_id, groups.c.kind == "class"))
        .join(
            years,
            and_(
                years.c.school_id == enrolments.c.school_id,
                years.c.ends_on >= enrolments.c.from_on,
                or_(enrolments.c.until_on.is_(None), years.c.starts_on <= enrolments.c.until_on),
            ),
        )
        .outerjoin(
            periods,
            and_(
                periods.c.year_id == years.c.id,
                for_grade(periods.c.grades, groups.c.grade),
                periods.c.ends_on >= enrolments.c.from_on,
                or_(enrolments.c.until_on.is_(None), periods.c.starts_on <= enrolments.c.until_on),
            ),
        )
    )
    .where(enrolments.c.pupil_id == pupil, enrolments.c.school_id == school)
    .order_by(years.c.starts_on, periods.c.starts_on, periods.c.ends_on.desc(), periods.c.name)
)

TAUGHT = (
    select(pages.c.subject_id, subjects.c.name)
    .distinct()
    .select_from(
        stays.join(pages, pages.c.group_id == stays.c.group_id).outerjoin(
            subjects, subjects.c.id == pages.c.subject_id
        )
    )
    .where(
        pages.c.school_id == school,
        pages.c.year_id == bindparam("year"),
        stays.c.from_on <= bindparam("ends_on"),
        func.coalesce(stays.c.until_on, bindparam("starts_on")) >= bindparam("starts_on"),
    )
)

MARKED = (
    select(pages.c.subject_id, lessons.c.held_on, *CELL, WAS)
    .select_from(marked_lessons.join(pages, pages.c.id == lessons.c.page_id))
    .where(is_shown, lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")))
    .order_by(lessons.c.held_on, lessons.c.number, CELL[1])
)


def diary_period(session: SchoolSession, actor: Actor, pupil_id: UUID, period_id: UUID | None = None) -> Json:
    """Return a period's sheet: by subject all marks in order, the average, what was missed and why.

    With each subject stand its marks of the year's term ends: of all its periods, of the year, of an exam
    and the final one (clause 3.6.5); while the period runs, also what its mark comes to (`forecasts`).

    Without a period named it is the one of today, or else the last that began. Raises NotFound for
    a diary that is not the caller's to read, and for a period that never was the pupil's.
    """
    found = readable_pupil(session, actor, pupil_id)
    known = [row for row in run(session, PERIODS, pupil=pupil_id) if row.id is not None]
    period = _chosen(known, period_id, today(found.time_zone or TIME_ZONE))
    said = {"pupil": {"id": found.id, "name": shown_name(found)}, "periods": _periods_said(known)}
    if period is None:
        return {**said, "period": None, "subjects": [], "absences": []}
    span = {"pupil": pupil_id, "starts_on": period.starts_on, "ends_on": period.ends_on}
    taught = run(session, TAUGHT, year=period.year_id, **span).all()
    marked = run(session, MARKED, **span).all()
    absences = _absences(marked)
    finals = final_cells_of(session, pupil_id, period.year_id)
    reasons = reasons_on(found.attendance, period.ends_on)
    ahead = forecasts(session, found, period)
    subjects_ = _subjects(taught, marked, finals, work_titles(found.work_types))
    return {
        **said,
        "period": _period_said(period),
        "subjects": [one | {"forecast": ahead.get(one["id"])} for one in subjects_],
        "absences": [
            {"value": sign, "title": reasons.get(sign), "lessons": count} for sign, count in absences.items()
        ],
    }


def _chosen(known: Sequence[Row[Any]], period_id: UUID | None, day: date) -> Row[Any] | None:
    if period_id is not None:
        found = next((row for row in known if row.id == period_id), None)
        if found is None:
            raise NotFound
        return found
    begun = [row for row in known if row.starts_on <= day]
    return begun[-1] if begun else next(iter(known), None)


def _periods_said(known: Iterable[Row[Any]]) -> list[Json]:
    """Return each period once, also where the pupil has changed the class in the middle of it."""
    return list({row.id: _period_said(row) for row in known}.values())


def _period_said(row: Row[Any]) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "year": {"id": row.year_id, "name": row.year},
        "class": row.class_name,
    }


def _subjects(
    taught: Iterable[Row[Any]], marked: Iterable[Row[Any]], finals: Iterable[Json], titles: Any
) -> list[Json]:
    names = {row.subject_id: row.name for row in taught}
    cells: dict[UUID, list[Row[Any]]] = {id_: [] for id_ in names}
    for cell in marked:
        cells.setdefault(cell.subject_id, []).append(cell)
    attested: dict[UUID, list[Json]] = {}
    for mark in finals:  # Also of a subject that was taught in another period of the year alone.
        attested.setdefault(mark["subject_id"], []).append(mark)
        cells.setdefault(mark["subject_id"], [])
        names.setdefault(mark["subject_id"], mark["subject"])
    told = [
        _subject(id_, names.get(id_) or STUB, theirs, titles) | _finals(attested.get(id_, []))
        for id_, theirs in cells.items()
    ]
    return sorted(told, key=lambda one: collated(one["name"]))


def _subject(subject_id: UUID, name: str, cells: Sequence[Row[Any]], titles: Any) -> Json:
    marks = [cell for cell in cells if cell.slot]
    return {
        "id": subject_id,
        "name": name,
        "marks": [mark_said(cell, titles) for cell in marks if cell.value is not None],
        "taken_back": [
            {"lesson_id": cell.lesson_id, "on": cell.held_on, **taken_said(cell, titles)}
            for cell in marks
            if cell.value is None
        ],
        "average": average_of(cells),
        "absences": [{"value": sign, "lessons": count} for sign, count in _absences(cells).items()],
    }


def _absences(cells: Iterable[Row[Any]]) -> Counter[str]:
    return Counter(cell.value for cell in cells if not cell.slot and cell.value is not None)


def _finals(marks: Iterable[Json]) -> Json:
    """Return term-end marks, and apart from them those that were taken back and have none in their place."""
    own = list(marks)
    return {
        "finals": [_without("was", one) for one in own if one["value"] is not None],
        "finals_taken_back": [_without("value", one) for one in own if one["value"] is None],
    }


def _without(name: str, told: Json) -> Json:
    return {key: fact for key, fact in told.items() if key != name}


def mark_said(cell: Row[Any], titles: Any) -> Json:
    """Return a mark by itself, with the lesson and the day it was put for."""
    return {"lesson_id": cell.lesson_id, "on": cell.held_on, **cell_said(cell, titles)}
