"""The spread as a document: the sheets with marks, those with topics, and those of corrections."""

from services.reporting.actions.drawing.frame import Heading, draw_frame
from services.reporting.actions.drawing.grid import marks_sheets
from services.reporting.actions.drawing.ink import Ink
from services.reporting.actions.drawing.marks_sheet import draw_marks_sheet
from services.reporting.actions.drawing.table import Column, draw_table, set_rows, table_sheets
from services.reporting.actions.drawing.topics_sheet import draw_topics_sheet, topics_sheets
from services.reporting.rules import Spread
from services.reporting.rules.corrections import Correction

CORRECTIONS = (
    Column("№", 0.4),
    Column("Дата и время", 1.3),
    Column("Кто исправил", 1.6),
    Column("Ученик", 1.7),
    Column("Что исправлено", 1.9),
    Column("Было", 1.4),
    Column("Стало", 1.4),
    Column("Почему", 2.3),
    Column("Изм. №", 0.75),
)
"""The sheet of corrections (лист исправлений): what was changed after the period had been closed."""


def draw_spread(spread: Spread) -> bytes:
    """Return the page of a subject in a class as PDF, A4 landscape; equal spreads, equal bytes.

    Whatever does not fit one sheet goes on on the next ones, under the same heading.
    """
    ink = Ink(f"{spread.subject}, {spread.group}, {spread.period}")
    marks, topics = marks_sheets(spread), topics_sheets(spread)
    lines = [_correction_row(number, one) for number, one in enumerate(spread.corrections, 1)]
    corrections = table_sheets(set_rows(CORRECTIONS, lines))
    pages = len(marks) + len(topics) + len(corrections)
    for page, sheet in enumerate(marks, 1):
        draw_frame(ink, spread, _subject_heading(spread), page, pages)
        draw_marks_sheet(ink, spread, sheet)
        ink.next_sheet()
    for page, rows in enumerate(topics, len(marks) + 1):
        draw_frame(ink, spread, _teacher_heading(spread), page, pages)
        draw_topics_sheet(ink, rows)
        ink.next_sheet()
    for page, listed in enumerate(corrections, len(marks) + len(topics) + 1):
        draw_frame(ink, spread, _corrections_heading(spread), page, pages)
        draw_table(ink, CORRECTIONS, listed)
        ink.next_sheet()
    return ink.finished()


def _subject_heading(spread: Spread) -> Heading:
    below = f"Класс {spread.group}   ·   {spread.period}   ·   {spread.year}"
    return Heading(spread.school, spread.subject, below, spread.extract)


def _corrections_heading(spread: Spread) -> Heading:
    below = f"{spread.subject}   ·   класс {spread.group}   ·   {spread.period}   ·   {spread.year}"
    return Heading(spread.school, "Лист исправлений", below, spread.extract)


def _correction_row(number: int, one: Correction) -> tuple[str, ...]:
    return (str(number), one.on, one.by, one.pupil, one.what, one.was, one.now, one.why, str(one.seq))


def _teacher_heading(spread: Spread) -> Heading:
    word = "Учителя" if len(spread.teachers) > 1 else "Учитель"
    teachers = ", ".join(spread.teachers) or "не назначен"
    below = f"{spread.subject}   ·   класс {spread.group}   ·   {spread.period}   ·   {spread.year}"
    return Heading(word, teachers, below, spread.extract)
