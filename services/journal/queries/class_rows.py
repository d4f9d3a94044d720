"""The statements of a class's report: what is read of its pupils, marks, absences and lessons."""

from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, literal_column, or_, select

from services.journal.models.relations import (
    closings,
    enrolments,
    entries,
    final_marks,
    groups,
    lessons,
    pages,
    people,
    periods,
    school,
    schools,
    subjects,
    told,
    works,
)
from services.journal.rules.finals import PERIOD
from services.journal.rules.recommended import DEFAULTS
from shared.grades import for_grade

group = bindparam("group", type_=groups.c.id.type)
year = bindparam("year", type_=pages.c.id.type)
period = bindparam("period", type_=pages.c.id.type)
before = bindparam("before", type_=pages.c.id.type)
grade = bindparam("grade", type_=groups.c.grade.type)
_around = bindparam("around", expanding=True, type_=groups.c.id.type)
_pupils = bindparam("pupils", expanding=True, type_=people.c.id.type)

CLASSES = (
    select(groups.c.id, groups.c.name, groups.c.grade, groups.c.class_teacher_id)
    .where(groups.c.kind == "class", groups.c.school_id == school)
    .order_by(groups.c.id)
)

CLASS = (
    select(
        groups.c.id,
        groups.c.name,
        groups.c.grade,
        groups.c.class_teacher_id,
        schools.c.time_zone,
        schools.c.scale,
        schools.c.attendance,
        told("subject_scales"),
        *(told(name) for name in DEFAULTS),  # What the school decided of its period marks.
    )
    .select_from(groups.outerjoin(schools, schools.c.school_id == groups.c.school_id))
    .where(groups.c.id == group, groups.c.kind == "class", groups.c.school_id == school)
)

PERIODS = (
    select(
        periods.c.id,
        periods.c.name,
        periods.c.starts_on,
        periods.c.ends_on,
        periods.c.kind,
        periods.c.year_id,
        closings.c.closed_at,
    )
    .select_from(
        periods.outerjoin(
            closings, and_(closings.c.period_id == periods.c.id, closings.c.reopened_at.is_(None))
        )
    )
    .where(
        periods.c.school_id == school,
        for_grade(periods.c.grades, grade),
    )
    .order_by(periods.c.starts_on, periods.c.ends_on)
)


def _on_day(from_on: Any, until_on: Any) -> Any:
    return and_(from_on <= bindparam("on"), or_(until_on.is_(None), until_on >= bindparam("on")))


# Who is on the list of the class on a day, each with the groups of the class they are in.
ROSTER = (
    select(
        enrolments.c.group_id,
        enrolments.c.pupil_id,
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
    )
    .select_from(enrolments.outerjoin(people, people.c.id == enrolments.c.pupil_id))
    .where(
        enrolments.c.group_id.in_(_around),
        _on_day(enrolments.c.from_on, enrolments.c.until_on),
    )
)

_class_pages = pages.join(lessons, lessons.c.page_id == pages.c.id)
_this = lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on"))
_before = lessons.c.held_on.between(bindparam("before_starts_on"), bindparam("before_ends_on"))
_is_now = case((_this, 1), else_=0).label("is_now")
_in_year = and_(pages.c.school_id == school, pages.c.year_id == year)
_asked = and_(_in_year, pages.c.group_id.in_(_around), or_(_this, _before))


def _is_theirs(pupil_id: Any) -> Any:
    """Whether marks of a pupil of the class stand on its pages, or on those that were left for them."""
    stays = enrolments.alias("stays")
    goes_on = exists().where(
        stays.c.group_id == pages.c.group_id,
        stays.c.pupil_id == pupil_id,
        or_(stays.c.until_on.is_(None), stays.c.until_on >= bindparam("on")),
    )
    return or_(pages.c.group_id.in_(_around), ~goes_on)


# Found first, whatever the planner thinks: it would read the works of the whole school.
_marks = (
    select(entries.c.page_id, entries.c.lesson_id, entries.c.slot, entries.c.pupil_id, entries.c.value)
    .where(
        entries.c.pupil_id.in_(_pupils),
        entries.c.page_id.in_(select(pages.c.id).where(_in_year)),
        entries.c.slot > 0,
        entries.c.value.is_not(None),
    )
    .cte("marks")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_of_mark = and_(*(works.c[name] == _marks.c[name] for name in ("page_id", "lesson_id", "slot")))

# One row per pupil, subject, value and weight, with how often it stands there.
MARKED: Select[Any] = (
    select(
        _is_now,
        pages.c.subject_id,
        _marks.c.pupil_id,
        _marks.c.value,
        works.c.weight,
        func.count().label("times"),
    )
    .select_from(
        _marks.join(pages, pages.c.id == _marks.c.page_id)
        .join(lessons, and_(lessons.c.id == _marks.c.lesson_id, lessons.c.page_id == pages.c.id))
        .join(works, _of_mark)
    )
    .where(or_(_this, _before), _is_theirs(_marks.c.pupil_id), works.c.counts)
    .group_by(literal_column("is_now"), pages.c.subject_id, _marks.c.pupil_id, _marks.c.value, works.c.weight)
)

# The marks of the period that are put already; those on the class's own pages come last.
PUT: Select[Any] = (
    select(
        case((final_marks.c.period_id == period, 1), else_=0).label("is_now"),
        pages.c.subject_id,
        final_marks.c.pupil_id,
        final_marks.c.value,
    )
    .select_from(pages.join(final_marks, final_marks.c.page_id == pages.c.id))
    .where(
        _in_year,
        final_marks.c.pupil_id.in_(_pupils),
        _is_theirs(final_marks.c.pupil_id),
        final_marks.c.slot == PERIOD,
        final_marks.c.value.is_not(None),
        or_(
            final_marks.c.period_id == period,
            final_marks.c.period_id == before,
        ),
    )
    .order_by(case((pages.c.group_id.in_(_around), 1), else_=0))
)

# One row per pupil, day and sign, with how many lessons were missed so.
ABSENT: Select[Any] = (
    select(_is_now, entries.c.pupil_id, lessons.c.held_on, entries.c.value, func.count().label("times"))
    .select_from(
        _class_pages.join(
            entries,
            and_(
                entries.c.page_id == lessons.c.page_id,
                entries.c.lesson_id == lessons.c.id,
                entries.c.slot == 0,
                entries.c.value.is_not(None),
            ),
        )
    )
    .where(_asked, lessons.c.state == "planned")
    .group_by(literal_column("is_now"), entries.c.pupil_id, lessons.c.held_on, entries.c.value)
)

_whose = groups.alias("whose")
_is_across = case((and_(_whose.c.kind == "group", _whose.c.parent_id.is_distinct_from(group)), 1), else_=0)

# One row per group and day, with the lessons it has had; and the subjects of the class.
HELD: Select[Any] = (
    select(
        _is_now,
        pages.c.group_id,
        _is_across.label("is_across"),
        pages.c.subject_id,
        subjects.c.name.label("subject"),
        lessons.c.held_on,
        func.count().label("times"),
    )
    .select_from(
        _class_pages.outerjoin(subjects, subjects.c.id == pages.c.subject_id).outerjoin(
            _whose, _whose.c.id == pages.c.group_id
        )
    )
    .where(_asked, lessons.c.state == "planned", lessons.c.held_on <= bindparam("today"))
    .group_by(
        literal_column("is_now"),
        pages.c.group_id,
        literal_column("is_across"),
        pages.c.subject_id,
        subjects.c.name,
        lessons.c.held_on,
    )
)
