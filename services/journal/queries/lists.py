"""Lists: the pages somebody works with, a page's history, the years and their periods."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from services.journal.models import Closing, Lesson, MergedPerson, Period, Person, Revision, School, Year
from services.journal.models.relations import (
    groups,
    leads_class,
    lesson_teachers,
    lessons,
    me,
    page_surroundings,
    page_teachers,
    pages,
    people,
    revisions,
    run,
    school,
    subjects,
    teaches_page,
)
from services.journal.models.several import leads_pupils, leads_still
from services.journal.queries.page import may_read
from services.journal.queries.page_rows import PAGE
from services.journal.queries.people import STUB, in_order, signed_name
from services.journal.rules.access import reads_all, reads_whole
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import collated, group_key

Json = dict[str, Any]

REVISIONS_SHOWN = 200
SHOWN = [column for column in revisions.c if column.name not in ("page_id", "school_id")]

# The lessons I give are looked up once, not page by page: a year of a school has a hundred thousand.
_given = lessons.alias("given")
gives_some_lesson = pages.c.id.in_(
    select(_given.c.page_id)
    .join(lesson_teachers, lesson_teachers.c.lesson_id == _given.c.id)
    .where(lesson_teachers.c.teacher_id == me)
)
WRITES = or_(teaches_page, leads_class, gives_some_lesson, leads_pupils)

PAGES = (
    select(
        pages.c.id,
        pages.c.group_id,
        pages.c.subject_id,
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject_name"),
        WRITES.label("can_edit"),
    )
    .select_from(page_surroundings)
    .where(
        pages.c.school_id == school, or_(pages.c.year_id == bindparam("year"), bindparam("year").is_(None))
    )
)
OWN_PAGES = PAGES.where(WRITES)

TEACHERS = (
    select(page_teachers.c.page_id, people.c.family_name, people.c.given_name, people.c.patronymic)
    .select_from(page_teachers.outerjoin(people, people.c.id == page_teachers.c.teacher_id))
    .where(page_teachers.c.school_id == school)
)

# Each with whoever made it and the name of the period, or of the year, whose mark it is.
REVISIONS = (
    select(Revision, Person, func.coalesce(Period.name, Year.name))
    .outerjoin(Person, Person.id == Revision.actor_id)
    .outerjoin(Period, Period.id == Revision.period_id)
    .outerjoin(Year, Year.id == Revision.period_id)
)


def page_list(session: SchoolSession, actor: Actor, *, mine: bool, year_id: UUID | None = None) -> list[Json]:
    """Return a year's pages that the caller may open: the own ones, or for those who read all, all.

    Of a former year own are those the caller taught then, and those of the class the caller led then: its
    load, lessons and classes stay as they were told (clause 2.2.3). Without a year named it is this one's;
    raises NotFound for a year that the school never had.
    """
    year = asked_year(session, year_id)
    wanted = PAGES if reads_all(actor) and not mine else OWN_PAGES
    found = run(session, wanted, me=actor.person_id, year=year.id if year else None).all()
    teachers: dict[UUID, list[str]] = {}
    for row in in_order(run(session, TEACHERS)) if found else ():
        teachers.setdefault(row.page_id, []).append(signed_name(row))
    found = sorted(found, key=lambda row: (group_key(row.group_name or ""), collated(row.subject_name or "")))
    return [
        {
            "id": row.id,
            "group": {"id": row.group_id, "name": row.group_name or STUB},
            "subject": {"id": row.subject_id, "name": row.subject_name or STUB},
            "teachers": teachers.get(row.id, []),
            "can_edit": bool(row.can_edit),
        }
        for row in found
    ]


def year_list(session: SchoolSession) -> list[Json]:
    """Return the years that schedule has told of, the latest first."""
    current, to_plan = current_year(session), year_to_plan(session)
    known = session.scalars(select(Year).order_by(Year.starts_on.desc(), Year.name))
    return [
        {
            "id": year.id,
            "name": year.name,
            "starts_on": year.starts_on,
            "ends_on": year.ends_on,
            "is_current": year is current,
            "is_to_plan": year is to_plan,
        }
        for year in known
    ]


def asked_year(session: SchoolSession, year_id: UUID | None) -> Year | None:
    """Return the year named, or else that of today. Raises NotFound for one that the school never had."""
    if year_id is None:
        return current_year(session)
    found = session.scalar(select(Year).where(Year.id == year_id))
    if found is None:
        raise NotFound
    return found


def current_year(session: SchoolSession) -> Year | None:
    """Return the year of today, or else as `year_of`."""
    return year_of(session, _today(session))


def year_to_plan(session: SchoolSession, year_id: UUID | None = None) -> Year | None:
    """Return the year that plans are made for: the one named or, once this one is over, the next there is.

    Raises NotFound for one that the school never had.
    """
    year, day = asked_year(session, year_id), _today(session)
    if year is None or year_id or day <= year.ends_on:
        return year
    coming = select(Year).where(Year.starts_on > day).order_by(Year.starts_on)
    return session.scalars(coming).first() or year


def _today(session: SchoolSession) -> date:
    return today(session.scalar(select(School.time_zone)) or TIME_ZONE)


def year_of(session: SchoolSession, day: date) -> Year | None:
    """Return the year of a day; between years the last that began, before the first the first."""
    years = session.scalars(select(Year).order_by(Year.starts_on)).all()
    begun = [year for year in years if year.starts_on <= day]
    return begun[-1] if begun else next(iter(years), None)


def period_list(session: SchoolSession, year_id: UUID | None = None) -> list[Json]:
    """Return the periods of a year, of the current one if none is named, and which of them are closed."""
    year = asked_year(session, year_id)
    standing = and_(Closing.period_id == Period.id, Closing.reopened_at.is_(None))
    found = session.execute(
        select(Period, Closing.closed_at)
        .outerjoin(Closing, standing)
        .where(Period.year_id == (year.id if year else None))
        .order_by(Period.starts_on, Period.ends_on, Period.name)
    )
    return [
        {
            "id": period.id,
            "name": period.name,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "kind": period.kind,
            "grades": period.grades,
            "closed": closed_at is not None,
            "closed_at": closed_at,
        }
        for period, closed_at in found
    ]


def year_closing(session: SchoolSession, year_id: UUID | None = None) -> Json | None:
    """Return a year, or the current one, and since when its own marks (year, exam, final) are closed."""
    year = asked_year(session, year_id)
    if year is None:
        return None
    standing = select(Closing.closed_at).where(Closing.period_id == year.id, Closing.reopened_at.is_(None))
    closed_at = session.scalar(standing)
    return {"id": year.id, "name": year.name, "closed": closed_at is not None, "closed_at": closed_at}


def page_history(
    session: SchoolSession,
    actor: Actor,
    page_id: UUID,
    *,
    lesson_id: UUID | None = None,
    pupil_id: UUID | None = None,
    period_id: UUID | None = None,
    slot: int | None = None,
    after: int = 0,
) -> Json:
    """Return a page's revisions after a seq, of a lesson, a pupil, a term-end mark if named, oldest first.

    Marks of the year, of an exam and the final one are of the year: its id is their `period_id`. Of several
    classes, a class teacher reads what is about the lessons and the own pupils.
    """
    page = run(session, PAGE, page=page_id, me=actor.person_id).first()
    if page is None or not may_read(actor, page):
        raise NotFound
    asked = REVISIONS.where(Revision.page_id == page_id, Revision.seq > after)
    if not reads_whole(actor, page):
        # What is of no lesson, as a term-end mark, is told of those alone who are in the class now.
        day = func.coalesce(Revision.lesson_on, today(page.time_zone or TIME_ZONE))
        asked = asked.where(or_(Revision.pupil_id.is_(None), leads_still(Revision.pupil_id, day)))
    for column, value in (
        (Revision.lesson_id, lesson_id),
        (Revision.period_id, period_id),
        (Revision.slot, slot),
    ):
        asked = asked if value is None else asked.where(column == value)
    if pupil_id:
        merged = select(MergedPerson.merged_id).where(MergedPerson.kept_id == pupil_id)
        asked = asked.where(or_(Revision.pupil_id == pupil_id, Revision.pupil_id.in_(merged)))
    asked = asked.order_by(Revision.seq).limit(REVISIONS_SHOWN + 1)
    found = session.execute(asked, {"me": actor.person_id}).all()
    shown = found[:REVISIONS_SHOWN]
    return {
        "items": [_revision(*row) for row in shown],
        "next": str(shown[-1][0].seq) if len(found) > len(shown) else None,
    }


def _revision(revision: Revision, person: Person | None, period: str | None) -> Json:
    names = (
        "seq",
        "lesson_id",
        "period_id",
        "pupil_id",
        "what",
        "slot",
        "value",
        "was",
        "actor_id",
        "at",
        "reason",
        "hash",
    )
    said = {name: getattr(revision, name) for name in names}
    return {**said, "period": period, "actor": signed_name(person) if person else STUB}


def is_written_since(session: SchoolSession, day: date) -> bool:
    """Whether a mark, an absence, a topic or homework was ever written for a lesson held since a day."""
    written = select(Revision.seq).join(Lesson, Lesson.id == Revision.lesson_id).where(Lesson.held_on >= day)
    return session.scalars(written.limit(1)).first() is not None
