"""A plain table of short texts, over as many sheets as it needs."""

from collections.abc import Sequence
from typing import NamedTuple

from services.reporting.actions.drawing.frame import BOTTOM, LEFT, RIGHT, TABLE_TOP
from services.reporting.actions.drawing.ink import BOLD, REGULAR, Ink, Line
from services.reporting.actions.drawing.typesetting import LEADING, fitted

ROW, SIZE, PADDING = 16.5, 9.5, 4.0

Row = Sequence[str]


class Column(NamedTuple):
    """A column: its title, and its share of the table's width."""

    title: str
    share: float


def table_sheets(rows: Sequence[Row], room: float = 0) -> list[Sequence[Row]]:
    """Divide rows into sheets with so much room left under each table; no rows, no sheets."""
    most = int((TABLE_TOP - BOTTOM - room) / ROW) - 1
    return [rows[start : start + most] for start in range(0, len(rows), most)]


def draw_table(ink: Ink, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Draw the rows of one sheet under the columns' titles."""
    edges = _edges(columns)
    bottom = TABLE_TOP - ROW * (len(rows) + 1)
    ink.fill([(LEFT, TABLE_TOP - ROW, RIGHT - LEFT, ROW)], 0.93)
    _draw_row(ink, edges, TABLE_TOP, [column.title for column in columns], font=BOLD)
    for number, row in enumerate(rows, 1):
        _draw_row(ink, edges, TABLE_TOP - ROW * number, row)
    heights = [TABLE_TOP - ROW * number for number in range(2, len(rows) + 1)]
    ink.rules([(LEFT, y, RIGHT, y) for y in heights], 0.35, 0.55)
    ink.rules([(x, TABLE_TOP, x, bottom) for x in edges[1:-1]], 0.55, 0.3)
    strong: list[Line] = [(LEFT, y, RIGHT, y) for y in (TABLE_TOP, TABLE_TOP - ROW, bottom)]
    ink.rules([*strong, *((x, TABLE_TOP, x, bottom) for x in (LEFT, RIGHT))], 0.9, 0.15)


def _edges(columns: Sequence[Column]) -> list[float]:
    per_share = (RIGHT - LEFT) / sum(column.share for column in columns)
    edges = [LEFT]
    for column in columns:
        edges.append(edges[-1] + column.share * per_share)
    return edges


def _draw_row(ink: Ink, edges: Sequence[float], top: float, row: Row, font: str = REGULAR) -> None:
    for text, left, right in zip(row, edges, edges[1:], strict=False):
        block = fitted(text, SIZE, right - left - 2 * PADDING, ROW, font)
        baseline = top - (ROW - block.height) / 2 - block.size * 0.92
        for line in block.lines:
            ink.text(left + PADDING, baseline, line, block.size, font=font)
            baseline -= block.size * LEADING
