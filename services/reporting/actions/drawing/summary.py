"""The summary register as a document: its pupils' marks, then the states of the pages they are from."""

from collections.abc import Sequence
from itertools import pairwise

from services.reporting.actions.drawing.frame import (
    BOTTOM,
    LEFT,
    MUTED,
    RIGHT,
    TABLE_TOP,
    Heading,
    draw_corrected_note,
    draw_foot,
    draw_heading,
)
from services.reporting.actions.drawing.grid import evenly
from services.reporting.actions.drawing.ink import BOLD, REGULAR, Ink, width_of
from services.reporting.actions.drawing.marks_sheet import draw_upwards
from services.reporting.actions.drawing.table import Column, draw_table, heights, set_rows, table_sheets
from services.reporting.actions.drawing.typesetting import LEADING, fitted
from services.reporting.rules import digest_of
from services.reporting.rules.corrections import CORRECTED
from services.reporting.rules.summary import Summary

HEAD, ROW, SIZE = 92.0, 10.0, 7.6
NUMBER, TERM = 20.0, 56.0
NAMES = (104.0, 150.0)
MOST_SUBJECTS, WIDEST = 24, 44.0
SIGNATURES = ("Классный руководитель", "Заместитель директора", "Директор")
SIGNING_ROOM = 92.0
PROOF = (
    "Свёртка проверяется по коду на напечатанной странице предмета с тем же номером изменения, "
    "а в электронном файле — нажатием на строку."
)
STATES = (
    Column("№", 0.4),
    Column("Предмет", 3),
    Column("Класс, группа", 1.6),
    Column("Свёртка истории страницы", 2),
    Column("Изменение №", 1),
    Column("Состояние на", 1.5),
)


def draw_summary(summary: Summary) -> bytes:
    """Return a class's summary register as PDF, A4 landscape; equal registers, equal bytes."""
    ink = Ink(f"Сводная ведомость, {summary.group}, {summary.year}")
    sheets = [
        (pupils, subjects)
        for pupils in _blocks(summary)
        for subjects in evenly(len(summary.subjects), MOST_SUBJECTS)
    ]
    rows = set_rows(STATES, [_state_row(summary, n) for n in range(len(summary.states))])
    states = table_sheets(rows, SIGNING_ROOM)
    pages = len(sheets) + len(states)
    below = f"Класс {summary.group}   ·   {summary.year}"
    for page, (pupils, subjects) in enumerate(sheets, 1):
        _draw_frame(ink, summary, below, page, pages)
        _draw_marks(ink, summary, pupils, subjects)
        ink.next_sheet()
    for page, listed in enumerate(states, len(sheets) + 1):
        _draw_frame(ink, summary, f"{below}   ·   страницы журнала, из которых она составлена", page, pages)
        draw_table(ink, STATES, listed)
        tops, first = heights(listed), sum(map(len, states[: page - len(sheets) - 1]))
        _link_digests(ink, summary, first, tops)
        if page == pages:
            _draw_signatures(ink, summary, tops[-1])
        ink.next_sheet()
    return ink.finished()


def _draw_frame(ink: Ink, summary: Summary, below: str, page: int, pages: int) -> None:
    draw_heading(ink, Heading(summary.school, "Сводная ведомость учёта успеваемости", below), RIGHT - LEFT)
    draw_foot(ink, f"Сводная ведомость · {summary.group} · {summary.year}", page, pages)


def _blocks(summary: Summary) -> list[range]:
    """Divide the pupils into sheets: all marks of one stand together."""
    most = max(1, int((TABLE_TOP - HEAD - BOTTOM) / (ROW * max(1, len(summary.terms)))))
    return evenly(len(summary.pupils), most)


def _draw_marks(ink: Ink, summary: Summary, pupils: range, subjects: range) -> None:
    terms = len(summary.terms)
    longest = max((width_of(name, REGULAR, 9) for name, _ in summary.pupils), default=0.0)
    term_x = LEFT + NUMBER + min(max(longest + 8, NAMES[0]), NAMES[1])
    marks_x = term_x + TERM
    column = min(WIDEST, (RIGHT - marks_x) / max(1, len(subjects)))
    right, top = marks_x + column * len(subjects), TABLE_TOP - HEAD
    bottom = top - ROW * terms * max(1, len(pupils))
    ink.fill([(LEFT, top, right - LEFT, HEAD)], 0.93)
    _draw_head(ink, summary, subjects, (term_x, marks_x, column))
    for place, pupil in enumerate(pupils):
        block_top = top - place * terms * ROW
        _draw_name(ink, summary, pupil, term_x, block_top)
        for number, title in enumerate(summary.terms):
            baseline = block_top - number * ROW - ROW * 0.74
            ink.text(term_x + 3, baseline, title, *_fitting(title, TERM - 6))
            for at, subject in enumerate(subjects):
                text = summary.cells.get((pupil, number, subject), "")
                ink.text_middle(marks_x + (at + 0.5) * column, baseline, text, *_fitting(text, column - 3))
    _draw_rules(ink, (term_x, marks_x, column, right), len(pupils), terms, len(subjects))
    shown = ((pupil, term, at) for pupil in pupils for term in range(terms) for at in subjects)
    if any(CORRECTED in summary.cells.get(cell, "") for cell in shown):
        draw_corrected_note(ink)
    if not (summary.pupils and summary.subjects):
        ink.text(term_x + 3, bottom + 3, "В этом году у класса нет учеников или предметов.", 9, gray=MUTED)


