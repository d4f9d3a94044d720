"""The left side of the spread: who, on which day, what."""

from collections.abc import Sequence
from itertools import groupby

from services.reporting.actions.drawing.frame import LEFT, MUTED, TABLE_TOP
from services.reporting.actions.drawing.grid import (
    DAY_HEIGHT,
    GAP,
    WORK_HEIGHT,
    Grid,
    MarksSheet,
    draw_rules,
    grid_of,
    months,
)
from services.reporting.actions.drawing.ink import BOLD, REGULAR, Box, Ink, width_of
from services.reporting.actions.drawing.typesetting import LEADING, Block, fitted, wrapped
from services.reporting.rules import LessonColumn, PupilRow, Spread

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
AVERAGE_TITLE = "средний взвешенный балл"
NO_LESSONS = "В этом периоде уроков по предмету нет."
NO_PUPILS = "В списке класса пока никого нет."


def draw_marks_sheet(ink: Ink, spread: Spread, sheet: MarksSheet) -> None:
    """Draw the table of one sheet."""
    pupils = [spread.pupils[n] for n in sheet.pupils]
    lessons = [spread.lessons[n] for n in sheet.lessons]
    grid = grid_of(spread, sheet, lessons)
    ink.fill([*_tints(grid), *_absences(grid, pupils, lessons)], 0.93)
    draw_rules(ink, grid, lessons, len(pupils), with_average=sheet.with_average)
    _draw_head(ink, grid, lessons, with_average=sheet.with_average)
    _draw_names(ink, grid, spread, sheet.pupils)
    _draw_cells(ink, grid, spread, sheet)
    if not (pupils and lessons):
        y = grid.row_bottom(0) + grid.row / 2 - 3
        ink.text(grid.days_x + 6, y, NO_LESSONS if pupils else NO_PUPILS, 9, gray=MUTED)
    if sheet.with_average:
        _draw_averages(ink, grid, pupils)


def _draw_averages(ink: Ink, grid: Grid, pupils: Sequence[PupilRow]) -> None:
    x = (grid.average_x + grid.right) / 2
    averages = [(n, pupil.average) for n, pupil in enumerate(pupils) if pupil.average]
    ink.texts_middle(
        [(x, grid.row_bottom(n) + grid.row / 2 - 3.1, text.replace(".", ",")) for n, text in averages], 9
    )


def _tints(grid: Grid) -> list[Box]:
    return [(LEFT, grid.head_bottom, grid.right - LEFT, TABLE_TOP - grid.head_bottom)]


def _absences(grid: Grid, pupils: Sequence[PupilRow], lessons: Sequence[LessonColumn]) -> list[Box]:
    """Return the parts of rows before a pupil came and after one left."""
    boxes: list[Box] = []
    for row, pupil in enumerate(pupils):
        y = grid.row_bottom(row)
        absent = [not pupil.present_on(lesson.on) for lesson in lessons]
        for is_absent, run in groupby(range(len(lessons)), absent.__getitem__):
            if is_absent:
                columns = list(run)
                boxes.append((grid.column_x(columns[0]), y, grid.column * len(columns), grid.row))
    return boxes


def _draw_head(ink: Ink, grid: Grid, lessons: Sequence[LessonColumn], *, with_average: bool) -> None:
    middle = (TABLE_TOP + grid.head_bottom) / 2 - 3
    ink.text_middle((LEFT + grid.name_x) / 2, middle + 5, "№", 8.5)
    ink.text_middle((LEFT + grid.name_x) / 2, middle - 5, "п/п", 8.5)
    ink.text_middle((grid.name_x + grid.days_x) / 2, middle, "Фамилия, имя", 10, font=BOLD)
    for month, start, length in months(lessons):
        _draw_month(ink, grid, MONTHS[month - 1], start, length)
    y = grid.head_bottom + 4
    ink.texts_middle(
        [(grid.column_x(n) + grid.column / 2, y, f"{le.on.day:02}") for n, le in enumerate(lessons)],
        min(8.5, grid.column * 0.62),
    )
    _draw_works(ink, grid, lessons)
    if with_average:
        block = wrapped(AVERAGE_TITLE, 8.2, TABLE_TOP - grid.head_bottom - 10)
        _draw_upwards(ink, (grid.average_x + grid.right) / 2, grid.head_bottom + 5, block)


def _draw_month(ink: Ink, grid: Grid, name: str, start: int, length: int) -> None:
    width = length * grid.column - 2 * GAP
    for text in (name, name[:4] + ".", name[:3]):
        size = min(9.5, 9.5 * width / width_of(text, REGULAR, 9.5))
        if size >= 7 or text == name[:3]:
            ink.text_middle(grid.column_x(start) + length * grid.column / 2, TABLE_TOP - 10, text, size)
            return


def _draw_works(ink: Ink, grid: Grid, lessons: Sequence[LessonColumn]) -> None:
    for index, lesson in enumerate(lessons):
        if lesson.works:
            left = grid.column_x(index)
            text = ", ".join(lesson.works)
            block = fitted(text, 8.2, WORK_HEIGHT - 5, grid.column - GAP)
            _draw_upwards(ink, left + grid.column / 2, grid.head_bottom + DAY_HEIGHT + 3, block)


def _draw_upwards(ink: Ink, middle: float, bottom: float, block: Block) -> None:
    x = middle - block.height / 2 + block.size * 0.88
    for line in block.lines:
        ink.text_upwards(x, bottom, line, block.size)
        x += block.size * LEADING


def _draw_names(ink: Ink, grid: Grid, spread: Spread, numbers: range) -> None:
    span = spread.days
    for row, number in enumerate(numbers):
        pupil, y = spread.pupils[number], grid.row_bottom(row)
        ink.text_right(grid.name_x - 5, y + grid.row / 2 - 3, str(number + 1), 8.5, gray=MUTED)
        room = grid.days_x - grid.name_x - 7
        if note := pupil.movement(span):
            ink.text_right(grid.days_x - 3, y + grid.row / 2 - 2.6, note, 7, gray=MUTED)
            room -= width_of(note, REGULAR, 7) + 4
        block = fitted(pupil.name, 9.5, room, grid.row + 1.2)
        baseline = y + (grid.row + block.height) / 2 - block.size * 0.95
        for line in block.lines:
            ink.text(grid.name_x + 4, baseline, line, block.size)
            baseline -= block.size * LEADING


def _draw_cells(ink: Ink, grid: Grid, spread: Spread, sheet: MarksSheet) -> None:
    largest, room = min(10.0, grid.row * 0.72), grid.column - 2 * GAP
    by_size: dict[float, list[tuple[float, float, str]]] = {}
    set_already: dict[str, Block] = {}
    for (pupil, lesson), text in spread.cells.items():
        if pupil in sheet.pupils and lesson in sheet.lessons:
            block = set_already.get(text)
            if block is None:
                block = set_already[text] = fitted(text, largest, room, grid.row)
            x = grid.column_x(lesson - sheet.lessons.start) + grid.column / 2
            middle = grid.row_bottom(pupil - sheet.pupils.start) + grid.row / 2
            baseline = middle + block.height / 2 - block.size * 0.94
            places = by_size.setdefault(block.size, [])
            for line in block.lines:
                places.append((x, baseline, line))
                baseline -= block.size * LEADING
    for size in sorted(by_size):
        ink.texts_middle(by_size[size], size)
