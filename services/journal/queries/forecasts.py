"""What a pupil's marks of the running period come to by subject, and what is still needed for more."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, and_, bindparam, cast, exists, func, or_, select

from services.journal.models.relations import (
    closings,
    entries,
    final_marks,
    groups,
    lessons,
    own_class,
    page_surroundings,
    pages,
    run,
    school,
    schools,
    subjects,
    told,
    works,
)
from services.journal.queries.diary_reading import pupil, stays
from services.journal.rules.finals import PERIOD
from services.journal.rules.forecast import Forecast, forecast
from services.journal.rules.marks import TIME_ZONE, work_titles, works_on
from services.journal.rules.recommended import DEFAULTS, Rules, Tally, cell_sums, rules_on, weekly_hours
from services.journal.rules.scales import is_marked, scale_on
from shared.clock import today
from shared.db import SchoolSession

Json = dict[str, Any]

period = bindparam("period", type_=pages.c.id.type)
subject = bindparam("subject", type_=pages.c.id.type)
starts_on = bindparam("starts_on", type_=lessons.c.held_on.type)
ends_on = bindparam("ends_on", type_=lessons.c.held_on.type)

_days = (
    select(func.aggregate_strings(cast(lessons.c.held_on, String), " "))
    .where(
        lessons.c.page_id == pages.c.id,
        lessons.c.state == "planned",
        lessons.c.held_on.between(starts_on, ends_on),
    )
    .correlate(pages)
    .scalar_subquery()
)
_is_settled = or_(
    exists().where(closings.c.period_id == period, closings.c.reopened_at.is_(None)),
    exists().where(
        final_marks.c.page_id == pages.c.id,
        final_marks.c.period_id == period,
        final_marks.c.slot == PERIOD,
        final_marks.c.pupil_id == pupil,
        final_marks.c.value.is_not(None),
    ),
)

# The pages on whose list the pupil is in the period, each stay with the page's days of lessons in it.
SEATS = (
    select(
        pages.c.id.label("page_id"),
        pages.c.subject_id,
        subjects.c.name.label("subject_name"),
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
        stays.c.from_on,
        stays.c.until_on,
        _days.label("days"),
        schools.c.scale,
        told("subject_scales"),
        *(told(name) for name in DEFAULTS),
    )
    .select_from(page_surroundings.join(stays, stays.c.group_id == pages.c.group_id))
    .where(
        pages.c.school_id == school,
        pages.c.year_id == bindparam("year"),
        or_(subject.is_(None), pages.c.subject_id == subject),
        stays.c.from_on <= ends_on,
        or_(stays.c.until_on.is_(None), stays.c.until_on >= starts_on),
        ~_is_settled,
    )
)

# What counts in the mark of a period: as `models.finals.MARKED` has it for a whole page.
MARKED = (
    select(entries.c.page_id, entries.c.value, works.c.weight)
    .select_from(
        entries.join(lessons, lessons.c.id == entries.c.lesson_id).outerjoin(
            works,
            and_(
                works.c.page_id == entries.c.page_id,
                works.c.lesson_id == entries.c.lesson_id,
                works.c.slot == entries.c.slot,
            ),
        )
    )
    .where(
        entries.c.pupil_id == pupil,
        entries.c.page_id.in_(bindparam("pages", expanding=True)),
        entries.c.value.is_not(None),
        lessons.c.held_on.between(starts_on, ends_on),
        or_(works.c.counts, and_(works.c.counts.is_(None), lessons.c.state == "planned")),
    )
)


def forecasts(
    session: SchoolSession, found: Row[Any], of: Row[Any], subject_id: UUID | None = None
) -> dict[UUID, Json]:
    """Return by subject what comes out in a period and what is needed for a higher mark.

    `found` is the pupil as `readable_pupil` tells, `of` a period with its year; a subject that is named
    is told alone. Nothing is told of a period that does not run today or is closed, nor of subjects that
    have its mark already or are without marks. Two statements.
    """
    day = today(found.time_zone or TIME_ZONE)
    if not of.starts_on <= day <= of.ends_on:
        return {}
    span = {"pupil": found.id, "starts_on": of.starts_on, "ends_on": of.ends_on}
    by_page: dict[UUID, list[Row[Any]]] = {}
    for seat in run(session, SEATS, period=of.id, year=of.year_id, subject=subject_id, **span):
        by_page.setdefault(seat.page_id, []).append(seat)
    by_page = {page: its for page, its in by_page.items() if _sits(its, day) and is_marked(its[0], day)}
    cells: dict[UUID, list[Row[Any]]] = {page: [] for page in by_page}
    for cell in run(session, MARKED, pages=list(by_page), **span) if by_page else ():
        cells[cell.page_id].append(cell)
    kinds, titles = works_on(found.work_types, day), work_titles(found.work_types)
    said = {}
    for page, its in by_page.items():
        rules = rules_on(
            {name: getattr(its[0], name) for name in DEFAULTS}, of.ends_on, scale_on(its[0], day)
        )
        made = forecast(_tally(its, cells[page], rules, of, day), rules, kinds)
        said[its[0].subject_id] = _said(made, titles)
    return said


def _sits(seats: Iterable[Row[Any]], day: date) -> bool:
    return any(one.from_on <= day and (one.until_on is None or day <= one.until_on) for one in seats)


def _tally(
    seats: Sequence[Row[Any]], cells: Iterable[Row[Any]], rules: Rules, of: Row[Any], day: date
) -> Tally:
    """Add up a pupil's period on a page as its sheet of term-end marks does (`rules.final_sheet`)."""
    days = [date.fromisoformat(one) for one in (seats[0].days or "").split()]
    held = sum(_sits(seats, one) for one in days if one <= day)
    sums = [cell_sums(cell.value, cell.weight, is_weighted=rules.is_weighted) for cell in cells]
    total, weights, marks, absent, awaited = map(sum, zip(*sums, strict=True)) if sums else (0, 0, 0, 0, 0)
    hours = weekly_hours(len(days), of.starts_on, of.ends_on)
    return Tally(total, weights, marks, held, absent, hours, awaited=awaited)


def _said(made: Forecast, titles: Any) -> Json:
    return {
        "value": made.now.value,
        "why": made.now.why,
        "lacking": made.lacking,
        "goals": [
            {
                "value": goal.value,
                "ways": [{"work": titles.get(way.work or ""), "marks": way.marks} for way in goal.ways],
            }
            for goal in made.goals
        ],
    }
