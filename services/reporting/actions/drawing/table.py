"""A plain table of texts, over as many sheets as it needs; a row is as high as its longest text."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from services.reporting.actions.drawing.frame import BOTTOM, LEFT, RIGHT, TABLE_TOP
from services.reporting.actions.drawing.ink import BOLD, REGULAR, Ink, Line
from services.reporting.actions.drawing.typesetting import LEADING, Block, fitted, wrapped

ROW, SIZE, PADDING, AIR = 16.5, 9.5, 4.0, 4.0
SMALLER = 8.5
"""Of a text that takes several lines."""

BODY = TABLE_TOP - ROW - BOTTOM


class Column(NamedTuple):
    """A column: its title, and its share of the table's width."""

    title: str
    share: float


class Row(NamedTuple):
    """A row, set: the texts of its columns, and its height."""

    blocks: tuple[Block, ...]
    height: float


def set_rows(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Row]:
    """Set the texts of rows into their columns."""
    edges = _edges(columns)
    widths = [right - left - 2 * PADDING for left, right in pairwise(edges)]
    found = []
    for row in rows:
        blocks = tuple(_block(text, width) for text, width in zip(row, widths, strict=True))
        found.append(Row(blocks, max(ROW, *(block.height + AIR for block in blocks))))
    return found


def _block(text: str, width: float) -> Block:
    block = fitted(text, SIZE, width, ROW)
    if len(block.lines) > 1:
        block = wrapped(text, SMALLER, width)
    return block if block.height + AIR <= BODY else fitted(text, SMALLER, width, BODY - AIR)


def table_sheets(rows: Sequence[Row], room: float = 0) -> list[list[Row]]:
    """Divide rows into sheets with so much room left under each table; no rows, no sheets."""
    sheets: list[list[Row]] = []
    left = 0.0
    for row in rows:
        if not sheets or row.height > left:
            sheets.append([])
            left = BODY - room
        sheets[-1].append(row)
        left -= row.height
    return sheets


def heights(rows: Sequence[Row]) -> list[float]:
    """Return at which height each row of a sheet begins, and the last one ends."""
    edges = [TABLE_TOP - ROW]
    for row in rows:
        edges.append(edges[-1] - row.height)
    return edges


def draw_table(ink: Ink, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Draw the rows of one sheet under the columns' titles."""
    edges, tops = _edges(columns), heights(rows)
    bottom = tops[-1]
    ink.fill([(LEFT, TABLE_TOP - ROW, RIGHT - LEFT, ROW)], 0.93)
    for column, left, right in zip(columns, edges, edges[1:], strict=False):
        title = fitted(column.title, SIZE, right - left - 2 * PADDING, ROW, BOLD)
        _draw_block(ink, title, left, TABLE_TOP, ROW, font=BOLD)
    for row, top in zip(rows, tops, strict=False):
        for block, left in zip(row.blocks, edges, strict=False):
            _draw_block(ink, block, left, top, row.height)
    ink.rules([(LEFT, y, RIGHT, y) for y in tops[1:-1]], 0.35, 0.55)
    ink.rules([(x, TABLE_TOP, x, bottom) for x in edges[1:-1]], 0.55, 0.3)
    strong: list[Line] = [(LEFT, y, RIGHT, y) for y in (TABLE_TOP, TABLE_TOP - ROW, bottom)]
    ink.rules([*strong, *((x, TABLE_TOP, x, bottom) for x in (LEFT, RIGHT))], 0.9, 0.15)


def _edges(columns: Sequence[Column]) -> list[float]:
    per_share = (RIGHT - LEFT) / sum(column.share for column in columns)
    edges = [LEFT]
    for column in columns:
        edges.append(edges[-1] + column.share * per_share)
    return edges


def _draw_block(ink: Ink, block: Block, left: float, top: float, height: float, font: str = REGULAR) -> None:
    baseline = top - (height - block.height) / 2 - block.size * 0.92
    for line in block.lines:
        ink.text(left + PADDING, baseline, line, block.size, font=font)
        baseline -= block.size * LEADING
