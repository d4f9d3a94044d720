"""The statements that the term-end marks of a page are read by, for writing them and for showing them."""

from typing import Any

from sqlalchemy import String, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.journal.models.own import Closing
from services.journal.models.relations import (
    closings,
    counts_in_mark,
    enrolments,
    entries,
    final_marks,
    gives_any_lesson,
    groups,
    has_period,
    is_awaited,
    leads_class,
    lessons,
    of_work,
    own_class,
    page_surroundings,
    pages,
    periods,
    roster_groups,
    school,
    schools,
    subjects,
    teaches_page,
    told,
    works,
    years,
)
from services.journal.models.several import leads_pupils

PARAMETERS = (
    "final_average",
    "final_thresholds",
    "final_least_marks",
    "final_absent_percent",
    "final_absence_run",
    "final_deviation",
    "period_marks_days",
)

FINALS_PAGE = (
    select(
        pages.c.id.label("page_id"),
        pages.c.seq,
        pages.c.head,
        pages.c.group_id,
        pages.c.subject_id,
        pages.c.year_id,
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject_name"),
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
        schools.c.time_zone,
        schools.c.scale,
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        gives_any_lesson.label("gives_any_lesson"),
        told("subject_scales"),
        *(told(name) for name in PARAMETERS),
    )
    .select_from(page_surroundings)
    .where(pages.c.id == bindparam("page"), pages.c.school_id == school)
)
# One writer at a time on a page: its chain is a line, not a tree.
LOCK_FINALS_PAGE = FINALS_PAGE.with_for_update(of=pages)

_of_year = aliased(Closing.__table__, name="of_year")
_days = (
    select(func.aggregate_strings(cast(lessons.c.held_on, String), " "))
    .where(
        lessons.c.page_id == pages.c.id,
        lessons.c.state == "planned",
        lessons.c.held_on.between(periods.c.starts_on, periods.c.ends_on),
    )
    .correlate(pages, periods)
    .scalar_subquery()
)


def _was_closed(of: Any) -> Any:
    """Tell whether a period (or a year's marks) was ever closed, standing or not."""
    every = closings.alias()
    return exists().where(every.c.period_id == of)


# One row per period of the page's parallel, each with the year; one without a period when there is none.
# Read after the lock is held: only then is it sure that no closing slipped in between.
PERIODS = (
    select(
        periods.c.id,
        periods.c.name,
        periods.c.starts_on,
        periods.c.ends_on,
        closings.c.closed_at,
        _was_closed(periods.c.id).label("was_closed"),
        _days.label("days"),
        years.c.starts_on.label("year_starts_on"),
        years.c.ends_on.label("year_ends_on"),
        _of_year.c.closed_at.label("year_closed_at"),
        _was_closed(pages.c.year_id).label("was_year_closed"),
    )
    .select_from(
        page_surroundings.outerjoin(years, years.c.id == pages.c.year_id)
        .outerjoin(_of_year, and_(_of_year.c.period_id == pages.c.year_id, _of_year.c.reopened_at.is_(None)))
        .outerjoin(periods, has_period)
        .outerjoin(closings, and_(closings.c.period_id == periods.c.id, closings.c.reopened_at.is_(None)))
    )
    .where(pages.c.id == bindparam("page"))
    .order_by(periods.c.starts_on, periods.c.ends_on)
)

# Every closing of a period (or of a year's marks) that ends on a day, as `actions.correcting` asks for them.
CLOSINGS = select(
    closings.c.period_id,
    bindparam("ends_on", type_=periods.c.ends_on.type).label("ends_on"),
    closings.c.closed_at,
    closings.c.reopened_at,
    closings.c.reason.label("reopened_for"),
).where(closings.c.school_id == school, closings.c.period_id == bindparam("of", type_=periods.c.id.type))


def key(column: Any) -> Any:
    """Return an id as the database's own text, by which pupils are matched: making UUIDs costs more."""
    return cast(column, String)


_sign = case((entries.c.slot == 0, entries.c.value), else_=None)

# The pupils who were on the list this year, each stay with the term-end marks they have.
ROSTER = (
    select(
        enrolments.c.pupil_id,
        key(enrolments.c.pupil_id).label("key"),
        enrolments.c.from_on,
        enrolments.c.until_on,
        final_marks.c.period_id,
        final_marks.c.slot,
        final_marks.c.value,
        final_marks.c.recommended,
        final_marks.c.reason,
        final_marks.c.timing,
        final_marks.c.seq,
    )
    .select_from(
        enrolments.outerjoin(
            final_marks,
            and_(
                final_marks.c.page_id == bindparam("page"),
                final_marks.c.pupil_id == enrolments.c.pupil_id,
            ),
        )
    )
    .where(
        enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
        enrolments.c.from_on <= bindparam("ends_on"),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("starts_on")),
    )
)

# One row per value and weight in a period, with all the pupils who have it, as often as they have it;
# what has no weight is attendance.
MARKED = (
    select(
        periods.c.id.label("period_id"),
        entries.c.value,
        works.c.weight,
        func.aggregate_strings(key(entries.c.pupil_id), " ").label("pupils"),
    )
    .select_from(
        periods.join(lessons, lessons.c.held_on.between(periods.c.starts_on, periods.c.ends_on))
        .join(entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id))
        .outerjoin(
            works,
            of_work,
        )
    )
    .where(
        periods.c.id.in_(bindparam("periods", expanding=True)),
        lessons.c.page_id == bindparam("page"),
        entries.c.value.is_not(None),
        counts_in_mark,
    )
    .group_by(periods.c.id, entries.c.value, works.c.weight)
)

# The days of each period on which pupils were marked or had a sign of attendance (`sign`, else none), with
# all who had, by their keys: what an absence in a row is found from.
DAYS_OF = (
    select(
        periods.c.id.label("period_id"),
        lessons.c.held_on,
        _sign.label("sign"),
        func.aggregate_strings(key(entries.c.pupil_id), " ").label("pupils"),
    )
    .select_from(
        periods.join(lessons, lessons.c.held_on.between(periods.c.starts_on, periods.c.ends_on)).join(
            entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
        )
    )
    .where(
        periods.c.id.in_(bindparam("periods", expanding=True)),
        lessons.c.page_id == bindparam("page"),
        lessons.c.state == "planned",
        entries.c.value.is_not(None),
        ~is_awaited,
    )
    .group_by(periods.c.id, lessons.c.held_on, _sign)
)
