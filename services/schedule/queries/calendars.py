"""Lessons as a calendar program reads them (RFC 5545)."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import Select, select

from services.schedule.models import (
    CalendarFeed,
    Enrolment,
    Group,
    Guardianship,
    Lesson,
    Room,
    School,
    table,
)
from services.schedule.models.lengths import lesson_lengths
from services.schedule.queries import Names, groups_of, narrow
from services.schedule.rules.hours import Lengths
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

PAST = timedelta(days=30)
AHEAD = timedelta(days=300)
USUAL_LENGTH = timedelta(minutes=45)  # СП 2.4.3648-20: a lesson lasts 45 minutes at most.
READ_AGAIN_EVERY = timedelta(hours=1)
USUAL_TIME_ZONE = "Europe/Moscow"


def feeds(session: SchoolSession, owner_id: UUID | None) -> list[dict[str, Any]]:
    """Return somebody's calendars, the newest first; what they are about is named where it has a name."""
    found = session.scalars(
        select(CalendarFeed).where(CalendarFeed.owner_id == owner_id).order_by(CalendarFeed.made_at.desc())
    ).all()
    about = {feed.about_id for feed in found}
    names = {row.id: row.name for row in session.execute(_named(Group, about))}
    names |= {row.id: row.name for row in session.execute(_named(Room, about))}
    return [
        {name: getattr(feed, name) for name in ("id", "kind", "about_id", "made_at", "read_at")}
        | {"about": names.get(feed.about_id)}
        for feed in found
    ]


def _named(model: type[Group | Room], ids: Collection[UUID]) -> Select[UUID, str]:
    return select(model.id, model.name).where(model.id.in_(ids))


def calendar(session: SchoolSession, feed: CalendarFeed) -> bytes:
    """Return the lessons an address stands for: a month back, and all of the year to come.

    What the owner may no longer see is not found: a parent who is none any more, a pupil who left.
    Cancelled lessons are told as cancelled, so that programs take away what they showed.
    """
    school = session.scalars(select(School)).first()
    zone = ZoneInfo(school.time_zone if school else USUAL_TIME_ZONE)
    on = today(zone.key)
    rows = _lessons(session, feed, on - PAST, on + AHEAD)
    names, lengths = Names(session, rows), lesson_lengths(session)
    made = Calendar()
    made.add("prodid", "-//Parta//schedule//RU")
    made.add("version", "2.0")
    made.add("x-wr-calname", _title(session, feed, school.name if school else ""))
    made.add("x-wr-timezone", zone.key)
    made.add("refresh-interval", READ_AGAIN_EVERY, parameters={"value": "DURATION"})
    for row in rows:
        made.add_component(_event(row, names, lengths, zone, feed.kind))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _lessons(session: SchoolSession, feed: CalendarFeed, from_on: date, until_on: date) -> list[Any]:
    own = table(Lesson).c
    found = select(table(Lesson)).where(own.lesson_on.between(from_on, until_on))
    if feed.kind == "room":
        found = narrow(session, found.where(own.room_id == feed.about_id), own, None, None)
    elif feed.kind == "teacher":
        found = narrow(session, found, own, None, feed.about_id)
    else:
        found = narrow(session, found, own, _groups(session, feed, from_on, until_on), None)
    return list(session.execute(found.order_by(own.lesson_on, own.number, own.id)))


def _groups(session: SchoolSession, feed: CalendarFeed, from_on: date, until_on: date) -> Collection[UUID]:
    if feed.kind == "group":
        return [feed.about_id]
    is_own = feed.owner_id == feed.about_id
    if not is_own and session.get(Guardianship, (feed.owner_id, feed.about_id)) is None:
        raise NotFound
    return groups_of(session, Enrolment.pupil_id == feed.about_id, from_on, until_on)


def _event(row: Any, names: Names, lengths: Lengths, zone: ZoneInfo, kind: str) -> Event:
    told = names.page(row)
    subject, group = told["subject"]["name"] or "Урок", told["group"]["name"] or ""
    teachers = ", ".join(one["name"] for one in told["teachers"] if one["name"])
    event = Event()
    event.add("uid", f"{row.id}@parta")
    event.add("dtstamp", _made_at(row.id))
    event.add("summary", subject if kind in ("pupil", "group") else f"{subject}, {group}".strip(", "))
    event.add("description", "\n".join(part for part in (f"{row.number} урок", group, teachers) if part))
    if room := names.rooms.get(row.room_id):
        event.add("location", room)
    if row.starts:
        begins = datetime.combine(row.lesson_on, time.fromisoformat(row.starts), zone)
        event.add("dtstart", begins)
        event.add("dtend", begins + lengths.get((row.number, row.starts), USUAL_LENGTH))
    else:  # The school has told no bells: a lesson of the day, at no hour.
        event.add("dtstart", row.lesson_on)
    event.add("status", "CANCELLED" if row.is_cancelled else "CONFIRMED")
    return event


def _title(session: SchoolSession, feed: CalendarFeed, school: str) -> str:
    about = None
    if feed.kind in ("group", "room"):
        about = session.scalar(
            select(Group.name).where(Group.id == feed.about_id)
            if feed.kind == "group"
            else select(Room.name).where(Room.id == feed.about_id)
        )
    return ", ".join(part for part in ("Уроки", about, school) if part)


def _made_at(id: UUID) -> datetime:
    """Return when a UUIDv7 was made: its first 48 bits are milliseconds."""
    return datetime.fromtimestamp((id.int >> 80) // 1000, UTC)
