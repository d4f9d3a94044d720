"""What is printed of a class-subject page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.reporting.queries.access import PageFacts
from services.reporting.queries.class_page import ClassPage
from services.reporting.queries.corrections import CorrectionFacts
from services.reporting.queries.lessons import LessonFacts
from services.reporting.queries.roster import NAMELESS
from services.reporting.rules import (
    ATTENDANCE,
    WORK_TITLES,
    LessonColumn,
    PupilRow,
    Spread,
    column_titles,
    printed_sign,
    verify_url,
    work_title,
    year_title,
)
from services.reporting.rules.corrections import CORRECTED, NOTHING, Correction, of_lesson, why, work_said
from services.reporting.rules.extract import extract_title

WHOLE_YEAR = "весь год"


def spread_of(page: ClassPage, public_url: str) -> Spread:
    """Return what is printed of a page."""
    facts = page.facts
    return Spread(
        school=facts.school,
        year=year_title(facts.year),
        group=facts.group,
        subject=facts.subject,
        period=page.period.name if page.period else WHOLE_YEAR,
        teachers=page.teachers,
        pupils=tuple(PupilRow(one.name, one.stays, one.average) for one in page.pupils),
        lessons=tuple(_column(lesson, _corrected_in(page, lesson)) for lesson in page.lessons),
        cells=_cells(page),
        seq=page.seq,
        head=page.head,
        as_of=_local(page.changed_at, facts) if page.changed_at else "",
        verify_url=verify_url(public_url, facts.page_id, page.seq, page.head),
        terms=tuple(term.title for term in page.terms),
        finals=_finals(page),
        corrections=tuple(_correction(page, one) for one in page.corrections),
        extract=extract_title(page.own_classes),
    )


def _local(at: datetime, facts: PageFacts) -> str:
    return f"{at.astimezone(ZoneInfo(facts.time_zone)):%d.%m.%Y %H:%M}"


def _cells(page: ClassPage) -> dict[tuple[int, int], str]:
    """Return what stands in the cells of lessons; what was taken back after a closing leaves its sign."""
    rows = {pupil.id: number for number, pupil in enumerate(page.pupils)}
    columns = {lesson.id: number for number, lesson in enumerate(page.lessons)}
    found: dict[tuple[int, int], dict[int, str]] = {}
    for lesson, pupil, slot, value in page.entries:
        said = printed_sign(value) if slot == ATTENDANCE else value
        found.setdefault((pupil, lesson), {})[slot] = said
    for one in page.corrections:
        if one.lesson_id and one.pupil_id and one.slot is not None:
            cell = found.setdefault((rows[one.pupil_id], columns[one.lesson_id]), {})
            cell[one.slot] = cell.get(one.slot, "").rstrip(CORRECTED) + CORRECTED
    return {place: " ".join(cell[slot] for slot in sorted(cell)) for place, cell in found.items()}


def _finals(page: ClassPage) -> dict[tuple[int, int], str]:
    rows = {pupil.id: number for number, pupil in enumerate(page.pupils)}
    corrected = {
        (rows[one.pupil_id], page.terms.index(one.term))
        for one in page.corrections
        if one.term and one.pupil_id
    }
    finals = {(pupil, term): value for term, pupil, value in page.finals}
    # A mark that was taken back leaves its sign: the cell is not one that nobody filled.
    return finals | {cell: finals.get(cell, "") + CORRECTED for cell in corrected}


def _correction(page: ClassPage, one: CorrectionFacts) -> Correction:
    pupils = {pupil.id: pupil.name for pupil in page.pupils}
    was, now = ((work_said(v, WORK_TITLES) if one.what == "work" else v) for v in (one.was, one.value))
    return Correction(
        on=_local(one.corrected_at, page.facts),
        by=page.authors.get(one.corrected_by, NAMELESS) if one.corrected_by else NOTHING,
        pupil=pupils[one.pupil_id] if one.pupil_id else "",
        what=one.term.title if one.term else of_lesson(one.what, one.lesson_on) if one.lesson_on else "",
        was=was or NOTHING,
        now=now or NOTHING,
        why=why(one.reason, one.request_number, one.reopened_for),
        seq=one.seq,
    )


def _corrected_in(page: ClassPage, lesson: LessonFacts) -> set[str]:
    return {one.what for one in page.corrections if one.lesson_id == lesson.id and not one.pupil_id}


def _column(lesson: LessonFacts, corrected: set[str]) -> LessonColumn:
    titled = "; ".join(f"{work_title(work.type)}: {work.title}" for work in lesson.works if work.title)
    topic, homework = (
        f"{said} {CORRECTED}".strip() if what in corrected else said
        for what, said in (("topic", lesson.topic), ("homework", lesson.homework))
    )
    return LessonColumn(
        on=lesson.on,
        number=lesson.number,
        works=column_titles([work.type for work in lesson.works]),
        topic=" · ".join(filter(None, (topic, titled))),
        homework=homework,
        is_corrected=not corrected.isdisjoint(("topic", "homework")),
    )
