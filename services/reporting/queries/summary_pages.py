"""The pages a class's summary register is made of."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from services.reporting.models import Enrolment, Final, Group, Page, PageHead, Period, School, Subject, Year
from services.reporting.queries.access import meet
from services.reporting.rules.terms import PERIOD
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.grades import for_grade
from shared.names import collated

Pages = Sequence[Any]


def pages_of(session: SchoolSession, group: Group, year_id: UUID | None) -> Pages:
    """Return the pages of a class, its groups, its parallel and groups across classes in a year.

    Of a group across, if anybody was in it and in the class at once that year. Each page has its
    chain's end. Without a year named, of the last in which there are any; NotFound where there are none.
    """
    own = or_(
        Group.id == group.id, Group.parent_id == group.id, Group.id == group.parent_id, _is_across(group)
    )
    found = session.execute(_page_rows().where(own)).all()
    newest = max(found, key=lambda row: row.begins or date.min).year_id if found else None
    pages = [row for row in found if row.year_id == (year_id or newest)]
    if not pages:
        raise NotFound
    return sorted(pages, key=_by_subject)


def _is_across(group: Group) -> ColumnElement[bool]:
    """Whether a page is of a group across classes in which the class has somebody in the page's year."""
    parallel, mine, listed = aliased(Group), aliased(Enrolment), aliased(Enrolment)
    of_year = (Period.year_id == Page.year_id, for_grade(Period.grades, literal(group.grade, Integer)))
    first = select(func.min(Period.starts_on)).where(*of_year).scalar_subquery()
    last = select(func.max(Period.ends_on)).where(*of_year).scalar_subquery()
    in_year = (
        and_(stay.from_on <= last, or_(stay.until_on.is_(None), stay.until_on >= first))
        for stay in (mine, listed)
    )
    has_somebody = exists().where(
        listed.group_id == Page.group_id,
        mine.group_id == group.id,
        mine.pupil_id == listed.pupil_id,
        meet(mine, listed),  # With both in the year, there is a day of it on which they do.
        *in_year,
    )
    parallels = select(parallel.id).where(parallel.kind == "parallel")
    return and_(Group.kind == "group", Group.parent_id.in_(parallels), has_somebody)


def former_pages(session: SchoolSession, pages: Pages, newcomers: Collection[UUID]) -> Pages:
    """Return the pages of other classes on which newcomers have marks of periods in the same subjects."""
    if not newcomers:
        return []
    of_periods = and_(Final.slot == PERIOD, Final.value.is_not(None), Final.pupil_id.in_(newcomers))
    found = session.execute(
        _page_rows().where(
            Page.id.in_(select(Final.page_id).where(of_periods)),
            Page.id.not_in([page.id for page in pages]),
            Page.year_id == pages[0].year_id,
            Page.subject_id.in_({page.subject_id for page in pages}),
        )
    )
    return sorted(found, key=_by_subject)


def _by_subject(page: Any) -> Any:
    return collated(page.subject or ""), page.group or ""


def _page_rows() -> Select[*tuple[Any, ...]]:
    """Select pages with what is told of them on paper, each with its chain's end."""
    last = select(PageHead.page_id, func.max(PageHead.seq).label("seq")).group_by(PageHead.page_id).subquery()
    begins = select(func.min(Period.starts_on)).where(Period.year_id == Page.year_id).scalar_subquery()
    return (
        select(
            Page.id,
            Page.year_id,
            Page.group_id,
            Page.subject_id,
            Group.name.label("group"),
            Group.kind,
            Subject.name.label("subject"),
            Year.name.label("year"),
            School.name.label("school"),
            School.time_zone,
            PageHead.seq,
            PageHead.head,
            PageHead.changed_at,
            begins.label("begins"),
        )
        .select_from(Page)
        .join(Group, Group.id == Page.group_id)
        .outerjoin(Subject, Subject.id == Page.subject_id)
        .outerjoin(Year, Year.id == Page.year_id)
        .outerjoin(School, School.school_id == Page.school_id)
        .outerjoin(last, last.c.page_id == Page.id)
        .outerjoin(PageHead, and_(PageHead.page_id == Page.id, PageHead.seq == last.c.seq))
    )
