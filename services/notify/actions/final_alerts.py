"""Guardians and pupils are told of marks of a period, of the year, of exams and of final ones.

As in `mark_alerts.py` a reaction only writes notices, and each is written once.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from services.notify.actions.mark_alerts import tell, time_zone, unheard
from services.notify.actions.merging import as_kept
from services.notify.models import News, table_of
from services.notify.rules import FINALS
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.events.journal import FinalsRecorded
from shared.service import Received


def alert_of_finals(session: SchoolSession, received: Sequence[Received[FinalsRecorded]]) -> None:
    """Tell guardians and pupils what was put, changed or taken back in columns of term-end marks."""
    zone = ZoneInfo(time_zone(session))

    def day(one: Received[FinalsRecorded]) -> date:
        return one.time.astimezone(zone).date()

    fresh = unheard(session, received, day)
    news = as_kept(session, [row for one in fresh for row in _news(one, day(one))])
    if news:
        insert_rows(session, table_of(News), news)
        tell(session, news)


def _news(one: Received[FinalsRecorded], on: date) -> list[dict[str, Any]]:
    told = one.told
    return [
        {
            "school_id": one.school_id,
            "event_id": one.id,
            "pupil_id": entry.pupil_id,
            "subject_id": told.subject_id,
            "lesson_id": told.period_id,
            "lesson_on": on,
            "entries": [[FINALS[told.kind], entry.value, entry.was, f"final.{told.kind}"]],
            "told_at": one.time,
        }
        for entry in told.entries
    ]
