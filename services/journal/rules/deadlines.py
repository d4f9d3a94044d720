"""The nine deadlines of the regulation, D1–D9: what is owed, done or late, as one pure function.

Facts come in any order: something is `Owed` since a day or an instant, something was `Done`. What a
school set differently counts as it stood on the day the fact is of (clauses 3.6.3–3.6.5, 3.7.4, 3.7.8,
3.8.6, 5.2–5.4). Days are the school's own, from midnight to 23:59:59, whatever the clocks do that day.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.parameters import parameter_on

MET, NEAR, LATE, AHEAD = "met", "near", "late", "ahead"
"""Done in time; to be done soon; not done in time, perhaps done since; there is time yet."""

DEFAULTS: Mapping[str, Any] = {
    "lesson_entry_days": 0,
    "written_work_days": 7,
    "monitoring_work_days": 3,
    "monitoring_work_counts": "calendar",
    "awaited_work_days": 7,
    "period_marks_days": 7,
    "correction_hours": 24,
    "correction_counts": "school_days",
    "deputy_checks_monthly": 1,
    "director_checks_monthly": 1,
    "print_until": "06-30",
    "journals_kept_years": 5,
    "summaries_kept_years": 25,
    "backup_copies": 2,
}
"""What holds in a school that has set nothing else: the regulation's own values, as identity has them."""

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WORKDAYS = 5
"""Monday to Friday: where the timetable says nothing yet, as after the year's last lesson."""

COUNTDOWN = timedelta(days=30)
"""31 May to 30 June: how long before it the day of printing is called near."""


class Owed(NamedTuple):
    """Something the regulation wants done: by which rule, about what, counted from when.

    `since` is a day of the school; for a lesson of today it may be the instant it begins, and for a
    correction it is the instant of the report.
    """

    rule: str
    about: Hashable
    since: date


class Done(NamedTuple):
    """It was done; where several are needed, as acts of monitoring, one of them."""

    rule: str
    about: Hashable
    at: datetime


class Span(NamedTuple):
    """From when a deadline is near, and the last second that is in time."""

    near_from: datetime
    due: datetime


class Status(NamedTuple):
    """What became of one thing owed."""

    rule: str
    clause: str
    about: Any  # As the fact had it.
    state: str  # MET, NEAR, LATE or AHEAD
    due: datetime
    done_at: datetime | None
    is_early: bool  # Done before its window opened: a mark of a period, papers destroyed.


@dataclass(frozen=True)
class Terms:
    """By what a school's deadlines are counted: its zone, what it has set, the days it has lessons.

    `school_days` reach as far as is counted; `taught` are the first and last of each year, whatever is.
    """

    zone: ZoneInfo
    told: Mapping[str, str] = field(default_factory=dict)
    school_days: frozenset[date] = frozenset()
    taught: frozenset[tuple[date, date]] = frozenset()

    @classmethod
    def of(
        cls,
        zone: str | None,
        told: Mapping[str, str],
        school_days: frozenset[date],
        taught: frozenset[tuple[date, date]],
    ) -> Self:
        """Return the terms of a school as they are kept."""
        return cls(ZoneInfo(zone or TIME_ZONE), told, school_days, taught)

    def value(self, name: str, day: date) -> Any:
        """Return a parameter as it stands on a day."""
        return parameter_on(self.told.get(name), day, DEFAULTS[name])

    def day(self, since: date) -> date:
        """Return the school's day of an instant; a day is itself."""
        return since.astimezone(self.zone).date() if isinstance(since, datetime) else since

    def instant(self, since: date) -> datetime:
        """Return an instant in UTC; of a day, when it begins."""
        return since.astimezone(UTC) if isinstance(since, datetime) else self.begins(since)

    def begins(self, day: date) -> datetime:
        """Return the instant a day of the school begins."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def ends(self, day: date) -> datetime:
        """Return the last second of a day of the school."""
        return self.begins(day + DAY) - SECOND

    def is_school_day(self, day: date) -> bool:
        """Whether the school has lessons on a day; before and after a year's, whether it is a workday."""
        if any(first <= day <= last for first, last in self.taught):
            return day in self.school_days
        return day.weekday() < WORKDAYS


def _days_after(name: str, counts: str = "") -> Callable[[date, Terms], Span]:
    """So many days after its day; near on the last of them, or from the beginning of the lesson."""

    def span(since: date, terms: Terms) -> Span:
        day = terms.day(since)
        last, left = day, terms.value(name, day)
        is_working = bool(counts) and terms.value(counts, day) == "working"
        while left:
            last += DAY
            left -= not is_working or terms.is_school_day(last)
        return Span(max(terms.instant(since), terms.begins(last)), terms.ends(last))

    return span


def _on_the_day(since: date, terms: Terms) -> Span:
    """Before the day itself ends: it was told, as that of a work which is awaited («•»)."""
    return Span(terms.begins(since), terms.ends(since))


def _last_days_of_period(since: date, terms: Terms) -> Span:
    """Within the last days of a period (3.6.5); `since` is its last day."""
    last = terms.day(since)
    first = last - DAY * (terms.value("period_marks_days", last) - 1)
    return Span(terms.begins(first), terms.ends(last))


def _hours_after(since: date, terms: Terms) -> Span:
    """Within so many hours of the report (3.7.8), near in the last quarter of them."""
    day = terms.day(since)
    whole = timedelta(hours=terms.value("correction_hours", day))
    skips = terms.value("correction_counts", day) == "school_days"
    return Span(*(_after(terms.instant(since), part, terms, skips=skips) for part in (whole * 3 / 4, whole)))


