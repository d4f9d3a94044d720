"""The right side of the spread: what was taught on which day, and what was set for home."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting.actions.drawing.frame import BOTTOM, LEFT, RIGHT, TABLE_TOP, draw_corrected_note
from services.reporting.actions.drawing.ink import BOLD, Ink, Line
from services.reporting.actions.drawing.typesetting import LEADING, Block, fitted, wrapped
from services.reporting.rules import LessonColumn, Spread

HEAD_HEIGHT = 20.0
DATE_WIDTH, NUMBER_WIDTH = 44.0, 32.0
TOPIC_X = LEFT + DATE_WIDTH + NUMBER_WIDTH
HOMEWORK_X = TOPIC_X + (RIGHT - TOPIC_X) * 0.56
PADDING = 5.0
BODY = TABLE_TOP - HEAD_HEIGHT - BOTTOM
SIZES = ((10.0, 5.2), (9.0, 3.6), (8.0, 1.6))
"""Sizes of letters, with the space around a row's lines; the largest that needs one sheet less wins."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A lesson's row, set."""

    lesson: LessonColumn
    topic: Block
    homework: Block
    height: float


TopicsSheet = tuple[TopicRow, ...]


def topics_sheets(spread: Spread) -> list[TopicsSheet]:
    """Set all lessons' topics; large letters where that costs no sheet more than small ones."""
    best: list[TopicsSheet] = []
    for size, air in SIZES:
        sheets = _divided([_set(lesson, size, air) for lesson in spread.lessons])
        if not best or len(sheets) < len(best):
            best = sheets
        if len(sheets) == 1:
            break
    return best


def _set(lesson: LessonColumn, size: float, air: float) -> TopicRow:
    blocks = [
        _block(text, size, width - 2 * PADDING, BODY - air)
        for text, width in ((lesson.topic, HOMEWORK_X - TOPIC_X), (lesson.homework, RIGHT - HOMEWORK_X))
    ]
    height = max(size * LEADING, *(block.height for block in blocks)) + air
    return TopicRow(lesson, blocks[0], blocks[1], height)


def _block(text: str, size: float, width: float, height: float) -> Block:
    block = wrapped(text, size, width)
    return block if block.height <= height else fitted(text, size, width, height)


def _divided(rows: Sequence[TopicRow]) -> list[TopicsSheet]:
    sheets: list[list[TopicRow]] = [[]]
    left = BODY
    for row in rows:
        if row.height > left and sheets[-1]:
            sheets.append([])
            left = BODY
        sheets[-1].append(row)
        left -= row.height
    return [tuple(sheet) for sheet in sheets]


def draw_topics_sheet(ink: Ink, sheet: TopicsSheet) -> None:
    """Draw the table of one sheet."""
    bottom = TABLE_TOP - HEAD_HEIGHT - max(sum(row.height for row in sheet), 16.5)
    ink.fill([(LEFT, TABLE_TOP - HEAD_HEIGHT, RIGHT - LEFT, HEAD_HEIGHT)], 0.93)
    _draw_head(ink)
    thin: list[Line] = []
    y = TABLE_TOP - HEAD_HEIGHT
    for row in sheet:
        _draw_row(ink, row, y)
        y -= row.height
        thin.append((LEFT, y, RIGHT, y))
    ink.rules(thin[:-1], 0.35, 0.55)
    ink.rules([(x, TABLE_TOP, x, bottom) for x in (LEFT + DATE_WIDTH, TOPIC_X, HOMEWORK_X)], 0.55, 0.3)
    ink.rules(_outline(bottom), 0.9, 0.15)
    if any(row.lesson.is_corrected for row in sheet):
        draw_corrected_note(ink)


def _outline(bottom: float) -> list[Line]:
    return [
        (LEFT, TABLE_TOP, RIGHT, TABLE_TOP),
        (LEFT, TABLE_TOP - HEAD_HEIGHT, RIGHT, TABLE_TOP - HEAD_HEIGHT),
        (LEFT, bottom, RIGHT, bottom),
        (LEFT, TABLE_TOP, LEFT, bottom),
        (RIGHT, TABLE_TOP, RIGHT, bottom),
    ]


def _draw_head(ink: Ink) -> None:
    y = TABLE_TOP - HEAD_HEIGHT / 2 - 3.4
    for left, right, text in (
        (LEFT, LEFT + DATE_WIDTH, "Дата"),
        (LEFT + DATE_WIDTH, TOPIC_X, "Урок"),
        (TOPIC_X, HOMEWORK_X, "Что пройдено на уроке"),
        (HOMEWORK_X, RIGHT, "Домашнее задание"),
    ):
        ink.text_middle((left + right) / 2, y, text, 10, font=BOLD)


def _draw_row(ink: Ink, row: TopicRow, top: float) -> None:
    size = row.topic.size
    y = top - (row.height + size * LEADING) / 2 + size * 0.26
    ink.text_middle(LEFT + DATE_WIDTH / 2, y, f"{row.lesson.on:%d.%m}", size)
    if row.lesson.number is not None:
        ink.text_middle((LEFT + DATE_WIDTH + TOPIC_X) / 2, y, str(row.lesson.number), size)
    for left, block in ((TOPIC_X, row.topic), (HOMEWORK_X, row.homework)):
        baseline = top - (row.height - block.height) / 2 - block.size * 0.92
        for line in block.lines:
            ink.text(left + PADDING, baseline, line, block.size)
            baseline -= block.size * LEADING
