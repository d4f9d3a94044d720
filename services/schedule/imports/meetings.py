"""Meetings as most programs tell them, a weekday and a lesson number each, made into a timetable."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from services.schedule.imports.labels import grade_of
from services.schedule.imports.timetable import (
    Activity,
    Day,
    Faults,
    Hour,
    Ignored,
    Place,
    Room,
    StudentsSet,
    Timetable,
)
from shared.errors import Text

WEEKDAYS = ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб")
WEEKS = ("", "А", "В")
MOST = 50_000  # The largest real school has a tenth of it.
LAST_NUMBER = 30  # As on the bell schedule.

Bells = dict[int, tuple[str | None, str | None]]
"""When lessons of a number begin and end, HH:MM, where that is told."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Teachers and sets of students at a subject; without a weekday (Monday 1) it has no place yet.

    `number` is the lesson's, `duration` how many follow one another, `week` 1 or 2 that of an
    alternating pair and 0 each; `line` is where the file tells it.
    """

    subject: str
    teachers: tuple[str, ...]
    students: tuple[str, ...]
    line: int = field(compare=False)
    room: str = ""
    weekday: int | None = None
    number: int = 0
    duration: int = 1
    week: int = 0

    @property
    def is_good(self) -> bool:
        """Whether its place exists in a school's week."""
        last = self.number + self.duration - 1
        return self.weekday is None or (
            1 <= self.weekday <= len(WEEKDAYS) and self.number >= 0 and last <= LAST_NUMBER
        )


@dataclass
class Told:
    """All that a file tells; sets and rooms that meetings name need not be listed besides."""

    faults: Faults
    institution: str = ""
    meetings: list[Meeting] = field(default_factory=list)
    bells: Bells = field(default_factory=dict)
    sets: dict[str, StudentsSet] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    ignored: list[Ignored] = field(default_factory=list)

    def ignore(self, what: str, count: int, why: Text) -> None:
        """Note what stays behind, if there is any of it."""
        if count:
            self.ignored.append(Ignored(what, count, why))

    def part_of(self, parent: str, label: str) -> str:
        """Return the name of a part of a class, which is a group of its own from now on."""
        label = f"{label} подгруппа" if label.isdecimal() else label
        name = label if label.casefold().startswith(parent.casefold()) else f"{parent} {label}"
        if name not in self.sets:
            self.sets[name] = StudentsSet(name, "group", grade_of(parent), parent)
            self.sets.setdefault(parent, StudentsSet(parent, "class", grade_of(parent)))
        return name


def timetable_of(told: Told) -> Timetable:
    """Return the timetable of what was told; BadRows tells all faults."""
    placed = {one: None for one in told.meetings if one.weekday}
    meetings = [*placed, *(one for one in told.meetings if not one.weekday)]
    _check(meetings, told.faults)
    told.faults.raise_if_any()
    weeks = 2 if any(one.week for one in meetings) else 1
    made = Timetable(
        institution=told.institution,
        days=_days(meetings, weeks),
        hours=_hours(meetings, told.bells),
        subjects=_names(one.subject for one in meetings),
        teachers=_names(name for one in meetings for name in one.teachers),
        rooms=tuple(_rooms(meetings, told.rooms)),
        sets=dict(told.sets),
        activities={},
        ignored=told.ignored,
    )
    for name in _names(name for one in meetings for name in one.students):
        made.sets.setdefault(name, StudentsSet(name, "class", grade_of(name)))
    _place(made, meetings, weeks)
    return made


def joined(meetings: Iterable[Meeting]) -> Iterator[Meeting]:
    """Make one of what a teacher has in one room at one time with several sets: a joint lesson."""
    found: dict[tuple[object, ...], Meeting] = {}
    for one in meetings:
        place = (one.weekday, one.number, one.duration, one.week)
        own = -1 if one.teachers and one.room and one.weekday else len(found)
        key = (one.subject, one.teachers, one.room, place, own)
        same = found.get(key)
        students = (*same.students, *one.students) if same else one.students
        found[key] = replace(same or one, students=tuple(dict.fromkeys(students)))
    yield from found.values()


def _check(meetings: Sequence[Meeting], faults: Faults) -> None:
    if len(meetings) > MOST:
        said = f"Больше {MOST} занятий; разделите файл."
        faults.add(0, "", said, f"More than {MOST} lessons; part the file.")
    for one in meetings[:MOST]:
        for column, names in (
            ("subject", (one.subject,)), ("teacher", one.teachers),
            ("class", one.students), ("room", (one.room,)),
        ):  # fmt: skip
            for name in names:
                faults.is_short(one.line, column, name)
                if not name.isprintable():
                    said = f"В имени «{name.strip()}» знаки, которых не видно; сотрите их."
                    faults.add(one.line, column, said, "The name holds signs that cannot be seen.")
        if not one.is_good:
            faults.add(
                one.line,
                "",
                f"День {one.weekday}, урок {one.number}: дни бывают с 1 по 6, уроки — до {LAST_NUMBER}.",
                f"Day {one.weekday}, lesson {one.number}: days are 1 to 6, lessons end at {LAST_NUMBER}.",
            )


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _days(meetings: Iterable[Meeting], weeks: int) -> tuple[Day, ...]:
    last = max([5, *(one.weekday or 0 for one in meetings)])
    if weeks == 1:
        return tuple(Day(WEEKDAYS[at], 1, at + 1) for at in range(last))
    return tuple(
        Day(f"{WEEKDAYS[at]} {WEEKS[week]}".strip(), week, at + 1) for week in range(3) for at in range(last)
    )


def _hours(meetings: Iterable[Meeting], bells: Bells) -> tuple[Hour, ...]:
    used = {n for one in meetings if one.weekday for n in range(one.number, one.number + one.duration)}
    known = used | bells.keys()
    numbers = range(min(known, default=1), max(known, default=1) + 1)
    return tuple(Hour(str(number), number, *bells.get(number, (None, None))) for number in numbers)


def _rooms(meetings: Iterable[Meeting], told: dict[str, Room]) -> Iterator[Room]:
    for name in _names((*told, *(one.room for one in meetings))):
        yield told.get(name) or Room(name)


def _place(made: Timetable, meetings: Iterable[Meeting], weeks: int) -> None:
    days = {(day.week if weeks > 1 else 0, day.weekday): at for at, day in enumerate(made.days)}
    first = made.hours[0].number
    for number, one in enumerate(meetings, 1):
        times = weeks if one.week == 0 else 1
        activity = Activity(str(number), one.subject, one.teachers, one.students, one.duration, times)
        made.activities[activity.id] = activity
        if one.weekday:
            start = one.number - first
            hours = tuple(range(start, start + one.duration))
            made.places[activity.id] = Place(days[one.week, one.weekday], hours, one.room or None)
