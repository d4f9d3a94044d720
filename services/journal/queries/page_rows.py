"""The statements of a class page: what is read of its periods, lessons, cells and pupils."""

from typing import Any

from sqlalchemy import Cast, Column, String, and_, bindparam, cast, func, or_, select

from services.journal.models.relations import (
    closings,
    descriptions,
    enrolments,
    entries,
    gives_any_lesson,
    gives_lesson,
    groups,
    has_period,
    leads_class,
    lessons,
    page_grade,
    page_surroundings,
    pages,
    people,
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


def key(column: Column[Any]) -> Cast[str]:
    """Return an id as the database's own text: a thousand cells are matched by it, never made UUIDs."""
    return cast(column, String)


# One row per period of the page's year and parallel.
PAGE = (
    select(
        pages.c.id.label("page_id"),
        pages.c.seq,
        pages.c.year_id,
        pages.c.group_id,
        pages.c.subject_id,
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject_name"),
        page_grade,
        schools.c.scale,
        schools.c.work_types,
        schools.c.attendance,
        schools.c.time_zone,
        told("subject_scales"),
        told("averages"),
        told("absent_and_marked"),
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        gives_any_lesson.label("gives_any_lesson"),
        periods.c.id.label("period_id"),
        periods.c.name.label("period_name"),
        periods.c.starts_on,
        periods.c.ends_on,
        years.c.starts_on.label("year_starts_on"),
        closings.c.closed_at,
    )
    .select_from(
        page_surroundings.outerjoin(years, years.c.id == pages.c.year_id)
        .outerjoin(periods, has_period)
        .outerjoin(closings, and_(closings.c.period_id == periods.c.id, closings.c.reopened_at.is_(None)))
    )
    .where(pages.c.id == bindparam("page"), pages.c.school_id == school)
    .order_by(periods.c.starts_on)
)

within = and_(lessons.c.held_on >= bindparam("starts_on"), lessons.c.held_on <= bindparam("ends_on"))

# One row per work of a lesson, and one for a lesson without works.
LESSONS = (
    select(
        lessons.c.id,
        key(lessons.c.id).label("key"),
        lessons.c.held_on,
        lessons.c.number,
        lessons.c.starts,
        lessons.c.state,
        lessons.c.is_substituted,
        descriptions.c.topic,
        descriptions.c.homework,
        gives_lesson.label("gives_lesson"),
        works.c.slot,
        works.c.type,
        works.c.weight,
        works.c.title,
        works.c.is_written,
        works.c.is_monitoring,
        works.c.counts,
    )
    .select_from(
        lessons.outerjoin(
            descriptions,
            and_(descriptions.c.page_id == lessons.c.page_id, descriptions.c.lesson_id == lessons.c.id),
        ).outerjoin(works, and_(works.c.page_id == lessons.c.page_id, works.c.lesson_id == lessons.c.id))
    )
    .where(lessons.c.page_id == bindparam("page"), within)
    .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id, works.c.slot)
)

# One row per value in a column, with all the pupils who have it: a fifth of the cost of a row per cell.
# Cells that were corrected stand apart, emptied ones as well, and so does each that is commented on.
ENTRIES = (
    select(
        key(entries.c.lesson_id),
        entries.c.slot,
        entries.c.value,
        entries.c.is_corrected,
        entries.c.comment,
        entries.c.due_on,
        func.aggregate_strings(key(entries.c.pupil_id), " "),
    )
    .select_from(
        lessons.join(
            entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
        )
    )
    .where(
        lessons.c.page_id == bindparam("page"),
        within,
        or_(entries.c.value.is_not(None), entries.c.is_corrected),
    )
    .group_by(
        entries.c.lesson_id,
        entries.c.slot,
        entries.c.value,
        entries.c.is_corrected,
        entries.c.comment,
        entries.c.due_on,
    )
)

ROSTER = (
    select(
        enrolments.c.pupil_id,
        key(enrolments.c.pupil_id).label("key"),
        enrolments.c.from_on,
        enrolments.c.until_on,
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
    )
    .select_from(enrolments.outerjoin(people, people.c.id == enrolments.c.pupil_id))
    .where(
        enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
        enrolments.c.from_on <= bindparam("ends_on"),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("starts_on")),
    )
)

STRAYS = select(people.c.id, key(people.c.id).label("key"), people.c.family_name, people.c.given_name).where(
    people.c.id.in_(bindparam("strays", expanding=True))
)
