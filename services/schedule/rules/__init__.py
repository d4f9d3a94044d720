"""What a school year is made of: its usual periods and holidays, its weeks."""

from dataclasses import dataclass
from datetime import date, timedelta

# Why a teacher is away. The paper register of substituted lessons (DOMAIN 2.5) names the reason.
ABSENCE_REASONS = ("illness", "trip", "training", "leave", "other")
# What may be decided about a lesson: another teacher, one who leads two groups at once (совмещение),
# another subject, another room, no lesson, the lesson at another time.
SUBSTITUTIONS = ("teacher", "joint", "subject", "room", "cancel", "move")
PAID = ("teacher", "joint", "subject")
LATEST_DECISION = timedelta(days=14)  # So long afterwards may be entered who stood in.
LONGEST_ABSENCE = timedelta(days=120)

LESSONS_IN_AN_EVENT = 200
# An event's data is 60 KiB at most; this leaves room for its frame.
BYTES_IN_AN_EVENT = 52 * 1024


@dataclass(frozen=True, slots=True)
class Span:
    """A named run of days, both included, of some parallels (none: of all): a period, holidays."""

    name: str
    starts_on: date
    ends_on: date
    grades: tuple[int, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Place:
    """A weekday of every week (week 0), or of each second one: 1 is week А, 2 is week В."""

    week: int
    weekday: int


def first_year_of(day: date) -> int:
    """Return in which year the academic year of a day begins; from June on, it is the next one."""
    return day.year if day.month >= 6 else day.year - 1


def usual_span(first: int) -> Span:
    """Return the academic year that begins in the year `first`: 1 September to 31 May."""
    return Span(f"{first}/{first + 1}", date(first, 9, 1), date(first + 1, 5, 31))


def usual_periods(first: int) -> list[Span]:
    """Return the four quarters as Russian schools usually have them."""
    second = first + 1
    return [
        Span("1 четверть", date(first, 9, 1), date(first, 10, 27)),
        Span("2 четверть", date(first, 11, 6), date(first, 12, 28)),
        Span("3 четверть", date(second, 1, 9), date(second, 3, 23)),
        Span("4 четверть", date(second, 4, 1), date(second, 5, 25)),
    ]


def usual_holidays(first: int) -> list[Span]:
    """Return the holidays between the quarters, and the public ones (ТК РФ, ст. 112) within them."""
    second = first + 1
    return [
        Span("Осенние каникулы", date(first, 10, 28), date(first, 11, 5)),
        Span("Зимние каникулы", date(first, 12, 29), date(second, 1, 8)),
        Span("День защитника Отечества", date(second, 2, 23), date(second, 2, 23)),
        Span("Международный женский день", date(second, 3, 8), date(second, 3, 8)),
        Span("Весенние каникулы", date(second, 3, 24), date(second, 3, 31)),
        Span("Праздник Весны и Труда", date(second, 5, 1), date(second, 5, 1)),
        Span("День Победы", date(second, 5, 9), date(second, 5, 9)),
    ]


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_of(starts_on: date, day: date) -> int:
    """Return 1 for week А, 2 for week В; the week of the year's first day is А.

    Holidays do not stop the count: after them the weeks go on as the calendar on the wall says.
    """
    return (monday_of(day) - monday_of(starts_on)).days // 7 % 2 + 1


def hours_per_week(hours: int, cycle_weeks: int) -> int:
    """Return the hours of a week from those of the cycle; an hour every other week counts as one."""
    return -(-hours // cycle_weeks)


@dataclass(slots=True)
class Tally:
    """What became of a directory in an import."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    cancelled: int = 0
