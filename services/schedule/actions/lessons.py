"""The weekly timetable, and the dated lessons made of it for the whole year."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.actions.calendar import calendar_of
from services.schedule.actions.telling import tell_cancelled, tell_planned
from services.schedule.models import Lesson, Slot, Year, table
from services.schedule.rules import Place, Tally, dates_by_place
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.ids import new_id

ROWS_AT_ONCE = 5000


class Key(NamedTuple):
    """What makes a lesson the same lesson: group, subject, day and number."""

    group_id: UUID
    subject_id: UUID
    lesson_on: date
    number: int


class Form(NamedTuple):
    """What may change of a lesson."""

    starts: str | None
    room_id: UUID | None
    teacher_ids: tuple[str, ...]


@dataclass
class Changes:
    """What has to be written so that the lessons are as the timetable says."""

    created: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0

    def tally(self) -> Tally:
        """Return how much of each."""
        return Tally(len(self.created), len(self.changed), self.unchanged, len(self.cancelled))


def set_timetable(
    session: SchoolSession,
    year: Year,
    slots: Sequence[Mapping[str, Any]],
    groups: Collection[UUID],
    *,
    from_on: date,
    today: date,
) -> Tally:
    """Replace the timetable of these groups and make their lessons from a day on.

    `slots` has rows of group_id, subject_id, week, weekday, number, starts (None: the bell's), room_id
    and teacher_ids (sorted).
    Other groups keep theirs, so a school may bring its timetable in several files.
    """
    owned = {"school_id": year.school_id, "year_id": year.id, "from_on": from_on}
    rows = [{**slot, **owned} for slot in slots]
    session.execute(delete(Slot).where(Slot.year_id == year.id, Slot.group_id.in_(groups)))
    insert_rows(session, table(Slot), rows)
    return plan_lessons(session, year, today=today, groups=groups, from_on=from_on)


def others_have_timetable(session: SchoolSession, year: Year, groups: Collection[UUID]) -> bool:
    """Whether groups other than these have a timetable this year."""
    found = select(Slot.group_id).where(Slot.year_id == year.id, Slot.group_id.not_in(groups)).limit(1)
    return session.scalar(found) is not None


def plan_lessons(
    session: SchoolSession,
    year: Year,
    *,
    today: date,
    groups: Collection[UUID] | None = None,
    from_on: date = date.min,
) -> Tally:
    """Make the dated lessons follow the timetable and the calendar, and tell what changed.

    What is past, today included, is never rewritten: lessons are changed, cancelled and added from
    tomorrow on. Only a group that had no lesson yet gets those of the days gone by, so that its
    journal can be filled in. Days before a group's timetable begins (before `from_on`, where it has
    none any more) stay as they are. Doing it again changes nothing.
    """
    slots = _slots(session, year, groups)
    begins = {slot.group_id: slot.from_on for slot in slots}
    existing = (
        row for row in _existing(session, year, groups) if row.lesson_on >= begins.get(row.group_id, from_on)
    )
    changes = _compare(year, _wanted(year, slots), existing, today)
    for at in range(0, len(changes.created), ROWS_AT_ONCE):
        insert_rows(session, table(Lesson), changes.created[at : at + ROWS_AT_ONCE])
    written = changes.changed + changes.cancelled
    for at in range(0, len(written), ROWS_AT_ONCE):
        upsert_rows(session, table(Lesson), written[at : at + ROWS_AT_ONCE], ["id"])
    tell_cancelled(session, changes.cancelled)
    tell_planned(session, year.id, changes.created + changes.changed)
    return changes.tally()


def _slots(session: SchoolSession, year: Year, groups: Collection[UUID] | None) -> Sequence[Any]:
    found = select(table(Slot)).where(Slot.school_id == year.school_id, Slot.year_id == year.id)
    if groups is not None:
        found = found.where(Slot.group_id.in_(groups))
    return session.execute(found).all()


def _wanted(year: Year, slots: Sequence[Any]) -> dict[Key, Form]:
    starts = {bell.number: bell.starts for bell in year.bells}
    dates = dates_by_place(calendar_of(year))
    wanted: dict[Key, Form] = {}
    for slot in slots:
        form = Form(slot.starts or starts.get(slot.number), slot.room_id, tuple(slot.teacher_ids))
        for day in dates.get(Place(slot.week, slot.weekday), ()):
            if day >= slot.from_on:
                wanted[Key(slot.group_id, slot.subject_id, day, slot.number)] = form
    return wanted


def _existing(session: SchoolSession, year: Year, groups: Collection[UUID] | None) -> Iterator[Any]:
    own = table(Lesson).c
    columns = (
        own.id,
        own.group_id,
        own.subject_id,
        own.lesson_on,
        own.number,
        own.starts,
        own.room_id,
        own.teacher_ids,
    )
    found = select(*columns, own.is_cancelled).where(
        Lesson.school_id == year.school_id, Lesson.year_id == year.id
    )
    if groups is not None:
        found = found.where(Lesson.group_id.in_(groups))
    return iter(session.execute(found))


def _compare(year: Year, wanted: dict[Key, Form], existing: Iterator[Any], today: date) -> Changes:
    """Tell the lessons to create, change and cancel; takes from `wanted` what is there already."""
    changes = Changes()
    begun: set[UUID] = set()
    for row in existing:
        begun.add(row.group_id)
        key = Key(row.group_id, row.subject_id, row.lesson_on, row.number)
        own, form = Form(row.starts, row.room_id, tuple(row.teacher_ids)), wanted.pop(key, None)
        if row.lesson_on <= today or (form is None and row.is_cancelled):
            changes.unchanged += not row.is_cancelled
        elif form is None:
            changes.cancelled.append(_row(year, row.id, key, own, is_cancelled=True))
        elif row.is_cancelled or form != own:
            changes.changed.append(_row(year, row.id, key, form, is_cancelled=False))
        else:
            changes.unchanged += 1
    for key, form in wanted.items():
        if key.lesson_on > today or key.group_id not in begun:
            changes.created.append(_row(year, new_id(), key, form, is_cancelled=False))
    return changes


def _row(year: Year, lesson_id: UUID, key: Key, form: Form, *, is_cancelled: bool) -> dict[str, Any]:
    return {
        "id": lesson_id,
        "school_id": year.school_id,
        "year_id": year.id,
        "group_id": key.group_id,
        "subject_id": key.subject_id,
        "lesson_on": key.lesson_on,
        "number": key.number,
        "starts": form.starts,
        "room_id": form.room_id,
        "teacher_ids": list(form.teacher_ids),
        "is_cancelled": is_cancelled,
    }
