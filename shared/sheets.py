"""Tables for people to take away: reports as XLSX, lists as CSV, and no formula in either."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from shared.errors import Invalid, Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
FORMULA = ("=", "+", "-", "@")

UTF8, CP1251 = "utf-8-sig", "cp1251"
"""How a CSV may be encoded: so that Excel knows it, or for programs of old."""

Columns = Sequence[tuple[Text, int]]
"""Headings, and how wide their columns are, in letters."""


class NotInEncoding(Invalid):
    """A text has letters that the encoding asked for does not know, such as «Ә»."""

    title = Text("Кодировка не знает этих букв", "The encoding does not know these letters")
    detail = Text(
        "«{text}» нельзя записать в Windows-1251. Возьмите CSV в UTF-8 или XLSX.",
        "“{text}” cannot be written in Windows-1251. Take CSV in UTF-8, or XLSX.",
    )


def sheet(title: str, columns: Columns, rows: Iterable[Sequence[Any]], language: str) -> bytes:
    """Return a workbook with one sheet. Texts stay texts: what begins with = is no formula."""
    return workbook({title: (columns, rows)}, language)


def workbook(sheets: Mapping[str, tuple[Columns, Iterable[Sequence[Any]]]], language: str) -> bytes:
    """Return a workbook of sheets by their titles: bold headings, days as days, numbers as numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        for title, (columns, rows) in sheets.items():
            page = book.add_worksheet(title[:31])
            page.set_landscape()
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
            page.freeze_panes(1, 0)
            for at, (heading, width) in enumerate(columns):
                page.set_column(at, at, width)
                page.write_string(0, at, heading.said(language), bold)
            for number, row in enumerate(rows, 1):
                for at, value in enumerate(row):
                    _write(page, number, at, value, day)
    return content.getvalue()


def _write(page: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, date):
        page.write_datetime(row, column, value, day)
    elif isinstance(value, int | Decimal):
        page.write_number(row, column, value)
    elif value:
        page.write_string(row, column, value)


def as_csv(rows: Iterable[Sequence[str]], encoding: str = UTF8) -> bytes:
    """Return a table as Excel in Russia opens it by a double click, with semicolons; raises NotInEncoding."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [inert(cell) for cell in row] for row in rows
    )
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError as wrong:
        before, after = text.getvalue()[: wrong.start], text.getvalue()[wrong.start :]
        row = before.rpartition("\n")[2] + after.partition("\r")[0]
        raise NotInEncoding(text=" ".join(row.split(";"))[:80]) from wrong


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `plain` gives back what it was."""
    return f"'{text}" if _is_risky(text) else text


def plain(text: str) -> str:
    """Take back what `inert` did."""
    return text[1:] if text.startswith("'") and _is_risky(text) else text


def _is_risky(text: str) -> bool:
    """Whether it begins like a formula, behind any number of apostrophes."""
    return text.lstrip("'").startswith(FORMULA)
