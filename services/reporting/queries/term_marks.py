"""The columns of term-end marks of a page in a period, and what was corrected in them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import FinalCorrection
from services.reporting.queries.access import PageFacts
from services.reporting.queries.cells import Cell
from services.reporting.queries.lessons import PeriodFacts
from services.reporting.rules.terms import PERIOD, Term, year_terms
from shared.db import SchoolSession


class CorrectionFacts(NamedTuple):
    """A term-end mark changed after its period had been closed."""

    term: Term
    pupil_id: UUID
    was: str | None
    value: str | None
    corrected_at: datetime
    seq: int


def terms_of(
    facts: PageFacts,
    periods: Sequence[PeriodFacts],
    period: PeriodFacts | None,
    finals: Iterable[Cell],
    *,
    is_marked: bool,
) -> tuple[Term, ...]:
    """Return the columns that stand after the lessons of a period: its own, and after the last the year's.

    A page on which no marks are put (first grades, courses without marks) has none but those filled.
    """
    filled = {(cell.about_id, cell.slot) for cell in finals}
    terms: list[Term] = []
    if period is not None and (is_marked or (period.id, PERIOD) in filled):
        terms.append(Term(period.id, PERIOD, period.name))
    if period is None or period == periods[-1]:
        slots = {slot for id_, slot in filled if id_ == facts.year_id}
        terms += year_terms(facts.year_id, facts.grade, slots, is_marked=is_marked)
    return tuple(terms)


def corrections_of(
    session: SchoolSession, page_id: UUID, terms: Sequence[Term]
) -> tuple[CorrectionFacts, ...]:
    """Return what was corrected in these columns, oldest first."""
    shown = {(term.period_id, term.slot): term for term in terms}
    found = session.scalars(
        select(FinalCorrection)
        .where(FinalCorrection.page_id == page_id, FinalCorrection.period_id.in_([id_ for id_, _ in shown]))
        .order_by(FinalCorrection.seq, FinalCorrection.pupil_id)
    )
    return tuple(
        CorrectionFacts(term, one.pupil_id, one.was, one.value, one.corrected_at, one.seq)
        for one in found
        if (term := shown.get((one.period_id, one.slot))) is not None
    )
