"""Divisions (деление): groups of one class or parallel of which a pupil is in one at a time."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol
from uuid import UUID

from shared.errors import Text

WAYS = {
    "sex": Text("по полу", "by sex"),
    "alphabet": Text("по алфавиту", "by alphabet"),
    "hand": Text("вручную", "by hand"),
}
MAX_PARTS = 6
BY_SEX = {"m": Text("мальчики", "boys"), "f": Text("девочки", "girls")}


class Grouped(Protocol):
    """What of a group decides whom it may not share with another."""

    @property
    def kind(self) -> str:
        """Class, group or parallel."""

    @property
    def parent_id(self) -> UUID | None:
        """The class or parallel it is part of."""

    @property
    def division(self) -> str | None:
        """The division it belongs to; None where it may share pupils with any other."""


def exclude_each_other(one: Grouped, other: Grouped) -> bool:
    """Whether no pupil may be in both at a time: two classes, or two groups of one division."""
    if one.kind == other.kind == "class":
        return True
    same = one.division is not None and one.division == other.division
    return same and one.parent_id is not None and one.parent_id == other.parent_id


class Sorted(NamedTuple):
    """A pupil as proposals sort them: the list gives them in its own order."""

    id: UUID
    sex: str | None


def proposed(pupils: Sequence[Sorted], way: str, parts: int) -> list[list[UUID]]:
    """Return which pupils would be in each part; by sex, whose sex is not known is in none of them.

    By alphabet the parts are as equal as can be, the first ones the larger; by hand they are empty.
    """
    if way == "hand":
        return [[] for _ in range(parts)]
    if way == "sex":
        return [[pupil.id for pupil in pupils if pupil.sex == sex] for sex in BY_SEX]
    least, over = divmod(len(pupils), parts)
    ends = [number * least + min(number, over) for number in range(parts + 1)]
    return [[pupil.id for pupil in pupils[start:end]] for start, end in pairwise(ends)]


def part_names(division: str, way: str, parts: int) -> list[str]:
    """Return what the parts would be called: «английский 1», «английский 2»; by sex «мальчики», «девочки»."""
    if way == "sex":
        return [f"{division} ({title.ru})" for title in BY_SEX.values()]
    return [f"{division} {number}" for number in range(1, parts + 1)]