def _fitting(text: str, room: float) -> tuple[float]:
    return (min(SIZE, SIZE * room / (width_of(text, REGULAR, SIZE) or 1)),)


def _draw_head(ink: Ink, summary: Summary, subjects: range, edges: tuple[float, float, float]) -> None:
    term_x, marks_x, column = edges
    middle = TABLE_TOP - HEAD / 2 - 3
    ink.text_middle(LEFT + NUMBER / 2, middle, "№", 8.5)
    ink.text_middle((LEFT + NUMBER + term_x) / 2, middle, "Фамилия, имя", 9.5, font=BOLD)
    ink.text_middle((term_x + marks_x) / 2, middle, "Отметка", 8.5)
    for at, subject in enumerate(subjects):
        block = fitted(summary.subjects[subject], 9, HEAD - 8, column - 3)
        draw_upwards(ink, marks_x + (at + 0.5) * column, TABLE_TOP - HEAD + 4, block)


def _draw_name(ink: Ink, summary: Summary, pupil: int, term_x: float, top: float) -> None:
    name, left_by = summary.pupils[pupil]
    ink.text_right(LEFT + NUMBER - 4, top - ROW * 0.9, str(pupil + 1), 8.5, gray=MUTED)
    width, height = term_x - LEFT - NUMBER - 7, ROW * len(summary.terms) / 2
    baseline = top - ROW * 0.9
    for block, gray in ((fitted(name, 9, width, height), 0.0), (fitted(left_by, 7, width, height), MUTED)):
        for line in block.lines:
            ink.text(LEFT + NUMBER + 4, baseline, line, block.size, gray=gray)
            baseline -= block.size * LEADING


def _draw_rules(
    ink: Ink, edges: tuple[float, float, float, float], pupils: int, terms: int, subjects: int
) -> None:
    term_x, marks_x, column, right = edges
    top = TABLE_TOP - HEAD
    bottom = top - ROW * terms * max(1, pupils)
    rows = [top - ROW * number for number in range(pupils * terms)]
    ink.rules([(term_x, y, right, y) for n, y in enumerate(rows) if n % terms], 0.35, 0.55)
    ink.rules(
        [(x, TABLE_TOP, x, bottom) for x in (marks_x + n * column for n in range(subjects))], 0.35, 0.55
    )
    ink.rules([(LEFT, y, right, y) for y in rows[::terms] if y < top], 0.7, 0.3)
    ink.rules([(x, TABLE_TOP, x, bottom) for x in (LEFT + NUMBER, term_x, marks_x)], 0.55, 0.3)
    across = [(LEFT, y, right, y) for y in (TABLE_TOP, top, bottom)]
    ink.rules([*across, *((x, TABLE_TOP, x, bottom) for x in (LEFT, right))], 0.9, 0.15)


def _state_row(summary: Summary, number: int) -> Sequence[str]:
    state = summary.states[number]
    digest = digest_of(state.head)
    grouped = " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
    return (
        str(number + 1),
        state.subject,
        state.group,
        grouped,
        str(state.seq),
        state.as_of or "записей ещё нет",
    )


def _link_digests(ink: Ink, summary: Summary, first: int, tops: Sequence[float]) -> None:
    for number, (top, bottom) in enumerate(pairwise(tops), first):
        ink.link(summary.states[number].verify_url, (LEFT, bottom, RIGHT - LEFT, top - bottom))


def _draw_signatures(ink: Ink, summary: Summary, top: float) -> None:
    """Leave room for the signatures and the seal (clause 5.3)."""
    ink.text(LEFT, top - 12, PROOF, 7.5, gray=MUTED)
    named = (summary.class_teacher, "", "")
    for number, (title, name) in enumerate(zip(SIGNATURES, named, strict=True)):
        y = top - 34 - number * 22
        ink.text(LEFT, y, title, 9.5)
        ink.rules([(LEFT + 130, y - 2, LEFT + 270, y - 2), (LEFT + 290, y - 2, LEFT + 500, y - 2)], 0.5, 0.3)
        ink.text(LEFT + 293, y, name, 9.5)
    ink.text(LEFT + 540, top - 78, "М. П.", 9.5)
