"""The hours of FET's day: one list for both shifts, and when a group has no lessons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.schedule.rules.conflicts.facts import Hour as Rung

USUAL_NUMBERS = range(1, 9)
FIRST_SHIFT, SECOND_SHIFT = 1, 2

Bells = Mapping[tuple[int, int], Mapping[int, Rung | None]]
"""By shift and weekday, which lesson rings when."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of FET's day: the lesson number it is in each shift that has one then."""

    label: str
    numbers: Mapping[int, int]


def hours_of(bells: Bells, shifts: Iterable[int], placed: Iterable[tuple[int, int]]) -> list[Hour]:
    """Return the hours of a day: those of the bells, and whatever number of a shift is `placed` already.

    A lesson of the second shift that rings while one of the first does is in the same hour, so that
    nobody is in both; the others come after those of the first.
    """
    needed = sorted(set(shifts)) or [FIRST_SHIFT]
    numbers: dict[int, set[int]] = {shift: set() for shift in needed}
    for (shift, _), rung in bells.items():
        if shift in numbers:
            numbers[shift] |= set(rung)
    for shift in needed:
        numbers[shift] = numbers[shift] or set(USUAL_NUMBERS)
    for shift, number in placed:
        numbers[shift].add(number)
    first, *others = needed
    hours = [{first: number} for number in sorted(numbers[first])]
    later = []
    for number in sorted(numbers[others[0]]) if others else ():
        same = next((one for one in hours if len(one) == 1 and _overlap(bells, one[first], number)), None)
        if same is None:
            later.append({others[0]: number})
        else:
            same[others[0]] = number
    return [Hour(_label(one, needed), one) for one in (*hours, *later)]


def is_closed(bells: Bells, shift: int, weekday: int, hour: Hour) -> bool:
    """Whether no lesson of a shift rings in this hour of a weekday; without bells, all do."""
    number = hour.numbers.get(shift)
    rung = bells.get((shift, weekday))
    return number is None or (bool(rung) and rung is not None and number not in rung)


def _overlap(bells: Bells, first: int, second: int) -> bool:
    for weekday in range(1, 8):
        one = bells.get((FIRST_SHIFT, weekday), {}).get(first)
        other = bells.get((SECOND_SHIFT, weekday), {}).get(second)
        if one and other and one.begins < other.ends and other.begins < one.ends:
            return True
    return False


def _label(numbers: Mapping[int, int], shifts: list[int]) -> str:
    if len(shifts) == 1:
        return str(numbers[shifts[0]])
    roman = {FIRST_SHIFT: "I", SECOND_SHIFT: "II"}
    return " / ".join(f"{roman[shift]}-{number}" for shift, number in sorted(numbers.items()))
