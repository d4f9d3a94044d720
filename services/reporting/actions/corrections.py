"""What journal tells of changes on pages that had been closed: the lines of their sheets of corrections."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.reporting.models import FinalCorrection, LessonCorrection, table_of
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.journal import PageCorrected
from shared.service import Received

FINAL_KEY = ("page_id", "seq", "pupil_id")
LESSON_KEY = ("page_id", "seq", "number")


def enter_corrections(session: SchoolSession, received: Sequence[Received[PageCorrected]]) -> None:
    """Keep who changed what after a closing, and why: it goes onto the sheet of corrections (clause 5.1)."""
    finals: list[dict[str, Any]] = []
    lessons: list[dict[str, Any]] = []
    for one in received:
        told = one.told
        about = {"page_id": told.page_id, "seq": told.seq, **_why(one)}
        for number, change in enumerate(told.changes):
            cell = {name: getattr(change, name) for name in ("slot", "pupil_id", "was", "value")}
            if told.lesson_id is None:
                finals.append({**about, "period_id": told.period_id, **cell})
            else:
                place = {"lesson_id": told.lesson_id, "lesson_on": told.lesson_on, "what": change.what}
                lessons.append({**about, "number": number, **place, **cell})
    upsert_latest(session, table_of(FinalCorrection), finals, FINAL_KEY)
    upsert_latest(session, table_of(LessonCorrection), lessons, LESSON_KEY)


def _why(one: Received[PageCorrected]) -> dict[str, Any]:
    names = ("reason", "request_number", "reopened_for")
    why = {name: getattr(one.told, name) for name in names}
    by = UUID(one.actor) if one.actor else None
    return {"school_id": one.school_id, "corrected_at": one.time, "corrected_by": by, **why}
