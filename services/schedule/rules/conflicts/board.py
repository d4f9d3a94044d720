"""The board on which cards lie: who and what is taken when, found without comparing all with all."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from services.schedule.rules.conflicts.facts import Conflict, Hour, Placed, School, overlap

Key = UUID | str
KNOWN, UNKNOWN = 2000, 3000  # Bits beyond the minutes of a day, for numbers whose time is told or not.


class _Sum(NamedTuple):
    """What the cards of a teacher, room or group on a day come to, in weeks А and В.

    `hours` has a bit for each number. `taken` and `meets` are minutes, so that two sums that have
    none in common hold no two cards at the same time; `is_crowded` when two of its own may be.
    """

    hours: tuple[int, int]
    taken: tuple[int, int]
    meets: tuple[int, int]
    is_crowded: bool


class Board:
    """Cards by weekday and by teacher, room and group; laid and taken away one by one.

    A card is looked up among those of its own teachers, groups and room on its day: a few, however
    large the school is.
    """

    def __init__(self, school: School, cards: Iterable[Placed] = ()) -> None:
        """Lay the cards."""
        self.school = school
        self._held: dict[tuple[int, Key], list[Placed]] = {}
        self._sums: dict[tuple[int, Key], _Sum] = {}
        for card in cards:
            self.lay(card)

    def lay(self, card: Placed) -> None:
        """Put a card on its place."""
        for key in _keys(card):
            self._held.setdefault(key, []).append(card)
            self._sums.pop(key, None)

    def take(self, card: Placed) -> None:
        """Take a card away."""
        for key in _keys(card):
            self._held[key].remove(card)
            self._sums.pop(key, None)

    def held(self, weekday: int, key: Key) -> list[Placed]:
        """Return the cards of a teacher, room or group on a day."""
        return self._held.get((weekday, key), [])

    def hours(self, weekday: int, groups: Iterable[UUID]) -> tuple[int, int]:
        """Return at which hours any of these groups has lessons in weeks А and В, a bit for each number."""
        first = second = 0
        for group_id in groups:
            known = self._sum((weekday, group_id))
            if known is not None:
                first |= known.hours[0]
                second |= known.hours[1]
        return first, second

    def suspects(self) -> set[UUID]:
        """Return the cards that may be held at the same time as another of theirs; all others are not."""
        found: set[UUID] = set()
        for (weekday, key), cards in self._held.items():
            own = self._sum((weekday, key))
            kin = self.school.groups.get(key) if isinstance(key, UUID) else None
            if own and (own.is_crowded or (kin and self._is_met(own, weekday, kin.clashing - {key}))):
                found.update(card.id for card in cards)
        return found

    def _is_met(self, own: _Sum, weekday: int, others: Iterable[UUID]) -> bool:
        for other in others:
            met = self._sum((weekday, other))
            if met and (own.taken[0] & met.meets[0] or own.taken[1] & met.meets[1]):
                return True
        return False

    def _sum(self, key: tuple[int, Key]) -> _Sum | None:
        found = self._sums.get(key)
        if found is None and key in self._held:
            found = self._sums[key] = _sum_of(self._held[key])
        return found

    def clashes(self, card: Placed) -> Iterator[Conflict]:
        """Return whom and what the card takes at an hour at which another card does."""
        yield from _pairs("teacher_twice", card, self._others(card, card.teachers))
        yield from _pairs("class_twice", card, self._others(card, self._clashing(card)))
        if card.room is not None:
            yield from _pairs("room_twice", card, self._others(card, (card.room,)))

    def own_faults(self, card: Placed) -> Iterator[Conflict]:
        """Return what is wrong with a card's place and room, whatever lies around it."""
        school, place = self.school, (card.week, card.weekday, card.number)
        if card.weekday > school.days:
            yield Conflict("outside_week", "error", (card.id,), *place, ())
        elif not card.has_own_time:
            yield from self._off_bells(card)
        capacity = school.capacities.get(card.room) if card.room else None
        size = sum(school.groups[one].size for one in card.groups if one in school.groups)
        severity = school.limits.severity("room_small")
        if capacity and card.room and size > capacity and severity != "off":
            yield Conflict("room_small", severity, (card.id,), *place, (card.room,), size, capacity)

    def _off_bells(self, card: Placed) -> Iterator[Conflict]:
        bells = self.school.bells
        for group_id in card.groups:
            known = self.school.groups.get(group_id)
            rung = bells.get((known.shift if known else 1, card.weekday), {})
            if rung and card.number not in rung:
                elsewhere = any(card.number in one for (_, day), one in bells.items() if day == card.weekday)
                kind = "outside_shift" if elsewhere else "outside_bells"
                yield Conflict(kind, "error", (card.id,), card.week, card.weekday, card.number, (group_id,))
                return

    def _clashing(self, card: Placed) -> set[UUID]:
        found: set[UUID] = set()
        for group_id in card.groups:
            known = self.school.groups.get(group_id)
            found |= known.clashing if known else {group_id}
        return found

    def _others(self, card: Placed, keys: Iterable[Key]) -> Iterator[tuple[Placed, Key]]:
        seen = {card.id}
        for key in keys:
            for other in self._held.get((card.weekday, key), ()):
                if other.id not in seen and overlap(card, other):
                    seen.add(other.id)
                    yield other, key


def hours_of(cards: Iterable[Placed]) -> tuple[int, int]:
    """Return at which hours cards are held in weeks А and В, a bit for each number."""
    first = second = 0
    for card in cards:
        bit = 1 << card.number
        first |= bit if card.week != 2 else 0
        second |= bit if card.week != 1 else 0
    return first, second


def _sum_of(cards: Iterable[Placed]) -> _Sum:
    taken, meets, is_crowded = [0, 0], [0, 0], False
    for card in cards:
        own, other = _minutes(card.hour, card.number)
        for at in (0, 1):
            if card.week in (0, at + 1):
                is_crowded = is_crowded or bool(taken[at] & other)
                taken[at] |= own
                meets[at] |= other
    return _Sum(hours_of(cards), (taken[0], taken[1]), (meets[0], meets[1]), is_crowded)


@lru_cache(maxsize=1024)
def _minutes(hour: Hour | None, number: int) -> tuple[int, int]:
    """Return the minutes a lesson takes, and what it meets there, as bits.

    One whose time nobody told meets whatever has its number.
    """
    if hour is None:
        return 1 << UNKNOWN + number, 1 << UNKNOWN + number | 1 << KNOWN + number
    minutes = (1 << hour.ends) - (1 << hour.begins)
    return minutes | 1 << KNOWN + number, minutes | 1 << UNKNOWN + number


def _keys(card: Placed) -> set[tuple[int, Key]]:
    rooms = () if card.room is None else (card.room,)
    return {(card.weekday, key) for key in (*card.teachers, *card.groups, *rooms)}


def _pairs(kind: str, card: Placed, others: Iterable[tuple[Placed, Key]]) -> Iterator[Conflict]:
    for other, key in others:
        first, second = sorted((card, other), key=lambda one: one.id)
        week, ids = card.week or other.week, (first.id, second.id)
        # Who of the classes clash with whom is seen from the cards: there may be several.
        about = () if kind == "class_twice" else (key,)
        yield Conflict(kind, "error", ids, week, card.weekday, first.number, about)
