"""What the solver is given: the school as FET sees it, with an activity for each lesson hour."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.schedule.actions.composing.hours import Bells, Hour, is_closed
from services.schedule.actions.versions.drafts import CardFacts

Slot = tuple[int, str]
"""A weekday and the label of an hour."""

EVERY_WEEK, WEEK_A, WEEK_B = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Named:
    """A thing of the school: its id and the name that no other of its kind has in the file."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DayRules:
    """What the days of a class are like: lessons at most and at least; no gaps, from early on."""

    without_gaps: bool
    most: int | None = None
    least: int | None = None


@dataclass(frozen=True, slots=True)
class StudentsGroup(Named):
    """A parallel, a class or a group; `parts` are the sets of pupils that are never in two places."""

    kind: str
    parent_id: UUID | None
    parts: tuple[str, ...]
    shift: int
    day: DayRules | None = None


@dataclass(frozen=True, slots=True)
class Place(Named):
    """A room; capacity None is unknown."""

    capacity: int | None
    building: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One hour of a week to be placed; two cards share it when one is of weeks А and the other of В."""

    cards: tuple[CardFacts, ...]
    series: int  # Activities of one series are the hours a week of one subject of one group.
    is_placed: bool
    is_locked: bool

    @property
    def groups(self) -> list[UUID]:
        """The groups of all its cards, each once."""
        return list(dict.fromkeys(one for card in self.cards for one in card.group_ids))

    @property
    def teachers(self) -> list[UUID]:
        """The teachers of all its cards, each once."""
        return list(dict.fromkeys(one for card in self.cards for one in card.teacher_ids))


@dataclass
class Problem:
    """A school's lessons of one week, or of weeks А and В one after the other, to be placed."""

    name: str
    days: Sequence[str]
    hours: Sequence[Hour]
    subjects: Mapping[UUID, Named]
    teachers: Mapping[UUID, Named]
    rooms: Mapping[UUID, Place]
    groups: Mapping[UUID, StudentsGroup]
    activities: Sequence[Activity]
    bells: Bells
    busy: Mapping[UUID, set[Slot]] = field(default_factory=dict)
    """When teachers and rooms are with groups that are not placed here: weekday and hour."""
    has_two_weeks: bool = False

    def day_of(self, card: CardFacts) -> str | None:
        """Return the label of the day on which a card has its place; None without one."""
        if card.weekday is None:
            return None
        before = len(self.days) // 2 if self.has_two_weeks and card.week == WEEK_B else 0
        return self.days[before + card.weekday - 1]

    def hour_of(self, group_id: UUID, number: int) -> Hour | None:
        """Return the hour in which a group has its lesson of this number."""
        shift = self.groups[group_id].shift
        return next((hour for hour in self.hours if hour.numbers.get(shift) == number), None)

    def slots(self) -> Iterator[tuple[str, Slot]]:
        """Return every hour of every day, each with the day's label."""
        length = len(self.days) // 2 if self.has_two_weeks else len(self.days)
        for at, day in enumerate(self.days):
            yield from ((day, (at % length + 1, hour.label)) for hour in self.hours)

    def of_one_shift(self) -> list[StudentsGroup]:
        """Return the widest groups of which all that belong to them learn in one shift."""
        mixed: set[UUID] = set()
        for group in self.groups.values():
            step = group
            while step.parent_id is not None:
                step = self.groups[step.parent_id]
                if step.shift != group.shift or step.id in mixed:
                    mixed.add(step.id)
        found = (one for one in self.groups.values() if one.id not in mixed)
        return [one for one in found if one.parent_id is None or one.parent_id in mixed]

    def closed(self, group: StudentsGroup) -> list[tuple[str, str]]:
        """Return day and hour by their labels whenever no lesson of a group's shift rings."""
        hours = {hour.label: hour for hour in self.hours}
        return [
            (day, label)
            for day, (weekday, label) in self.slots()
            if is_closed(self.bells, group.shift, weekday, hours[label])
        ]


def named(kind: type[Named], names: Mapping[UUID, str]) -> dict[UUID, Named]:
    """Return things with names that differ: FET knows them by nothing else."""
    told = told_apart(names)
    return {id_: kind(id_, name) for id_, name in told.items()}


