"""Closing a period, or the marks of a year, by the deputy who has seen what is lacking."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.finals import PeriodAhead, YearAhead
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
from services.journal.models.relations import run, told
from services.journal.rules.deadlines import DEFAULTS
from services.journal.rules.final_overview import Rosters, filled
from services.journal.rules.finals import PERIOD, YEAR, window
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.parameters import parameter_on
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text

WINDOW_DAYS = select(told("period_marks_days"))

RUNS = Text("Период идёт до {until:%d.%m.%Y}. ", "The period runs until {until:%Y-%m-%d}. ")
RUNS_OF_YEAR = Text(
    "Последний период года идёт до {until:%d.%m.%Y}. ",
    "The last period of the year runs until {until:%Y-%m-%d}. ",
)


class PeriodIncomplete(Conflict):
    """Marks, reasons, topics or awaited works are lacking; it may be closed all the same, for a reason.

    That it still runs is said first (`runs`).
    """

    title = Text("Период заполнен не полностью", "The period is not complete")
    detail = Text(
        "{runs}Не хватает отметок: {marks}, причин отсутствия: {absences}, тем уроков: {topics}, "
        "работ с «•»: {works}. Дождитесь их или закройте период, указав причину.",
        "{runs}Lacking: marks {marks}, reasons of absence {absences}, topics {topics}, "
        "works with “•” {works}. Wait for them, or close the period with a reason.",
    )


class PeriodRuns(Conflict):
    """The last days of the period, on which its marks are put, have not come; nothing lacks so far."""

    title = Text("Период ещё идёт", "The period still runs")
    detail = Text(
        "{runs}Отметки за него ставят с {opens_on:%d.%m.%Y}. "
        "Дождитесь этих дней или закройте период, указав причину.",
        "{runs}Its marks are put from {opens_on:%Y-%m-%d} on. "
        "Wait for these days, or close the period with a reason.",
    )


def close_checked(session: SchoolSession, actor: Actor, period_id: UUID, despite: str | None) -> datetime:
    """Close a period, or a year's own marks by its id; what lacks needs a reason, which is kept.

    One is needed before the last days of the period, too, when its marks are put (clause 3.6.5); on
    them it may be closed once nothing lacks. What is closed already stays as it was closed. Raises
    NotFound, PeriodAhead or YearAhead, and without a reason PeriodIncomplete and PeriodRuns.
    """
    column = column_span(session, period_id)
    if column is None:
        raise NotFound
    standing = standing_closing(session, period_id)
    if standing is not None:
        return standing.closed_at
    day = today(time_zone_of(session) or TIME_ZONE)
    if day < column.marks_from:
        raise (YearAhead if column.is_year else PeriodAhead)(on=column.marks_from)
    if not despite:
        _refuse_early(session, column, day)
    return close_period(session, actor, period_id, despite)


def _refuse_early(session: SchoolSession, column: ColumnSpan, day: date) -> None:
    runs = _runs(column) if day < column.ends_on else Text("", "")
    lacking = _lacking(session, column, day)
    if any(lacking.values()):
        raise PeriodIncomplete(runs=runs, **lacking)
    days = parameter_on(run(session, WINDOW_DAYS).scalar(), column.ends_on, DEFAULTS["period_marks_days"])
    opens_on = window(column.marks_from, column.ends_on, days).opens_on
    if day < opens_on:
        raise PeriodRuns(runs=runs, opens_on=opens_on)


def _runs(column: ColumnSpan) -> Text:
    said = RUNS_OF_YEAR if column.is_year else RUNS
    return Text(*(one.format(until=column.ends_on) for one in said))


def _lacking(session: SchoolSession, column: ColumnSpan, day: date) -> dict[str, Any]:
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
