"""What is printed of a class-subject page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.reporting.queries.access import PageFacts
from services.reporting.queries.class_page import ClassPage
from services.reporting.queries.lessons import LessonFacts
from services.reporting.queries.term_marks import CorrectionFacts
from services.reporting.rules import (
    ATTENDANCE,
    LessonColumn,
    PupilRow,
    Spread,
    column_titles,
    printed_sign,
    verify_url,
    work_title,
    year_title,
)
from services.reporting.rules.terms import CORRECTED, Correction

WHOLE_YEAR = "весь год"
NOTHING = "—"


def spread_of(page: ClassPage, public_url: str) -> Spread:
    """Return what is printed of a page."""
    facts = page.facts
    cells: dict[tuple[int, int], list[str]] = {}
    for lesson, pupil, slot, value in page.entries:
        cells.setdefault((pupil, lesson), []).append(printed_sign(value) if slot == ATTENDANCE else value)
    return Spread(
        school=facts.school,
        year=year_title(facts.year),
        group=facts.group,
        subject=facts.subject,
        period=page.period.name if page.period else WHOLE_YEAR,
        teachers=page.teachers,
        pupils=tuple(PupilRow(one.name, one.stays, one.average) for one in page.pupils),
        lessons=tuple(map(_column, page.lessons)),
        cells={cell: " ".join(values) for cell, values in cells.items()},
        seq=page.seq,
        head=page.head,
        as_of=_local(page.changed_at, facts) if page.changed_at else "",
        verify_url=verify_url(public_url, facts.page_id, page.seq, page.head),
        terms=tuple(term.title for term in page.terms),
        finals=_finals(page),
        corrections=tuple(_correction(page, one) for one in page.corrections),
    )


def _local(at: datetime, facts: PageFacts) -> str:
    return f"{at.astimezone(ZoneInfo(facts.time_zone)):%d.%m.%Y %H:%M}"


def _finals(page: ClassPage) -> dict[tuple[int, int], str]:
    rows = {pupil.id: number for number, pupil in enumerate(page.pupils)}
    corrected = {(rows[one.pupil_id], page.terms.index(one.term)) for one in page.corrections}
    finals = {(pupil, term): value for term, pupil, value in page.finals}
    # A mark that was taken back leaves its sign: the cell is not one that nobody filled.
    return finals | {cell: finals.get(cell, "") + CORRECTED for cell in corrected}


def _correction(page: ClassPage, one: CorrectionFacts) -> Correction:
    name = next(pupil.name for pupil in page.pupils if pupil.id == one.pupil_id)
    on = _local(one.corrected_at, page.facts)
    return Correction(on, name, one.term.title, one.was or NOTHING, one.value or NOTHING, one.seq)


def _column(lesson: LessonFacts) -> LessonColumn:
    titled = "; ".join(f"{work_title(work.type)}: {work.title}" for work in lesson.works if work.title)
    return LessonColumn(
        on=lesson.on,
        number=lesson.number,
        works=column_titles([work.type for work in lesson.works]),
        topic=" · ".join(filter(None, (lesson.topic, titled))),
        homework=lesson.homework,
    )
