"""A timetable of names taken over into the school: subjects, rooms, load, slots and lessons."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.schedule.actions.calendar import school_today
from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.actions.lessons import others_have_timetable, set_timetable
from services.schedule.actions.loads import Page, Teaching, assign_loads
from services.schedule.actions.year_plans import BellTime
from services.schedule.actions.years import set_bells, year_for
from services.schedule.imports.timetable import Place, Timetable
from services.schedule.models import Year
from services.schedule.rules import Tally, hours_per_week
from shared.db import SchoolSession
from shared.errors import Invalid, Text
from shared.ids import new_id

SLOT_KEY = ("group_id", "subject_id", "week", "weekday", "number")
FURTHEST = timedelta(days=400)
MOST_LESSONS = 30_000  # The largest real school has 5,000.


class StartsTooFar(Invalid):
    """The first day of the timetable is more than a year away."""

    title = Text("Слишком далёкая дата", "The day is too far away")
    detail = Text(
        "{day} дальше года от сегодняшнего дня. Проверьте поле starts_on.",
        "{day} is more than a year from today. Check starts_on.",
    )


class TooManyLessons(Invalid):
    """The timetable has more lessons a week than any school."""

    title = Text("Слишком много уроков", "Too many lessons")
    detail = Text(
        "В неделе {count} уроков, а принимается не больше {most}. Разделите расписание на части.",
        "The week has {count} lessons; {most} are taken at most. Part the timetable.",
    )


class NamesWithoutIds(Invalid):
    """The timetable has teachers or groups for which no id was sent."""

    title = Text("Не для всех имён переданы id", "Some names came without ids")
    detail = Text(
        "Передайте в поле ids идентификаторы всех имён, которые назвал запрос /imports/fet/needs.",
        "Send in “ids” an id for each name that /imports/fet/needs told.",
    )


@dataclass(frozen=True)
class Ids:
    """The ids that identity gave to the timetable's teachers and groups, by name."""

    teachers: Mapping[str, UUID]
    groups: Mapping[str, UUID]


def take_over(
    session: SchoolSession,
    timetable: Timetable,
    ids: Ids,
    *,
    starts_on: date | None = None,
    is_rehearsal: bool = False,
) -> dict[str, Any]:
    """Bring a timetable into the school, all or nothing; returns counts and what stayed behind.

    Names are the natural keys: doing it again changes nothing. Lessons of the past are never
    rewritten. In a rehearsal, names without ids get some, for the caller rolls everything back.
    """
    _refuse_too_many(timetable)
    ids = _complete(timetable, ids, is_rehearsal=is_rehearsal)
    day, groups = school_today(session), set(ids.groups.values())
    if starts_on and abs(starts_on - day) > FURTHEST:
        raise StartsTooFar(day=starts_on)
    year, is_new = _prepare_year(session, timetable, groups, starts_on or day)
    subjects, subject_tally = name_subjects(session, timetable.subjects)
    facts = [RoomFacts(room.name, room.capacity or None, room.building) for room in timetable.rooms]
    rooms, room_tally = name_rooms(session, facts)
    named = _Named(timetable, ids, subjects, rooms, {bell.number: bell.starts for bell in year.bells})
    load_tally = assign_loads(session, year, named.loads(), groups)
    lessons = Tally()
    if timetable.places:  # An unsolved file says nothing of the timetable there may be already.
        begin = max(starts_on or year.starts_on, year.starts_on)
        lessons = set_timetable(session, year, named.slots(), groups, from_on=begin, today=day)
    tallies = {"subjects": subject_tally, "rooms": room_tally, "loads": load_tally, "lessons": lessons}
    return {
        "year": {"id": year.id, "name": year.name, "is_new": is_new},
        **{what: asdict(tally) for what, tally in tallies.items()},
        **what_stays_behind(timetable),
    }


def _prepare_year(
    session: SchoolSession, timetable: Timetable, groups: Collection[UUID], on: date
) -> tuple[Year, bool]:
    """Return the year that the timetable is for, with its bells and days, and whether it is new."""
    week = max((timetable.days[place.day].weekday for place in timetable.places.values()), default=5)
    year, is_new = year_for(session, on, school_days=max(5, week))
    bells = [BellTime(hour.number, hour.starts, hour.ends) for hour in timetable.hours]
    is_only = bool(timetable.places) and not others_have_timetable(session, year, groups)
    set_bells(session, year, bells, school_days=week, is_only=is_only)
    return year, is_new


