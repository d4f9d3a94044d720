"""Teachers, pupils and their parents are told what was decided about lessons of a day (замены).

Several decisions about one class and day are one notice: each event makes a new one that says all
of them, and the former is superseded. As in `mark_alerts.py`, a reaction only writes notices, and
an event heard again tells nobody anything.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_, update

from services.notify.actions.merging import kept_people
from services.notify.models import (
    NONE,
    WAITING,
    DayNews,
    Guardianship,
    Notice,
    Preference,
    School,
    table_of,
)
from services.notify.rules import TIME_ZONE, is_news
from services.notify.rules.days import Change, decided, touched, withdrawn
from shared.bulk import insert_rows
from shared.clock import now, today
from shared.db import SchoolSession
from shared.events.schedule import LessonsSubstituted, SubstitutionWithdrawn
from shared.ids import new_id
from shared.service import Received

Event = Received[LessonsSubstituted] | Received[SubstitutionWithdrawn]
Told = tuple[UUID, UUID]
"""About whom, and who is told; teachers are told about themselves."""


@dataclass
class _Day:
    """One class's day, while events about it are heard."""

    name: str = ""
    changes: list[Change] = field(default_factory=list)
    told: set[Told] = field(default_factory=set)
    events: list[UUID] = field(default_factory=list)


def alert_of_substitutions(session: SchoolSession, received: Sequence[Received[LessonsSubstituted]]) -> None:
    """Tell both teachers what was decided, and of days to come the class and its parents, too."""
    fresh = _fresh(session, received)
    days = _days(session, fresh)
    kept = _kept(session, fresh)
    guardians = _guardians(session, kept.values())
    current = _school_today(session)
    for event in fresh:
        of = days[event.told.group_id, event.told.on]
        of.name = event.told.group
        after = decided(of.changes, map(Change.told, event.told.lessons))
        teachers = (kept.get(UUID(one), UUID(one)) for one in touched(of.changes, after))
        recipients = {(one, one) for one in teachers}
        if event.told.on >= current and after != of.changes:
            pupils = [kept.get(one, one) for one in event.told.pupil_ids]
            recipients |= {(one, who) for one in pupils for who in (one, *guardians.get(one, ()))}
        _tell(session, event, of, after, recipients)


def alert_of_withdrawals(session: SchoolSession, received: Sequence[Received[SubstitutionWithdrawn]]) -> None:
    """Tell those who were told of a decision that it was taken back."""
    fresh = _fresh(session, received)
    days = _days(session, fresh)
    for event in fresh:
        of = days[event.told.group_id, event.told.on]
        after = withdrawn(of.changes, event.told.substitution_id)
        teachers = {who for one in of.changes for who in one.teachers}
        ids = [UUID(one) for one in teachers - touched(of.changes, after)]
        others = set(kept_people(session, ids).values())
        recipients = {pair for pair in of.told if pair[0] not in others} if after != of.changes else set()
        _tell(session, event, of, after, recipients)


def _fresh(session: SchoolSession, received: Sequence[Any]) -> list[Any]:
    """Return the events that are still news and were not heard before."""
    current = _school_today(session)
    recent = [one for one in received if is_news(one.told.on, current)]
    heard = select(DayNews.event_id).where(DayNews.event_id.in_([one.id for one in recent]))
    known = set(session.scalars(heard))
    return [one for one in recent if one.id not in known]


def _school_today(session: SchoolSession) -> date:
    return today(session.scalar(select(School.time_zone)) or TIME_ZONE)


def _days(session: SchoolSession, events: Iterable[Event]) -> dict[tuple[UUID, date], _Day]:
    """Return what is known of the days these events are about, and who has a standing notice of it."""
    days = {(one.told.group_id, one.told.on): _Day() for one in events}
    ours = tuple_(DayNews.group_id, DayNews.lesson_on).in_(list(days))
    for row in session.scalars(select(DayNews).where(ours).order_by(DayNews.told_at, DayNews.event_id)):
        of = days[row.group_id, row.lesson_on]
        of.name, of.changes = row.group_name, [Change.stored(one) for one in row.lessons]
        of.events.append(row.event_id)
    standing = select(DayNews.group_id, DayNews.lesson_on, Notice.pupil_id, Notice.recipient_id)
    standing = standing.join(Notice, Notice.event_id == DayNews.event_id)
    for group_id, on, pupil_id, who in session.execute(standing.where(ours, ~Notice.is_superseded)):
        days[group_id, on].told.add((pupil_id, who))
    return days


