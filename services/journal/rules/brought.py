"""What a pupil who changes the class or the group in mid-year brings along to the page of the new one.

In the diary one average goes over all pages of a subject, so the marks of a term's end have to rest on
all of them, too: what was given for lessons before the first day on a page's list counts there, as if it
were written there. Only pages that were left bring anything: on that of an elective, beside which a pupil
goes on learning in the class, the marks of the class would count twice.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

Pages = Mapping[UUID, Sequence[Any]]
"""Pages of a subject, each with a pupil's seats there: rows with page_id, from_on, until_on, days (of the
page's lessons, as text) and last_on (of the last of them)."""


@dataclass
class Brought:
    """What a pupil who came in mid-year has from former pages; who reads their marks counts them."""

    came_on: date
    pages: Pages  # That were left, the last one last.
    days: list[date]  # Of lessons there, in order, each as often as it had some.
    marks: Counter[UUID] = field(default_factory=Counter)  # By period: how many.
    finals: dict[UUID, str] = field(default_factory=dict)  # By period: its mark.

    def takes(self, cell: Any) -> bool:
        """Whether a cell, a row with page_id and held_on, is brought along."""
        return cell.page_id in self.pages and cell.held_on < self.came_on


def came_on(stays: Iterable[tuple[date, date | None]], year_starts_on: date) -> date | None:
    """Return the first day of a pupil on a page's list, None for who was there when the year began."""
    first = min((from_on for from_on, _ in stays), default=year_starts_on)
    return first if first > year_starts_on else None


def brought_by(
    stays: Iterable[tuple[date, date | None]], seats: Iterable[Any], year_starts_on: date
) -> Brought | None:
    """Return what a pupil brings to a page whose list has these `stays`, None for nothing.

    `seats` are the pupil's on the other pages of the subject and year (`Pages`).
    """
    came = came_on(stays, year_starts_on)
    left = _left_by(came, seats) if came else {}
    return Brought(came, left, _days_before(came, left)) if came and left else None


def _left_by(came: date, seats: Iterable[Any]) -> Pages:
    by_page: dict[UUID, list[Any]] = {}
    for seat in sorted(seats, key=lambda seat: seat.from_on):
        if seat.from_on < came:
            by_page[seat.page_id] = [*by_page.pop(seat.page_id, []), seat]
    return {page: its for page, its in by_page.items() if all(_is_left(seat, came) for seat in its)}


def _is_left(seat: Any, came: date) -> bool:
    """Whether a stay was over by a day; or the page was: its class has been divided since, say."""
    return (seat.until_on is not None and seat.until_on <= came) or not seat.last_on or seat.last_on <= came


def _days_before(came: date, pages: Pages) -> list[date]:
    return sorted(day for seats in pages.values() for day in _days_of(seats) if day < came)


def _days_of(seats: Sequence[Any]) -> list[date]:
    days = map(date.fromisoformat, (seats[0].days or "").split())
    return [
        day
        for day in days
        if any(seat.from_on <= day and (seat.until_on is None or day <= seat.until_on) for seat in seats)
    ]
