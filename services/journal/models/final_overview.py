"""The statements that tell how complete the term-end marks of a whole school are."""

from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select

from services.journal.models.finals import key
from services.journal.models.relations import (
    closings,
    descriptions,
    enrolments,
    entries,
    final_marks,
    groups,
    has_period,
    is_awaited,
    lessons,
    own_class,
    page_surroundings,
    pages,
    people,
    periods,
    school,
    schools,
    still_learns,
    subjects,
    told,
)

UNRESOLVED = "н"
"""Absent, and nobody has said why (clause 4.2.2)."""

of = bindparam("of", type_=periods.c.id.type)
_within = lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on"))
_has_lessons = exists().where(lessons.c.page_id == pages.c.id, lessons.c.state == "planned", _within)

_pages = select(
    pages.c.id,
    pages.c.group_id,
    groups.c.name.label("group_name"),
    func.coalesce(own_class.c.id, groups.c.id).label("class_id"),
    func.coalesce(own_class.c.name, groups.c.name).label("class_name"),
    pages.c.subject_id,
    subjects.c.name.label("subject_name"),
    func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
    schools.c.scale,
    told("subject_scales"),
).where(pages.c.school_id == school, _has_lessons)

# The pages that had lessons; `rules.scales.is_marked` says on which of them marks are put.
PAGES_OF_PERIOD = _pages.select_from(page_surroundings.join(periods, has_period)).where(periods.c.id == of)
PAGES_OF_YEAR = _pages.select_from(page_surroundings).where(pages.c.year_id == of)

GROUPS = select(groups.c.id, groups.c.kind, groups.c.parent_id).where(groups.c.school_id == school)

_on_day = and_(
    enrolments.c.from_on <= bindparam("on"),
    or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("on")),
)
# One row per group that ever had members, with those of the day.
ROSTERS = (
    select(
        enrolments.c.group_id,
        func.aggregate_strings(case((_on_day, key(enrolments.c.pupil_id)), else_=None), " ").label("pupils"),
    )
    .where(enrolments.c.school_id == school)
    .group_by(enrolments.c.group_id)
)

_of_column = and_(
    final_marks.c.school_id == school,
    final_marks.c.period_id == of,
    final_marks.c.slot == bindparam("slot"),
    final_marks.c.value.is_not(None),
)
MARKED = (
    select(
        final_marks.c.page_id,
        final_marks.c.timing,
        func.count(final_marks.c.reason).label("explained"),
        func.aggregate_strings(key(final_marks.c.pupil_id), " ").label("pupils"),
    )
    .where(_of_column)
    .group_by(final_marks.c.page_id, final_marks.c.timing)
)

# Marks other than recommended, with their reasons (clause 2.1).
EXPLAINED = (
    select(
        final_marks.c.page_id,
        final_marks.c.pupil_id,
        people.c.family_name,
        people.c.given_name,
        final_marks.c.value,
        final_marks.c.recommended,
        final_marks.c.reason,
    )
    .select_from(final_marks.outerjoin(people, people.c.id == final_marks.c.pupil_id))
    .where(_of_column, final_marks.c.reason.is_not(None))
    .order_by(final_marks.c.page_id, people.c.family_name)
)

# What stands on some pages, and on whatever page for some pupils: those who may have left another.
VALUES = select(final_marks.c.page_id, key(final_marks.c.pupil_id).label("key"), final_marks.c.value).where(
    _of_column,
    or_(
        final_marks.c.page_id.in_(bindparam("pages", expanding=True)),
        final_marks.c.pupil_id.in_(bindparam("newcomers", expanding=True)),
    ),
)

ABSENCES_UNRESOLVED = (
    select(lessons.c.page_id, func.count().label("number"))
    .select_from(
        lessons.join(
            entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
        )
    )
    .where(
        lessons.c.school_id == school,
        _within,
        lessons.c.state == "planned",
        entries.c.slot == 0,
        entries.c.value == UNRESOLVED,
    )
    .group_by(lessons.c.page_id)
)

_described: Any = and_(
    descriptions.c.page_id == lessons.c.page_id,
    descriptions.c.lesson_id == lessons.c.id,
    descriptions.c.topic.is_not(None),
)
# Until the end of its day a lesson's topic is in time (3.6.3, D1): only those of days before today lack one.
LESSONS_WITHOUT_TOPIC = (
    select(lessons.c.page_id, func.count().label("number"))
    .select_from(lessons.outerjoin(descriptions, _described))
    .where(
        lessons.c.school_id == school,
        _within,
        lessons.c.held_on < bindparam("today"),
        lessons.c.state == "planned",
        descriptions.c.lesson_id.is_(None),
    )
    .group_by(lessons.c.page_id)
)

WORKS_AWAITED = (
    select(lessons.c.page_id, func.count().label("number"))
    .select_from(
        lessons.join(
            entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
        )
    )
    .where(lessons.c.school_id == school, entries.c.school_id == school, _within, is_awaited, still_learns)
    .group_by(lessons.c.page_id)
)

_closer, _reopener = people.alias("closer"), people.alias("reopener")
# Every closing of the period, the last first, each with the names of who closed it and who opened it again.
CLOSINGS = (
    select(
        closings.c.closed_at,
        closings.c.despite,
        closings.c.reopened_at,
        closings.c.reason,
        *(
            person.c[name].label(f"{by}_{name}")
            for by, person in (("closer", _closer), ("reopener", _reopener))
            for name in ("family_name", "given_name", "patronymic")
        ),
    )
    .select_from(
        closings.outerjoin(_closer, _closer.c.id == closings.c.closed_by).outerjoin(
            _reopener, _reopener.c.id == closings.c.reopened_by
        )
    )
    .where(closings.c.school_id == school, closings.c.period_id == of)
    .order_by(closings.c.closed_at.desc())
)
