"""Who teaches what in which class (нагрузка), and who leads which class."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.demo.curriculum import (
    CHAIRS,
    HOURS,
    PAIRED_CHAIRS,
    PRIMARY,
    SHORT,
    class_names,
    halves,
    hours,
    length,
)
from deploy.demo.people import Teacher


@dataclass(frozen=True)
class Part:
    """One group at one lesson: the whole class or a half of it, with its teacher."""

    group: str
    teacher: Teacher


@dataclass(frozen=True)
class Load:
    """A subject in a class for a year; its parts are taught at the same time."""

    class_name: str
    grade: int
    subject: str
    parts: tuple[Part, ...]
    hours: int
    length: int  # How many lessons stand together.


def group_name(class_name: str, subject: str, half: str) -> str:
    """Return what a half of a class is called: «5А англ. 1»."""
    return f"{class_name} {SHORT[subject]} {half}"


def assign_loads(teachers: Sequence[Teacher]) -> list[Load]:
    """Give every subject of every class its teachers, evenly within a chair."""
    staff = _Staff(teachers)
    return [
        Load(name, grade, subject, staff.parts(name, grade, subject), given, length(subject, grade))
        for name, grade in class_names()
        for subject in HOURS
        if (given := hours(subject, grade))
    ]


class _Staff:
    """The teachers by their chairs, and how many hours each has been given."""

    def __init__(self, teachers: Sequence[Teacher]) -> None:
        self.given: dict[str, int] = defaultdict(int)
        self.own = dict(zip((n for n, g in class_names() if g in PRIMARY), teachers, strict=False))
        others = iter(teachers[len(self.own) :])
        self.chairs = [[next(others) for _ in chair.rooms] for chair in (*CHAIRS, *PAIRED_CHAIRS)]
        self.chosen: dict[tuple[str, int], tuple[Teacher, ...]] = {}

    def parts(self, class_name: str, grade: int, subject: str) -> tuple[Part, ...]:
        """Name who teaches; all subjects of a chair in a class stay in one hand."""
        called = halves(subject, grade)
        if grade in PRIMARY and subject in self.own[class_name].subjects:
            teachers: tuple[Teacher, ...] = (self.own[class_name],)
        else:
            teachers = self._of_chair(class_name, subject, in_pairs=bool(called))
        for teacher in teachers:
            self.given[teacher.key] += hours(subject, grade)
        if not called:
            return (Part(class_name, teachers[0]),)
        groups = (group_name(class_name, subject, half) for half in called)
        return tuple(map(Part, groups, teachers))

    def _of_chair(self, class_name: str, subject: str, *, in_pairs: bool) -> tuple[Teacher, ...]:
        number = next(n for n, chair in enumerate(self.chairs) if subject in chair[0].subjects)
        if (class_name, number) not in self.chosen:
            chair = self.chairs[number]
            hands = [(one,) for one in chair]
            choice = list(zip(chair[::2], chair[1::2], strict=True)) if in_pairs else hands
            self.chosen[class_name, number] = min(choice, key=lambda who: self.given[who[0].key])
        return self.chosen[class_name, number]


def class_teachers(loads: Sequence[Load]) -> dict[str, Teacher]:
    """Give each class a leader among its own teachers, nobody two classes."""
    by_class: dict[str, list[Load]] = defaultdict(list)
    for load in loads:
        by_class[load.class_name].append(load)
    leaders: dict[str, Teacher] = {}
    for class_name, of_class in by_class.items():
        taken = {teacher.key for teacher in leaders.values()}
        leaders[class_name] = next(t for t in _by_hours(of_class) if t.key not in taken)
    return leaders


def _by_hours(loads: Sequence[Load]) -> Iterator[Teacher]:
    for load in sorted(loads, key=lambda load: (-load.hours, load.subject)):
        yield from (part.teacher for part in load.parts)
