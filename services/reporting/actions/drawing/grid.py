"""How a page is divided into sheets, and where everything of a sheet stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from services.reporting.actions.drawing.frame import BOTTOM, LEFT, RIGHT, TABLE_TOP
from services.reporting.actions.drawing.ink import REGULAR, Ink, Line, width_of
from services.reporting.rules import LessonColumn, Spread

MOST_COLUMNS, FEWEST_COLUMNS, MOST_ROWS = 40, 24, 36
MONTH_HEIGHT, DAY_HEIGHT, WORK_HEIGHT = 14.0, 14.0, 70.0
NUMBER_WIDTH, AVERAGE_WIDTH, TERM_WIDTH = 22.0, 36.0, 32.0
NAME_WIDTHS = (118.0, 190.0)
THIN, THICK, HAIR, STRONG = 0.35, 0.9, 0.55, 0.15
GAP = 1.2  # between a cell's text and its rules


@dataclass(frozen=True, slots=True)
class MarksSheet:
    """A rectangle of the page: these pupils and these lessons, by their indexes."""

    pupils: range
    lessons: range
    is_last: bool  # Of these pupils: the average and the term-end marks follow.


@dataclass(frozen=True, slots=True)
class Grid:
    """Where everything of a sheet stands, in points."""

    name_x: float
    days_x: float
    column: float
    columns: int
    average_x: float
    terms_x: float  # Where the columns of term-end marks begin.
    right: float
    head_bottom: float
    row: float
    bottom: float

    @property
    def terms(self) -> int:
        """How many columns of term-end marks there are."""
        return round((self.right - self.terms_x) / TERM_WIDTH)

    def column_x(self, index: int) -> float:
        return self.days_x + index * self.column

    def term_x(self, index: int) -> float:
        return self.terms_x + index * TERM_WIDTH

    def row_bottom(self, index: int) -> float:
        return self.head_bottom - (index + 1) * self.row


def marks_sheets(spread: Spread) -> list[MarksSheet]:
    """Divide a page into sheets: at most 36 pupils and 40 lessons on each, evenly."""
    pupils = evenly(len(spread.pupils), MOST_ROWS)
    lessons = evenly(len(spread.lessons), MOST_COLUMNS)
    return [MarksSheet(rows, days, days is lessons[-1]) for rows in pupils for days in lessons]


def evenly(count: int, most: int) -> list[range]:
    """Divide so many things into parts of nearly equal size, at most so large; nothing is one empty part."""
    parts = max(1, -(-count // most))
    edges = [count * number // parts for number in range(parts + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def grid_of(spread: Spread, sheet: MarksSheet, lessons: Sequence[LessonColumn]) -> Grid:
    # Names decide over the whole page, so that all its sheets look alike.
    longest = max((width_of(p.name, REGULAR, 9.5) for p in spread.pupils), default=0.0)
    name_width = min(max(longest + 8, NAME_WIDTHS[0]), NAME_WIDTHS[1])
    days_x = LEFT + NUMBER_WIDTH + name_width
    terms_x = RIGHT - (TERM_WIDTH * len(spread.terms) if sheet.is_last else 0)
    average_x = terms_x - (AVERAGE_WIDTH if sheet.is_last else 0)
    columns = max(len(lessons), FEWEST_COLUMNS)
    head_bottom = TABLE_TOP - MONTH_HEIGHT - WORK_HEIGHT - DAY_HEIGHT
    rows = max(1, len(sheet.pupils))
    row = min(16.5, (head_bottom - BOTTOM) / rows)
    return Grid(
        name_x=LEFT + NUMBER_WIDTH,
        days_x=days_x,
        column=(average_x - days_x) / columns,
        columns=columns,
        average_x=average_x,
        terms_x=terms_x,
        right=RIGHT,
        head_bottom=head_bottom,
        row=row,
        bottom=head_bottom - row * rows,
    )


def draw_rules(ink: Ink, grid: Grid, lessons: Sequence[LessonColumn], rows: int) -> None:
    heights = [grid.row_bottom(n) for n in range(rows - 1)]
    days_top = TABLE_TOP - MONTH_HEIGHT
    thin: list[Line] = [(LEFT, y, grid.right, y) for n, y in enumerate(heights, 1) if n % 5]
    thin += [(x, days_top, x, grid.bottom) for x in map(grid.column_x, range(1, grid.columns))]
    firm: list[Line] = [(LEFT, y, grid.right, y) for n, y in enumerate(heights, 1) if not n % 5]
    firm += [(x, TABLE_TOP, x, grid.bottom) for x in _month_edges(grid, lessons)]
    firm += [
        (grid.days_x, days_top, grid.average_x, days_top),
        (grid.days_x, grid.head_bottom + DAY_HEIGHT, grid.average_x, grid.head_bottom + DAY_HEIGHT),
        (grid.name_x, TABLE_TOP, grid.name_x, grid.bottom),
    ]
    strong: list[Line] = [
        (LEFT, grid.head_bottom, grid.right, grid.head_bottom),
        (grid.days_x, TABLE_TOP, grid.days_x, grid.bottom),
        *_outline(grid),
    ]
    if grid.average_x < grid.right:
        after = [grid.average_x, *(grid.term_x(n) for n in range(grid.terms))]
        strong += [(x, TABLE_TOP, x, grid.bottom) for x in after]
    ink.rules(thin, THIN, HAIR)
    ink.rules(firm, 0.55, 0.3)
    ink.rules(strong, THICK, STRONG)


def _outline(grid: Grid) -> list[Line]:
    left, right, top, bottom = LEFT, grid.right, TABLE_TOP, grid.bottom
    return [
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
    ]


def months(lessons: Sequence[LessonColumn]) -> Iterator[tuple[int, int, int]]:
    """Yield (month, first column, number of columns)."""
    start = 0
    for (_, month), run in groupby(lessons, lambda lesson: (lesson.on.year, lesson.on.month)):
        length = len(list(run))
        yield month, start, length
        start += length


def _month_edges(grid: Grid, lessons: Sequence[LessonColumn]) -> list[float]:
    return [
        grid.column_x(start + length) for _, start, length in months(lessons) if start + length < grid.columns
    ]
