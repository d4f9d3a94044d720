"""A pupil and the guardians are told of a task given to that pupil alone (clause 3.9.6).

As in `mark_alerts.py` a reaction only writes notices, and each is written once. What is to do, only the
diary says. Tasks for everybody are the day's homework: they stand in the diary, and nobody wants a
letter of each.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from services.notify.actions.mark_alerts import Rows, tell, unheard
from services.notify.actions.merging import as_kept, kept_people
from services.notify.models import News, table_of
from services.notify.rules import TASK
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.events.journal_diary import TaskSet
from shared.service import Received


def alert_of_tasks(session: SchoolSession, received: Sequence[Received[TaskSet]]) -> None:
    """Tell of individual tasks set, changed and withdrawn, each state known by its place in the chain."""
    own = [one for one in received if one.told.pupil_id is not None]
    fresh = unheard(session, own, lambda one: one.told.lesson_on)
    kept = kept_people(session, {one.told.pupil_id for one in fresh if one.told.pupil_id is not None})
    stood = _last_told(session, kept.values(), {one.told.task_id for one in fresh})
    news: Rows = []
    for one in fresh:
        told = one.told
        value = None if told.is_withdrawn else str(told.seq)
        was, stood[told.task_id] = stood.get(told.task_id), value
        news.append(
            {
                "school_id": one.school_id,
                "event_id": one.id,
                "pupil_id": told.pupil_id,
                "subject_id": told.subject_id,
                "lesson_id": told.task_id,
                "lesson_on": told.lesson_on,
                "entries": [[TASK, value, was, ""]],
                "told_at": one.time,
            }
        )
    if news:
        news = as_kept(session, news)
        insert_rows(session, table_of(News), news)
        tell(session, news)


def _last_told(
    session: SchoolSession, pupil_ids: Iterable[UUID], task_ids: Iterable[UUID]
) -> dict[UUID, str | None]:
    """Return what was told last of each task; by its pupils, for news are found by them."""
    told = select(News.lesson_id, News.entries).where(
        News.pupil_id.in_(list(pupil_ids)), News.lesson_id.in_(list(task_ids))
    )
    found = session.execute(told.order_by(News.told_at, News.event_id))
    return {one.lesson_id: one.entries[0][1] for one in found}
