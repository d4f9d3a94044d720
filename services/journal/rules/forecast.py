"""What a pupil still has to get for a higher mark of the running period, in whole numbers (DOMAIN 4 #5)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.journal.rules.marks import WorkType
from services.journal.rules.recommended import (
    Recommended,
    Rules,
    is_missing,
    least_marks,
    lowest_averages,
    recommend_for_period,
)
from services.journal.rules.tallies import Tally

FEW = 5
"""On a scale of more marks, of ten or of percents, the next one alone is worth a word."""

MANY = 10
"""More marks than these nobody gets in what is left of a period: of such ways the shortest alone is told."""


class Way(NamedTuple):
    """So many more marks of the goal's value, for works of a type; of any where nothing is weighed."""

    work: str | None
    marks: int


class Goal(NamedTuple):
    """A mark higher than what comes out now, and the ways to it, by the weights of works."""

    value: str
    ways: list[Way]


class Forecast(NamedTuple):
    """What comes out now, how many marks are too few whatever they are, and the goals, nearest first."""

    now: Recommended
    lacking: int
    goals: list[Goal]


def forecast(tally: Tally, rules: Rules, works: Mapping[str, WorkType]) -> Forecast:
    """Return what it takes to reach each higher mark by getting that very mark.

    `works` are the school's types of work; of those that need equally many marks the lightest is told.
    """
    now = recommend_for_period(tally, rules)
    lacking = max(0, least_marks(rules, tally.hours) - tally.marks)
    above = _above(now.value, rules) if tally.weights else []
    goals = [Goal(value, _likely(list(_ways(tally, rules, works, value)))) for value in above]
    return Forecast(now, lacking, [goal for goal in goals if goal.ways])


def _above(now: str | None, rules: Rules) -> list[str]:
    """Return the marks above the one that comes out now, nearest first."""
    reached = int(now) if now and now.isdigit() else 0
    above = [mark for mark in sorted(lowest_averages(rules), key=int) if int(mark) > reached]
    return above if len(lowest_averages(rules)) <= FEW else above[:1]


def _likely(ways: list[Way]) -> list[Way]:
    return [way for way in ways if way.marks <= MANY] or ways[-1:]


def _ways(tally: Tally, rules: Rules, works: Mapping[str, WorkType], value: str) -> Iterator[Way]:
    weighed = ((kind.weight, name) for name, kind in works.items() if kind.weight)
    by_weight = sorted(weighed, key=lambda one: one[0]) if rules.is_weighted else [(1, None)]
    known: set[int] = set()
    for weight, work in by_weight:
        marks = _marks_needed(tally, rules, value, weight)
        if marks and marks not in known:
            known.add(marks)
            yield Way(work, marks)


def _marks_needed(tally: Tally, rules: Rules, value: str, weight: int) -> int | None:
    """Return the least number of marks of a value and weight by which it comes out; None if none does.

    Σ(m·w) + n·value·weight reaches the lowest average of Σw + n·weight, solved for n and rounded up.
    """
    lowest = lowest_averages(rules)[value]
    short, gain = lowest * tally.weights - 100 * tally.total, weight * (100 * int(value) - lowest)
    if gain <= 0:
        return None
    marks = max(
        1, -(-short // gain), least_marks(rules, tally.hours) - tally.marks if is_missing(tally, rules) else 1
    )
    return (
        marks if recommend_for_period(with_marks(tally, value, weight, marks), rules).value == value else None
    )


def with_marks(tally: Tally, value: str, weight: int, marks: int) -> Tally:
    """Return a tally as so many more marks of a value and weight would make it."""
    return tally._replace(
        total=tally.total + int(value) * weight * marks,
        weights=tally.weights + weight * marks,
        marks=tally.marks + marks,
    )
