"""Guardians and pupils are told that a teacher has written to them; what, they read in the diary alone.

As in `mark_alerts.py` a reaction only writes notices, and each is written once. A letter does not
say it either: mail is read by more people than it is for.
"""

from collections.abc import Sequence
from typing import Any

from services.notify.actions.mark_alerts import tell, unheard
from services.notify.actions.merging import as_kept
from services.notify.models import News, table_of
from services.notify.rules import REMARK
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.events.journal_diary import RemarkMade
from shared.service import Received

FOR_PARENTS = "parents"


def alert_of_remarks(session: SchoolSession, received: Sequence[Received[RemarkMade]]) -> None:
    """Tell guardians of remarks, and the pupil of those that are not for the parents alone."""
    fresh = unheard(session, received, lambda one: one.told.on)
    news = as_kept(session, [_news(one) for one in fresh])
    if news:
        insert_rows(session, table_of(News), news)
        tell(session, news, without_pupil={one.id for one in fresh if one.told.audience == FOR_PARENTS})


def _news(one: Received[RemarkMade]) -> dict[str, Any]:
    told = one.told
    return {
        "school_id": one.school_id,
        "event_id": one.id,
        "pupil_id": told.pupil_id,
        # A class teacher's own is of no subject: an id that no subject has shows as none.
        "subject_id": told.subject_id or told.group_id,
        "lesson_id": told.remark_id,
        "lesson_on": told.on,
        "entries": [[REMARK, told.kind, None, ""]],
        "told_at": one.time,
    }