def _kept(session: SchoolSession, events: Iterable[Received[LessonsSubstituted]]) -> Mapping[UUID, UUID]:
    """Return by whom everybody named is known now."""
    named = {one for event in events for one in event.told.pupil_ids}
    for event in events:
        for lesson in event.told.lessons:
            named |= {*lesson.was_teacher_ids, *lesson.teacher_ids}
    return kept_people(session, named)


def _guardians(session: SchoolSession, people: Collection[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    ties = select(Guardianship.pupil_id, Guardianship.guardian_id)
    for pupil_id, guardian_id in session.execute(ties.where(Guardianship.pupil_id.in_(people))):
        found.setdefault(pupil_id, []).append(guardian_id)
    return found


def _tell(session: SchoolSession, event: Event, of: _Day, after: list[Change], recipients: set[Told]) -> None:
    """Write the day down as it is now, and notices of it in place of the former ones."""
    row = {
        "event_id": event.id,
        "school_id": event.school_id,
        "group_id": event.told.group_id,
        "group_name": of.name,
        "lesson_on": event.told.on,
        "lessons": [one.row() for one in after],
        "told_at": event.time,
    }
    insert_rows(session, table_of(DayNews), [row])
    _supersede(session, of.events, recipients)
    _notify(session, event.school_id, event.id, recipients)
    of.changes, of.told = after, of.told | recipients
    of.events.append(event.id)


def _supersede(session: SchoolSession, events: Sequence[UUID], recipients: set[Told]) -> None:
    former = update(Notice).where(
        Notice.event_id.in_(events),
        Notice.pupil_id.in_({about for about, _ in recipients}),
        Notice.recipient_id.in_({who for _, who in recipients}),
    )
    unsynchronized = {"synchronize_session": False}
    waiting = former.where(Notice.mail == WAITING).values(mail=NONE)
    session.execute(waiting, execution_options=unsynchronized)
    session.execute(former.values(is_superseded=True), execution_options=unsynchronized)


def _notify(session: SchoolSession, school_id: UUID, event_id: UUID, recipients: Collection[Told]) -> None:
    refusing = select(Preference.person_id).where(
        ~Preference.mail_substitutions, Preference.person_id.in_({who for _, who in recipients})
    )
    unmailed = set(session.scalars(refusing))
    at = now()
    rows = [
        {
            "school_id": school_id,
            "event_id": event_id,
            "pupil_id": about,
            "recipient_id": who,
            "id": new_id(),
            "created_at": at,
            "mail": NONE if who in unmailed else WAITING,
        }
        for about, who in sorted(recipients)
    ]
    insert_rows(session, table_of(Notice), rows)


def tell_guardians_late(
    session: SchoolSession, school_id: UUID, since: Mapping[tuple[UUID, UUID], datetime]
) -> None:
    """Tell guardians what their children were told since they are guardians, but heard here before them."""
    children = {pupil_id for pupil_id, _ in since}
    own = (
        select(Notice.pupil_id, DayNews.event_id, DayNews.told_at)
        .join(DayNews, DayNews.event_id == Notice.event_id)
        .where(Notice.pupil_id.in_(children), Notice.recipient_id == Notice.pupil_id, ~Notice.is_superseded)
    )
    known = select(Notice.event_id, Notice.pupil_id, Notice.recipient_id)
    told = {tuple(row) for row in session.execute(known.where(Notice.pupil_id.in_(children)))}
    for pupil_id, event_id, told_at in session.execute(own).all():
        late = {
            (about, guardian_id)
            for (about, guardian_id), entered_at in since.items()
            if about == pupil_id and told_at >= entered_at and (event_id, about, guardian_id) not in told
        }
        _notify(session, school_id, event_id, late)
