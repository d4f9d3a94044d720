"""Closing a period, or the marks of a year, by the deputy who has seen what is lacking."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.journal.actions.periods import close_period, standing_closing
from services.journal.models.final_columns import ColumnSpan, column_span, time_zone_of
from services.journal.models.final_overview import (
    ABSENCES_UNRESOLVED,
    GROUPS,
    LESSONS_WITHOUT_TOPIC,
    MARKED,
    PAGES_OF_PERIOD,
    PAGES_OF_YEAR,
    ROSTERS,
    WORKS_AWAITED,
)
from services.journal.models.relations import run
from services.journal.rules.final_overview import Rosters, filled
from services.journal.rules.finals import PERIOD, YEAR
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text


class PeriodIncomplete(Conflict):
    """Marks, reasons, topics or awaited works are lacking; it may be closed all the same, for a reason."""

    title = Text("Период заполнен не полностью", "The period is not complete")
    detail = Text(
        "Не хватает отметок: {marks}, причин отсутствия: {absences}, тем уроков: {topics}, "
        "работ с «•»: {works}. Дождитесь их или закройте период, указав причину.",
        "Lacking: marks {marks}, reasons of absence {absences}, topics {topics}, works with “•” {works}. "
        "Wait for them, or close the period with a reason.",
    )


def close_checked(session: SchoolSession, actor: Actor, period_id: UUID, despite: str | None) -> datetime:
    """Close a period, or a year's own marks by its id; what lacks needs a reason, which is kept.

    What is closed already stays as it was closed. Raises NotFound, and PeriodIncomplete when something
    lacks and no reason is given.
    """
    column = column_span(session, period_id)
    if column is None:
        raise NotFound
    standing = standing_closing(session, period_id)
    if standing is not None:
        return standing.closed_at
    if not despite:
        lacking = _lacking(session, column)
        if any(lacking.values()):
            raise PeriodIncomplete(**lacking)
    return close_period(session, actor, period_id, despite)


def _lacking(session: SchoolSession, column: ColumnSpan) -> dict[str, Any]:
    day = today(time_zone_of(session) or TIME_ZONE)
    span = {"starts_on": column.starts_on, "ends_on": column.ends_on}
    pages = run(session, PAGES_OF_YEAR if column.is_year else PAGES_OF_PERIOD, of=column.id, **span).all()
    rosters = Rosters(run(session, GROUPS), run(session, ROSTERS, on=min(day, column.ends_on)))
    marked = run(session, MARKED, of=column.id, slot=YEAR if column.is_year else PERIOD)
    found = filled(pages, rosters, marked, column.ends_on)
    ids = set(found)

    def counted(statement: Any, **more: Any) -> int:
        return sum(row.number for row in run(session, statement, **span, **more) if row.page_id in ids)

    return {
        "marks": sum(len(one.lacking) for one in found.values()),
        "absences": counted(ABSENCES_UNRESOLVED),
        "topics": counted(LESSONS_WITHOUT_TOPIC, today=day),
        "works": counted(WORKS_AWAITED, day=day),
    }
