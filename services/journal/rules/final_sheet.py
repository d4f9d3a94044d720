"""The term-end marks of one page: who has which, what is recommended, and when a column may be written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from services.journal.rules.absence import is_absence
from services.journal.rules.after_absence import not_marked_since
from services.journal.rules.brought import Brought, times_away
from services.journal.rules.finals import EXAM, FINAL, PERIOD, YEAR, Column, Window, window
from services.journal.rules.recommended import (
    Recommended,
    Rules,
    recommend_final,
    recommend_for_period,
    recommend_for_year,
    rules_on,
)
from services.journal.rules.scales import scale_on
from services.journal.rules.tallies import Sums, Tally, cell_sums, weekly_hours
from shared.errors import Text

GRADUATING = (9, 11)
"""Parallels that end with a final mark in every subject; an exam is taken by whom it concerns."""

NOT_RECOMMENDED = Recommended(
    None, Text("экзаменационную отметку ставит комиссия", "an exam is marked by its board")
)


@dataclass(frozen=True)
class Span:
    """A period, or the year, of a page: its days, its lessons' days, and when it was closed."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date
    closed_at: datetime | None
    days: Sequence[date] = ()


Cells = Mapping[str, Any]
"""A column's cells by the pupils' keys: rows with value, seq, recommended, reason, timing."""


@dataclass
class Sheet:
    """What the term-end marks of a page depend on; pupils are known by the database's text of their ids."""

    periods: list[Span]
    year: Span
    told: Mapping[str, str | None]
    scale: Sequence[str]
    today: date
    grade: int | None = None
    stays: dict[str, list[tuple[date, date | None]]] = field(default_factory=dict)
    cells: dict[tuple[UUID, int], dict[str, Any]] = field(default_factory=dict)
    # By period and pupil, in the order of Sums.
    marked: dict[UUID, dict[str, list[int]]] = field(default_factory=dict)
    absent: dict[tuple[UUID, str], set[date]] = field(default_factory=dict)
    marked_on: dict[tuple[UUID, str], set[date]] = field(default_factory=dict)
    brought: dict[str, Brought] = field(default_factory=dict)
    held: dict[Column, Rules] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns in their order: the periods, the year, the exam, the final mark."""
        of_year = [Column(slot, self.year.id) for slot in (YEAR, EXAM, FINAL)]
        return [*(Column(PERIOD, span.id) for span in self.periods), *of_year]

    def column(self, name: str) -> Column | None:
        """Return the column of an address, None when the page has no such one."""
        return next((one for one in self.columns if one.key == name), None)

    def span(self, column: Column) -> Span:
        """Return the period of a column; year, exam and final marks are those of the last one."""
        if column.slot == PERIOD:
            return next(span for span in self.periods if span.id == column.period_id)
        last = self.periods[-1] if self.periods else self.year
        return Span(self.year.id, self.year.name, last.starts_on, last.ends_on, self.year.closed_at)

    def window(self, column: Column) -> Window:
        """Return the days on which a column is to be filled (clause 3.6.5)."""
        span = self.span(column)
        last = date.max if column.slot in (EXAM, FINAL) else span.ends_on  # Exams are after the lessons.
        opens_on = window(span.starts_on, span.ends_on, self.rules(column).days).opens_on
        return Window(opens_on, last)

    def rules(self, column: Column) -> Rules:
        """Return the school's rules for a column: those of the last day of its period."""
        if column not in self.held:
            self.held[column] = rules_on(self.told, self.span(column).ends_on, self.scale)
        return self.held[column]

    def was_there(self, key: str, span: Span) -> bool:
        """Whether a pupil was on the list on some day of a span."""
        stays = self.stays.get(key, ())
        return any(
            from_on <= span.ends_on and (until is None or until >= span.starts_on) for from_on, until in stays
        )

    def came_on(self, key: str) -> date | None:
        """Return when a pupil came to the list, the last time; None: the year began with it."""
        away = times_away(self.stays.get(key, ()), self.year.starts_on)
        return away[-1][1] if away else None

    @property
    def newcomers(self) -> dict[str, date]:
        """Those who came to the list after the year had begun, by key, and when they last did."""
        return {key: day for key in self.stays if (day := self.came_on(key)) is not None}

    def is_due(self, key: str, column: Column) -> bool:
        """Whether a pupil has to have the mark: on the list on the last day, or today if it is before."""
        if column.slot == EXAM or (column.slot == FINAL and self.grade not in GRADUATING):
            return False
        day = min(self.today, self.span(column).ends_on)
        stays = self.stays.get(key, ())
        return any(from_on <= day and (until is None or until >= day) for from_on, until in stays)

    def value(self, column: Column, key: str) -> str | None:
        """Return what stands in a cell."""
        cell = self.cells.get((column.period_id, column.slot), {}).get(key)
        found: str | None = cell.value if cell else None
        return found

    def advising(self, column: Column) -> Callable[[str], Recommended]:
        """Return what tells a pupil's mark in a column as the rules recommend it, and why.

        What is the same for the whole class is found out once.
        """
        rules = self.rules(column)
        if column.slot == PERIOD:
            tally = self._tallying(self.span(column), rules)
            return lambda key: recommend_for_period(tally(key), rules)
        if column.slot == YEAR:
            return lambda key: recommend_for_year(self._of_periods(key), rules)
        if column.slot == FINAL:
            year, exam = (Column(slot, column.period_id) for slot in (YEAR, EXAM))
            return lambda key: recommend_final(self.value(year, key), self.value(exam, key), rules)
        return lambda _: NOT_RECOMMENDED

    def _of_periods(self, key: str) -> list[tuple[str, str | None]]:
        brought = self.brought[key].finals if key in self.brought else {}
        return [
            (span.name, self.value(Column(PERIOD, span.id), key) or brought.get(span.id))
            for span in self.periods
            if self.was_there(key, span) or span.id in brought
        ]

    def _tallying(self, span: Span, rules: Rules) -> Callable[[str], Tally]:
        marked = self.marked.get(span.id, {})
        hours = weekly_hours(len(span.days), span.starts_on, span.ends_on)
        days = sorted(day for day in span.days if day <= self.today)

        @cache  # Most of a class have been there all the time.
        def held(stays: tuple[tuple[date, date | None], ...]) -> list[date]:
            return [
                day
                for day in days
                if any(from_on <= day and (until is None or day <= until) for from_on, until in stays)
            ]

        def tally(key: str) -> Tally:
            sums = Sums(*marked.get(key, ()))
            own, brought = held(tuple(self.stays.get(key, ()))), 0
            if (theirs := self.brought.get(key)) is not None:
                before = [
                    day for day in theirs.days if span.starts_on <= day <= min(span.ends_on, self.today)
                ]
                own, brought = sorted([*before, *own]), theirs.marks[span.id]
            marked_on = self.marked_on.get((span.id, key), set())
            away = self.absent.get((span.id, key), set()) - marked_on  # One of two lessons a day.
            unmarked = not_marked_since(own, away, marked_on, rules.absence_run) if away else None
            return Tally(
                **sums._asdict(), lessons=len(own), hours=hours, unmarked_since=unmarked, brought=brought
            )

        return tally


