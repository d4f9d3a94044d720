"""What a pupil who changes the class or the group in mid-year brings along to the page of the new one.

In the diary one average goes over all pages of a subject, so the marks of a term's end have to rest on
all of them, too: what was given elsewhere before a pupil came to a page's list, or between two stays on
it, counts there as if it were written there. Only pages that were left for this one bring anything: on
that of an elective, beside which a pupil goes on learning in the class, the marks of the class would
count twice, and so would those of a class that was left for it before the elective began.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

DAY = timedelta(days=1)

Stays = Iterable[tuple[date, date | None]]
"""First and last day of each stay on a page's list; None: it goes on."""

Away = tuple[date, date]
"""A time off a page's list that ended with coming to it: the first day off it, the first day on it."""


@dataclass
class Brought:
    """What a pupil who came in mid-year has from former pages; who reads their marks counts them."""

    pages: Mapping[UUID, Sequence[Away]]  # That were left, the last one last: when each was learned on.
    days: list[date]  # Of lessons there, in order, each as often as it had some.
    marks: Counter[UUID] = field(default_factory=Counter)  # By period: how many.
    finals: dict[UUID, str] = field(default_factory=dict)  # By period: its mark.

    def takes(self, cell: Any) -> bool:
        """Whether a cell, a row with page_id and held_on, is brought along."""
        return any(since <= cell.held_on < came for since, came in self.pages.get(cell.page_id, ()))

    def takes_final(self, page_id: UUID, starts_on: date) -> bool:
        """Whether a page's mark of a period is brought along: of one that began before the pupil came."""
        return any(starts_on < came for _, came in self.pages.get(page_id, ()))


def times_away(stays: Stays, year_starts_on: date) -> list[Away]:
    """Return the times of a year before a pupil came to a page's list, and came again; none for most."""
    away, since = [], year_starts_on
    for from_on, until_on in sorted(stays, key=lambda stay: stay[0]):
        if from_on > since:
            away.append((since, from_on))
        since = max(since, date.max if until_on is None else until_on + DAY)
    return away


def brought_by(stays: Stays, seats: Iterable[Any], year_starts_on: date) -> Brought | None:
    """Return what a pupil brings to a page whose list has these `stays`, None for nothing.

    `seats` are the pupil's on the other pages of the subject and year: rows with page_id, from_on,
    until_on, days (of the page's lessons, as text) and last_on (of the last of them).
    """
    elsewhere, days = list(seats), []
    pages: dict[UUID, list[Away]] = {}
    for away in times_away(stays, year_starts_on):
        for page, its in _left_after(away, elsewhere).items():
            pages[page] = [*pages.pop(page, []), away]
            days += [day for day in _days_of(its) if away[0] <= day < away[1]]
    return Brought(pages, sorted(days)) if pages else None


def brought_by_each(stays: Mapping[str, Stays], seats: Iterable[Any], starts_on: date) -> dict[str, Brought]:
    """Return what pupils bring by their keys, of those who bring anything; `seats` are of all of them."""
    theirs: dict[str, list[Any]] = {}
    for seat in seats:
        theirs.setdefault(seat.key, []).append(seat)
    found = {key: brought_by(stays[key], its, starts_on) for key, its in theirs.items()}
    return {key: brought for key, brought in found.items() if brought}


def _left_after(away: Away, seats: Iterable[Any]) -> Mapping[UUID, Sequence[Any]]:
    """Return the pages that were learned on in a time away and left for the page it ended with."""
    since, came = away
    by_page: dict[UUID, list[Any]] = {}
    for seat in sorted(seats, key=lambda seat: seat.from_on):
        if seat.from_on < came and (seat.until_on is None or seat.until_on >= since):
            by_page[seat.page_id] = [*by_page.pop(seat.page_id, []), seat]
    left_on = {page: max(map(_left_on, its)) for page, its in by_page.items()}
    # When the pupil came to pages that go on beside: what had been left by then was left for them.
    kept = [its[-1].from_on for page, its in by_page.items() if left_on[page] > came]
    return {
        page: its
        for page, its in by_page.items()
        if left_on[page] <= came and not any(from_on >= left_on[page] for from_on in kept)
    }


def _left_on(seat: Any) -> date:
    """Return the last day of a stay, or the page's if that was before: its class has been divided, say."""
    return min(seat.until_on or date.max, seat.last_on or date.min)


def _days_of(seats: Sequence[Any]) -> list[date]:
    days = map(date.fromisoformat, (seats[0].days or "").split())
    return [
        day
        for day in days
        if any(seat.from_on <= day and (seat.until_on is None or day <= seat.until_on) for seat in seats)
    ]
