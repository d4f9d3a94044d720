"""The spread as a document: the sheets with marks, then the sheets with topics."""

from services.reporting.actions.drawing.frame import Heading, draw_frame
from services.reporting.actions.drawing.grid import marks_sheets
from services.reporting.actions.drawing.ink import Ink
from services.reporting.actions.drawing.marks_sheet import draw_marks_sheet
from services.reporting.actions.drawing.topics_sheet import draw_topics_sheet, topics_sheets
from services.reporting.rules import Spread


def draw_spread(spread: Spread) -> bytes:
    """Return the page of a subject in a class as PDF, A4 landscape; equal spreads, equal bytes.

    Whatever does not fit one sheet goes on on the next ones, under the same heading.
    """
    ink = Ink(f"{spread.subject}, {spread.group}, {spread.period}")
    marks, topics = marks_sheets(spread), topics_sheets(spread)
    pages = len(marks) + len(topics)
    for page, sheet in enumerate(marks, 1):
        draw_frame(ink, spread, _subject_heading(spread), page, pages)
        draw_marks_sheet(ink, spread, sheet)
        ink.next_sheet()
    for page, rows in enumerate(topics, len(marks) + 1):
        draw_frame(ink, spread, _teacher_heading(spread), page, pages)
        draw_topics_sheet(ink, rows)
        ink.next_sheet()
    return ink.finished()


def _subject_heading(spread: Spread) -> Heading:
    below = f"Класс {spread.group}   ·   {spread.period}   ·   {spread.year}"
    return Heading(spread.school, spread.subject, below)


def _teacher_heading(spread: Spread) -> Heading:
    word = "Учителя" if len(spread.teachers) > 1 else "Учитель"
    teachers = ", ".join(spread.teachers) or "не назначен"
    below = f"{spread.subject}   ·   класс {spread.group}   ·   {spread.period}   ·   {spread.year}"
    return Heading(word, teachers, below)
