"""Writing on a page: who may, when not, and how every change becomes a link of the page's chain."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select

from services.journal.actions.correcting import Closed, closed_once
from services.journal.models.relations import (
    closings,
    gives_any_lesson,
    gives_lesson,
    has_period,
    leads_class,
    lessons,
    page_grade,
    page_surroundings,
    pages,
    periods,
    revisions,
    run,
    school,
    schools,
    subjects,
    teaches_page,
    told,
    works,
)
from services.journal.models.several import leads_pupils
from services.journal.rules.access import reads_whole, writes_whole
from services.journal.rules.chain import Change, link
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.bulk import insert_rows, upsert_rows
from shared.clock import day_of, now
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, NotFound, Stale, Text


class LessonCancelled(Conflict):
    """The lesson does not take place, so nothing is written on it."""

    title = Text("Урок отменён", "The lesson was cancelled")
    detail = Text(
        "Урок {on:%d.%m.%Y} отменён в расписании. Сделайте запись на состоявшемся уроке.",
        "The lesson of {on:%Y-%m-%d} was cancelled in the timetable. Write on a lesson that took place.",
    )


class PageClosed(Conflict):
    """The period was closed by the deputy."""

    title = Text("Период закрыт", "The period is closed")
    detail = Text(
        "Период «{period}» закрыт {on:%d.%m.%Y}. Попросите заместителя директора открыть его.",
        "The period “{period}” was closed on {on:%Y-%m-%d}. Ask the deputy head to open it again.",
    )


class LessonDay(NamedTuple):
    """A lesson as revisions name it."""

    id: UUID
    held_on: date


class Link(NamedTuple):
    """Where the page's chain ends, and how many links one save has added by there."""

    seq: int
    head: str
    links: int = 0


LOCK_LESSON = (
    select(
        lessons.c.id,
        lessons.c.held_on,
        lessons.c.number,
        lessons.c.state,
        lessons.c.is_substituted,
        pages.c.id.label("page_id"),
        pages.c.seq,
        pages.c.head,
        pages.c.group_id,
        pages.c.subject_id,
        pages.c.year_id,
        schools.c.time_zone,
        schools.c.scale,
        schools.c.work_types,
        schools.c.attendance,
        subjects.c.name.label("subject_name"),
        page_grade,
        told("subject_scales"),
        told("absent_and_marked"),
        told("reason_to_change"),
        told("lesson_entry_days"),
        gives_lesson.label("gives_lesson"),
        teaches_page.label("teaches_page"),
        leads_class.label("leads_class"),
        leads_pupils.label("leads_pupils"),
        gives_any_lesson.label("gives_any_lesson"),
    )
    .select_from(page_surroundings.join(lessons, lessons.c.page_id == pages.c.id))
    .where(lessons.c.id == bindparam("lesson"), lessons.c.school_id == school)
    # One writer at a time on a page: its chain is a line, not a tree.
    .with_for_update(of=pages)
)

# Read after the lock is held: only then is it sure that no closing slipped in between.
WORKS = (
    select(
        works.c.slot,
        works.c.type,
        works.c.weight,
        works.c.title,
        works.c.is_written,
        works.c.is_monitoring,
        works.c.counts,
        works.c.seq,
        periods.c.id.label("period_id"),
        periods.c.name.label("closed_period"),
        periods.c.ends_on,
        closings.c.closed_at,
        closings.c.reopened_at,
        closings.c.reason.label("reopened_for"),
    )
    .select_from(
        page_surroundings.outerjoin(
            works, and_(works.c.page_id == pages.c.id, works.c.lesson_id == bindparam("lesson"))
        ).outerjoin(
            periods.join(closings, closings.c.period_id == periods.c.id),
            and_(
                has_period,
                periods.c.starts_on <= bindparam("held_on"),
                periods.c.ends_on >= bindparam("held_on"),
            ),
        )
    )
    .where(pages.c.id == bindparam("page"))
)


