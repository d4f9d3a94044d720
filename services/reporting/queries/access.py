"""Whose page it is: who may read it in reporting."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from services.reporting.models import Group, Lesson, Load, Page, School, Subject, Year
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
    """A page with the names around it; what has not been told yet is empty."""

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


def readable_page(session: SchoolSession, actor: Actor, page_id: UUID) -> PageFacts:
    """Find a page the caller may read; NotFound for anybody else's.

    Deputies and the director read all; teachers the pages of their load and of lessons given in
    another's stead; class teachers those of their class and its groups.
    """
    facts = _facts(session, page_id)
    if policy.sees_all("reporting", "read pages", actor.roles):
        return facts
    me = actor.person_id
    if me is not None and (
        me in facts.teacher_ids or me in facts.class_teacher_ids or _stands_in(session, facts, me)
    ):
        return facts
    raise NotFound


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
