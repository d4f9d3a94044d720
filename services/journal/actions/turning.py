"""Turning a pupil's cells of attendance by an excuse, on all pages, and back again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select

from services.journal.actions.correcting import Why, closed_once, tell_corrected
from services.journal.actions.entries import keep_entries, recorded_entry, tell_entries
from services.journal.actions.pages import Link, append
from services.journal.models import Excuse
from services.journal.models.relations import (
    closings,
    enrolments,
    entries,
    groups,
    has_period,
    in_closed_period,
    lessons,
    page_surroundings,
    pages,
    periods,
    run,
    schools,
)
from services.journal.rules.absence import UNRESOLVED
from services.journal.rules.chain import Change
from services.journal.rules.excuses import PAPERS
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.bulk import together
from shared.db import SchoolSession


class Turned(NamedTuple):
    """An excuse, how many cells it changed, and how many a closed period kept."""

    excuse_id: UUID
    changed: int
    closed: int


@dataclass
class At:
    """A lesson on a locked page, as the page's chain grows under it."""

    id: UUID
    held_on: date
    number: int
    page_id: UUID
    group_id: UUID
    subject_id: UUID
    year_id: UUID
    seq: int
    head: str


def lock_pages(session: SchoolSession, pupil_id: UUID, from_on: date, until_on: date) -> dict[UUID, Row[Any]]:
    """Lock the pages on which the pupil may be absent in these days, in order of their ids."""
    own, wide = groups.alias("own"), groups.alias("wide")
    of_pupil = select(enrolments.c.group_id).where(enrolments.c.pupil_id == pupil_id)
    # The group itself, the class's groups and its parallel: more than the pupil's, which does no harm.
    around = (
        select(wide.c.id)
        .select_from(own.join(wide, or_(wide.c.parent_id == own.c.id, wide.c.id == own.c.parent_id)))
        .where(own.c.id.in_(of_pupil))
    )
    has_lessons = exists().where(
        lessons.c.page_id == pages.c.id, lessons.c.held_on.between(from_on, until_on)
    )
    columns = (pages.c.seq, pages.c.head, pages.c.group_id, pages.c.subject_id, pages.c.year_id)
    found = run(
        session,
        select(pages.c.id, *columns)
        .where(or_(pages.c.group_id.in_(of_pupil), pages.c.group_id.in_(around)), has_lessons)
        .order_by(pages.c.id)
        .with_for_update(),
    )
    return {page.id: page for page in found}


def cells_of(session: SchoolSession, excuse: Excuse, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Return the pupil's cells of attendance in the span, each with whether its period is closed."""
    found = run(
        session,
        select(
            entries.c.page_id,
            entries.c.lesson_id,
            entries.c.value,
            entries.c.is_corrected,
            lessons.c.held_on,
            lessons.c.number,
            in_closed_period.label("is_closed"),
        )
        .select_from(
            page_surroundings.join(entries, entries.c.page_id == pages.c.id).join(
                lessons, and_(lessons.c.id == entries.c.lesson_id, lessons.c.page_id == entries.c.page_id)
            )
        )
        .where(entries.c.pupil_id == excuse.pupil_id, entries.c.slot == 0, which)
        .where(lessons.c.held_on.between(excuse.from_on, excuse.until_on))
        .order_by(entries.c.page_id, lessons.c.held_on, lessons.c.number),
    )
    return found.all()


def turn(
    session: SchoolSession,
    actor: Actor,
    excuse: Excuse,
    locked: Mapping[UUID, Row[Any]],
    cells: Iterable[Row[Any]],
    to: str,
) -> Turned:
    """Write `to` into cells, lesson by lesson, and tell the school of each lesson."""
    ends: dict[UUID, Link] = {}
    changed = closed = 0
    reopened = _closings(session, locked, excuse)
    for cell in cells:
        closed += bool(cell.is_closed)
        if cell.is_closed or cell.page_id not in locked or cell.value not in (UNRESOLVED, excuse.sign):
            continue
        page = locked[cell.page_id]
        end = ends.get(page.id, Link(page.seq, page.head))
        around = {name: getattr(page, name) for name in ("group_id", "subject_id", "year_id")}
        at = At(cell.lesson_id, cell.held_on, cell.number, page.id, **around, seq=end.seq, head=end.head)
        change = Change("attendance", 0, excuse.pupil_id, to, cell.value)
        ends[page.id] = _write(session, actor, at, change, excuse, reopened, is_corrected=cell.is_corrected)
        changed += 1
    return Turned(excuse.id, changed, closed)


def _closings(session: SchoolSession, locked: Iterable[UUID], excuse: Excuse) -> Sequence[Row[Any]]:
    """Return how the periods of these pages were closed, with each page and the period's days."""
    wanted = (
        pages.c.id.label("page_id"), schools.c.time_zone,
        periods.c.id.label("period_id"), periods.c.starts_on, periods.c.ends_on,
        closings.c.closed_at, closings.c.reopened_at, closings.c.reason.label("reopened_for"),
    )  # fmt: skip
    found = (
        select(*wanted)
        .select_from(
            page_surroundings.join(periods, has_period).join(closings, closings.c.period_id == periods.c.id)
        )
        .where(pages.c.id.in_(list(locked)))
        .where(periods.c.starts_on <= excuse.until_on, periods.c.ends_on >= excuse.from_on)
    )
    return run(session, found).all()


def _write(
    session: SchoolSession, actor: Actor, at: At, change: Change, excuse: Excuse,
    reopened: Iterable[Row[Any]], *, is_corrected: bool,
) -> Link:  # fmt: skip
    said = f"{PAPERS[excuse.paper].ru}, {excuse.from_on:%d.%m}–{excuse.until_on:%d.%m.%Y}"
    reason = said if change.value != UNRESOLVED else f"отозвано: {said}"
    with together(session):
        links = append(session, actor, at, [change], reason, lesson=at)
        row = {
            "slot": 0,
            "pupil_id": excuse.pupil_id,
            "value": change.value,
            "is_corrected": is_corrected,
            "excuse_id": excuse.id if change.value != UNRESOLVED else None,
        }
        keep_entries(session, at, [row], links)
    tell_entries(session, at, links[-1], [recorded_entry(change, {})])
    over = [
        row for row in reopened if row.page_id == at.page_id and row.starts_on <= at.held_on <= row.ends_on
    ]
    once = closed_once(over, at.held_on, (over[0].time_zone if over else None) or TIME_ZONE)
    tell_corrected(session, at.page_id, once, [change], links[-1].seq, Why(reason), at)
    return links[-1]
