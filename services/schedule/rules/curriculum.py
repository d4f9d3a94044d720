"""Hours of the curriculum and the load: exact in quarters, their limits, and how the two compare.

All hours are held as whole quarter-hours a week: an hour is 4, half an hour is 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

QUARTERS = 4
PARTS = ("required", "formed")  # обязательная; формируемая участниками образовательных отношений
MOST_GROUPS = 3
MOST_QUARTERS = 40 * QUARTERS  # No subject has more hours a week.
USUAL_RATE = 18 * QUARTERS  # Hours a week of a teacher's rate: приказ Минобрнауки от 22.12.2014 № 1601.

# The most hours a week of a class, by parallel, in a week of five and of six days: СанПиН 1.2.3685-21,
# table 6.6. The first parallel has five days only.
WEEK_LIMITS = {
    1: (21, 21),
    **dict.fromkeys((2, 3, 4), (23, 26)),
    5: (29, 32),
    6: (30, 33),
    7: (32, 35),
    **dict.fromkeys((8, 9), (33, 36)),
    **dict.fromkeys((10, 11), (34, 37)),
}


def week_limit(grade: int, school_days: int) -> int | None:
    """Return the most hours a week a class of a parallel may have; None where no norm says."""
    found = WEEK_LIMITS.get(grade)
    return found[school_days == 6] if found else None


def whole_hours(quarters: int) -> int:
    """Return the hours a week rounded up, as those are told who know whole hours alone."""
    return -(-quarters // QUARTERS)


def said_hours(quarters: int) -> int | float:
    """Return hours as JSON says them; quarters are exact in binary."""
    whole, rest = divmod(quarters, QUARTERS)
    return whole + rest / QUARTERS if rest else whole


def written_hours(quarters: int) -> str:
    """Return hours as a Russian table shows them: 1,5."""
    return f"{Decimal(quarters) / QUARTERS}".replace(".", ",")


def read_hours(text: str) -> int | None:
    """Return the quarters of hours as people type them, «1,5»; None for what is no such number."""
    plain = text.strip().replace(",", ".")
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii() or len(plain) > 8:
        return None
    quarters = Decimal(plain) * QUARTERS
    return int(quarters) if quarters == int(quarters) else None


@dataclass(frozen=True, slots=True)
class Place:
    """One group of a class in one subject: the hours planned for it, and those somebody teaches."""

    name: str  # The class, its group, or empty for a group that is not there yet.
    planned: int
    covered: int

    @property
    def uncovered(self) -> int:
        """The quarters planned that nobody teaches."""
        return max(0, self.planned - self.covered)

    @property
    def over(self) -> int:
        """The quarters taught that nobody planned."""
        return max(0, self.covered - self.planned)


def places_of(
    class_name: str, planned: int, groups: int, whole: int, parts: Sequence[tuple[str, int]]
) -> list[Place]:
    """Return the places of a class in a subject, each with what is planned and what is taught.

    Hours of the whole class count for each of its groups; a class that is not divided fills one of
    the groups the plan pays for, the others stand uncovered.
    """
    taught = [(name, whole + own) for name, own in parts] or [(class_name, whole)]
    missing = [("", whole if parts else 0)] * (groups - len(taught))
    return [
        Place(name, planned if number < groups else 0, covered)
        for number, (name, covered) in enumerate([*taught, *missing])
    ]
