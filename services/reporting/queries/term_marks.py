"""The columns of term-end marks of a page in a period."""

from collections.abc import Iterable, Sequence

from services.reporting.queries.access import PageFacts
from services.reporting.queries.cells import Cell
from services.reporting.queries.lessons import PeriodFacts
from services.reporting.rules.terms import PERIOD, Term, year_terms


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
