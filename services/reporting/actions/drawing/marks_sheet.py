"""The left side of the spread: who, on which day, what."""

from collections.abc import Sequence
from itertools import groupby

from services.reporting.actions.drawing.frame import LEFT, MUTED, TABLE_TOP, draw_corrected_note
from services.reporting.actions.drawing.grid import (
    DAY_HEIGHT,
    GAP,
    TERM_WIDTH,
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
from services.reporting.rules.corrections import CORRECTED

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
AVERAGE_TITLE = "средний взвешенный балл"
NO_LESSONS = "В этом периоде уроков по предмету нет."
LEGIBLE = 6.0
NO_PUPILS = "В списке класса пока никого нет."


def draw_marks_sheet(ink: Ink, spread: Spread, sheet: MarksSheet) -> None:
    """Draw the table of one sheet."""
    pupils = [spread.pupils[n] for n in sheet.pupils]
    lessons = [spread.lessons[n] for n in sheet.lessons]
    grid = grid_of(spread, sheet, lessons)
    ink.fill([*_tints(grid), *_absences(grid, pupils, lessons)], 0.93)
    draw_rules(ink, grid, lessons, len(pupils))
    _draw_head(ink, grid, lessons)
    _draw_names(ink, grid, spread, sheet)
    _draw_cells(ink, grid, spread, sheet)
    if not (pupils and lessons):
        y = grid.row_bottom(0) + grid.row / 2 - 3
        ink.text(grid.days_x + 6, y, NO_LESSONS if pupils else NO_PUPILS, 9, gray=MUTED)
    if sheet.is_last:
        _draw_averages(ink, grid, pupils)
        _draw_finals(ink, grid, spread, sheet)
    if _is_corrected(spread, sheet):
        draw_corrected_note(ink)


def _is_corrected(spread: Spread, sheet: MarksSheet) -> bool:
    shown = [
        *(spread.cells.get((pupil, lesson), "") for pupil in sheet.pupils for lesson in sheet.lessons),
        *(text for (pupil, _), text in spread.finals.items() if sheet.is_last and pupil in sheet.pupils),
    ]
    return any(CORRECTED in text for text in shown)


def _draw_averages(ink: Ink, grid: Grid, pupils: Sequence[PupilRow]) -> None:
    x = (grid.average_x + grid.terms_x) / 2
    averages = [(n, pupil.average) for n, pupil in enumerate(pupils) if pupil.average]
    ink.texts_middle(
        [(x, grid.row_bottom(n) + grid.row / 2 - 3.1, text.replace(".", ",")) for n, text in averages], 9
    )


def _draw_finals(ink: Ink, grid: Grid, spread: Spread, sheet: MarksSheet) -> None:
    for number, title in enumerate(spread.terms):
        block = fitted(title, 9, TABLE_TOP - grid.head_bottom - 10, TERM_WIDTH - 4, BOLD)
        middle = grid.term_x(number) + TERM_WIDTH / 2
        draw_upwards(ink, middle, grid.head_bottom + 5, block, font=BOLD)
    for (pupil, term), text in spread.finals.items():
        if pupil in sheet.pupils:
            size = min(10.5, grid.row * 0.75, 10.5 * (TERM_WIDTH - 4) / width_of(text, BOLD, 10.5))
            x, y = grid.term_x(term) + TERM_WIDTH / 2, grid.row_bottom(pupil - sheet.pupils.start)
            ink.text_middle(x, y + grid.row / 2 - size * 0.34, text, size, font=BOLD)


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


def _draw_head(ink: Ink, grid: Grid, lessons: Sequence[LessonColumn]) -> None:
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
    if grid.average_x < grid.right:
        block = wrapped(AVERAGE_TITLE, 8.2, TABLE_TOP - grid.head_bottom - 10)
        draw_upwards(ink, (grid.average_x + grid.terms_x) / 2, grid.head_bottom + 5, block)


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
            draw_upwards(ink, left + grid.column / 2, grid.head_bottom + DAY_HEIGHT + 3, block)


def draw_upwards(ink: Ink, middle: float, bottom: float, block: Block, *, font: str = REGULAR) -> None:
    """Write lines that run upwards, side by side about `middle`."""
    x = middle - block.height / 2 + block.size * 0.88
    for line in block.lines:
        ink.text_upwards(x, bottom, line, block.size, font=font)
        x += block.size * LEADING


def _draw_names(ink: Ink, grid: Grid, spread: Spread, sheet: MarksSheet) -> None:
    for row, number in enumerate(sheet.pupils):
        pupil, y = spread.pupils[number], grid.row_bottom(row)
        ink.text_right(grid.name_x - 5, y + grid.row / 2 - 3, str(number + 1), 8.5, gray=MUTED)
        room = grid.days_x - grid.name_x - 7
        note = pupil.movement(spread.days)
        if (order := pupil.left_by(spread.days)) and not _draw_order(ink, grid, spread, sheet, number):
            note = order
        if note:
            room -= _draw_note(ink, grid, y, fitted(note, 7, room * 0.55, grid.row)) + 4
        block = fitted(pupil.name, 9.5, room, grid.row + 1.2)
        baseline = y + (grid.row + block.height) / 2 - block.size * 0.95
        for line in block.lines:
            ink.text(grid.name_x + 4, baseline, line, block.size)
            baseline -= block.size * LEADING


def _draw_note(ink: Ink, grid: Grid, bottom: float, note: Block) -> float:
    """Draw a note at the right end of a name's cell; return its width."""
    baseline = bottom + (grid.row + note.height) / 2 - note.size * 0.93
    for line in note.lines:
        ink.text_right(grid.days_x - 3, baseline, line, note.size, gray=MUTED)
        baseline -= note.size * LEADING
    return max(width_of(line, REGULAR, note.size) for line in note.lines)


def _draw_order(ink: Ink, grid: Grid, spread: Spread, sheet: MarksSheet, number: int) -> bool:
    """Say along the empty end of a row by which order its pupil left; False when that end is too short."""
    pupil, first = spread.pupils[number], sheet.lessons.start
    order = pupil.left_by(spread.days)
    filled = [
        n for n in sheet.lessons if pupil.present_on(spread.lessons[n].on) or (number, n) in spread.cells
    ]
    left = grid.column_x(max(filled, default=first - 1) + 1 - first)
    room = grid.average_x - left - 6
    size = min(8.0, 8.0 * room / width_of(order, REGULAR, 8))
    if size < LEGIBLE:
        return False
    y = grid.row_bottom(number - sheet.pupils.start)
    ink.fill([(left + 0.5, y + 0.5, room + 5, grid.row - 1)], 0.93)  # Over the days' rules.
    ink.text(left + 4, y + grid.row / 2 - size * 0.36, order, size)
    return True


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
