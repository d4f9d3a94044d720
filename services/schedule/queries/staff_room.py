"""The school's day as the staff-room screen shows it: no pupils, and nothing of why somebody is away."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from services.schedule.models import Absence, Holiday, Lesson, School, SpecialDay, table
from services.schedule.models.lengths import lesson_lengths
from services.schedule.queries import Names
from services.schedule.queries.calendars import USUAL_LENGTH, USUAL_TIME_ZONE
from services.schedule.queries.substitutions import names_of, register
from services.schedule.rules.hours import Lengths
from shared.clock import now
from shared.db import SchoolSession
from shared.names import collated, group_key


def staff_room(session: SchoolSession) -> dict[str, Any]:
    """Return the lessons of this hour, who is away, and what was decided of today and the next school day.

    In a break, and before the first lesson, the lessons of the hour are those that begin next. The
    number of statements does not depend on the school's size.
    """
    school = session.scalars(select(School)).first()
    zone = school.time_zone if school else USUAL_TIME_ZONE
    at = now().astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    today, following = at.date(), _following(session, at.date())
    away = select(Absence.teacher_id).where(Absence.from_on <= today, Absence.until_on >= today)
    names = names_of(session, set(session.scalars(away)))
    hour, has_begun = _hour(session, at)
    return {
        "school": school.name if school else "",
        "time_zone": zone,
        "at": at.strftime("%H:%M"),
        "has_begun": has_begun,
        "lessons": hour,
        "absent": sorted((name for name in names.values() if name), key=collated),
        "days": _days(session, [today, following] if following else [today]),
    }


def _following(session: SchoolSession, today: date) -> date | None:
    """Return the next day with lessons: after Friday it is Monday."""
    own = table(Lesson).c
    found = select(func.min(own.lesson_on)).where(
        own.school_id == UUID(session.info["school"]), own.lesson_on > today, ~own.is_cancelled
    )
    day: date | None = session.scalar(found)
    return day


def _hour(session: SchoolSession, at: datetime) -> tuple[list[dict[str, Any]], bool]:
    """Return the lessons that go on at a moment, else those that begin next; and which of both they are."""
    own = table(Lesson).c
    found = select(table(Lesson)).where(
        own.school_id == UUID(session.info["school"]),
        own.lesson_on == at.date(),
        ~own.is_cancelled,
        own.starts.is_not(None),
    )
    lengths = lesson_lengths(session)
    spans = [(row, *_span(row, lengths)) for row in session.execute(found)]
    rows = [row for row, begins, ends in spans if begins <= at < ends]
    has_begun = bool(rows)
    if not rows:
        to_come = [(begins, row) for row, begins, _ in spans if begins > at]
        first = min((begins for begins, _ in to_come), default=None)
        rows = [row for begins, row in to_come if begins == first]
    return _shown(session, rows), has_begun


def _span(row: Any, lengths: Lengths) -> tuple[datetime, datetime]:
    begins = datetime.combine(row.lesson_on, time.fromisoformat(row.starts))
    return begins, begins + lengths.get((row.number, row.starts), USUAL_LENGTH)


def _shown(session: SchoolSession, rows: Sequence[Any]) -> list[dict[str, Any]]:
    names = Names(session, rows)
    shown = [
        {
            "number": row.number,
            "starts": row.starts,
            "group": names.groups.get(row.group_id, ""),
            "subject": names.subjects.get(row.subject_id, ""),
            "teachers": [name for one in row.teacher_ids if (name := names.people.get(one))],
            "room": names.rooms.get(row.room_id),
            "is_substituted": row.is_substituted,
        }
        for row in rows
    ]
    return sorted(shown, key=lambda one: (group_key(one["group"]), one["subject"]))


def _days(session: SchoolSession, days: Sequence[date]) -> list[dict[str, Any]]:
    decided = register(session, days[0], days[-1])
    special = session.scalars(select(SpecialDay).where(SpecialDay.day.in_(days))).all()
    until = Holiday.starts_on <= days[-1], Holiday.ends_on >= days[0]
    holidays = session.scalars(select(Holiday).where(*until)).all()
    own = table(Lesson).c
    held = own.school_id == UUID(session.info["school"]), own.lesson_on.in_(days), ~own.is_cancelled
    taught = set(session.scalars(select(own.lesson_on).where(*held).distinct()))
    return [
        {
            "on": on,
            "has_lessons": on in taught,
            "changes": [_change(one, on) for one in _of_day(decided, on)],
            "special_days": [one for one in special if one.day == on],
            "holidays": [one for one in holidays if one.starts_on <= on <= one.ends_on],
        }
        for on in days
    ]


def _of_day(decided: Sequence[dict[str, Any]], on: date) -> list[dict[str, Any]]:
    """Return what changes a day, the lessons moved to it from another day among it."""
    own = [one for one in decided if on in (one["on"], one["substitution"]["to_on"])]
    return sorted(own, key=lambda one: (_number(one, on), group_key(one["group"]["name"] or "")))


def _number(one: dict[str, Any], on: date) -> int:
    moved_in = one["on"] != on
    return int(one["substitution"]["to_number"] if moved_in else one["number"])


def _change(one: dict[str, Any], on: date) -> dict[str, Any]:
    """Return a decision without its note: that may say why somebody is away."""
    it, moved_in = one["substitution"], one["on"] != on
    return {
        "number": _number(one, on),
        "group": one["group"]["name"] or "",
        "subject": one["subject"]["name"] or "",
        "kind": "moved_in" if moved_in else it["kind"],
        "absent": [who["name"] for who in one["absent"] if who["name"]],
        "stand_in": (it["stand_in"] or {}).get("name"),
        "to_subject": one["to_subject"],
        "room": one["room"],
        "other_on": one["on"] if moved_in else it["to_on"],
        "other_number": one["number"] if moved_in else it["to_number"],
    }