def _refuse_too_many(timetable: Timetable) -> None:
    count = sum(len(one.students) * one.duration for one in timetable.activities.values())
    if count > MOST_LESSONS:
        raise TooManyLessons(count=count, most=MOST_LESSONS)


def what_stays_behind(timetable: Timetable) -> dict[str, Any]:
    """Return each activity without a place, and what has no counterpart here."""
    unplaced = [
        {
            "activity": one.id,
            "subject": one.subject,
            "groups": list(one.students),
            "teachers": list(one.teachers),
            "hours": one.duration,
        }
        for one in timetable.unplaced
    ]
    ignored = [{"what": one.what, "count": one.count, "why": one.why} for one in timetable.ignored]
    return {"unplaced": unplaced, "ignored": ignored}


def _complete(timetable: Timetable, ids: Ids, *, is_rehearsal: bool) -> Ids:
    """Return the ids of exactly the names of this timetable."""
    groups = [one.name for one in timetable.needed_sets()]
    missing = {
        "teachers": [name for name in timetable.teachers if name not in ids.teachers],
        "groups": [name for name in groups if name not in ids.groups],
    }
    wrong = {f"ids.{kind}": names for kind, names in missing.items() if names}
    if wrong and not is_rehearsal:
        raise NamesWithoutIds(errors=wrong)
    return Ids(
        teachers={name: ids.teachers.get(name) or new_id() for name in timetable.teachers},
        groups={name: ids.groups.get(name) or new_id() for name in groups},
    )


@dataclass(frozen=True)
class _Named:
    """A timetable with the ids of its names."""

    timetable: Timetable
    ids: Ids
    subjects: Mapping[str, UUID]
    rooms: Mapping[str, UUID]
    bells: Mapping[int, str | None]

    def loads(self) -> dict[Page, Teaching]:
        """Return who teaches what, placed or not: a class's subject has all its teachers."""
        teachers: dict[Page, set[str]] = {}
        hours: dict[Page, int] = {}
        for activity in self.timetable.activities.values():
            if not activity.subject:
                continue  # Known by its number alone; it is reported as unplaced.
            for name in activity.students:
                page = (self.ids.groups[name], self.subjects[activity.subject])
                teachers.setdefault(page, set()).update(self._teachers(activity.teachers))
                hours[page] = hours.get(page, 0) + activity.duration
        weeks = self.timetable.weeks
        return {
            page: Teaching(tuple(sorted(found)), hours_per_week(hours[page], weeks))
            for page, found in teachers.items()
        }

    def slots(self) -> list[dict[str, Any]]:
        """Return the weekly lessons; two activities of a class in one subject and hour are one lesson."""
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for activity_id, place in self.timetable.places.items():
            activity = self.timetable.activities[activity_id]
            for name in activity.students:
                for hour in place.hours:
                    slot = self._slot(name, activity.subject, place, hour)
                    key = tuple(
                        slot[part] for part in ("group_id", "subject_id", "week", "weekday", "number")
                    )
                    same = found.setdefault(key, slot)
                    known = {*same["teacher_ids"], *self._teachers(activity.teachers)}
                    same["teacher_ids"] = sorted(known)
        return list(found.values())

    def _slot(self, group: str, subject: str, place: Place, hour: int) -> dict[str, Any]:
        day, rung = self.timetable.days[place.day], self.timetable.hours[hour]
        return {
            "group_id": self.ids.groups[group],
            "subject_id": self.subjects[subject],
            "week": day.week if self.timetable.weeks > 1 else 0,
            "weekday": day.weekday,
            "number": rung.number,
            "starts": rung.starts if rung.starts != self.bells[rung.number] else None,
            "room_id": self.rooms[place.room] if place.room else None,
            "teacher_ids": [],
        }

    def _teachers(self, names: tuple[str, ...]) -> list[str]:
        return [str(self.ids.teachers[name]) for name in names]
