"""What a pupil's marks of the running period come to by subject, and what is still needed for more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, bindparam, cast, exists, func, or_, select

from services.journal.models.brought import last_lesson_on
from services.journal.models.relations import (
    closings,
    counts_in_mark,
    entries,
    final_marks,
    groups,
    lessons,
    of_work,
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
from services.journal.queries.diary_reading import Diarist, pupil, stays
from services.journal.rules.brought import Brought, brought_by
from services.journal.rules.finals import PERIOD
from services.journal.rules.forecast import Forecast, forecast
from services.journal.rules.marks import TIME_ZONE, work_titles, works_on
from services.journal.rules.recommended import DEFAULTS, Rules, rules_on
from services.journal.rules.scales import is_marked, scale_on
from services.journal.rules.tallies import Sums, Tally, cell_sums, weekly_hours
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

# The pages on whose list the pupil is in the year, each stay with the page's days of lessons in the period.
SEATS = (
    select(
        pages.c.id.label("page_id"),
        pages.c.subject_id,
        subjects.c.name.label("subject_name"),
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
        stays.c.from_on,
        stays.c.until_on,
        _days.label("days"),
        last_lesson_on,
        _is_settled.label("is_settled"),
        schools.c.scale,
        told("subject_scales"),
        *(told(name) for name in DEFAULTS),
    )
    .select_from(page_surroundings.join(stays, stays.c.group_id == pages.c.group_id))
    .where(
        pages.c.school_id == school,
        pages.c.year_id == bindparam("year"),
        or_(subject.is_(None), pages.c.subject_id == subject),
        stays.c.from_on <= bindparam("year_until"),
        or_(stays.c.until_on.is_(None), stays.c.until_on >= bindparam("year_from")),
    )
)

# What counts in the mark of a period: as `models.finals.MARKED` has it for a whole page.
MARKED = (
    select(entries.c.page_id, lessons.c.held_on, entries.c.value, works.c.weight)
    .select_from(
        entries.join(lessons, lessons.c.id == entries.c.lesson_id).outerjoin(
            works,
            of_work,
        )
    )
    .where(
        entries.c.pupil_id == pupil,
        entries.c.page_id.in_(bindparam("pages", expanding=True)),
        entries.c.value.is_not(None),
        lessons.c.held_on.between(starts_on, ends_on),
        counts_in_mark,
    )
)


def forecasts(
    session: SchoolSession, found: Diarist, of: Row[Any], subject_id: UUID | None = None
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
    year = {"year": of.year_id, "year_from": of.year_from, "year_until": of.year_until}
    seats: dict[UUID, list[Row[Any]]] = {}
    for seat in run(session, SEATS, period=of.id, subject=subject_id, **year, **span):
        seats.setdefault(seat.page_id, []).append(seat)
    shown = [page for page, its in seats.items() if _is_foretold(its, day)]
    brought = {page: _brought(seats, page, of.year_from) for page in shown}
    asked = [*shown, *(page for own in brought.values() if own for page in own.pages)]
    cells: dict[UUID, list[Row[Any]]] = {page: [] for page in asked}
    for cell in run(session, MARKED, pages=list(cells), **span) if cells else ():
        cells[cell.page_id].append(cell)
    kinds, titles = works_on(found.work_types, day), work_titles(found.work_types)
    said = {}
    for page in shown:
        of_page = seats[page][0]
        told_ = {name: getattr(of_page, name) for name in DEFAULTS}
        rules = rules_on(told_, of.ends_on, scale_on(of_page, day))
        own = _tally(seats[page], cells[page], rules, of, day)
        made = forecast(_with_brought(own, brought[page], cells, rules, day), rules, kinds)
        said[of_page.subject_id] = _said(made, titles)
    return said


def _is_foretold(seats: Sequence[Row[Any]], day: date) -> bool:
    return not seats[0].is_settled and _sits(seats, day) and is_marked(seats[0], day)


def _sits(seats: Iterable[Row[Any]], day: date) -> bool:
    return any(one.from_on <= day and (one.until_on is None or day <= one.until_on) for one in seats)


def _brought(seats: Mapping[UUID, Sequence[Row[Any]]], page: UUID, year_from: date) -> Brought | None:
    stays = [(seat.from_on, seat.until_on) for seat in seats[page]]
    subject_id = seats[page][0].subject_id
    others = (seat for other, its in seats.items() if other != page for seat in its)
    return brought_by(stays, (seat for seat in others if seat.subject_id == subject_id), year_from)


def _tally(
    seats: Sequence[Row[Any]], cells: Iterable[Row[Any]], rules: Rules, of: Row[Any], day: date
) -> Tally:
    """Add up a pupil's period on a page as its sheet of term-end marks does (`rules.final_sheet`)."""
    days = [date.fromisoformat(one) for one in (seats[0].days or "").split()]
    held = sum(_sits(seats, one) for one in days if one <= day)
    return _add_up(cells, rules, held)._replace(hours=weekly_hours(len(days), of.starts_on, of.ends_on))


def _with_brought(
    own: Tally, brought: Brought | None, cells: Mapping[UUID, Sequence[Row[Any]]], rules: Rules, day: date
) -> Tally:
    """Add what was brought from former pages, as `rules.bringing` does for the sheet."""
    if brought is None:
        return own
    taken = (cell for page in brought.pages for cell in cells[page] if brought.takes(cell))
    more = _add_up(taken, rules, sum(one <= day for one in brought.days))
    return Tally(
        total=own.total + more.total,
        weights=own.weights + more.weights,
        marks=own.marks + more.marks,
        lessons=own.lessons + more.lessons,
        absent=own.absent + more.absent,
        hours=own.hours,
        awaited=own.awaited + more.awaited,
        brought=more.marks,
        passed=own.passed + more.passed,
        failed=own.failed + more.failed,
    )


def _add_up(cells: Iterable[Row[Any]], rules: Rules, held: int) -> Tally:
    each = [cell_sums(cell.value, cell.weight, is_weighted=rules.is_weighted) for cell in cells]
    sums = Sums(*map(sum, zip(*each, strict=True)))
    return Tally(**sums._asdict(), lessons=held)


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
