"""What was changed on a page after its period had been closed: in its lessons and in its term-end marks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import FinalCorrection, LessonCorrection
from services.reporting.queries.lessons import LessonFacts
from services.reporting.rules.terms import Term
from shared.db import SchoolSession


class CorrectionFacts(NamedTuple):
    """One change: of a lesson, or of a column of term-end marks; of one pupil, or of the whole lesson."""

    seq: int
    what: str  # mark | attendance | work | topic | homework | final
    term: Term | None
    lesson_id: UUID | None
    lesson_on: date | None
    slot: int | None
    pupil_id: UUID | None
    was: str | None
    value: str | None
    corrected_at: datetime
    corrected_by: UUID | None
    reason: str | None
    request_number: int | None
    reopened_for: str | None


SAID = (
    "slot", "pupil_id", "was", "value",
    "corrected_at", "corrected_by", "reason", "request_number", "reopened_for",
)  # fmt: skip
"""The rest of a correction's facts, in their order, as both tables call them."""


def corrections_of(
    session: SchoolSession, page_id: UUID, terms: Sequence[Term], lessons: Sequence[LessonFacts]
) -> list[CorrectionFacts]:
    """Return what was changed in these columns and lessons, oldest first."""
    found = [*_of_lessons(session, page_id, lessons), *_of_terms(session, page_id, terms)]
    return sorted(found, key=lambda one: one.seq)


def _of_lessons(
    session: SchoolSession, page_id: UUID, lessons: Sequence[LessonFacts]
) -> list[CorrectionFacts]:
    shown = {lesson.id for lesson in lessons}
    found = session.scalars(
        select(LessonCorrection)
        .where(LessonCorrection.page_id == page_id)
        .order_by(LessonCorrection.seq, LessonCorrection.number)
    )
    return [
        CorrectionFacts(one.seq, one.what, None, one.lesson_id, one.lesson_on, *_said(one))
        for one in found
        if one.lesson_id in shown
    ]


def _of_terms(session: SchoolSession, page_id: UUID, terms: Sequence[Term]) -> list[CorrectionFacts]:
    shown = {(term.period_id, term.slot): term for term in terms}
    found = session.scalars(
        select(FinalCorrection)
        .where(FinalCorrection.page_id == page_id, FinalCorrection.period_id.in_([id_ for id_, _ in shown]))
        .order_by(FinalCorrection.seq, FinalCorrection.pupil_id)
    )
    return [
        CorrectionFacts(one.seq, "final", term, None, None, *_said(one))
        for one in found
        if (term := shown.get((one.period_id, one.slot))) is not None
    ]


def _said(one: FinalCorrection | LessonCorrection) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in SAID)
