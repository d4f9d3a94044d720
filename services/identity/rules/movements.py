"""Movements of pupils: their kinds, and what each does to a pupil's stays in groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from shared.errors import Text

DAY = timedelta(days=1)

ARRIVALS = frozenset({"enrolment", "return"})
DEPARTURES = frozenset({"departure", "graduation"})
NEXT_YEAR = frozenset({"promotion", "repeat", "graduation"})
"""What only the move to the next year does to a pupil."""

KINDS: Mapping[str, Text] = {
    "enrolment": Text("зачисление", "enrolment"),
    "transfer": Text("перевод в другой класс", "transfer to another class"),
    "departure": Text("выбытие", "departure"),
    "return": Text("возвращение", "return"),
    "promotion": Text("перевод в следующий класс", "promotion"),
    "repeat": Text("повторное обучение", "repeats the year"),
    "graduation": Text("выпуск", "graduation"),
    "reversal": Text("отмена", "reversal"),
}


def effective_on(kind: str, moved_on: date) -> date:
    """Return the first day on which things are as ordered: one who leaves is there on the last day."""
    return moved_on + DAY if kind in DEPARTURES else moved_on


class Stay(NamedTuple):
    """A pupil's stay in a group, both days included, with the movements that began and ended it."""

    group_id: UUID
    from_on: date
    until_on: date | None
    began_by: UUID | None = None
    ended_by: UUID | None = None

    def covers(self, day: date) -> bool:
        """Whether the pupil is there on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def reaches(self, day: date) -> bool:
        """Whether the pupil is there on a day or on any later one."""
        return self.until_on is None or day <= self.until_on


@dataclass
class Cut:
    """What becomes of stays when a movement takes effect: these end the day before, these never come."""

    ended: list[Stay] = field(default_factory=list)
    dropped: list[Stay] = field(default_factory=list)


def cut(stays: Iterable[Stay], day: date) -> Cut:
    """Let stays end so that none holds on a day or later; those over before are left alone."""
    found = Cut()
    for stay in stays:
        if stay.reaches(day):
            (found.ended if stay.from_on < day else found.dropped).append(stay)
    return found


def overlap(stays: Iterable[Stay]) -> tuple[Stay, Stay] | None:
    """Return two stays that share a day, if any do."""
    for one, following in pairwise(sorted(stays, key=lambda stay: stay.from_on)):
        if one.reaches(following.from_on):
            return one, following
    return None
