"""Counting on a sheet of term-end marks what newcomers have from former pages (`rules.brought`)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.journal.rules.absence import is_absence
from services.journal.rules.brought import Brought, brought_by_each
from services.journal.rules.final_sheet import Sheet, Span, weighing
from services.journal.rules.tallies import cell_sums


def bring(sheet: Sheet, elsewhere: Any) -> None:
    """Count what newcomers have from former pages as if it were written here (`models.brought`)."""
    sheet.brought |= brought_by_each(sheet.stays, elsewhere.seats, sheet.year.starts_on)
    weighs = weighing(sheet)
    for cell in elsewhere.cells:
        own = sheet.brought.get(cell.key)
        if own and own.takes(cell):
            for span in sheet.periods:
                if span.starts_on <= cell.held_on <= span.ends_on:
                    _bring_cell(sheet, own, span, cell, is_weighted=weighs[span.id])
    _bring_finals(sheet, elsewhere.finals)


def _bring_cell(sheet: Sheet, own: Brought, span: Span, cell: Any, *, is_weighted: bool) -> None:
    if cell.counts:
        added = cell_sums(cell.value, cell.weight, is_weighted=is_weighted)
        of_period = sheet.marked.setdefault(span.id, {})
        standing = of_period.get(cell.key, [0] * len(added))
        of_period[cell.key] = [sum(pair) for pair in zip(standing, added, strict=True)]
        own.marks[span.id] += added.marks
    if cell.is_noted and (cell.slot or is_absence(cell.value)):
        on = sheet.marked_on if cell.slot else sheet.absent
        on.setdefault((span.id, cell.key), set()).add(cell.held_on)


def _bring_finals(sheet: Sheet, finals: Iterable[Any]) -> None:
    starts = {span.id: span.starts_on for span in sheet.periods}  # A former class's may be others.
    for key, own in sheet.brought.items():
        order = {page: number for number, page in enumerate(own.pages)}
        theirs = [row for row in finals if row.key == key and row.page_id in order]
        for row in sorted(theirs, key=lambda row: order[row.page_id]):  # The last page has the last word.
            if own.takes_final(row.page_id, starts.get(row.period_id, date.max)):
                own.finals[row.period_id] = row.value
