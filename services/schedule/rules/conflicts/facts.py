"""What conflicts are found in: placed cards, the school around them, its limits; and what one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from services.schedule.rules.curriculum import WEEK_LIMITS

USUAL_LESSON = 40  # minutes, where the bells do not tell when a lesson ends: the shortest usual one
WEEKDAYS = range(1, 8)

HARD = (
    "teacher_twice",
    "class_twice",
    "room_twice",
    "outside_week",
    "outside_bells",
    "outside_shift",
)
"""Nobody can be at two places, and no bell rings there: always errors."""

EMPTIED = "class_emptied"
"""A class that has lessons now would have none: an error, for nobody means it unless they say so."""

SOFT = {
    "room_small": "error",
    "day_limit": "error",
    "week_limit": "error",
    "class_gap": "error",
    "teacher_gap": "warning",
    "subject_apart": "warning",
}
"""How grave the rest is, unless the school decides otherwise: error, warning or off."""


class GradeLimit(NamedTuple):
    """How many lessons a parallel may have: a day, on so many days one more, and in a week of 5 or 6 days."""

    per_day: int
    longer_days: int
    five_days: int
    six_days: int


# СП 2.4.3648-20, 3.4.16: how many lessons a day, and on how many days one more.
DAY_LIMITS = {
    1: (4, 1),
    **dict.fromkeys((2, 3, 4), (5, 1)),
    **dict.fromkeys((5, 6), (6, 0)),
    **dict.fromkeys((7, 8, 9, 10, 11), (7, 0)),
}
USUAL_LIMITS: Mapping[int, GradeLimit] = {
    grade: GradeLimit(*DAY_LIMITS[grade], *week) for grade, week in WEEK_LIMITS.items()
}


@dataclass(frozen=True)
class Limits:
    """What the school takes for too much, and how grave it is."""

    grades: Mapping[int, GradeLimit] = field(default_factory=lambda: USUAL_LIMITS)
    severities: Mapping[str, str] = field(default_factory=lambda: SOFT)

    def severity(self, kind: str) -> str:
        """Return error, warning or off."""
        return "error" if kind in HARD else self.severities.get(kind, SOFT[kind])


class GroupFacts(NamedTuple):
    """A parallel, class or group: its parallel, shift, number of pupils, and whom it shares pupils with.

    `clashing` holds the group itself and all whose lessons cannot be held at the same hour.
    """

    grade: int | None
    shift: int
    size: int
    clashing: frozenset[UUID]


class Profile(NamedTuple):
    """The groups in which some pupils of a class have all their lessons, its own among them."""

    class_id: UUID
    grade: int | None
    groups: frozenset[UUID]


class Hour(NamedTuple):
    """When a lesson begins and ends, in minutes of the day."""

    begins: int
    ends: int


@dataclass(frozen=True)
class School:
    """What surrounds a timetable. `bells` are by shift and weekday, then by the lesson's number."""

    days: int
    bells: Mapping[tuple[int, int], Mapping[int, Hour | None]]
    groups: Mapping[UUID, GroupFacts]
    profiles: Sequence[Profile]
    capacities: Mapping[UUID, int | None]
    limits: Limits = field(default_factory=Limits)

    def hour(self, shift: int, weekday: int, number: int) -> Hour | None:
        """Return when a lesson is held; None when nobody told."""
        return self.bells.get((shift, weekday), {}).get(number)


class Placed(NamedTuple):
    """A card at its place; `hour` is None when the bells do not tell it."""

    id: UUID
    subject_id: UUID
    groups: tuple[UUID, ...]
    teachers: tuple[str, ...]
    room: UUID | None
    week: int
    weekday: int
    number: int
    shift: int
    hour: Hour | None
    has_own_time: bool = False


class Conflict(NamedTuple):
    """One thing wrong with a timetable: which cards, where, about whom or what, and how much of it."""

    kind: str
    severity: str
    card_ids: tuple[UUID, ...]
    week: int
    weekday: int | None
    number: int | None
    about: tuple[UUID | str, ...]
    amount: int = 0
    limit: int = 0


def overlap(one: Placed, other: Placed) -> bool:
    """Whether two cards are held at the same time in some week."""
    if one.weekday != other.weekday or (one.week and other.week and one.week != other.week):
        return False
    if one.hour is None or other.hour is None:
        return one.number == other.number
    return one.hour.begins < other.hour.ends and other.hour.begins < one.hour.ends
