"""Spreadsheets as grids of texts: XLSX and CSV, whatever a school's computer saved, and no harm in it."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from shared.imports import DELIMITERS, MAX_CELL, BadArchive, decode, is_zip, unpack
from shared.names import tidy
from shared.xlsx_parts import BadWorkbook, Texts, check_part

MAX_ROWS = 20_000
MAX_SHEETS = 100
MAX_CELLS = 4_000_000
MACROS = ("vbaproject.bin", "macrosheets")

Written = Callable[[object], str]
"""How a cell's value becomes a text."""


@dataclass(frozen=True)
class Line:
    """A line of a table by its number in the file, counted from one."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A sheet of a workbook, or a CSV: its name and its lines; empty ones are left out."""

    name: str
    lines: tuple[Line, ...]


def read_grids(content: bytes, name: str, *, keep_breaks: bool = False) -> list[Grid]:
    """Return the visible sheets of a workbook, or the one table of a CSV; BadWorkbook for all else.

    With `keep_breaks` a line break within a cell stays one; else it is a space like any other.
    """
    written = _text_of_lines if keep_breaks else _text
    if is_zip(content):
        return _read_workbook(content, written)
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")):
        raise BadWorkbook(
            why="Это старый формат XLS или не таблица.", why_en="This is the old XLS format or no table."
        )
    return [_read_csv(content, PurePosixPath(name.replace("\\", "/")).name or "CSV", written)]


def _read_csv(content: bytes, name: str, written: Written) -> Grid:
    text = decode(content, name)
    lines, end = [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        for cells in reader:
            start, end = end + 1, reader.line_num
            lines.append((start, cells))
            if len(lines) > MAX_ROWS:
                raise _too_long()
    except csv.Error as wrong:
        raise BadWorkbook(
            why=f"Строка {reader.line_num} не читается.", why_en=f"Line {reader.line_num} cannot be read."
        ) from wrong
    return _grid(name, lines, written)


def _delimiter(text: str) -> str:
    """Return what parts the first lines most often; a title above the headings has none."""
    head = "\n".join(text.splitlines()[:20])
    plain = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=plain.count)


def _read_workbook(content: bytes, written: Written) -> list[Grid]:
    checked = io.BytesIO(_checked(content))
    try:
        return list(_sheets(checked, written))
    except (CalamineError, OSError, ValueError) as wrong:
        raise BadWorkbook(why="Книга повреждена.", why_en="The workbook is damaged.") from wrong


def _sheets(content: io.BytesIO, written: Written) -> Iterator[Grid]:
    with CalamineWorkbook.from_filelike(content) as book:
        shown = [
            sheet
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if len(shown) > MAX_SHEETS:
            raise BadWorkbook(why="В книге слишком много листов.", why_en="The workbook has too many sheets.")
        left = MAX_CELLS
        for one in shown:
            sheet = book.get_sheet_by_name(one.name)
            left -= sheet.total_height * sheet.total_width
            if left < 0:
                raise _too_long()
            lines = enumerate(sheet.to_python(skip_empty_area=False), start=1)
            yield _grid(one.name, lines, written)


def _checked(content: bytes) -> bytes:
    """Return the workbook packed anew, so that what is read is what was looked at."""
    try:
        parts = unpack(content)
    except BadArchive as wrong:
        raise BadWorkbook(why=wrong.facts["why"], why_en=wrong.facts["why_en"]) from wrong
    names = [name.casefold() for name in parts]
    if any(macro in name for macro in MACROS for name in names):
        raise BadWorkbook(why="В книге есть макросы.", why_en="The workbook holds macros.")
    if "xl/workbook.xml" not in names:
        raise BadWorkbook(why="Это не книга XLSX.", why_en="This is no XLSX workbook.")
    packed, texts = io.BytesIO(), Texts()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            if name.casefold().endswith((".xml", ".rels")):
                check_part(part, texts)
                archive.writestr(name, part)
    texts.check()
    return packed.getvalue()


def _grid(name: str, lines: Iterable[tuple[int, Sequence[object]]], written: Written) -> Grid:
    kept = []
    for number, cells in lines:
        texts = tuple(written(cell) for cell in cells)
        if any(texts):
            kept.append(Line(number, texts))
    if len(kept) > MAX_ROWS:
        raise _too_long()
    return Grid(tidy(name), tuple(kept))


def _text(cell: object) -> str:
    """Return a cell as people type it: dates with points, numbers without a tail of noughts."""
    if isinstance(cell, str):
        return tidy(cell[: MAX_CELL + 1])
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date):
        return f"{cell:%d.%m.%Y}" if cell.year >= 1000 else cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)


def _text_of_lines(cell: object) -> str:
    """Return a cell as people type it, line by line."""
    if not isinstance(cell, str):
        return _text(cell)
    return "\n".join(text for line in cell[: MAX_CELL + 1].splitlines() if (text := tidy(line)))


def _too_long() -> BadWorkbook:
    return BadWorkbook(
        why=f"В таблице больше {MAX_ROWS} строк.", why_en=f"The table has more than {MAX_ROWS} rows."
    )
