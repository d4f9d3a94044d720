"""What every school begins with, and its year."""

from datetime import date

SCALE = ["5", "4", "3", "2", "1", "зач", "незач", "осв", "н/а"]
TIME_ZONE = "Europe/Moscow"
KINDS = ("class", "group", "parallel")


def first_school_day(on: date) -> date:
    """Return the first of September of the school year a day lies in."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)
