"""The statements of deadlines: lessons that owe something, when each part was filled, who gives them."""

from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select

from services.journal.models.relations import (
    descriptions,
    entries,
    groups,
    lesson_teachers,
    lessons,
    own_class,
    page_surroundings,
    pages,
    people,
    revisions,
    subjects,
)
from services.journal.rules.absence import LATE
from services.journal.rules.marks import AWAITED

TEXTS, CELLS = ("topic", "homework"), ("attendance", "mark")
away = entries.alias("away")

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
    """Select when each part of a lesson was filled: (lesson, what, slot, first, last, marked, filled).

    A work that is awaited («•») is an entry, but no mark: `marked_at` is when the last of the marks was put.
    """
    each = _each_filled(within)
    return select(
        each.c.lesson_id,
        each.c.what,
        each.c.slot,
        func.min(each.c.first_at, type_=revisions.c.at.type).label("first_at"),
        func.max(each.c.first_at, type_=revisions.c.at.type).label("last_at"),
        func.max(each.c.marked_at, type_=revisions.c.at.type).label("marked_at"),
        func.max(each.c.filled_at, type_=revisions.c.at.type).label("filled_at"),
    ).group_by(each.c.lesson_id, each.c.what, each.c.slot)


_is_mark = revisions.c.value != AWAITED


def is_away(of: Any, pupil: ColumnElement[Any]) -> ColumnElement[bool]:
    """Join `away` on the absence of the pupil in the lesson that a row of `of` is about."""
    return and_(
        away.c.page_id == of.c.page_id,
        away.c.lesson_id == of.c.lesson_id,
        away.c.slot == 0,
        away.c.pupil_id == pupil,
        away.c.value.not_like(f"{LATE}%"),  # Who came late was there.
    )


def _each_filled(within: ColumnElement[bool]) -> Subquery:
    cell = ("page_id", "lesson_id", "slot", "pupil_id")
    is_text = revisions.c.what.in_(TEXTS)
    return (
        select(
            revisions.c.lesson_id,
            revisions.c.what,
            revisions.c.slot,
            func.min(revisions.c.at).label("first_at"),
            func.coalesce(
                func.max(case((and_(_is_mark, revisions.c.was == AWAITED), revisions.c.at))),
                func.min(case((_is_mark, revisions.c.at))),
            ).label("marked_at"),
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
