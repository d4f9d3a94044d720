"""The marks that pupils who came in the middle of a period got on former pages (`rules.brought`)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.journal.models.brought import read_elsewhere
from services.journal.rules.brought import brought_by_each, times_away
from services.journal.rules.marks import POINTS
from shared.db import SchoolSession


def brought_marks(
    session: SchoolSession, page: Row[Any], roster: Iterable[Row[Any]], starts_on: date, ends_on: date
) -> list[tuple[str, str, int]]:
    """Return (pupil's key, value, weight) of the marks of these days that count on the page, too.

    `roster` has a row per stay on the page's list. No statement where nobody came after the first day.
    """
    if page.year_starts_on is None:
        return []
    since = max(starts_on, page.year_starts_on)
    stays: dict[str, list[tuple[date, date | None]]] = {}
    for row in roster:
        stays.setdefault(row.key, []).append((row.from_on, row.until_on))
    came = {key: away[-1][1] for key, its in stays.items() if (away := times_away(its, since))}
    elsewhere = read_elsewhere(session, page, came, since, slot=None)
    owners = brought_by_each(stays, elsewhere.seats, since)
    return [
        (cell.key, cell.value, cell.weight)
        for cell in elsewhere.cells
        if cell.slot and cell.counts and cell.value in POINTS and since <= cell.held_on <= ends_on
        if cell.key in owners and owners[cell.key].takes(cell)
    ]
