"""Guardians and pupils are told of marks and absences; the letters follow in `letters.py`.

A reaction only writes notices. Each is written once: its key is the event, the pupil and the person.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.notify.actions.merging import as_kept
from services.notify.models import WAITING, Guardianship, News, Notice, School, table_of
from services.notify.rules import TIME_ZONE, corrects, is_news
from shared.bulk import insert_rows
from shared.clock import now, today
from shared.db import SchoolSession
from shared.events.journal import MarksRecorded, RecordedEntry
from shared.ids import new_id
from shared.service import Received

Rows = list[dict[str, Any]]


def alert_guardians(session: SchoolSession, received: Sequence[Received[MarksRecorded]]) -> None:
    """Tell guardians and pupils what was put, changed or taken back in recent lessons.

    Of older lessons they are told of marks that were changed lately, not of what was typed in afterwards.
    An event heard before, as when the log is read again from its beginning, tells nobody anything.
    """
    zone = ZoneInfo(time_zone(session))
    day = today(zone.key)

    def worth(one: Received[MarksRecorded]) -> tuple[date, Sequence[RecordedEntry]]:
        """Return what of it is news, and the day that it is news of."""
        if is_news(one.told.lesson_on, day):
            return one.told.lesson_on, one.told.entries
        changed = [entry for entry in one.told.entries if corrects(entry.slot, entry.value, entry.was)]
        return one.time.astimezone(zone).date(), changed

    fresh = unheard(session, received, lambda one: worth(one)[0])
    news = as_kept(session, [row for one in fresh for row in _news(one, worth(one)[1])])
    if news:
        insert_rows(session, table_of(News), news)
        tell(session, news)


def unheard(session: SchoolSession, received: Sequence[Any], on: Callable[[Any], date]) -> list[Any]:
    """Return the events that are still news, by the day they are about, and were not heard before."""
    day = today(time_zone(session))
    recent = [one for one in received if is_news(on(one), day)]
    known = set(session.scalars(select(News.event_id).where(News.event_id.in_([one.id for one in recent]))))
    return [one for one in recent if one.id not in known]


def time_zone(session: SchoolSession) -> str:
    """Return where the school is."""
    return session.scalar(select(School.time_zone)) or TIME_ZONE


def _news(one: Received[MarksRecorded], told: Sequence[RecordedEntry]) -> Rows:
    entries: dict[UUID, list[list[Any]]] = {}
    for entry in told:
        said = [entry.slot, entry.value, entry.was, entry.work]
        if entry.due_on is not None:
            said.append(entry.due_on.isoformat())
        entries.setdefault(entry.pupil_id, []).append(said)
    return [
        {
            "school_id": one.school_id,
            "event_id": one.id,
            "pupil_id": pupil_id,
            "subject_id": one.told.subject_id,
            "lesson_id": one.told.lesson_id,
            "lesson_on": one.told.lesson_on,
            "entries": theirs,
            "told_at": one.time,
        }
        for pupil_id, theirs in entries.items()
    ]


def tell(session: SchoolSession, news: Rows, without_pupil: Collection[UUID] = ()) -> None:
    """Write the notices of news to guardians and pupils; of these events, to the guardians alone."""
    pupils = {row["pupil_id"] for row in news}
    guardians = guardians_of(session, pupils)
    told_at = now()
    notices = [
        notice_row(row["school_id"], row["event_id"], row["pupil_id"], recipient_id, told_at)
        for row in news
        for recipient_id in (row["pupil_id"], *guardians.get(row["pupil_id"], ()))
        if recipient_id != row["pupil_id"] or row["event_id"] not in without_pupil
    ]
    insert_rows(session, table_of(Notice), notices)


def guardians_of(session: SchoolSession, pupils: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Return the guardians of pupils, as far as they are known."""
    guardians: dict[UUID, list[UUID]] = {}
    found = select(Guardianship.pupil_id, Guardianship.guardian_id)
    for pupil_id, guardian_id in session.execute(found.where(Guardianship.pupil_id.in_(pupils))):
        guardians.setdefault(pupil_id, []).append(guardian_id)
    return guardians


def notice_row(
    school_id: UUID, event_id: UUID, pupil_id: UUID, recipient_id: UUID, told_at: datetime
) -> dict[str, Any]:
    """Return a notice to one person, as it is first written."""
    return {
        "school_id": school_id,
        "event_id": event_id,
        "pupil_id": pupil_id,
        "recipient_id": recipient_id,
        "id": new_id(),
        "created_at": told_at,
        "mail": WAITING,
    }