def as_name(text: str) -> str:
    """Return a text without the signs that cannot be seen: XML has no way to write some of them."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def told_apart(names: Mapping[UUID, str]) -> dict[UUID, str]:
    """Return the names, where two are alike the later with a number behind it."""
    found: dict[UUID, str] = {}
    taken: set[str] = set()
    for id_, name in names.items():
        plain = as_name(name) or str(id_)
        chosen, count = plain, 1
        while chosen in taken:
            count += 1
            chosen = f"{plain} ({count})"
        taken.add(chosen)
        found[id_] = chosen
    return found


def activities_of(
    cards: Iterable[CardFacts], *, keeps_places: bool, keeps_locked: bool = True
) -> list[Activity]:
    """Return the activities of cards, each with its place or free to be placed.

    With `keeps_places` whatever has a place keeps it; without, only what is locked, if it is kept.
    """
    series: dict[tuple[object, ...], int] = {}
    made = []
    for pair in _paired(cards, keeps_places=keeps_places):
        first = pair[0]
        own = tuple((card.subject_id, *sorted(map(str, card.group_ids))) for card in pair)
        is_locked = keeps_locked and all(card.is_locked for card in pair)
        is_placed = first.weekday is not None and (keeps_places or is_locked)
        made.append(Activity(pair, series.setdefault(own, len(series)), is_placed, is_locked and is_placed))
    return made


def activities_of_weeks(cards: Iterable[CardFacts]) -> list[Activity]:
    """Return the activities of weeks А and В one after the other, each in its place."""
    series: dict[tuple[object, ...], int] = {}
    made = []
    for card in cards:
        for week in (WEEK_A, WEEK_B) if card.week == EVERY_WEEK else (card.week,):
            own = (week, card.subject_id, *sorted(map(str, card.group_ids)))
            placed = card.weekday is not None
            one = replace(card, week=week)
            made.append(
                Activity((one,), series.setdefault(own, len(series)), placed, placed and card.is_locked)
            )
    return made


def _paired(cards: Iterable[CardFacts], *, keeps_places: bool) -> list[tuple[CardFacts, ...]]:
    """Put lessons of weeks А and В of the same groups together, where they may share an hour."""
    waiting: dict[tuple[object, ...], list[int]] = {}
    found: list[tuple[CardFacts, ...]] = []
    for card in cards:
        is_fixed = keeps_places or card.is_locked
        place = (card.weekday, card.number) if is_fixed else None
        groups = tuple(sorted(map(str, card.group_ids)))
        other = {WEEK_A: WEEK_B, WEEK_B: WEEK_A}.get(card.week)
        partners = waiting.get((other, groups, place), [])
        if partners:
            at = partners.pop()
            found[at] = (*found[at], card)
            continue
        if other is not None:
            waiting.setdefault((card.week, groups, place), []).append(len(found))
        found.append((card,))
    return found


def parts_of(
    groups: Collection[UUID], parents: Mapping[UUID, UUID | None], rosters: Mapping[UUID, Collection[UUID]]
) -> dict[UUID, tuple[str, ...]]:
    """Return for each group the sets of pupils it consists of; groups that share a set share pupils.

    Pupils who are in exactly the same groups are one set. A group whose list is empty is a set by
    itself, a part of what it belongs to.
    """
    within = {one: _ancestors(one, parents) & set(groups) for one in groups}
    memberships: dict[UUID, set[UUID]] = {}
    for group_id in groups:
        for pupil_id in rosters.get(group_id, ()):
            memberships.setdefault(pupil_id, set()).update(within[group_id])
    kinds = {frozenset(own) for own in memberships.values()}
    filled = {one for kind in kinds for one in kind}
    kinds |= {frozenset(within[one]) for one in groups if one not in filled}
    parts: dict[UUID, list[str]] = {one: [] for one in groups}
    for number, kind in enumerate(sorted(kinds, key=lambda kind: sorted(map(str, kind))), 1):
        for one in kind:
            parts[one].append(str(number))
    return {one: tuple(own) for one, own in parts.items()}


def _ancestors(group_id: UUID, parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    seen: set[UUID] = set()
    step: UUID | None = group_id
    while step is not None and step not in seen:
        seen.add(step)
        step = parents.get(step)
    return seen
