"""Turning cells of attendance by excuses, on all pages, and back again: both come to what stands now.

A cell is astray when it is «н» on a day that is excused, or bears an excuse that does not stand for
its day any more: withdrawn, or its days changed. While its period is closed it stays so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, not_, or_, select, update

from services.journal.actions.correcting import Why, closed_once, tell_corrected
from services.journal.actions.entries import keep_entries, recorded_entry, tell_entries
from services.journal.actions.pages import Link, append
from services.journal.models.relations import (
    closings,
    enrolments,
    entries,
    excuses,
    groups,
    has_period,
    in_closed_period,
    lessons,
    page_surroundings,
    pages,
    people,
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


def lock_pages(
    session: SchoolSession, pupil_id: UUID, from_on: date, until_on: date, excuse_id: UUID | None = None
) -> list[UUID]:
    """Lock the pages on which the pupil may be absent in these days or bears the excuse, in order of ids.

    And the pupil: of days without lessons, as of holidays, no page keeps two excuses apart.
    """
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
    is_meant = and_(or_(pages.c.group_id.in_(of_pupil), pages.c.group_id.in_(around)), has_lessons)
    if excuse_id is not None:  # The stay there may have been taken back since.
        bears = select(entries.c.page_id).where(
            entries.c.pupil_id == pupil_id, entries.c.excuse_id == excuse_id
        )
        is_meant = or_(is_meant, pages.c.id.in_(bears))
    found = run(session, select(pages.c.id).where(is_meant).order_by(pages.c.id).with_for_update())
    locked = list(found.scalars())
    run(session, select(people.c.id).where(people.c.id == pupil_id).with_for_update())
    return locked


def turn_of_pupil(
    session: SchoolSession, actor: Actor, excuse: Any, locked: Sequence[UUID], from_on: date, until_on: date
) -> Turned:
    """Turn the pupil's cells of these days, and whatever bears the excuse, on locked pages."""
    of_it = or_(entries.c.excuse_id == excuse.id, lessons.c.held_on.between(from_on, until_on))
    which = and_(entries.c.pupil_id == excuse.pupil_id, pages.c.id.in_(locked), of_it)
    return Turned(excuse.id, *turn(session, actor, which))


_standing, _borne = excuses.alias("standing"), excuses.alias("borne")


def _stands(excuse: Any) -> ColumnElement[bool]:
    """Whether an excuse stands for the lesson's day."""
    return and_(
        excuse.c.withdrawn_at.is_(None),
        excuse.c.from_on <= lessons.c.held_on,
        excuse.c.until_on >= lessons.c.held_on,
    )


# Two may stand for a day since two pupils became one: then the one the cell bears.
_is_the_one = or_(_borne.c.id.is_(None), not_(_stands(_borne)), _standing.c.id == _borne.c.id)
_said = ("id", "sign", "paper", "from_on", "until_on", "made_by", "withdrawn_by")
ASTRAY = (
    select(
        entries.c.page_id, entries.c.lesson_id, entries.c.pupil_id, entries.c.value, entries.c.is_corrected,
        lessons.c.held_on, lessons.c.number, in_closed_period.label("is_closed"),
        pages.c.group_id, pages.c.subject_id, pages.c.year_id, pages.c.seq, pages.c.head,
        *(_standing.c[name].label(f"standing_{name}") for name in _said),
        *(_borne.c[name].label(f"borne_{name}") for name in _said),
    )
    .select_from(
        page_surroundings.join(entries, entries.c.page_id == pages.c.id)
        .join(lessons, and_(lessons.c.id == entries.c.lesson_id, lessons.c.page_id == entries.c.page_id))
        .outerjoin(_borne, _borne.c.id == entries.c.excuse_id)
        .outerjoin(
            _standing, and_(_standing.c.pupil_id == entries.c.pupil_id, _stands(_standing), _is_the_one)
        )
    )
    .where(entries.c.slot == 0, or_(entries.c.value == UNRESOLVED, entries.c.excuse_id.is_not(None)))
    .where(
        or_(
            entries.c.excuse_id.is_distinct_from(_standing.c.id),
            entries.c.value != _standing.c.sign,
        )
    )
    .order_by(entries.c.page_id, lessons.c.held_on, lessons.c.number, entries.c.lesson_id, entries.c.pupil_id)
)  # fmt: skip