def lock_lesson(session: SchoolSession, actor: Actor, lesson_id: UUID, seen_seq: int) -> Row[Any]:
    """Lock the lesson's page for the caller to write on, until the commit.

    Raises NotFound for what is not theirs to see, Denied for what they may only read,
    LessonCancelled, and Stale when `seen_seq` is of a future the page does not know. Of a page of
    several classes a class teacher may only read: what is written for the whole lesson concerns others.
    """
    return _locked(session, actor, lesson_id, seen_seq, for_pupils=False)


def lock_cells(
    session: SchoolSession, actor: Actor, lesson_id: UUID, seen_seq: int, *, even_cancelled: bool = False
) -> Row[Any]:
    """Lock the lesson's page as `lock_lesson`, for writing in pupils' cells alone.

    With `even_cancelled` the caller only takes away what stands on a lesson, cancelled or not.

    So may also the class teacher of some of the pupils of several classes; `writes_whole` tells whether
    the caller writes in everybody's, and `cells.read_column` whose are the caller's.
    """
    return _locked(session, actor, lesson_id, seen_seq, for_pupils=True, even_cancelled=even_cancelled)


def _locked(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    *,
    for_pupils: bool,
    even_cancelled: bool = False,
) -> Row[Any]:
    lesson = run(session, LOCK_LESSON, lesson=lesson_id, me=actor.person_id).first()
    if lesson is None or actor.person_id is None:
        raise NotFound
    if not (writes_whole(lesson) or (for_pupils and lesson.leads_pupils)):
        raise Denied if reads_whole(actor, lesson) or lesson.leads_pupils else NotFound
    if lesson.state == "cancelled" and not even_cancelled:
        raise LessonCancelled(on=lesson.held_on)
    if seen_seq > lesson.seq:
        raise Stale
    return lesson


class Opened(NamedTuple):
    """What stands on a lesson open for writing: its works by slot, and whether it had been closed before."""

    works: dict[int, Row[Any]]
    closed: Closed | None


def open_lesson(session: SchoolSession, lesson: Row[Any], *, is_approved: bool = False) -> Opened:
    """Open a lesson for writing; raises PageClosed when its period is closed and no change is approved."""
    found = run(session, WORKS, page=lesson.page_id, lesson=lesson.id, held_on=lesson.held_on).all()
    zone = lesson.time_zone or TIME_ZONE
    standing = next((row for row in found if row.closed_at is not None and row.reopened_at is None), None)
    if standing is not None and not is_approved:
        raise PageClosed(period=standing.closed_period, on=day_of(standing.closed_at, zone))
    works = {work.slot: work for work in found if work.slot is not None}
    return Opened(works, closed_once(found, lesson.held_on, zone))


def open_works(session: SchoolSession, lesson: Row[Any]) -> dict[int, Row[Any]]:
    """Return the works of a lesson open for writing by slot; raises PageClosed."""
    return open_lesson(session, lesson).works


def append(
    session: SchoolSession,
    actor: Actor,
    page: Any,
    changes: Sequence[Change],
    reason: str | None,
    *,
    lesson: LessonDay | Any = None,
    request_id: UUID | None = None,
) -> list[Link]:
    """Append changes to the chain of a locked page; return the link each became.

    `page` is a row of `lock_lesson` or any other that names page_id, seq, head, group_id, subject_id
    and year_id of a page locked for writing; `lesson` is whatever names the id and the day (held_on)
    of the lesson that the changes are about, often the same row.
    """
    links: list[Link] = []
    rows: list[dict[str, Any]] = []
    seq, head, at = page.seq, page.head, now()
    for change in changes:
        seq += 1
        row = {
            "page_id": page.page_id,
            "seq": seq,
            "lesson_id": lesson.id if lesson else None,
            "lesson_on": lesson.held_on if lesson else None,
            **change._asdict(),
            "request_id": request_id,
            "actor_id": actor.person_id,
            "at": at,
            "reason": reason,
        }
        head = link(head, row)
        rows.append({**row, "school_id": actor.school_id, "hash": head})
        links.append(Link(seq, head, seq - page.seq))
    insert_rows(session, revisions, rows)
    grown = {"id": page.page_id, "school_id": actor.school_id, "seq": seq, "head": head}
    named = {"group_id": page.group_id, "subject_id": page.subject_id, "year_id": page.year_id}
    upsert_rows(session, pages, [grown | named], key=("id",))
    return links
