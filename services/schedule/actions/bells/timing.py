"""On which days a group has lessons, and when they begin: by its parallel, its shift and the day's bells."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.calendar import calendar_of
from services.schedule.models import BellSchedule, ClassShift, Group, Year
from services.schedule.rules import Place
from services.schedule.rules.days import SchoolDay, dates_by_place, days_of_lessons
from shared.db import SchoolSession

FIRST_SHIFT = 1

Bells = Mapping[int, str | None]
"""When the lesson of each number begins, HH:MM."""


class Timing:
    """The days and hours of a year for every group of the school; read in two statements."""

    def __init__(self, session: SchoolSession, year: Year) -> None:
        """Read which group belongs to which class, and in which shift it learns since when."""
        self._calendar = calendar_of(year)
        self._usual: Bells = {bell.number: bell.starts for bell in year.bells}
        self._schedules = {one.id: one for one in year.bell_schedules}
        self._times: dict[UUID, Bells] = {
            one.id: {at.number: at.starts for at in one.times} for one in year.bell_schedules
        }
        groups = session.execute(select(Group.id, Group.parent_id, Group.grade))
        self._groups = {row.id: row for row in groups}
        self._shifts: dict[UUID, list[ClassShift]] = {}
        for one in session.scalars(select(ClassShift).order_by(ClassShift.from_on)):
            self._shifts.setdefault(one.group_id, []).append(one)
        self._grades: dict[UUID, int | None] = {}
        self._dates: dict[int | None, dict[Place, list[SchoolDay]]] = {}
        self._days: dict[int | None, dict[date, SchoolDay]] = {}
        self._rung: dict[tuple[int, int | None, date], tuple[Bells | None, Bells]] = {}

    def dates(self, group_id: UUID) -> Mapping[Place, Sequence[SchoolDay]]:
        """Return on which days each place of the weekly timetable falls for a group."""
        grade = self.grade(group_id)
        if grade not in self._dates:
            self._dates[grade] = dates_by_place(self._calendar, grade)
        return self._dates[grade]

    def starts(self, group_id: UUID, on: date, number: int, own: str | None = None) -> str | None:
        """Return when a group's lesson of a number begins on a day, HH:MM; None when nobody told.

        `own` is the time that the timetable itself tells: it goes before the bells, except on a day
        that rings by another schedule.
        """
        grade, shift = self.grade(group_id), self.shift(group_id, on)
        key = (shift, grade, on)
        if key not in self._rung:
            self._rung[key] = self._bells(shift, grade, on)
        special, rung = self._rung[key]
        if special is not None:
            return special.get(number)
        return own or rung.get(number)

    def grade(self, group_id: UUID) -> int | None:
        """Return a group's parallel, its own or that of what it is part of."""
        if group_id not in self._grades:
            grades = [row.grade for row in self._within(group_id) if row.grade is not None]
            self._grades[group_id] = grades[0] if grades else None
        return self._grades[group_id]

    def shift(self, group_id: UUID, on: date) -> int:
        """Return the shift a group learns in on a day: its own, or that of its class."""
        for row in self._within(group_id) if self._shifts else ():
            known = self._shifts.get(row.id, ())
            place = bisect_right(known, on, key=lambda one: one.from_on)
            if place:
                return known[place - 1].shift
        return FIRST_SHIFT

    def _within(self, group_id: UUID) -> list[Any]:
        found: list[Any] = []
        step: UUID | None = group_id
        while step is not None and (row := self._groups.get(step)) is not None and row not in found:
            found.append(row)
            step = row.parent_id
        return found

    def _bells(self, shift: int, grade: int | None, on: date) -> tuple[Bells | None, Bells]:
        """Return the bells that a special day has, if any, and those of its weekday."""
        if grade not in self._days:
            self._days[grade] = {one.day: one for one in days_of_lessons(self._calendar, grade)}
        day = self._days[grade].get(on) or SchoolDay(on, on.isoweekday(), 1)
        special = self._special(day, shift)
        rung = self._of_weekday(day.weekday, shift)
        return (
            self._times[special.id] if special else None,
            self._times[rung.id] if rung else self._usual,
        )

    def _special(self, day: SchoolDay, shift: int) -> BellSchedule | None:
        if day.special is None or day.special.bell_schedule_id is None:
            return None
        named = self._schedules[day.special.bell_schedule_id]
        return _of_shift([one for one in self._schedules.values() if one.name == named.name], shift)

    def _of_weekday(self, weekday: int, shift: int) -> BellSchedule | None:
        return ringing_on(list(self._schedules.values()), weekday, shift)


def ringing_on(schedules: Sequence[BellSchedule], weekday: int, shift: int) -> BellSchedule | None:
    """Return the bell schedule of a weekday for a shift; None where the usual bells ring."""
    return _of_shift([one for one in schedules if str(weekday) in one.weekdays], shift)


def _of_shift(schedules: Sequence[BellSchedule], shift: int) -> BellSchedule | None:
    fitting = [one for one in schedules if one.shift in (shift, 0)]
    return max(fitting, key=lambda one: one.shift, default=None)
