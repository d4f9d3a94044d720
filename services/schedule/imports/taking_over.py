"""A timetable of names taken over into the school: subjects, rooms, load, slots and lessons."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.schedule.actions.calendar import school_today
from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.actions.lessons import others_have_timetable
from services.schedule.actions.loads import assign_loads
from services.schedule.actions.versions.drafts import make_draft, same_draft
from services.schedule.actions.versions.publishing import take_timetable
from services.schedule.actions.year_plans import BellTime
from services.schedule.actions.years import set_bells, year_for
from services.schedule.imports.desk.verdicts import counted, places_in_force, verdicts
from services.schedule.imports.naming import Ids, Named
from services.schedule.imports.timetable import Timetable
from services.schedule.models import Timetable as Version
from services.schedule.models import Year
from services.schedule.rules import Tally
from shared.db import SchoolSession
from shared.errors import Invalid, Text
from shared.ids import new_id

FURTHEST = timedelta(days=400)
TITLES = {"fet": "FET", "asc": "aSc", "untis": "Untis", "nika": "НИКА", "xlsx": "XLSX"}
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
        "Передайте в поле ids идентификаторы всех имён, которые назвал запрос /imports/timetables/needs.",
        "Send in “ids” an id for each name that /imports/timetables/needs told.",
    )


@dataclass(frozen=True)
class Wish:
    """How a timetable of a kind of file is to be taken over: from which day, as a draft or at once."""

    source: str = "fet"
    starts_on: date | None = None
    is_draft: bool = False
    with_loads: bool = True
    made_by: UUID | None = None


AT_ONCE = Wish()


def take_over(
    session: SchoolSession,
    timetable: Timetable,
    ids: Ids,
    wish: Wish = AT_ONCE,
    *,
    is_rehearsal: bool = False,
) -> dict[str, Any]:
    """Bring a timetable into the school, all or nothing; returns counts and what stayed behind.

    Names are the natural keys: doing it again changes nothing. Lessons of the past are never
    rewritten. In a rehearsal, names without ids get some, for the caller rolls everything back.
    """
    _refuse_too_many(timetable)
    ids = _complete(timetable, ids, is_rehearsal=is_rehearsal)
    day, groups = school_today(session), set(ids.groups.values())
    if wish.starts_on and abs(wish.starts_on - day) > FURTHEST:
        raise StartsTooFar(day=wish.starts_on)
    year, is_new = _prepare_year(session, timetable, groups, wish, day)
    named, tallies = _name(session, timetable, ids, year)
    before = places_in_force(session, year, groups, max(wish.starts_on or day, day))
    tallies["loads"] = assign_loads(session, year, named.loads(), groups) if wish.with_loads else Tally()
    version, tallies["lessons"] = _keep(session, year, named, groups, wish, day)
    rows = verdicts(timetable, named.cards(), before)
    return {
        "year": {"id": year.id, "name": year.name, "is_new": is_new},
        **{what: asdict(tally) for what, tally in tallies.items()},
        **what_stays_behind(timetable),
        "timetable_id": version.id if version else None,
        "timetable_version": version.version if version else None,
        "verdicts": counted(rows),
        "rows": rows,
    }


def _name(
    session: SchoolSession, timetable: Timetable, ids: Ids, year: Year
) -> tuple[Named, dict[str, Tally]]:
    """Find or enter subjects and rooms; those whose meaning was told stay as they are."""
    subjects, entered = name_subjects(session, [one for one in timetable.subjects if one not in ids.subjects])
    facts = [
        RoomFacts(room.name, room.capacity or None, room.building)
        for room in timetable.rooms
        if room.name not in ids.rooms
    ]
    rooms, furnished = name_rooms(session, facts)
    entered.unchanged += len(ids.subjects)
    furnished.unchanged += len(ids.rooms)
    bells = {bell.number: bell.starts for bell in year.bells}
    named = Named(timetable, ids, {**subjects, **ids.subjects}, {**rooms, **ids.rooms}, bells)
    return named, {"subjects": entered, "rooms": furnished}


def _keep(
    session: SchoolSession, year: Year, named: Named, groups: Collection[UUID], wish: Wish, day: date
) -> tuple[Version | None, Tally]:
    """Keep the timetable as a draft, or publish it; one that is there already is not kept twice."""
    if not named.timetable.places:
        return None, Tally()  # An unsolved file says nothing of the timetable there may be already.
    name = f"{TITLES[wish.source]}, {day:%d.%m.%Y}"
    cards = [card for own in named.cards().values() for card in own]
    if wish.is_draft:
        cards += named.cards_to_place()
        known = same_draft(session, year, wish.source, cards)
        made = known or make_draft(
            session, year, name, wish.source, cards, groups=groups, made_by=wish.made_by
        )
        return made, Tally()
    begin = max(wish.starts_on or year.starts_on, year.starts_on)
    return take_timetable(session, year, name, wish.source, cards, groups, from_on=begin, today=day)


def _prepare_year(
    session: SchoolSession, timetable: Timetable, groups: Collection[UUID], wish: Wish, today: date
) -> tuple[Year, bool]:
    """Return the year that the timetable is for, with its bells and days, and whether it is new."""
    on = wish.starts_on or today
    week = max((timetable.days[place.day].weekday for place in timetable.places.values()), default=5)
    year, is_new = year_for(session, on, school_days=max(5, week))
    bells = [BellTime(hour.number, hour.starts, hour.ends) for hour in timetable.hours]
    finished = bool(timetable.places) and not wish.is_draft
    is_only = finished and not others_have_timetable(session, year, groups)
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
        subjects={name: ids.subjects[name] for name in timetable.subjects if name in ids.subjects},
        rooms={room.name: ids.rooms[room.name] for room in timetable.rooms if room.name in ids.rooms},
    )
