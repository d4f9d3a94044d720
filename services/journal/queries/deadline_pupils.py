"""The statements of deadlines that count pupils: written works, marks of a period, homework set by parts."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from services.journal.models.relations import (
    enrolments,
    entries,
    final_marks,
    groups,
    has_period,
    is_awaited,
    lessons,
    page_grade,
    pages,
    periods,
    revisions,
    schools,
    tasks,
    told,
    works,
)
from services.journal.queries.deadline_rows import PLACE, away, is_away, on_pages
from services.journal.rules.finals import PERIOD


def works_of(within: ColumnElement[bool]) -> Any:
    """Select written works: how many of the pupils there that day are to have a mark, and how many have none.

    Absent pupils are out of the reckoning (DOMAIN D2), whatever they get for it later. Of whoever was there
    a mark is due, and a work that is awaited («•») is none yet, whatever day it is awaited until.
    """
    cell = ("page_id", "lesson_id")
    of_pupil = and_(*(entries.c[name] == works.c[name] for name in (*cell, "slot")))
    roster = _roster()
    return (
        select(
            works.c.lesson_id,
            works.c.slot,
            works.c.is_monitoring,
            func.count().label("expected"),
            func.count(case((is_awaited, None), else_=entries.c.value)).label("marked"),
        )
        .select_from(
            on_pages.join(works, and_(works.c.page_id == pages.c.id, works.c.lesson_id == lessons.c.id))
            .join(roster, roster.c.page_group == pages.c.group_id)
            .join(enrolments, enrolments.c.group_id == roster.c.group_id)
            .outerjoin(entries, and_(of_pupil, entries.c.pupil_id == enrolments.c.pupil_id))
            .outerjoin(away, is_away(works, enrolments.c.pupil_id))
        )
        .where(
            within,
            or_(works.c.is_written, works.c.is_monitoring),
            _is_there(enrolments),
            away.c.value.is_(None),
        )
        .group_by(works.c.page_id, works.c.lesson_id, works.c.slot, works.c.is_monitoring)
    )


def finals_of(within: ColumnElement[bool]) -> Any:
    """Select the last lesson of each page in a period: how many pupils need its mark, and how many have it.

    Those who are on the list on the period's last day; «н/а» and «осв» are marks, too (DOMAIN D4). Whether
    the page has marks at all, `rules.scales.is_marked` says. A mark counts from when the first was put into
    its cell, as one of a lesson does: what is taken back and put anew later is put right, not late.
    """
    roster, put = _roster(), _each_put()
    keys = ("page_id", "period_id", "pupil_id")
    marked = and_(
        final_marks.c.page_id == pages.c.id,
        final_marks.c.period_id == periods.c.id,
        final_marks.c.slot == PERIOD,
        final_marks.c.pupil_id == enrolments.c.pupil_id,
        final_marks.c.value.is_not(None),
    )
    page = (
        page_grade,
        schools.c.scale,
        told("subject_scales"),
    )
    return (
        select(
            *PLACE,
            *page,
            periods.c.id.label("period_id"),
            periods.c.ends_on,
            func.count().label("expected"),
            func.count(final_marks.c.value).label("marked"),
            func.max(put.c.put_at, type_=revisions.c.at.type).label("last_at"),
        )
        .select_from(
            on_pages.join(periods, and_(has_period, _is_last))
            .join(roster, roster.c.page_group == pages.c.group_id)
            .join(enrolments, enrolments.c.group_id == roster.c.group_id)
            .outerjoin(final_marks, marked)
            .outerjoin(put, and_(*(put.c[name] == final_marks.c[name] for name in keys)))
        )
        .where(
            within,
            periods.c.ends_on.between(bindparam("ends_from"), bindparam("ends_until")),
            enrolments.c.from_on <= periods.c.ends_on,
            or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= periods.c.ends_on),
        )
        .group_by(*PLACE, *page[:2], periods.c.id, periods.c.ends_on)
    )


_later = lessons.alias("later")
_is_last = and_(
    lessons.c.held_on.between(periods.c.starts_on, periods.c.ends_on),
    ~exists().where(
        _later.c.page_id == lessons.c.page_id,
        _later.c.state == "planned",
        _later.c.held_on.between(lessons.c.held_on, periods.c.ends_on),
        tuple_(_later.c.held_on, _later.c.number, _later.c.id)
        > tuple_(lessons.c.held_on, lessons.c.number, lessons.c.id),
    ),
)
"""No lesson of the page comes after this one in the period."""


def _each_put() -> Subquery:
    return (
        select(
            revisions.c.page_id,
            revisions.c.period_id,
            revisions.c.pupil_id,
            func.min(revisions.c.at).label("put_at"),
        )
        .where(
            revisions.c.period_id.in_(
                select(periods.c.id).where(
                    periods.c.ends_on.between(bindparam("ends_from"), bindparam("ends_until"))
                )
            ),
            revisions.c.what == "final",
            revisions.c.slot == PERIOD,
            revisions.c.was.is_(None),
        )
        .group_by(revisions.c.page_id, revisions.c.period_id, revisions.c.pupil_id)
        .subquery("put")
    )


def _roster(name: str = "roster") -> Subquery:
    """Select (page_group, group_id): whose pupils stand on a group's pages (as relations.roster_groups)."""
    own, parted, inside = groups.alias("own"), groups.alias("parted"), groups.alias("inside")
    members = enrolments.alias("members")
    itself = select(own.c.id.label("page_group"), own.c.id.label("group_id"))
    whole_class = select(parted.c.id, parted.c.parent_id).where(
        parted.c.kind == "group", ~exists().where(members.c.group_id == parted.c.id)
    )
    in_parallel = select(inside.c.parent_id, inside.c.id).where(inside.c.kind == "class")
    return union_all(itself, whole_class, in_parallel).subquery(name)


