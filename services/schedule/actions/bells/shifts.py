"""In which shift (смена) a class learns, from a day on."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.bells.timing import FIRST_SHIFT
from services.schedule.actions.calendar import school_today
from services.schedule.actions.history import note_change
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.years import find_year, tell_changed
from services.schedule.models import ClassShift, Group, Year
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Text


class ShiftOutsideTheYear(Invalid):
    """A shift would begin on a day that is not of the year."""

    title = Text("День вне учебного года", "The day is not of the year")
    detail = Text(
        "Назовите день с {first:%d.%m.%Y} по {last:%d.%m.%Y}.",
        "Give a day from {first:%Y-%m-%d} to {last:%Y-%m-%d}.",
    )


def put_into_shift(session: SchoolSession, group_id: UUID, shift: int, from_on: date, seen: int) -> Year:
    """Let a class or group learn in a shift from a day on; what was planned for later days is replaced.

    Lessons to come follow, those of the past stay. `seen` is the version of the year the caller saw.
    """
    year = find_year(session, seen)
    group = session.get(Group, group_id)
    if group is None or group.kind == "parallel":
        raise NotFound
    if not year.starts_on <= from_on <= year.ends_on:
        raise ShiftOutsideTheYear(first=year.starts_on, last=year.ends_on)
    known = session.scalars(
        select(ClassShift).where(ClassShift.group_id == group_id).order_by(ClassShift.from_on)
    ).all()
    before = [one.shift for one in known if one.from_on < from_on]
    later = [one for one in known if one.from_on >= from_on]
    if [(one.from_on, one.shift) for one in later] == [(from_on, shift)]:
        return year
    if not later and shift == (before[-1] if before else FIRST_SHIFT):
        return year
    for one in later:
        session.delete(one)
    session.flush()
    session.add(ClassShift(school_id=year.school_id, group_id=group_id, from_on=from_on, shift=shift))
    was = {f"{one.from_on}": one.shift for one in known}
    now_is = {day: number for day, number in was.items() if day < f"{from_on}"} | {f"{from_on}": shift}
    note_change(session, "shift", group_id, group.name, was, now_is)
    tell_changed(session, year)
    plan_lessons(session, year, today=school_today(session))
    return year
