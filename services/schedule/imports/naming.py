"""A timetable whose names have ids: its load, and its cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.schedule.actions.loads import Page, Teaching
from services.schedule.actions.versions.drafts import CardFacts
from services.schedule.imports.timetable import Activity, Place, Timetable
from services.schedule.rules import hours_per_week


@dataclass(frozen=True)
class Ids:
    """The ids that identity gave to a timetable's teachers and groups, by name.

    Subjects and rooms that are not named here are known by their own names.
    """

    teachers: Mapping[str, UUID]
    groups: Mapping[str, UUID]
    subjects: Mapping[str, UUID] = field(default_factory=dict)
    rooms: Mapping[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class Named:
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
                hours[page] = hours.get(page, 0) + activity.duration * activity.times
        weeks = self.timetable.weeks
        return {
            page: Teaching(tuple(sorted(found)), hours_per_week(hours[page], weeks))
            for page, found in teachers.items()
        }

    def cards(self) -> dict[str, list[CardFacts]]:
        """Return the activities with a place, an hour a card: several sets of students have it together."""
        return {
            activity_id: [
                self._card(self.timetable.activities[activity_id], place, hour) for hour in place.hours
            ]
            for activity_id, place in self.timetable.places.items()
        }

    def cards_to_place(self) -> list[CardFacts]:
        """Return the hours that have no place yet."""
        return [
            CardFacts(
                subject_id=self.subjects[one.subject],
                group_ids=[self.ids.groups[name] for name in one.students],
                teacher_ids=[self.ids.teachers[name] for name in one.teachers],
            )
            for one in self.timetable.unplaced
            if one.subject and one.students
            for _ in range(one.duration)
        ]

    def _card(self, activity: Activity, place: Place, hour: int) -> CardFacts:
        day, rung = self.timetable.days[place.day], self.timetable.hours[hour]
        return CardFacts(
            subject_id=self.subjects[activity.subject],
            group_ids=[self.ids.groups[name] for name in activity.students],
            teacher_ids=[self.ids.teachers[name] for name in activity.teachers],
            room_id=self.rooms[place.room] if place.room else None,
            week=day.week if self.timetable.weeks > 1 else 0,
            weekday=day.weekday,
            number=rung.number,
            starts=rung.starts if rung.starts != self.bells[rung.number] else None,
        )

    def _teachers(self, names: tuple[str, ...]) -> list[str]:
        return [str(self.ids.teachers[name]) for name in names]