def sheet_of(page: Any, periods: Sequence[Any], today: date) -> Sheet:
    """Return a page's sheet, without pupils yet, from its row and those of its periods (`models.finals`)."""
    spans = [
        Span(row.id, row.name, row.starts_on, row.ends_on, row.closed_at, _days(row.days))
        for row in periods
        if row.id is not None
    ]
    first = periods[0]
    starts_on, ends_on = first.year_starts_on or today, first.year_ends_on or today
    year = Span(page.year_id, "", starts_on, ends_on, first.year_closed_at)
    return Sheet(spans, year, page._mapping, scale_on(page, today), today, page.grade)  # noqa: SLF001 - a Row's mapping is public.


def _days(listed: str | None) -> list[date]:
    return [date.fromisoformat(day) for day in (listed or "").split()]


def seat(sheet: Sheet, roster: Iterable[Any]) -> dict[UUID, str]:
    """Put the pupils and their marks on the sheet; return the key of each."""
    keys: dict[UUID, str] = {}
    for row in roster:
        keys[row.pupil_id] = row.key
        stays = sheet.stays.setdefault(row.key, [])
        if (row.from_on, row.until_on) not in stays:
            stays.append((row.from_on, row.until_on))
        if row.period_id is not None:
            sheet.cells.setdefault((row.period_id, row.slot), {})[row.key] = row
    return keys


def count_marks(sheet: Sheet, marked: Iterable[Any]) -> None:
    """Add up what the pupils have in the periods; where the school weighs nothing, every mark weighs 1."""
    weighs = weighing(sheet)
    for row in marked:
        added = cell_sums(row.value, row.weight, is_weighted=weighs[row.period_id])
        of_period = sheet.marked.setdefault(row.period_id, {})
        for key in row.pupils.split(" "):
            sums = of_period.setdefault(key, [0] * len(added))
            for place, more in enumerate(added):
                sums[place] += more


def weighing(sheet: Sheet) -> Mapping[UUID, bool]:
    """Return of each period whether its marks are weighed."""
    return {span.id: sheet.rules(Column(PERIOD, span.id)).is_weighted for span in sheet.periods}


def note_days(sheet: Sheet, days: Iterable[Any]) -> None:
    """Note on which days pupils were away, and on which they were marked: what warnings of absence need."""
    for row in days:
        if row.sign is None or is_absence(row.sign):
            on = sheet.marked_on if row.sign is None else sheet.absent
            for key in row.pupils.split(" "):
                on.setdefault((row.period_id, key), set()).add(row.held_on)
