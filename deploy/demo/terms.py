"""Term-end marks: put in the last days of a period, and the period closed by the deputy some days later."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from deploy.demo.chronicle import Step, moment
from deploy.demo.register import Taught, last_lesson, periods_of
from services.journal.actions.closing import PeriodIncomplete, close_checked
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.models import Period
from services.journal.queries.finals import page_finals
from services.journal.rules.finals import KINDS, PERIOD, YEAR
from services.journal.rules.recommended import DEFAULTS
from services.journal.rules.scales import NOT_ATTESTED
from shared.auth import Actor
from shared.db import SchoolSession

CLOSED_AFTER = timedelta(days=3)
DESPITE = "Недостающее — в бумажном журнале."
DAYS: Any = DEFAULTS["period_marks_days"]


def final_steps(pages: Sequence[Taught], periods: Sequence[Period], zone: ZoneInfo) -> Iterator[Step]:
    """Yield the term-end marks of all pages; with the last period those of the year, too."""
    for taught in pages:
        habits = taught.habits(zone)
        own = periods_of(taught.page.grade, periods)
        for period in own if taught.page.has_marks else ():
            last = last_lesson(taught, period)
            if last is not None:
                of_year = KINDS[YEAR:] if period is own[-1] else ()
                at = habits.finals(last, period.ends_on, DAYS)
                yield Step(at, taught.teacher, partial(_put, taught, (str(period.id), *of_year)))


def _put(taught: Taught, columns: Sequence[str], session: SchoolSession, teacher: Actor) -> None:
    for key in columns:
        sheet = page_finals(session, teacher, taught.id)
        number = next(at for at, column in enumerate(sheet["columns"]) if column["key"] == key)
        is_period = sheet["columns"][number]["kind"] == KINDS[PERIOD]
        usual = NOT_ATTESTED if is_period else None
        cells = [
            FinalCell(sheet["pupils"][cell["pupil"]]["id"], value)
            for cell in sheet["cells"]
            if cell["column"] == number and cell["is_due"] and (value := cell["recommended"] or usual)
        ]
        record_finals(session, teacher, taught.id, key, sheet["page"]["seq"], cells)


def closing_steps(periods: Sequence[Period], since: date, deputy: Actor, zone: ZoneInfo) -> Iterator[Step]:
    """Yield the closing of each period that ended since a day, and of the year's own marks after the last."""
    for period in periods:
        if period.ends_on >= since:
            at = moment(zone, period.ends_on + CLOSED_AFTER, "12:00")
            yield Step(at, deputy, partial(_close, period.id))
    last = max(periods, key=lambda period: period.ends_on)
    at = moment(zone, last.ends_on + CLOSED_AFTER, "12:10")
    yield Step(at, deputy, partial(_close, last.year_id))


def _close(period_id: UUID, session: SchoolSession, deputy: Actor) -> None:
    try:
        close_checked(session, deputy, period_id, None)
    except PeriodIncomplete:
        close_checked(session, deputy, period_id, DESPITE)
