"""Whose page it is: who may read it in reporting."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.reporting.models import Enrolment, Group, Lesson, Load, Page, School, Subject, Year
from services.reporting.rules.extract import OwnPupils, OwnStay
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

TIME_ZONE = "Europe/Moscow"
"""Where a school is that has not told yet."""


_own_class = aliased(Group)
_load_of_page = and_(
    Load.year_id == Page.year_id, Load.group_id == Page.group_id, Load.subject_id == Page.subject_id
)
_PAGE = (
    select(
        Page.year_id,
        Page.group_id,
        Page.subject_id,
        Group.name.label("group"),
        Group.kind,
        func.coalesce(Group.grade, _own_class.grade).label("grade"),
        Group.parent_id,
        _own_class.kind.label("kind_within"),
        Group.class_teacher_id.label("leader"),
        _own_class.class_teacher_id.label("leader_of_class"),
        Subject.name.label("subject"),
        Year.name.label("year"),
        School.name.label("school"),
        School.time_zone,
        Load.teacher_ids,
    )
    .select_from(Page)
    .outerjoin(Group, Group.id == Page.group_id)
    .outerjoin(_own_class, and_(_own_class.id == Group.parent_id, Group.kind == "group"))
    .outerjoin(Subject, Subject.id == Page.subject_id)
    .outerjoin(Year, Year.id == Page.year_id)
    .outerjoin(School, School.school_id == Page.school_id)
    .outerjoin(Load, _load_of_page)
)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page with the names around it; what has not been told yet is empty.

    `own` are those of whose rows alone the caller reads; None: of all.
    """

    page_id: UUID
    year_id: UUID
    group_id: UUID
    subject_id: UUID
    group: str
    kind: str
    grade: int | None
    parent_id: UUID | None
    subject: str
    year: str
    school: str
    time_zone: str
    teacher_ids: tuple[UUID, ...]
    class_teacher_ids: frozenset[UUID]
    is_of_several: bool
    own: OwnPupils | None = None


def readable_page(session: SchoolSession, actor: Actor, page_id: UUID) -> PageFacts:
    """Find a page the caller may read; NotFound for anybody else's.

    Deputies and the director read all; teachers the pages of their load and of lessons given in
    another's stead; class teachers those of their class and its groups. Of a page of several classes
    (a parallel's, or of a group across its classes) a class teacher reads the own pupils alone, as in
    the journal: `own` says whom. One statement; one more for who is not of the page's load, nor leads
    the class, and another for a page of several classes.
    """
    facts = _facts(session, page_id)
    if policy.sees_all("reporting", "read pages", actor.roles):
        return facts
    me = actor.person_id
    if me is not None and (
        me in facts.teacher_ids or me in facts.class_teacher_ids or _stands_in(session, facts, me)
    ):
        return facts
    own = _own_pupils(session, facts, me) if me is not None and facts.is_of_several else None
    if own is None:
        raise NotFound
    return replace(facts, own=own)


def _facts(session: SchoolSession, page_id: UUID) -> PageFacts:
    found = session.execute(_PAGE.where(Page.id == page_id)).one_or_none()
    if found is None:
        raise NotFound
    return PageFacts(
        page_id=page_id,
        year_id=found.year_id,
        group_id=found.group_id,
        subject_id=found.subject_id,
        group=found.group or "",
        kind=found.kind or "",
        grade=found.grade,
        parent_id=found.parent_id,
        subject=found.subject or "",
        year=found.year or "",
        school=found.school or "",
        time_zone=found.time_zone or TIME_ZONE,
        teacher_ids=tuple(map(UUID, found.teacher_ids or ())),
        class_teacher_ids=frozenset({found.leader, found.leader_of_class} - {None}),
        is_of_several="parallel" in (found.kind, found.kind_within),
    )


def _stands_in(session: SchoolSession, facts: PageFacts, me: UUID) -> bool:
    lists = session.scalars(
        select(Lesson.teacher_ids).where(
            Lesson.group_id == facts.group_id,
            Lesson.subject_id == facts.subject_id,
            Lesson.year_id == facts.year_id,
        )
    )
    return any(str(me) in teacher_ids for teacher_ids in lists)


def _own_pupils(session: SchoolSession, facts: PageFacts, me: UUID) -> OwnPupils | None:
    """Return the pupils of my classes if one is of the parallel or has anybody in the group; else None."""
    listed = aliased(Enrolment)
    stands_here = exists().where(
        listed.group_id == facts.group_id, listed.pupil_id == Enrolment.pupil_id, meet(listed, Enrolment)
    )
    found = session.execute(
        select(
            Group.name,
            Enrolment.pupil_id,
            Enrolment.from_on,
            Enrolment.until_on,
            or_(Group.parent_id == facts.group_id, stands_here).label("is_here"),
        )
        .select_from(Group)
        .outerjoin(Enrolment, Enrolment.group_id == Group.id)
        .where(Group.kind == "class", Group.class_teacher_id == me)
    ).all()
    if not any(row.is_here for row in found):
        return None
    return OwnPupils(OwnStay(row.name, row.pupil_id, row.from_on, row.until_on) for row in found)


def meet(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether two stays have a day in common."""
    return and_(
        or_(other.until_on.is_(None), one.from_on <= other.until_on),
        or_(one.until_on.is_(None), other.from_on <= one.until_on),
    )
