"""Families are told once a day what was set for home (DOMAIN 2.2.6), by letter when they ask for it.

As in `mark_alerts.py` a reaction only writes notices. A day of a class is one piece of news: what is
corrected later changes what the notices say; what is set later makes them unread again. Neither is a
second notice or a second letter.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.notify.actions.mark_alerts import guardians_of, notice_row, time_zone
from services.notify.actions.merging import kept_people
from services.notify.models import NONE, WAITING, Notice, Preference, table_of
from services.notify.models.homework import HomeworkNews, PupilHomework
from services.notify.rules import is_news
from shared.bulk import insert_rows, upsert_rows
from shared.clock import now, today
from shared.db import SchoolSession
from shared.events.journal_diary import HomeworkCollected
from shared.service import Received

Places = Mapping[UUID, list[int]]
Lessons = Mapping[UUID, set[str]]


def alert_of_homework(session: SchoolSession, received: Sequence[Received[HomeworkCollected]]) -> None:
    """Tell pupils and guardians of each class's day; a version heard before tells nobody anything."""
    current = today(time_zone(session))
    for one in received:
        if is_news(one.told.on, current):
            _hear(session, one)


def _hear(session: SchoolSession, one: Received[HomeworkCollected]) -> None:
    told = one.told
    of_day = select(HomeworkNews).where(
        HomeworkNews.group_id == told.group_id, HomeworkNews.lesson_on == told.on
    )
    standing = session.scalars(of_day).one_or_none()
    if (standing is not None and standing.version >= told.version) or (standing is None and not told.items):
        return
    event_id = standing.event_id if standing else one.id
    before = _lessons_before(session, standing) if standing else {}
    row = {
        "school_id": one.school_id,
        "event_id": event_id,
        "group_id": told.group_id,
        "lesson_on": told.on,
        "version": told.version,
        "items": [_stored(item) for item in told.items],
        "told_at": one.time,
    }
    upsert_rows(session, table_of(HomeworkNews), [row], ("event_id",))
    places = _places(session, told)
    rows = [
        {"school_id": one.school_id, "event_id": event_id, "pupil_id": who, "places": places.get(who, [])}
        for who in sorted({*places, *before})
    ]
    upsert_rows(session, table_of(PupilHomework), rows, ("event_id", "pupil_id"))
    after = {who: {str(told.items[place].lesson_id) for place in own} for who, own in places.items()}
    _renew(session, event_id, before, after)
    _notify(session, one.school_id, event_id, after)


def _stored(item: Any) -> list[Any]:
    due_on = item.due_on.isoformat() if item.due_on else None
    return [str(item.lesson_id), str(item.subject_id), item.text, item.minutes, due_on]


def _places(session: SchoolSession, told: HomeworkCollected) -> Places:
    """Return for each pupil who has any which items are theirs; people merged since go by their one id."""
    kept = kept_people(session, told.pupil_ids)
    found: dict[UUID, list[int]] = {}
    for place, item in enumerate(told.items):
        for who in {kept.get(one, one) for one in (item.pupil_ids or told.pupil_ids)}:
            found.setdefault(who, []).append(place)
    return found


def _lessons_before(session: SchoolSession, standing: HomeworkNews) -> Lessons:
    rows = session.execute(
        select(PupilHomework.pupil_id, PupilHomework.places).where(
            PupilHomework.event_id == standing.event_id
        )
    )
    return {row.pupil_id: {standing.items[place][0] for place in row.places} for row in rows}


def _renew(session: SchoolSession, event_id: UUID, before: Lessons, after: Lessons) -> None:
    """Show notices as new where more was set, and hide those of whom all was taken back."""
    grown = [who for who, lessons in before.items() if after.get(who, set()) - lessons]
    emptied = [who for who in before if who not in after]
    for pupils, change in (
        (grown, {"read_at": None, "is_superseded": False}),
        (emptied, {"is_superseded": True}),
    ):
        if pupils:
            theirs = update(Notice).where(Notice.event_id == event_id, Notice.pupil_id.in_(pupils))
            session.execute(theirs.values(change), execution_options={"synchronize_session": False})


def _notify(session: SchoolSession, school_id: UUID, event_id: UUID, pupils: Collection[UUID]) -> None:
    told = select(Notice.pupil_id, Notice.recipient_id).where(Notice.event_id == event_id)
    known = {(pupil_id, who) for pupil_id, who in session.execute(told)}
    guardians = guardians_of(session, pupils)
    wanted = {(pupil_id, who) for pupil_id in pupils for who in (pupil_id, *guardians.get(pupil_id, ()))}
    _write(session, school_id, ((event_id, *pair) for pair in sorted(wanted - known)))


def _write(session: SchoolSession, school_id: UUID, wanted: Iterable[tuple[UUID, UUID, UUID]]) -> None:
    """Write notices (event, pupil, recipient); a letter waits for those alone who asked for letters."""
    wanted = list(wanted)
    asked = select(Preference.person_id).where(
        Preference.mail_homework, Preference.person_id.in_({who for _, _, who in wanted})
    )
    mailed = set(session.scalars(asked)) if wanted else set()
    at = now()
    rows = [
        notice_row(school_id, event_id, pupil_id, who, at) | {"mail": WAITING if who in mailed else NONE}
        for event_id, pupil_id, who in wanted
    ]
    insert_rows(session, table_of(Notice), rows)


def tell_homework_late(
    session: SchoolSession, school_id: UUID, since: Mapping[tuple[UUID, UUID], datetime]
) -> None:
    """Tell guardians of the homework told since they are guardians, but heard here before them."""
    children = {pupil_id for pupil_id, _ in since}
    heard = select(PupilHomework.pupil_id, PupilHomework.event_id, HomeworkNews.told_at)
    heard = heard.join(HomeworkNews, HomeworkNews.event_id == PupilHomework.event_id)
    news = session.execute(heard.where(PupilHomework.pupil_id.in_(children))).all()
    if not news:
        return
    told = select(Notice.event_id, Notice.pupil_id, Notice.recipient_id)
    known = {tuple(row) for row in session.execute(told.where(Notice.pupil_id.in_(children)))}
    late = {
        (event_id, pupil_id, guardian_id)
        for pupil_id, event_id, told_at in news
        for (about, guardian_id), entered_at in since.items()
        if about == pupil_id and told_at >= entered_at
    }
    _write(session, school_id, sorted(late - known))
