"""Until when a work is awaited («•», DOMAIN 2.1), as the teacher decides it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update

from services.journal.actions.awaited import due_change
from services.journal.actions.cells import read_column, refuse_foreign
from services.journal.actions.entries import recorded_entry, tell_entries
from services.journal.actions.pages import Link, append, lock_cells, open_works
from services.journal.models.relations import entries, run
from services.journal.rules.chain import Change
from services.journal.rules.marks import AWAITED, TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text

LONGEST = timedelta(days=366)


class NothingAwaited(Conflict):
    """Only a work that is awaited has a day until which it is."""

    title = Text("Работу не ждут", "No work is awaited")
    detail = Text(
        "Срок есть только у клетки со знаком «•». Сначала поставьте его.",
        "Only a cell with “•” has such a day. Put the sign first.",
    )


class DueDayRefused(Invalid):
    """The day has passed already, or is too far away."""

    title = Text("Такой срок не подходит", "Such a day will not do")
    detail = Text(
        "Работу можно ждать до любого дня с {first:%d.%m.%Y} по {last:%d.%m.%Y}. Выберите один из них.",
        "A work may be awaited until any day from {first:%Y-%m-%d} to {last:%Y-%m-%d}. Choose one of them.",
    )


class DueDayChanged(Stale):
    """Somebody else moved the same day since the caller saw the page."""


CELL = select(entries.c.value, entries.c.due_on, entries.c.due_seq).where(
    *(entries.c[name] == bindparam(name) for name in ("page_id", "lesson_id", "slot", "pupil_id"))
)


def move_due(
    session: SchoolSession,
    actor: Actor,
    lesson_id: UUID,
    seen_seq: int,
    pupil_id: UUID,
    slot: int,
    due_on: date,
) -> Link:
    """Set until when the work of a cell with «•» is awaited, and tell the school of the cell again.

    Setting the day that is set changes nothing. Raises DueDayChanged when somebody else set another
    after `seen_seq`, NothingAwaited and DueDayRefused.
    """
    lesson = lock_cells(session, actor, lesson_id, seen_seq)
    refuse_foreign(session, actor, lesson, pupil_id)
    key = {"page_id": lesson.page_id, "lesson_id": lesson.id, "slot": slot, "pupil_id": pupil_id}
    cell = run(session, CELL, **key).first()
    if cell is None and pupil_id not in read_column(session, actor, lesson):
        raise NotFound
    works = open_works(session, lesson)
    if cell is None or cell.value != AWAITED or not slot:
        raise NothingAwaited
    if cell.due_on == due_on:
        return Link(lesson.seq, lesson.head)
    if cell.due_seq > seen_seq:
        raise DueDayChanged(errors={"due": {"due_on": cell.due_on, "seq": cell.due_seq}})
    _refuse_odd(lesson, due_on)
    [end] = append(
        session, actor, lesson, [due_change(pupil_id, slot, due_on, cell.due_on)], None, lesson=lesson
    )
    own = update(entries).where(*(entries.c[name] == value for name, value in key.items()))
    session.connection().execute(own.values(due_on=due_on, due_seq=end.seq))
    stands = recorded_entry(Change("mark", slot, pupil_id, AWAITED, AWAITED), works, due_on)
    tell_entries(session, lesson, end, [stands])
    return end


def _refuse_odd(lesson: Row[Any], due_on: date) -> None:
    first = max(lesson.held_on, today(lesson.time_zone or TIME_ZONE))
    last = first + LONGEST
    if not first <= due_on <= last:
        raise DueDayRefused(first=first, last=last)
