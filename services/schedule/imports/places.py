"""Putting activities into days, hours and rooms, with a fault for every place that cannot be."""

from collections.abc import Sequence

from services.schedule.imports.timetable import Activity, Faults, Place, Room, Timetable

MAX_ROOM = 250  # Of several rooms joined; one has 120 characters at most.


def room_name(rooms: Sequence[str]) -> str:
    """Return how several rooms of one lesson (FET's virtual room) are written: joined by a plus."""
    return "+".join(rooms)


class Slots:
    """A timetable's declared names, to hold places against."""

    def __init__(self, timetable: Timetable, faults: Faults) -> None:
        """Index the names of the timetable; faults go to where they are collected."""
        self.timetable = timetable
        self.faults = faults
        self.days = {day.name: index for index, day in enumerate(timetable.days)}
        # Names of the afternoon repeat those of the morning, so the first one wins.
        self.hours = {hour.name: at for at, hour in reversed(list(enumerate(timetable.hours)))}
        self.rooms = {room.name for room in timetable.rooms}
        self.morning = len(self.hours)

    def activity(self, line: int, column: str, name: str) -> Activity | None:
        """Return the activity of this id."""
        found = self.timetable.activities.get(name)
        if found is None:
            self.faults.unknown(line, column, name, "Activities_List")
        return found

    def day(self, line: int, column: str, name: str) -> int | None:
        """Return the index of a day; a seventh day is none, for the school is closed on it."""
        found = self.days.get(name)
        if found is None:
            self.faults.unknown(line, column, name, "Days_List")
        elif self.timetable.days[found].weekday > 6:
            self.faults.add(
                line,
                column,
                f"«{name}» — седьмой день недели, а школа работает шесть; перенесите занятие.",
                f"“{name}” is the seventh day, and a school week has six; move the activity.",
            )
        return found

    def hour(self, line: int, column: str, name: str) -> int | None:
        """Return the index of an hour of the day."""
        found = self.hours.get(name)
        if found is None:
            self.faults.unknown(line, column, name, "Hours_List")
        return found

    def room(self, line: int, column: str, name: str) -> str | None:
        """Return a room's name; several real rooms joined by a plus become a room of their own."""
        if name in self.rooms:
            return name
        if len(name) <= MAX_ROOM and all(part in self.rooms for part in name.split("+")):
            self.rooms.add(name)
            self.timetable.rooms += (Room(name),)
            return name
        self.faults.unknown(line, column, name, "Rooms_List")
        return None

    def start(self, line: int, column: str, activity: Activity, day: int | None, hour: int | None) -> None:
        """Place an activity's consecutive hours from this one on."""
        if day is None or hour is None:
            return
        if hour + activity.duration > self.morning:
            self.faults.add(
                line,
                column,
                f"Занятие {activity.id} ({activity.duration} ч) не помещается в день с этого урока.",
                f"Activity {activity.id} ({activity.duration} hours) does not fit into the day from here.",
            )
            return
        first = hour + self.morning * self._is_afternoon(day)
        self.put(line, column, activity, Place(day, tuple(range(first, first + activity.duration))))

    def put(self, line: int, column: str, activity: Activity, place: Place) -> None:
        """Place an activity, unless it has another place already."""
        known = self.timetable.places.setdefault(activity.id, place)
        if (known.day, known.hours) != (place.day, place.hours):
            self.faults.add(
                line,
                column,
                f"Занятие {activity.id} поставлено в расписание дважды; оставьте одно место.",
                f"Activity {activity.id} is placed twice; keep one of the places.",
            )

    def _is_afternoon(self, day: int) -> bool:
        return len(self.timetable.hours) > self.morning and day % 2 == 1
