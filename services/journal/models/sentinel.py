"""What `rules.sentinel` judges, of some classes or of the whole school, in five statements or six."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true

from services.journal.models.relations import (
    enrolments,
    entries,
    groups,
    lessons,
    merged_people,
    own_class,
    page_surroundings,
    pages,
    run,
    school,
    subjects,
)
from services.journal.models.several import groups_around
from services.journal.models.terms import ZONE
from shared.db import SchoolSession

_classes = bindparam("classes", expanding=True, type_=groups.c.id.type)
_own_groups = bindparam("own_groups", expanding=True, type_=groups.c.id.type)
_several = bindparam("several", expanding=True, type_=groups.c.id.type)
_members = enrolments.alias("members")
_own_pupils = select(_members.c.pupil_id).where(
    _members.c.school_id == school, _members.c.group_id.in_(_classes)
)
_within = and_(
    pages.c.school_id == school,
    lessons.c.school_id == school,
    lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")),
)
_on_pages = page_surroundings.join(lessons, lessons.c.page_id == pages.c.id)
# Two who turned out to be one may both have a cell: `actions.merging` lets neither mark vanish.
_pupil = func.coalesce(merged_people.c.kept_id, entries.c.pupil_id, type_=entries.c.pupil_id.type)


class Scope(NamedTuple):
    """The statements for the whole school, or for some classes."""

    lessons: Any
    cells: Any
    stays: Any


def _scope(
    on_pages: ColumnElement[bool], of_pupils: ColumnElement[bool], in_stays: ColumnElement[bool]
) -> Scope:
    of_cell = and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id)
    merged = merged_people.c.merged_id == entries.c.pupil_id
    return Scope(
        select(
            lessons.c.id,
            lessons.c.page_id,
            pages.c.group_id,
            lessons.c.held_on,
            lessons.c.number,
            lessons.c.starts,
            lessons.c.state,
            groups.c.name.label("group_name"),
            func.coalesce(own_class.c.id, groups.c.id, type_=groups.c.id.type).label("class_id"),
            func.coalesce(own_class.c.name, groups.c.name).label("class_name"),
            subjects.c.name.label("subject_name"),
        )
        .select_from(_on_pages)
        .where(_within, on_pages),
        select(lessons.c.id, entries.c.slot, _pupil.label("pupil_id"), entries.c.value)
        .select_from(_on_pages.join(entries, of_cell).outerjoin(merged_people, merged))
        .where(_within, on_pages, of_pupils, entries.c.value.is_not(None)),
        select(
            enrolments.c.group_id, enrolments.c.pupil_id, enrolments.c.from_on, enrolments.c.until_on
        ).where(enrolments.c.school_id == school, in_stays),
    )


# On pages of several classes stand pupils of others, who are not theirs to see.
OF_CLASSES = _scope(
    or_(pages.c.group_id.in_(_own_groups), pages.c.group_id.in_(_several)),
    or_(pages.c.group_id.in_(_own_groups), _pupil.in_(_own_pupils)),
    or_(enrolments.c.group_id.in_(_own_groups), enrolments.c.pupil_id.in_(_own_pupils)),
)
OF_SCHOOL = _scope(true(), true(), true())
GROUPS = select(groups.c.id, groups.c.kind, groups.c.parent_id).where(groups.c.school_id == school)


class Facts(NamedTuple):
    """What is written in some lessons, the lessons, and who was on which list when."""

    cells: Sequence[Any]
    lessons: dict[UUID, Any]
    stays: Sequence[Any]
    groups: Sequence[Any]
    zone: str | None


def facts(session: SchoolSession, classes: Sequence[UUID] | None, starts_on: date, ends_on: date) -> Facts:
    """Return the facts about some classes (None: about the school) in a span of days."""
    known = run(session, GROUPS).all()
    scope, of = OF_SCHOOL, {}
    if classes is not None:
        around = groups_around(session, *classes)
        scope, of = OF_CLASSES, {"classes": classes, "own_groups": around.own, "several": around.several}
    span = {"starts_on": starts_on, "ends_on": ends_on}
    return Facts(
        run(session, scope.cells, **span, **of).all(),
        {row.id: row for row in run(session, scope.lessons, **span, **of)},
        run(session, scope.stays, **of).all(),
        known,
        run(session, ZONE).scalar(),
    )
