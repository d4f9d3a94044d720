"""A copy of the table somebody brought, with what is wrong in each row at its end."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from shared.errors import Text
from shared.grids import Grid

HEADING = Text("Ошибки", "Errors")
WHOLE = Text("Файл целиком", "The whole file")


def errors_copy(grids: Sequence[Grid], errors: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """Return the tables as an XLSX workbook, the wrong rows marked and explained."""
    by_place: dict[tuple[str, int], list[str]] = {}
    for error in errors:
        reason = error["reason"][language]
        text = f"{error['column']}: {reason}" if error["column"] else reason
        by_place.setdefault((error["file"], error["line"]), []).append(text)
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as book:
        marked, plain = book.add_format({"bg_color": "#FBE6E4", "text_wrap": True}), book.add_format({})
        names: set[str] = set()
        for grid in grids:
            sheet = book.add_worksheet(_sheet_name(grid.name, names))
            _fill(sheet, grid, by_place, HEADING.said(language), (plain, marked))
        whole = [
            text
            for (file, line), texts in by_place.items()
            if line == 0
            for text in (f"{file}: {t}" for t in texts)
        ]
        if whole:
            sheet = book.add_worksheet(_sheet_name(WHOLE.said(language), names))
            sheet.write_column(0, 0, whole)
    return output.getvalue()


def _fill(
    sheet: Any,
    grid: Grid,
    by_place: Mapping[tuple[str, int], Sequence[str]],
    heading: str,
    formats: tuple[Any, Any],
) -> None:
    width = max((len(line.cells) for line in grid.lines), default=0)
    top = grid.lines[0].number - 1 if grid.lines else 0
    sheet.write_string(top, width, heading)
    sheet.set_column(width, width, 60)
    for line in grid.lines:
        wrong = by_place.get((grid.name, line.number), ())
        for column, text in enumerate(line.cells):
            if text:
                sheet.write_string(line.number - 1, column, text, formats[bool(wrong)])
        if wrong:
            sheet.write_string(line.number - 1, width, "\n".join(wrong), formats[1])


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name a workbook allows, and no other sheet has."""
    plain = "".join("_" if sign in "[]:*?/\\" else sign for sign in name).strip("'")[:28] or "1"
    while plain.casefold() in taken:
        plain = f"{plain[:25]}{len(taken) + 1}"
    taken.add(plain.casefold())
    return plain
