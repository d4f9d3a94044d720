"""Contradictions in the journal: what cannot all be true (clause 4.2.1), as one pure function.

A pupil has at most one flag in a lesson. What cannot be at all (a lesson that was cancelled or is yet to
come, a pupil who was not on the list) proves nothing else: only the rest can say that a pupil was in two
rooms. «осв», «н/а» and «•» (DOMAIN 2.1) do not: who is excused, not attested or owes a work may well be
away. Linear in the cells.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.journal.rules.absence import is_late
from services.journal.rules.marks import AWAITED, TIME_ZONE
from services.journal.rules.scales import NO_MARK
from shared.clock import today as day_at
from shared.errors import Text

CANCELLED, FUTURE = "cancelled", "future"
BEFORE, AFTER, NEVER = "before_enrolment", "after_departure", "not_on_list"
ABSENT, ROOMS = "absent_with_mark", "two_rooms"

KINDS: Mapping[str, Text] = {
    CANCELLED: Text("запись в отменённом уроке", "an entry in a cancelled lesson"),
    FUTURE: Text("запись в уроке, которого ещё не было", "an entry in a lesson yet to come"),
    BEFORE: Text("запись до зачисления", "an entry before enrolment"),
    AFTER: Text("запись после выбытия", "an entry after departure"),
    NEVER: Text("запись об ученике не из списка", "an entry about a pupil not on the list"),
    ABSENT: Text("отметка при отсутствии на уроке", "a mark for a lesson missed"),
    ROOMS: Text("ученик на двух уроках сразу", "a pupil in two lessons at once"),
}

NEUTRAL = (*NO_MARK, AWAITED)
_MARKED, _AWAY, _LATE = 1, 2, 4
_BOTH = _MARKED | _AWAY


class Cell(NamedTuple):
    """What stands in a cell: slot 0 is attendance."""

    lesson_id: UUID
    slot: int
    pupil_id: UUID
    value: str


class Lesson(NamedTuple):
    """A lesson as far as it can contradict anything."""

    id: UUID
    page_id: UUID
    group_id: UUID  # Of the page.
    held_on: date
    number: int
    starts: str | None  # Two shifts may number their lessons alike.
    state: str


class Stay(NamedTuple):
    """A pupil's stay in a group, both days included; of every group that has members, all of them."""

    group_id: UUID
    pupil_id: UUID
    from_on: date
    until_on: date | None


class Group(NamedTuple):
    """A class, a part of it, or a parallel."""

    id: UUID
    kind: str
    parent_id: UUID | None


class Flag(NamedTuple):
    """One contradiction; of a pupil in two rooms, with the other lesson."""

    kind: str
    lesson_id: UUID
    pupil_id: UUID
    other_lesson_id: UUID | None = None


def contradictions(
    cells: Iterable[Any], lessons: Iterable[Any], stays: Iterable[Any], groups: Iterable[Any], today: date
) -> list[Flag]:
    """Return the contradictions among cells that hold something; rows are like `Cell`, `Lesson`, ….

    A page of a group nobody has told yet is no ground for judging who is on its list.
    """
    held = {lesson.id: lesson for lesson in lessons}
    lists = _Lists(stays, groups)
    found: list[Flag] = []
    present: dict[tuple[Any, ...], dict[UUID, UUID]] = {}  # By pupil and hour: the lesson by page.
    for (lesson_id, pupil_id), signs in _signs(cells).items():
        lesson = held[lesson_id]
        kind = _impossible(lesson, today) or lists.off(lesson.group_id, pupil_id, lesson.held_on)
        if kind is None and signs & _BOTH == _BOTH:
            kind = ABSENT
        if kind is not None:
            found.append(Flag(kind, lesson_id, pupil_id))
        elif signs and not signs & _AWAY:
            hour = (pupil_id, lesson.held_on, lesson.number, lesson.starts)
            present.setdefault(hour, {}).setdefault(lesson.page_id, lesson_id)
    return found + _in_two_rooms(present)


def flagged(facts: Any) -> list[Flag]:
    """Return the contradictions among facts as `models.sentinel.facts` reads them, today at the school."""
    day = day_at(facts.zone or TIME_ZONE)
    return contradictions(facts.cells, facts.lessons.values(), facts.stays, facts.groups, day)


def _signs(cells: Iterable[Any]) -> dict[tuple[UUID, UUID], int]:
    signs: dict[tuple[UUID, UUID], int] = {}
    for lesson_id, slot, pupil_id, value in cells:
        key = (lesson_id, pupil_id)
        signs[key] = signs.get(key, 0) | _sign(slot, value)
    return signs


def _sign(slot: int, value: str) -> int:
    if slot:
        return 0 if value in NEUTRAL else _MARKED
    return _LATE if is_late(value) else _AWAY


def _impossible(lesson: Any, today: date) -> str | None:
    if lesson.state != "planned":
        return CANCELLED
    return FUTURE if lesson.held_on > today else None


def _in_two_rooms(present: Mapping[tuple[Any, ...], Mapping[UUID, UUID]]) -> list[Flag]:
    found = []
    for (pupil_id, *_), pages in present.items():
        if len(pages) > 1:
            first, *others = sorted(pages.values())
            found += [Flag(ROOMS, other, pupil_id, first) for other in others]
    return found


class _Lists:
    """Who is on the list of which page on which day (as `relations.roster_groups`)."""

    def __init__(self, stays: Iterable[Any], groups: Iterable[Any]) -> None:
        self._stays: dict[tuple[UUID, UUID], list[tuple[date, date | None]]] = {}
        peopled = set()
        for group_id, pupil_id, from_on, until_on in stays:
            self._stays.setdefault((group_id, pupil_id), []).append((from_on, until_on))
            peopled.add(group_id)
        self._rosters: dict[UUID, list[UUID]] = {}
        known = list(groups)
        for group in known:
            own = self._rosters.setdefault(group.id, [group.id])
            if group.kind == "group" and group.parent_id and group.id not in peopled:
                own.append(group.parent_id)
        for group in known:
            if group.kind == "class" and group.parent_id in self._rosters:
                self._rosters[group.parent_id].append(group.id)

    def off(self, group_id: UUID, pupil_id: UUID, day: date) -> str | None:
        """Say how a pupil is not on the list of a group's page on a day; None when on it, or unknown."""
        kind = NEVER
        for group in self._rosters.get(group_id, ()):
            for from_on, until_on in self._stays.get((group, pupil_id), ()):
                if from_on > day:
                    kind = BEFORE if kind == NEVER else kind
                elif until_on is not None and until_on < day:
                    kind = AFTER
                else:
                    return None
        return kind if group_id in self._rosters else None
