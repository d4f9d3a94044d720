"""One subject in a pupil's diary: a year lesson by lesson, and the marks of every year and class."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from services.journal.models.relations import groups, lessons, pages, run, school, subjects
from services.journal.queries.diary import LESSON, attended, by_lesson, lesson_said
from services.journal.queries.diary_cells import CELL, WAS, average_of, cells_said, is_shown, marked_lessons
from services.journal.queries.diary_periods import PERIODS, mark_said
from services.journal.queries.diary_reading import readable_pupil
from services.journal.queries.forecasts import forecasts
from services.journal.queries.people import shown_name
from services.journal.rules.marks import TIME_ZONE, work_titles
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound, Text

Json = dict[str, Any]

SUBJECT = select(subjects.c.id, subjects.c.name).where(
    subjects.c.id == bindparam("subject"), subjects.c.school_id == school
)

# Whatever class the pupil was in: a mark stays where it was put (clause 2.2.3).
EVERY_CELL = (
    select(pages.c.year_id, groups.c.name.label("class_name"), lessons.c.held_on, *CELL, WAS)
    .select_from(
        marked_lessons.join(pages, pages.c.id == lessons.c.page_id).outerjoin(
            groups, groups.c.id == pages.c.group_id
        )
    )
    .where(is_shown, pages.c.subject_id == bindparam("subject"))
    .order_by(lessons.c.held_on, lessons.c.number, CELL[1])
)

LESSONS = (
    select(*LESSON)
    .distinct()
    .select_from(attended)
    .where(pages.c.school_id == school, pages.c.subject_id == bindparam("subject"))
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
)


def diary_subject(
    session: SchoolSession, actor: Actor, pupil_id: UUID, subject_id: UUID, year_id: UUID | None = None
) -> Json:
    """Return a subject's lessons of one year by periods, and the marks of all years, the latest first.

    Beside them stands what the mark of the running period comes to (`forecasts`).

    Without a year named it is the one of today, or else the last that began. Raises NotFound for a
    diary that is not the caller's to read, and for a year that never was the pupil's.
    """
    found = readable_pupil(session, actor, pupil_id)
    subject = run(session, SUBJECT, subject=subject_id).first()
    if subject is None:
        raise NotFound
    spans = run(session, PERIODS, pupil=pupil_id).all()
    day = today(found.time_zone or TIME_ZONE)
    cells = run(session, EVERY_CELL, pupil=pupil_id, subject=subject_id).all()
    titles = work_titles(found.work_types)
    year = _chosen(spans, year_id, day)
    held: Sequence[Row[Any]] = []
    if year is not None:
        span = {"starts_on": year.year_from, "ends_on": year.year_until}
        held = run(session, LESSONS, pupil=pupil_id, subject=subject_id, **span).all()
    of_year = [row for row in spans if year and row.year_id == year.year_id and row.id is not None]
    runs = next((row for row in of_year if row.starts_on <= day <= row.ends_on), None)
    ahead = forecasts(session, found, runs, subject_id).get(subject_id) if runs else None
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "subject": {"id": subject.id, "name": subject.name},
        "year": {"id": year.year_id, "name": year.year} if year else None,
        "forecast": {**ahead, "period": runs.name} if runs and ahead else None,
        "periods": _periods(of_year, held, cells, titles),
        "years": _years(spans, [cell for cell in cells if cell.value is not None], titles),
    }


def _chosen(spans: Sequence[Row[Any]], year_id: UUID | None, day: date) -> Row[Any] | None:
    if year_id is not None:
        found = next((row for row in spans if row.year_id == year_id), None)
        if found is None:
            raise NotFound
        return found
    begun = [row for row in spans if row.year_from <= day]
    return begun[-1] if begun else next(iter(spans), None)


def _periods(
    spans: Iterable[Row[Any]], held: Sequence[Row[Any]], cells: Iterable[Row[Any]], titles: Mapping[str, Text]
) -> list[Json]:
    """Return the year's periods with their lessons; those in none of them (holidays) come last."""
    own = by_lesson(cells)
    marked = {lesson_id: cells_said(theirs, titles) for lesson_id, theirs in own.items()}
    said = []
    rest = {row.id: row for row in held}
    for span in {row.id: row for row in spans}.values():
        its = [row for row in rest.values() if span.starts_on <= row.held_on <= span.ends_on]
        for row in its:
            del rest[row.id]
        said.append(_period({"id": span.id, "name": span.name}, its, marked, own))
    return said + ([_period(None, list(rest.values()), marked, own)] if rest else [])


def _period(
    period: Json | None,
    held: Iterable[Row[Any]],
    marked: Mapping[UUID, Json],
    own: Mapping[UUID, Iterable[Row[Any]]],
) -> Json:
    lessons_ = [{"on": row.held_on, **lesson_said(row, marked)} for row in held]
    cells = [cell for lesson in lessons_ for cell in own.get(lesson["id"], ())]
    return {"period": period, "average": average_of(cells), "lessons": lessons_}


def _years(spans: Sequence[Row[Any]], cells: Iterable[Row[Any]], titles: Mapping[str, Text]) -> list[Json]:
    by_year: dict[UUID, list[Row[Any]]] = {row.year_id: [] for row in reversed(spans)}
    for cell in cells:
        by_year.setdefault(cell.year_id, []).append(cell)
    names = {row.year_id: row.year for row in spans}
    return [
        {
            "id": year_id,
            "name": names.get(year_id),
            "average": average_of(theirs),
            "classes": list(dict.fromkeys(cell.class_name for cell in theirs if cell.class_name)),
            "marks": [mark_said(cell, titles) for cell in theirs if cell.slot],
        }
        for year_id, theirs in by_year.items()
    ]
