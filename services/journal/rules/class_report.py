"""How a class is doing: success, quality and degree of learning (DOMAIN 2.7, NetSchool's formulas)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from services.journal.rules.recommended import best_of
from services.journal.rules.scales import EXEMPT, NOT_ATTESTED

POINTS = {"5": 100, "4": 64, "3": 36, "2": 16, "1": 7, NOT_ATTESTED: 7}
"""What a mark counts in the degree of learning (СОУ), in percent."""

TEN = {"10": "5", "9": "5", "8": "4", "7": "4", "6": "3", "5": "3", "4": "2", "3": "2", "2": "2", "1": "2"}
"""The levels of a scale of ten: 10 and 9 are excellent, 8 and 7 good, 6 and 5 fair."""

PERCENT = "100"
"""The highest mark of a scale of percents."""

PERCENTS = {"5": 85, "4": 70, "3": 50, "2": 0}
"""From how many percents each level begins, as usual in schools' local acts; the regulation has no table."""

RESERVE = 1
"""Whoever has so many marks below the rest may still reach the next group (резерв)."""


FAILED = frozenset({"2", "1", NOT_ATTESTED})
"""Whoever has one of these does not learn (неуспевающий)."""


class Success(NamedTuple):
    """A set of marks summed up; None where nothing counts. Tenths of a percent, hundredths of a mark."""

    counts: Mapping[str, int]  # By 5, 4, 3, 2, н/а and осв.
    attested: int  # The denominator: all but the exempt and those without a mark.
    average: int | None
    quality: int | None
    success: int | None
    degree: int | None


class Groups(NamedTuple):
    """The pupils of a class by how they learn."""

    excellent: list[UUID]  # Отличники: fives alone.
    good: list[UUID]  # Хорошисты: no mark below four.
    fair: list[UUID]  # Троечники.
    failing: list[UUID]  # Неуспевающие: a two, a one or a «н/а».
    one_four: list[UUID]  # The reserve of the excellent.
    one_three: list[UUID]  # The reserve of the good.

    @property
    def attested(self) -> int:
        """How many have marks at all."""
        return len(self.excellent) + len(self.good) + len(self.fair) + len(self.failing)


def level(value: str | None, scale: Iterable[str]) -> str | None:
    """Return a mark as one of the scale of five, «н/а» or «осв»; None for what is none of them."""
    if value in (NOT_ATTESTED, EXEMPT):
        return value
    best = best_of(tuple(scale))
    if best == PERCENT:
        return _of_percents(value)
    found = TEN.get(value or "") if best == "10" else value
    return found if found in POINTS else None


def _of_percents(value: str | None) -> str | None:
    if value is None or not value.isdigit():
        return None
    return next(mark for mark, lowest in PERCENTS.items() if int(value) >= lowest)


def summed_up(levels: Iterable[str | None]) -> Success:
    """Return what these levels come to."""
    counts = dict.fromkeys((*POINTS, EXEMPT), 0)
    for one in levels:
        if one is not None:
            counts[one] += 1
    good, passed = counts["5"] + counts["4"], counts["5"] + counts["4"] + counts["3"]
    marked = passed + counts["2"] + counts["1"]
    attested = marked + counts[NOT_ATTESTED]
    total = sum(int(mark) * counts[mark] for mark in "54321")
    return Success(
        counts,
        attested,
        _share(100 * total, marked),
        _share(1000 * good, attested),
        _share(1000 * passed, attested),
        _share(10 * sum(POINTS[mark] * counts[mark] for mark in POINTS), attested),
    )


def _share(part: int, whole: int) -> int | None:
    """Divide, rounding half up."""
    return (2 * part + whole) // (2 * whole) if whole else None


def grouped(levels: Mapping[UUID, Iterable[str | None]]) -> Groups:
    """Sort a class into groups by the levels each pupil has; those without any are in none."""
    found = Groups([], [], [], [], [], [])
    for pupil, its in levels.items():
        own = [one for one in its if one is not None and one != EXEMPT]
        if own:
            _group_of(own, found).append(pupil)
        if "3" not in own and _is_reserve(own, "4"):
            found.one_four.append(pupil)
        if _is_reserve(own, "3"):
            found.one_three.append(pupil)
    return found


def _group_of(own: list[str], groups: Groups) -> list[UUID]:
    if not FAILED.isdisjoint(own):
        return groups.failing
    if "3" in own:
        return groups.fair
    return groups.good if "4" in own else groups.excellent


def _is_reserve(own: list[str], mark: str) -> bool:
    return own.count(mark) == RESERVE and FAILED.isdisjoint(own)


def quality_of(groups: Groups) -> tuple[int | None, int | None]:
    """Return quality and success of a class by its pupils, in tenths of a percent."""
    good = len(groups.excellent) + len(groups.good)
    return _share(1000 * good, groups.attested), _share(1000 * (good + len(groups.fair)), groups.attested)
