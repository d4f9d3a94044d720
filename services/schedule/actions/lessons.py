"""The dated lessons of the whole year, made of the weekly timetable that is in force on each day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.bells.timing import Timing
from services.schedule.actions.overriding import Form, Key, put_substitutions
from services.schedule.actions.telling import tell_cancelled, tell_planned
from services.schedule.models import Lesson, Slot, Year, table
from services.schedule.rules import Place, Tally
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.ids import new_id

ROWS_AT_ONCE = 5000


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
    decided: Mapping[Key, Form | None] = MappingProxyType({}),
    taken_back: Collection[Key] = (),
) -> Tally:
    """Make the dated lessons follow the timetable in force and the calendar, and tell what changed.

    What is past, today included, is never rewritten: lessons are changed, cancelled and added from
    tomorrow on. Only a group that had no lesson yet gets those of the days gone by, so that its
    journal can be filled in. Days before a group's timetable begins (before `from_on`, where it has
    none any more) stay as they are. What was decided about single lessons (замены) goes before the
    timetable; `decided` are decisions just taken, which hold for days gone by, too (None: no lesson),
    and `taken_back` the lessons of one that holds no more: before a timetable begins, too.
    Doing it again changes nothing.
    """
    slots = _slots(session, year, groups)
    begins: dict[UUID, date] = {}
    for slot in slots:
        begins[slot.group_id] = min(slot.from_on, begins.get(slot.group_id, date.max))
    timing = Timing(session, year)
    wanted = _wanted(timing, slots)
    put_substitutions(session, year, wanted, groups, timing)
    wanted = _with(wanted, decided)
    named = {*decided, *taken_back}
    existing = (
        row
        for row in _existing(session, year, groups)
        if row.lesson_on >= begins.get(row.group_id, from_on) or _key(row) in wanted or _key(row) in named
    )
    changes = _compare(year, wanted, existing, today, frozenset(decided))
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


def _wanted(timing: Timing, slots: Sequence[Any]) -> dict[Key, Form]:
    wanted: dict[Key, Form] = {}
    for slot in slots:
        group_id, number, teachers = slot.group_id, slot.number, tuple(slot.teacher_ids)
        for held in timing.dates(group_id).get(Place(slot.week, slot.weekday), ()):
            if slot.from_on <= held.day <= (slot.until_on or date.max):
                starts = timing.starts(group_id, held.day, number, slot.starts)
                key = Key(group_id, slot.subject_id, held.day, number)
                wanted[key] = Form(starts, slot.room_id, teachers)
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
        own.is_substituted,
    )
    found = select(*columns, own.is_cancelled).where(
        Lesson.school_id == year.school_id, Lesson.year_id == year.id
    )
    if groups is not None:
        found = found.where(Lesson.group_id.in_(groups))
    return iter(session.execute(found))


def _key(row: Any) -> Key:
    return Key(row.group_id, row.subject_id, row.lesson_on, row.number)


def _with(wanted: dict[Key, Form], decided: Mapping[Key, Form | None]) -> dict[Key, Form]:
    for key, form in decided.items():
        if form is None:
            wanted.pop(key, None)
        else:
            wanted[key] = form
    return wanted


def _compare(
    year: Year, wanted: dict[Key, Form], existing: Iterator[Any], today: date, decided: Collection[Key]
) -> Changes:
    """Tell the lessons to create, change and cancel; takes from `wanted` what is there already."""
    changes = Changes()
    begun: set[UUID] = set()
    for row in existing:
        if row.lesson_on <= today:
            begun.add(row.group_id)  # What was planned for later only, and taken back, is no beginning.
        key = _key(row)
        own, form = (
            Form(row.starts, row.room_id, tuple(row.teacher_ids), row.is_substituted),
            wanted.pop(key, None),
        )
        stays = row.lesson_on <= today and key not in decided
        if stays or (form is None and row.is_cancelled):
            changes.unchanged += not row.is_cancelled
        elif form is None:
            changes.cancelled.append(_row(year, row.id, key, own, is_cancelled=True))
        elif row.is_cancelled or form != own:
            changes.changed.append(_row(year, row.id, key, form, is_cancelled=False))
        else:
            changes.unchanged += 1
    for key, form in wanted.items():
        if key.lesson_on > today or key in decided or key.group_id not in begun:
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
        "is_substituted": form.is_substituted,
    }
