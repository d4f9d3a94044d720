"""Every contradiction planted in a clean journal is flagged, and nothing else (clause 4.2.1)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.journal.rules.scales import NO_MARK
from services.journal.rules.sentinel import (
    ABSENT,
    AFTER,
    BEFORE,
    CANCELLED,
    FUTURE,
    KINDS,
    NEVER,
    ROOMS,
    Cell,
    Flag,
    Group,
    Lesson,
    Stay,
    contradictions,
)

FIRST, TODAY = date(2026, 9, 1), date(2026, 9, 14)
ENTRIES = ((1, "5"), (2, "зач"), (0, "оп"), (0, "оп 10"))
"""What says that a pupil was there."""

AWAY = ("н", "б", "уп", "нп")
EXCUSED = tuple((1, value) for value in NO_MARK)
"""What says nothing of it."""


class School:
    """A parallel of two classes, each with two halves and a part of the whole class; random and clean."""

    def __init__(self, random: Random) -> None:
        self.random, ids = random, count(1)
        self.new = lambda: UUID(int=next(ids))
        self.parallel = self.new()
        self.groups = [Group(self.parallel, "parallel", None)]
        self.stays: list[Stay] = []
        self.lessons: list[Lesson] = []
        self.cells: dict[tuple[UUID, UUID], list[tuple[int, str]]] = {}
        self.listed: dict[UUID, list[Stay]] = {}  # By group: whom its page has.
        self.doubles: list[tuple[Lesson, Lesson]] = []
        for _ in range(2):
            self._add_class()
        self.listed[self.parallel] = [stay for stay in self.stays if stay.group_id in self.classes]
        for day in range(16):
            self._add_day(FIRST + timedelta(days=day))
        self._write()

    def _add_class(self) -> None:
        own, first, second, whole = (self.new() for _ in range(4))
        self.groups.append(Group(own, "class", self.parallel))
        self.groups += [Group(part, "group", own) for part in (first, second, whole)]
        for number in range(self.random.randint(4, 6)):
            pupil = self.new()
            from_on = FIRST + timedelta(days=self.random.choice((-1, 0, 5)))
            until_on = self.random.choice((None, FIRST + timedelta(days=9)))
            for group in (own, (first, second)[number % 2]):
                stay = Stay(group, pupil, from_on, until_on)
                self.stays.append(stay)
                self.listed.setdefault(group, []).append(stay)
        self.listed[whole] = self.listed[own]

    @property
    def classes(self) -> list[UUID]:
        return [group.id for group in self.groups if group.kind == "class"]

    def _add_day(self, day: date) -> None:
        for own in self.classes:
            first, second, whole = (group.id for group in self.groups if group.parent_id == own)
            self._lesson(own, day, 1)
            self._lesson(first, day, 2)
            self._lesson(second, day, 2)
            self.doubles.append((self._lesson(own, day, 3), self._lesson(whole, day, 3)))
            # The second shift numbers its lessons anew.
            self._lesson(own, day, 1, starts="14:00")
            self._lesson(own, day, 5, state="cancelled")
        self._lesson(self.parallel, day, 4)

    def _lesson(
        self, group: UUID, day: date, number: int, starts: str | None = None, state: str = "planned"
    ) -> Lesson:
        lesson = Lesson(self.new(), self.new(), group, day, number, starts, state)
        self.lessons.append(lesson)
        return lesson

    def _write(self) -> None:
        """Fill in what can be: of two lessons at once a pupil is in one, and perhaps missed in the other."""
        second = {after.id: before.id for before, after in self.doubles}
        for lesson in self.lessons:
            if lesson.state != "planned" or lesson.held_on > TODAY:
                continue
            for pupil in self.on_list(lesson):
                was_there = self._is_present((second.get(lesson.id), pupil))
                self.cells[lesson.id, pupil] = self._cells(may_be_there=not was_there)

    def _cells(self, *, may_be_there: bool) -> list[tuple[int, str]]:
        if may_be_there and self.random.random() < 0.5:
            return [*self.random.sample(ENTRIES[:2], self.random.randint(1, 2)), (0, "оп")]
        away, excused = (0, self.random.choice(AWAY)), self.random.choice(EXCUSED)
        return self.random.choice(([], [away], [excused], [away, excused]))

    def _is_present(self, key: object) -> bool:
        return any(value not in (*AWAY, *NO_MARK) for _, value in self.cells.get(key, ()))  # type: ignore[call-overload]

    def on_list(self, lesson: Lesson) -> list[UUID]:
        """The pupils on the list of a lesson."""
        return [
            stay.pupil_id
            for stay in self.listed[lesson.group_id]
            if stay.from_on <= lesson.held_on and (stay.until_on is None or stay.until_on >= lesson.held_on)
        ]

    def flags(self) -> list[Flag]:
        """What the sentinel finds, the cells in any order."""
        cells = [
            Cell(lesson, slot, pupil, v) for (lesson, pupil), its in self.cells.items() for slot, v in its
        ]
        self.random.shuffle(cells)
        return contradictions(cells, self.lessons, self.stays, self.groups, TODAY)

    def plant(self, kind: str, number: int) -> Iterator[Flag]:
        """Make some contradictions of a kind."""
        places = list(getattr(self, f"_{kind}")())
        for place in self.random.sample(places, min(number, len(places))):
            yield self._spoil(kind, *place)

    def _spoil(self, kind: str, lesson: Lesson, pupil: UUID, other: Lesson | None = None) -> Flag:
        entry = self.random.choice(ENTRIES if kind == ROOMS else (*ENTRIES, *EXCUSED))
        if kind == ABSENT:
            self.cells[lesson.id, pupil] = [(0, self.random.choice(AWAY)), (self.random.randint(1, 9), "4")]
        else:
            self.cells[lesson.id, pupil] = [entry]
        if other is None:
            return Flag(kind, lesson.id, pupil)
        self.cells[other.id, pupil] = [self.random.choice(ENTRIES)]
        return Flag(kind, other.id, pupil, lesson.id)

    def _held(self) -> list[Lesson]:
        return [one for one in self.lessons if one.state == "planned" and one.held_on <= TODAY]

    def _single(self) -> Sequence[Lesson]:
        of_two = {lesson.id for pair in self.doubles for lesson in pair}
        return [one for one in self._held() if one.id not in of_two]

    def _absent_with_mark(self) -> Iterator[tuple[Lesson, UUID]]:
        return ((one, pupil) for one in self._single() for pupil in self.on_list(one))

    def _cancelled(self) -> Iterator[tuple[Lesson, UUID]]:
        cancelled = [one for one in self.lessons if one.state == "cancelled"]
        return ((one, pupil) for one in cancelled for pupil in self.on_list(one))

    def _future(self) -> Iterator[tuple[Lesson, UUID]]:
        ahead = [one for one in self.lessons if one.state == "planned" and one.held_on > TODAY]
        return ((one, stay.pupil_id) for one in ahead for stay in self.listed[one.group_id])

    def _before_enrolment(self) -> Iterator[tuple[Lesson, UUID]]:
        for one in self._held():
            yield from ((one, s.pupil_id) for s in self.listed[one.group_id] if s.from_on > one.held_on)

    def _after_departure(self) -> Iterator[tuple[Lesson, UUID]]:
        for one in self._held():
            on = one.held_on
            yield from (
                (one, s.pupil_id) for s in self.listed[one.group_id] if s.until_on and s.until_on < on
            )

    def _not_on_list(self) -> Iterator[tuple[Lesson, UUID]]:
        everybody = {stay.pupil_id for stay in self.stays}
        for one in self._held():
            known = {stay.pupil_id for stay in self.listed[one.group_id]}
            yield from ((one, pupil) for pupil in sorted(everybody - known))

    def _two_rooms(self) -> Iterator[tuple[Lesson, UUID, Lesson]]:
        for first, second in self.doubles:
            if first.held_on <= TODAY:
                yield from ((first, pupil, second) for pupil in self.on_list(first))


@given(st.integers())
@settings(max_examples=40, deadline=None)
def test_a_clean_school_has_no_contradictions(seed):
    assert School(Random(seed)).flags() == []


@given(st.integers(), st.lists(st.integers(0, 5), min_size=7, max_size=7))
@settings(max_examples=40, deadline=None)
def test_every_planted_contradiction_is_flagged_and_nothing_else(seed, numbers):
    school = School(Random(seed))
    planted = [
        flag for kind, number in zip(KINDS, numbers, strict=True) for flag in school.plant(kind, number)
    ]

    assert sorted(school.flags()) == sorted(planted)


def test_each_kind_can_be_planted():
    school = School(Random(1))

    for kind in (ABSENT, CANCELLED, FUTURE, BEFORE, AFTER, NEVER, ROOMS):
        assert len(list(school.plant(kind, 2))) == 2, kind


def test_what_nobody_has_told_of_yet_is_no_ground():
    page, group, pupil, lesson = (UUID(int=number) for number in range(4))
    lessons = [Lesson(lesson, page, group, TODAY, 1, None, "planned")]

    assert contradictions([Cell(lesson, 1, pupil, "5")], lessons, [], [], TODAY) == []


def test_who_left_and_came_back_is_on_the_list_again():
    page, group, pupil, lesson = (UUID(int=number) for number in range(4))
    lessons = [Lesson(lesson, page, group, TODAY, 1, None, "planned")]
    week = timedelta(days=7)
    stays = [Stay(group, pupil, FIRST, FIRST + week), Stay(group, pupil, TODAY, None)]
    groups = [Group(group, "class", None)]

    assert contradictions([Cell(lesson, 1, pupil, "5")], lessons, stays, groups, TODAY) == []
