"""When a teacher writes: nearly always on the day of the lesson; works are marked some days later."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from deploy.demo.chronicle import moment
from deploy.demo.timetable import BELLS

SLOW_TEACHERS = 0.1
FORGOTTEN = {
    True: 0.12,
    False: 0.004,
}  # The share of lessons written a day or two late, by whether one is slow.
OVERDUE = {True: 0.15, False: 0.01}  # Of works marked after the days of clause 3.6.4, of marks after 3.6.5.
LAST_HOUR = "17:30"  # Before it, on a page's last day of a period, all its works are marked.


@dataclass(frozen=True)
class Written:
    """When a lesson was written, and when its written works were marked."""

    at: datetime
    marked_at: datetime


class Habits:
    """One teacher's ways on one page; the same names give the same ways."""

    def __init__(self, zone: ZoneInfo, teacher: str, page: str) -> None:
        self.zone, self.random = zone, Random(f"habits {teacher} {page}")
        self.is_slow = Random(f"habits {teacher}").random() < SLOW_TEACHERS

    def written(self, on: date, number: int, ends_on: date | None) -> Written:
        """Return when a lesson of a day was written; `ends_on` is the page's last day of the period."""
        at = moment(self.zone, on, BELLS[number - 1][1], self.random.uniform(1, 25))
        if self.random.random() < FORGOTTEN[self.is_slow]:
            at = self._evening(on + timedelta(days=self.random.choice((1, 1, 2))))
        days = 8 if self.random.random() < OVERDUE[self.is_slow] else self.random.randint(1, 4)
        marked_at = self._evening(on + timedelta(days=days))
        if ends_on is not None:
            marked_at = min(marked_at, moment(self.zone, ends_on, LAST_HOUR))
        return Written(at, max(at, marked_at))

    def finals(self, last_lesson: date, ends_on: date, days: int) -> datetime:
        """Return when a period's marks were put: after its last lesson, within its last days; a few later."""
        on = max(last_lesson, ends_on - timedelta(days=days - 1))
        if self.random.random() < OVERDUE[self.is_slow]:
            on = ends_on + timedelta(days=self.random.choice((1, 2)))
        return moment(self.zone, on, "18:00", self.random.uniform(0, 150))

    def _evening(self, day: date) -> datetime:
        return moment(self.zone, day, "15:30", self.random.uniform(0, 270))