def turn(session: SchoolSession, actor: Actor, which: ColumnElement[bool]) -> tuple[int, int]:
    """Write into cells that are astray what is to stand there, and tell the school of each.

    Their pages are locked. Each is written in the name of whoever made the excuse or withdrew it, also
    when a period is opened only later. Returns how many changed, and how many a closed period kept.
    """
    by_cell = {(row.lesson_id, row.pupil_id): row for row in run(session, ASTRAY.where(which))}
    found = by_cell.values()
    free = [cell for cell in found if not cell.is_closed]
    reopened = _closings(session, free) if free else []
    changed = 0
    for _, cells in groupby(free, key=lambda cell: cell.page_id):
        end: Link | None = None
        for cell in cells:
            if cell.value == (cell.standing_sign or UNRESOLVED):
                _bear(session, cell)
                continue
            end = _write(session, actor, cell, end or Link(cell.seq, cell.head), reopened)
            changed += 1
    return changed, len(found) - len(free)


def _closings(session: SchoolSession, cells: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Return how the periods of cells were closed, with each page and the period's days."""
    days = [cell.held_on for cell in cells]
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
        .where(pages.c.id.in_({cell.page_id for cell in cells}))
        .where(periods.c.starts_on <= max(days), periods.c.ends_on >= min(days))
    )
    return run(session, found).all()


def _bear(session: SchoolSession, cell: Row[Any]) -> None:
    """Let a cell whose sign stays bear the excuse that stands now."""
    one = and_(
        entries.c.page_id == cell.page_id,
        entries.c.lesson_id == cell.lesson_id,
        entries.c.pupil_id == cell.pupil_id,
        entries.c.slot == 0,
    )
    run(session, update(entries).where(one).values(excuse_id=cell.standing_id))


def _write(
    session: SchoolSession, actor: Actor, cell: Row[Any], end: Link, reopened: Iterable[Row[Any]]
) -> Link:
    around = {name: getattr(cell, name) for name in ("group_id", "subject_id", "year_id")}
    at = At(cell.lesson_id, cell.held_on, cell.number, cell.page_id, **around, seq=end.seq, head=end.head)
    change = Change("attendance", 0, cell.pupil_id, cell.standing_sign or UNRESOLVED, cell.value)
    reason, by = _reason(cell)
    with together(session):
        links = append(session, replace(actor, person_id=by), at, [change], reason, lesson=at)
        row = {
            "slot": 0,
            "pupil_id": cell.pupil_id,
            "value": change.value,
            "is_corrected": cell.is_corrected,
            "excuse_id": cell.standing_id,
        }
        keep_entries(session, at, [row], links)
    tell_entries(session, at, links[-1], [recorded_entry(change, {})])
    over = [
        row for row in reopened if row.page_id == at.page_id and row.starts_on <= at.held_on <= row.ends_on
    ]
    once = closed_once(over, at.held_on, (over[0].time_zone if over else None) or TIME_ZONE)
    tell_corrected(session, at.page_id, once, [change], links[-1].seq, Why(reason), at)
    return links[-1]


def _reason(cell: Row[Any]) -> tuple[str, UUID]:
    """Say by which paper a cell is turned, or turned back, and in whose name."""
    which = "standing" if cell.standing_id else "borne"
    paper, from_on, until_on, made_by, withdrawn_by = (getattr(cell, f"{which}_{name}") for name in _said[2:])
    said = f"{PAPERS[paper].ru}, {from_on:%d.%m}–{until_on:%d.%m.%Y}"
    if which == "standing":
        return said, made_by
    return f"отозвано: {said}" if withdrawn_by else f"на другие дни: {said}", withdrawn_by or made_by