def set_by_parts(within: ColumnElement[bool]) -> Any:
    """Select the lessons whose tasks are together for everybody on the list that day, and since when.

    Half of a class has one task, the other half another: homework is set (clause 3.6.3). Of several tasks
    of a pupil the first counts, and of the pupils the last to be given one.
    """
    each = _first_tasks(within)
    return (
        select(each.c.lesson_id, func.max(each.c.first_at, type_=revisions.c.at.type).label("set_at"))
        .group_by(each.c.lesson_id)
        .having(func.count() == func.count(each.c.first_at))
    )


def _first_tasks(within: ColumnElement[bool]) -> Subquery:
    """Select when each pupil of the lessons that have tasks got the first of them, None for who has none."""
    roster, some = _roster(), tasks.alias("some")
    has_tasks = exists().where(_is_set(some))
    given = and_(_is_set(tasks), _is_for(enrolments.c.pupil_id))
    first = and_(
        revisions.c.what == "task",
        revisions.c.was.is_(None),
        *(revisions.c[name] == tasks.c[name] for name in ("page_id", "lesson_id", "slot")),
    )
    return (
        select(lessons.c.id.label("lesson_id"), func.min(revisions.c.at).label("first_at"))
        .select_from(
            on_pages.join(roster, roster.c.page_group == pages.c.group_id)
            .join(enrolments, and_(enrolments.c.group_id == roster.c.group_id, _is_there(enrolments)))
            .outerjoin(tasks, given)
            .outerjoin(revisions, first)
        )
        .where(within, has_tasks)
        .group_by(lessons.c.id, enrolments.c.pupil_id)
        .subquery("first_tasks")
    )


def _is_set(of: Any) -> ColumnElement[bool]:
    return and_(of.c.page_id == pages.c.id, of.c.lesson_id == lessons.c.id, of.c.is_withdrawn.is_(False))


def _is_for(pupil: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a task is for a pupil: for everybody, for the pupil alone, or for the pupil's group."""
    part, members = _roster("part"), enrolments.alias("part_members")
    in_part = exists().where(
        part.c.page_group == tasks.c.group_id,
        members.c.group_id == part.c.group_id,
        members.c.pupil_id == pupil,
        _is_there(members),
    )
    for_all = and_(tasks.c.group_id.is_(None), tasks.c.pupil_id.is_(None))
    return or_(for_all, tasks.c.pupil_id == pupil, in_part)


def _is_there(stays: Any) -> ColumnElement[bool]:
    """Whether a stay on a list is of the lesson's day."""
    is_open = or_(stays.c.until_on.is_(None), stays.c.until_on >= lessons.c.held_on)
    return and_(stays.c.from_on <= lessons.c.held_on, is_open)
