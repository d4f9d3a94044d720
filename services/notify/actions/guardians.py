"""Guardians become known, perhaps after what they are to be told of.

Identity and journal are not heard in step: a mark may come before the guardian whom it concerns.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from services.notify.actions.day_alerts import tell_guardians_late
from services.notify.actions.homework_alerts import tell_homework_late
from services.notify.actions.mark_alerts import notice_row
from services.notify.models import Guardianship, News, Notice, table_of
from shared.bulk import insert_rows, upsert_latest
from shared.clock import now
from shared.db import SchoolSession
from shared.events.identity import GuardianshipEstablished
from shared.service import Received


def introduce_guardians(
    session: SchoolSession, received: Sequence[Received[GuardianshipEstablished]]
) -> None:
    """Enter guardians, and tell them what happened since but was heard here before them."""
    rows = [
        {
            "school_id": one.school_id,
            "pupil_id": one.told.pupil_id,
            "guardian_id": one.told.guardian_id,
            "since": one.time,
        }
        for one in received
    ]
    upsert_latest(session, table_of(Guardianship), rows, ("pupil_id", "guardian_id"))
    since = {(one.told.pupil_id, one.told.guardian_id): one.time for one in received}
    _tell_late(session, received[0].school_id, since)
    tell_guardians_late(session, received[0].school_id, since)
    tell_homework_late(session, received[0].school_id, since)


def _tell_late(session: SchoolSession, school_id: UUID, since: Mapping[tuple[UUID, UUID], datetime]) -> None:
    pupils = {pupil_id for pupil_id, _ in since}
    heard = select(News.pupil_id, News.event_id, News.told_at).where(News.pupil_id.in_(pupils))
    news: dict[UUID, list[tuple[UUID, datetime]]] = {}
    for pupil_id, event_id, told_at in session.execute(heard):
        news.setdefault(pupil_id, []).append((event_id, told_at))
    if not news:
        return
    told = select(Notice.event_id, Notice.pupil_id, Notice.recipient_id).where(Notice.pupil_id.in_(pupils))
    already = {(event_id, pupil_id, who) for event_id, pupil_id, who in session.execute(told)}
    at = now()
    notices = [
        notice_row(school_id, event_id, pupil_id, guardian_id, at)
        for (pupil_id, guardian_id), entered_at in since.items()
        for event_id, told_at in news.get(pupil_id, ())
        if told_at >= entered_at and (event_id, pupil_id, guardian_id) not in already
    ]
    insert_rows(session, table_of(Notice), notices)
