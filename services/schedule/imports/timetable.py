"""A timetable as another program left it: names instead of ids, and what could not be taken over."""

from dataclasses import dataclass, field

from shared.errors import Text
from shared.imports import BadRows, RowError


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the timetable: its label, the week of the cycle (from 1) and the weekday (Monday 1).

    Week 0 is each week of the cycle.
    """

    name: str
    week: int
    weekday: int


@dataclass(frozen=True, slots=True)
class Hour:
    """A lesson hour: its label, its number on the bell schedule, and its times HH:MM when it tells them."""

    name: str
    number: int
    starts: str | None = None
    ends: str | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A room (кабинет); capacity 0 is unknown."""

    name: str
    capacity: int = 0
    building: str = ""


@dataclass(frozen=True, slots=True)
class StudentsSet:
    """A parallel, a class or a group; its name is unique in the file and so is its key."""

    name: str
    kind: str
    grade: int | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """One meeting a week (or a cycle) of teachers and sets of students, `duration` hours long.

    `times` is how often it takes place in a cycle: twice, where weeks alternate and it is in both.
    """

    id: str
    subject: str
    teachers: tuple[str, ...]
    students: tuple[str, ...]
    duration: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """When and where an activity is: indexes into the timetable's days and hours."""

    day: int
    hours: tuple[int, ...]
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something of the file that has no counterpart here: what, how often, and why."""

    what: str
    count: int
    why: Text


@dataclass
class Timetable:
    """All that was read from the files of one timetable."""

    institution: str
    days: tuple[Day, ...]
    hours: tuple[Hour, ...]
    subjects: tuple[str, ...]
    teachers: tuple[str, ...]
    rooms: tuple[Room, ...]
    sets: dict[str, StudentsSet]
    activities: dict[str, Activity]
    places: dict[str, Place] = field(default_factory=dict)
    ignored: list[Ignored] = field(default_factory=list)
    rotation: int = 0
    """The days of a cycle that makes no weeks; then `days` is empty and nothing has a place."""

    @property
    def weeks(self) -> int:
        """The weeks of the cycle: 1, or 2 where weeks А and В alternate; of a rotation, about how many."""
        if self.rotation:
            return -(-self.rotation // SCHOOL_DAYS)
        return max(day.week for day in self.days)

    @property
    def unplaced(self) -> list[Activity]:
        """Return the activities that have no time yet, in the file's order."""
        return [one for one in self.activities.values() if one.id not in self.places]

    def needed_sets(self) -> list[StudentsSet]:
        """Return the sets worth a group: all parallels and classes, and the groups that have lessons.

        Parents come before their children. FET divides classes into many groups by itself; without
        lessons and without names of pupils those say nothing.
        """
        used = {name for one in self.activities.values() for name in one.students}
        order = {"parallel": 0, "class": 1, "group": 2}
        kept = [one for one in self.sets.values() if one.kind != "group" or one.name in used]
        return sorted(kept, key=lambda one: order[one.kind])


MAX_NAME = 120
SCHOOL_DAYS = 5  # Of a usual week, by which the hours of a rotation are spread.


class Faults:
    """Collects what is wrong in one file, so that all of it is told at once."""

    def __init__(self, file: str) -> None:
        """Collect for the file of this name."""
        self.file = file
        self.rows: list[RowError] = []

    def add(self, line: int, column: str, ru: str, en: str) -> None:
        """Note one fault."""
        self.rows.append(RowError(self.file, line, column, Text(ru, en)))

    def unknown(self, line: int, column: str, value: str, where: str) -> None:
        """Note a name that is used but was never declared."""
        self.add(
            line,
            column,
            f"«{value}» не значится в {where}; исправьте имя или добавьте запись.",
            f"“{value}” is not in {where}; correct the name or add the entry.",
        )

    def is_short(self, line: int, column: str, name: str) -> bool:
        """Whether a name is not too long; notes it when it is."""
        if len(name) <= MAX_NAME:
            return True
        self.add(
            line,
            column,
            f"Имя длиннее {MAX_NAME} знаков; сократите его.",
            f"The name is longer than {MAX_NAME} characters; shorten it.",
        )
        return False

    def raise_if_any(self) -> None:
        """Refuse the file when something was noted."""
        if self.rows:
            raise BadRows(self.rows)
