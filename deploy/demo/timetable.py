"""A timetable without conflicts: the hardest lessons first, and what stands in the way is moved."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from deploy.demo.load import Load

DAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница")
BELLS = (
    ("08:30", "09:10"),
    ("09:20", "10:00"),
    ("10:20", "11:00"),
    ("11:20", "12:00"),
    ("12:15", "12:55"),
    ("13:05", "13:45"),
    ("13:55", "14:35"),
    ("14:45", "15:25"),
)

MOVES = 60_000
Cell = tuple[int, int]  # day and lesson, both from 0


@dataclass(frozen=True)
class Placed:
    """One sitting of a load: its first lesson; a double one goes on into the next."""

    load: Load
    day: int
    hour: int


class NoTimetable(Exception):
    """No timetable was found; the curriculum asks for more than the teachers have hours."""


def make_timetable(loads: Sequence[Load], random: Random) -> list[Placed]:
    """Place all lessons: nobody twice at a time, no free lesson amid a class's day."""
    table = _Table(loads, random)
    while table.waiting:
        if table.moves > MOVES:
            raise NoTimetable(f"{len(table.waiting)} lessons found no place")
        table.place(table.waiting.pop())
    return sorted(table.sittings(), key=lambda at: (at.load.class_name, at.day, at.hour))


def _days_of(total: int) -> list[int]:
    """Divide a class's week evenly; the long days come first."""
    short, over = divmod(total, len(DAYS))
    return [short + (day < over) for day in range(len(DAYS))]


class _Table:
    """The cells of all classes and teachers, and the sittings that still wait for a place."""

    def __init__(self, loads: Sequence[Load], random: Random) -> None:
        self.random, self.moves = random, 0
        self.loads: list[Load] = []  # one for each sitting
        for load in loads:
            self.loads += [load] * (load.hours // load.length)
        weeks: dict[str, int] = defaultdict(int)
        busy: dict[str, int] = defaultdict(int)
        for load in loads:
            weeks[load.class_name] += load.hours
            for part in load.parts:
                busy[part.teacher.key] += load.hours
        self.days = {name: _days_of(total) for name, total in weeks.items()}
        self.at: dict[int, Cell] = {}
        self.taken: dict[tuple[str, int, int], int] = {}  # (class or teacher, day, lesson): sitting
        self.left_at: dict[tuple[int, Cell], int] = defaultdict(int)
        hardness = {
            n: (one.length, len(one.parts), max(busy[p.teacher.key] for p in one.parts))
            for n, one in enumerate(self.loads)
        }
        self.waiting = sorted(hardness, key=lambda n: (hardness[n], random.random()))

    def sittings(self) -> Iterator[Placed]:
        """Return what stands where."""
        for number, (day, hour) in self.at.items():
            yield Placed(self.loads[number], day, hour)

    def place(self, number: int) -> None:
        """Put a sitting where it disturbs least; what stood there waits again."""
        self.moves += 1
        day, hour = min(self._cells(number), key=lambda cell: self._cost(number, cell))
        for other in self._in_the_way(number, (day, hour)):
            self._lift(other)
            self.waiting.append(other)
        self.at[number] = day, hour
        for key in self._keys(number, (day, hour)):
            self.taken[key] = number

    def _cells(self, number: int) -> Iterator[Cell]:
        load = self.loads[number]
        for day, last in enumerate(self.days[load.class_name]):
            for hour in range(last - load.length + 1):
                yield day, hour

    def _keys(self, number: int, cell: Cell) -> Iterator[tuple[str, int, int]]:
        load, (day, hour) = self.loads[number], cell
        for at in range(hour, hour + load.length):
            yield load.class_name, day, at
            yield from ((part.teacher.key, day, at) for part in load.parts)

    def _in_the_way(self, number: int, cell: Cell) -> set[int]:
        return {self.taken[key] for key in self._keys(number, cell) if key in self.taken} - {number}

    def _cost(self, number: int, cell: Cell) -> tuple[float, float]:
        """Cost of a cell: whom it moves and how often that was tried, and a subject twice a day."""
        load, day = self.loads[number], cell[0]
        moved = sum(
            1 + 2 * self.loads[n].length + self.left_at[n, self.at[n]] for n in self._in_the_way(number, cell)
        )
        return moved + self.left_at[number, cell] + 6 * self._same(load, day), self.random.random()

    def _same(self, load: Load, day: int) -> int:
        """Count lessons of the same subject this class has that day."""
        lessons = range(self.days[load.class_name][day])
        found = (self.taken.get((load.class_name, day, hour)) for hour in lessons)
        return sum(n is not None and self.loads[n].subject == load.subject for n in found)

    def _lift(self, number: int) -> None:
        cell = self.at.pop(number)
        self.left_at[number, cell] += 1
        for key in self._keys(number, cell):
            del self.taken[key]
