"""The statements of deadlines: lessons that owe something, when each part was filled, who gives them."""

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
    descriptions,
    enrolments,
    entries,
    final_marks,
    groups,
    has_period,
    is_awaited,
    lesson_teachers,
    lessons,
    own_class,
    page_surroundings,
    pages,
    people,
    periods,
    revisions,
    schools,
    subjects,
    told,
    works,
)
from services.journal.rules.absence import LATE
from services.journal.rules.finals import PERIOD

TEXTS, CELLS = ("topic", "homework"), ("attendance", "mark")
away = entries.alias("away")

_unless_awaited = case((is_awaited, None), else_=1)
on_pages = page_surroundings.join(lessons, lessons.c.page_id == pages.c.id)


givers = lesson_teachers.alias("givers")  # Who gives a lesson at all, beside the question whether I do.


PLACE = (
    lessons.c.id,
    lessons.c.page_id,
    lessons.c.held_on,
    lessons.c.number,
    lessons.c.starts,
    groups.c.id.label("group_id"),
    groups.c.name.label("group_name"),
    func.coalesce(own_class.c.id, groups.c.id).label("class_id"),
    func.coalesce(own_class.c.name, groups.c.name).label("class_name"),
    subjects.c.name.label("subject_name"),
)
"""A lesson, with its page and class."""


def lessons_of(within: ColumnElement[bool]) -> Any:
    """Select the lessons, each with its page, class and whether topic and homework are written."""
    written = and_(descriptions.c.page_id == lessons.c.page_id, descriptions.c.lesson_id == lessons.c.id)
    return (
        select(
            *PLACE,
            descriptions.c.topic.is_not(None).label("topic"),
            descriptions.c.homework.is_not(None).label("homework"),
        )
        .select_from(on_pages.outerjoin(descriptions, written))
        .where(within)
        .order_by(lessons.c.held_on, lessons.c.number, lessons.c.id)
    )


def filled_of(within: ColumnElement[bool]) -> Any:
    """Select when each part of a lesson was filled: (lesson, what, slot, first, last, filled)."""
    each = _each_filled(within)
    return select(
        each.c.lesson_id,
        each.c.what,
        each.c.slot,
        func.min(each.c.first_at, type_=revisions.c.at.type).label("first_at"),
        func.max(each.c.first_at, type_=revisions.c.at.type).label("last_at"),
        func.max(each.c.filled_at, type_=revisions.c.at.type).label("filled_at"),
    ).group_by(each.c.lesson_id, each.c.what, each.c.slot)


def works_of(within: ColumnElement[bool]) -> Any:
    """Select written works: how many of the pupils there that day are to have a mark, and how many have none.

    Absent pupils are out of the reckoning (DOMAIN D2), whatever they get for it later; so is, until it is
    marked, a work that is awaited («•»): it has a day of its own.
    """
    cell = ("page_id", "lesson_id")
    of_pupil = and_(*(entries.c[name] == works.c[name] for name in (*cell, "slot")))
    roster = _roster()
    return (
        select(
            works.c.lesson_id,
            works.c.slot,
            works.c.is_monitoring,
            func.count(_unless_awaited).label("expected"),
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
            enrolments.c.from_on <= lessons.c.held_on,
            or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= lessons.c.held_on),
            away.c.value.is_(None),
        )
        .group_by(works.c.page_id, works.c.lesson_id, works.c.slot, works.c.is_monitoring)
    )


def finals_of(within: ColumnElement[bool]) -> Any:
    """Select the last lesson of each page in a period: how many pupils need its mark, and how many have it.

    Those who are on the list on the period's last day; «н/а» and «осв» are marks, too (DOMAIN D4). Whether
    the page has marks at all, `rules.scales.is_marked` says. A mark counts from when it was put into an
    empty cell.
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
        func.coalesce(groups.c.grade, own_class.c.grade).label("grade"),
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
            func.max(revisions.c.at).label("put_at"),
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


def is_away(of: Any, pupil: ColumnElement[Any]) -> ColumnElement[bool]:
    """Join `away` on the absence of the pupil in the lesson that a row of `of` is about."""
    return and_(
        away.c.page_id == of.c.page_id,
        away.c.lesson_id == of.c.lesson_id,
        away.c.slot == 0,
        away.c.pupil_id == pupil,
        away.c.value.not_like(f"{LATE}%"),  # Who came late was there.
    )


def _roster() -> Subquery:
    """Select (page_group, group_id): whose pupils stand on a group's pages (as relations.roster_groups)."""
    own, parted, inside = groups.alias("own"), groups.alias("parted"), groups.alias("inside")
    members = enrolments.alias("members")
    itself = select(own.c.id.label("page_group"), own.c.id.label("group_id"))
    whole_class = select(parted.c.id, parted.c.parent_id).where(
        parted.c.kind == "group", ~exists().where(members.c.group_id == parted.c.id)
    )
    in_parallel = select(inside.c.parent_id, inside.c.id).where(inside.c.kind == "class")
    return union_all(itself, whole_class, in_parallel).subquery("roster")


def _each_filled(within: ColumnElement[bool]) -> Subquery:
    cell = ("page_id", "lesson_id", "slot", "pupil_id")
    is_text = revisions.c.what.in_(TEXTS)
    return (
        select(
            revisions.c.lesson_id,
            revisions.c.what,
            revisions.c.slot,
            func.min(revisions.c.at).label("first_at"),
            # A text that was emptied counts from when it was there again.
            func.max(case((revisions.c.was.is_(None), revisions.c.at))).label("filled_at"),
        )
        .select_from(
            on_pages.join(
                revisions, and_(revisions.c.page_id == pages.c.id, revisions.c.lesson_id == lessons.c.id)
            )
            .outerjoin(entries, and_(*(entries.c[name] == revisions.c[name] for name in cell)))
            .outerjoin(away, and_(is_away(revisions, revisions.c.pupil_id), revisions.c.what == "mark"))
        )
        .where(
            within,
            revisions.c.value.is_not(None),
            away.c.value.is_(None),  # What an absent pupil gets for it later is no late mark.
            or_(
                is_text,
                and_(
                    revisions.c.what.in_(CELLS),
                    entries.c.value.is_not(None),
                    revisions.c.request_id.is_(None),
                ),
            ),
        )
        .group_by(revisions.c.lesson_id, revisions.c.what, revisions.c.slot, revisions.c.pupil_id)
        .subquery("each_filled")
    )


def teachers_of(within: ColumnElement[bool]) -> Any:
    """Select who gives the lessons."""
    return (
        select(
            givers.c.lesson_id,
            givers.c.teacher_id,
            people.c.family_name,
            people.c.given_name,
            people.c.patronymic,
        )
        .select_from(
            on_pages.join(givers, givers.c.lesson_id == lessons.c.id).outerjoin(
                people, people.c.id == givers.c.teacher_id
            )
        )
        .where(within)
    )