def _after(start: datetime, left: timedelta, terms: Terms, *, skips: bool) -> datetime:
    """Return when so much time has run; with `skips`, it runs on the school's days alone."""
    at, day = start.replace(microsecond=0), terms.day(start)
    while skips:
        midnight = terms.begins(day + DAY)
        if terms.is_school_day(day):
            if at + left <= midnight:
                break
            left -= midnight - at
        at, day = midnight, day + DAY
    return at + left


def _month(since: date, terms: Terms) -> Span:
    """Before the month ends (3.7.4, 3.8.6), near in its last seven days; `since` is any day of it."""
    last = (terms.day(since).replace(day=28) + 4 * DAY).replace(day=1) - DAY
    return Span(terms.begins(last - 6 * DAY), terms.ends(last))


def _printing(since: date, terms: Terms) -> Span:
    """By 30 June inclusive (5.2, 5.3) of the year that ends on the day `since`."""
    day = terms.day(since)
    last = date.fromisoformat(f"{day.year}-{terms.value('print_until', day)}")
    return Span(terms.begins(last - COUNTDOWN), terms.ends(last))


def _keeping(name: str) -> Callable[[date, Terms], Span]:
    """Kept so many years from 1 January after the year of closing; then an act is drawn up, within a year.

    Done before its window opens (`Status.is_early`) means destroyed too early.
    """

    def span(since: date, terms: Terms) -> Span:
        day = terms.day(since)
        expires = date(day.year + 1 + terms.value(name, day), 1, 1)
        return Span(terms.begins(expires), terms.ends(date(expires.year, 12, 31)))

    return span


class Rule(NamedTuple):
    """A deadline: its clause, when it is due, and the parameter that says how often it is to be done."""

    clause: str
    span: Callable[[date, Terms], Span]
    needed: str = ""


RULES = {
    "D1": Rule("3.6.3, 4.2.1", _days_after("lesson_entry_days")),
    "D2": Rule("3.6.4", _days_after("written_work_days")),
    "D2.awaited": Rule("3.6.4", _on_the_day),
    "D3": Rule("3.6.4", _days_after("monitoring_work_days", "monitoring_work_counts")),
    "D4": Rule("3.6.5", _last_days_of_period),
    "D5": Rule("3.7.8, 3.9.5", _hours_after),
    "D6.deputy": Rule("3.7.4", _month, "deputy_checks_monthly"),
    "D6.director": Rule("3.8.6", _month, "director_checks_monthly"),
    "D7": Rule("5.2, 5.3", _printing),
    "D8.journals": Rule("5.2", _keeping("journals_kept_years")),
    "D8.summaries": Rule("5.3", _keeping("summaries_kept_years")),
    "D9": Rule("5.4, 3.8.8", _printing, "backup_copies"),
}


def awaited_until(work: Any, held_on: date, day: date, terms: Terms) -> date:
    """Return until when a work that is awaited («•», DOMAIN 2.1) is to be marked, as a day of the school.

    The term of written work and of monitoring (D2, D3), or the school's own of other work; counted from
    the lesson, or where it is over by then, from `day`, on which the sign is put. `work` says what it is.
    """
    span = RULES["D3" if work.is_monitoring else "D2"].span
    if not (work.is_monitoring or work.is_written):
        span = _days_after("awaited_work_days")
    due = terms.day(span(held_on, terms).due)
    return due if due >= day else terms.day(span(day, terms).due)


def statuses(facts: Iterable[Owed | Done], terms: Terms, now: datetime) -> list[Status]:
    """Return what became of everything owed, in the order it fell due; what was done after `now` is not yet.

    Facts may come in any order and more than once. Of something owed twice the later counts.
    """
    owed: dict[tuple[str, Hashable], date] = {}
    done: dict[tuple[str, Hashable], set[datetime]] = defaultdict(set)
    for fact in facts:
        key = (fact.rule, fact.about)
        if isinstance(fact, Done):
            done[key].add(fact.at.astimezone(UTC))
        elif key not in owed or terms.instant(owed[key]) < terms.instant(fact.since):
            owed[key] = fact.since
    at = now.astimezone(UTC).replace(microsecond=0)
    spans: dict[tuple[str, date], Span] = {}  # A school's month has few days and thousands of lessons.
    found = []
    for (rule, about), since in owed.items():
        span = spans.get((rule, since)) or RULES[rule].span(since, terms)
        spans[rule, since] = span
        found.append(_status(rule, about, span, _done_at(rule, since, done[rule, about], terms, at), at))
    return sorted(found, key=lambda status: (status.due, status.rule, str(status.about)))


def _done_at(rule: str, since: date, done: set[datetime], terms: Terms, now: datetime) -> datetime | None:
    """Return when what is needed was done: of several, the last of so many."""
    name = RULES[rule].needed
    needed = terms.value(name, terms.day(since)) if name else 1
    known = sorted(second for at in done if (second := at.replace(microsecond=0)) <= now)
    return known[needed - 1] if len(known) >= needed else None


def _status(rule: str, about: Hashable, span: Span, done_at: datetime | None, now: datetime) -> Status:
    if (done_at or now) > span.due:
        state = LATE
    elif done_at is not None:
        state = MET
    else:
        state = NEAR if now >= span.near_from else AHEAD
    is_early = done_at is not None and done_at < span.near_from
    return Status(rule, RULES[rule].clause, about, state, span.due, done_at, is_early)
