"""Who of a class missed how much and why, from rows of absences and of lessons held."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from shared.errors import Text

LATE = "оп"
NOT_EXCUSED = ("н", "нп")
"""Absent without a reason, or without one that anybody knows yet."""


@dataclass
class Missed:
    """What one pupil missed in a period."""

    held: int = 0  # The lessons the pupil should have been in.
    lessons: int = 0
    days: int = 0  # All of whose lessons were missed (DOMAIN 2.6).
    late: int = 0
    by_sign: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Missed") -> None:
        """Add what another missed."""
        self.held += other.held
        self.lessons += other.lessons
        self.days += other.days
        self.late += other.late
        self.by_sign += other.by_sign

    @property
    def unexcused(self) -> int:
        """How many lessons nobody excused."""
        return sum(self.by_sign[sign] for sign in NOT_EXCUSED)


class Timetable:
    """How many lessons each pupil of a class had each day, in this period or the one before."""

    def __init__(self, group_id: UUID, roster: Iterable[Row[Any]], held: Iterable[Row[Any]]) -> None:
        self._members: dict[UUID, set[UUID]] = defaultdict(set)
        for row in roster:
            self._members[row.group_id].add(row.pupil_id)
        self._class = self._members[group_id]
        self._lessons: dict[tuple[int, UUID], Counter[date]] = defaultdict(Counter)
        self._across: set[UUID] = set()
        for row in held:
            if row.is_across:
                self._across.add(row.group_id)
            self._lessons[row.is_now, row.group_id][row.held_on] += row.times

    def of_pupil(self, pupil_id: UUID, is_now: int) -> Counter[date]:
        """Return the pupil's lessons by day: of the class, and of each part the pupil is in."""
        days: Counter[date] = Counter()
        for (now, group_id), lessons in self._lessons.items():
            # A part without pupils of its own is of the whole class, like the parallel.
            everybody = set() if group_id in self._across else self._class
            if now == is_now and pupil_id in (self._members.get(group_id) or everybody):
                days.update(lessons)
        return days


def missed_by_pupil(
    pupils: Iterable[UUID], absent: Iterable[Row[Any]], timetable: Timetable, is_now: int
) -> Mapping[UUID, Missed]:
    """Return what each pupil missed; whoever came late was there."""
    found = {pupil: Missed() for pupil in pupils}
    by_day: dict[UUID, Counter[date]] = defaultdict(Counter)
    for row in absent:
        own = found.get(row.pupil_id)
        if own is None or row.is_now != is_now:
            continue
        sign = row.value.split(" ")[0]
        if sign == LATE:
            own.late += row.times
        else:
            own.by_sign[sign] += row.times
            own.lessons += row.times
            by_day[row.pupil_id][row.held_on] += row.times
    for pupil, own in found.items():
        lessons = timetable.of_pupil(pupil, is_now)
        own.held = lessons.total()
        own.days = sum(missed >= lessons[day] for day, missed in by_day[pupil].items())
    return found


def absences(
    names: Mapping[UUID, str],
    before: Mapping[UUID, Missed],
    now: Mapping[UUID, Missed],
    reasons: Mapping[str, Text],
) -> dict[str, Any]:
    """Return who missed how much by which sign, the sums, and how many lessons more than before."""
    signs = {sign: title for sign, title in reasons.items() if sign != LATE}
    for own in now.values():
        signs |= {sign: Text(sign, sign) for sign in own.by_sign if sign not in signs}
    total = Missed()
    for own in now.values():
        total.add(own)
    lessons_before = sum(own.lessons for own in before.values())
    return {
        "reasons": [{"value": sign, "title": title} for sign, title in signs.items()],
        "pupils": [{"id": pupil, "name": names[pupil], **_said(own)} for pupil, own in now.items()],
        "total": _said(total),
        "trend": total.lessons - lessons_before if any(own.held for own in before.values()) else None,
    }


def _said(own: Missed) -> dict[str, Any]:
    counts = ("held", "lessons", "days", "late", "unexcused")
    return {name: getattr(own, name) for name in counts} | {"by_sign": dict(own.by_sign)}
