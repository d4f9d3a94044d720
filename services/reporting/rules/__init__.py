"""What a page of the register consists of, how averages are counted, what works are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from services.reporting.rules.corrections import Correction

ATTENDANCE = 0
"""The slot of attendance; the works of a lesson have slots from 1."""

EMPTY_HEAD = "0" * 64
"""The head of a page that has no revisions yet."""

DIGEST_LETTERS = 16
"""How much of a head is printed: enough that nobody finds another page with the same."""

USUAL_WORK = "answer"

WORK_TITLES = {
    "answer": "ответ",
    "homework": "домашняя",
    "independent": "самостоятельная",
    "practical": "практическая",
    "laboratory": "лабораторная",
    "test": "тест",
    "project": "проект",
    "dictation": "диктант",
    "essay": "сочинение",
    "control": "контрольная",
}
LEFT_AS = {"transfer": "переведён", "promotion": "переведён", "graduation": "окончил"}
"""How somebody left a class, where it was not the school that was left."""


class Stay(NamedTuple):
    """First and last day in a group; no last day while it goes on.

    `left_by` is how the printed page names the order that ended it; empty when none did.
    """

    first: date
    last: date | None = None
    left_by: str = ""


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil's row: the name as printed, the stays in the group, the average as printed."""

    name: str
    stays: tuple[Stay, ...] = ()
    average: str | None = None

    def present_on(self, day: date) -> bool:
        """Whether the pupil belonged to the group that day; unknown stays exclude nothing."""
        return not self.stays or any(
            stay.first <= day and (stay.last is None or day <= stay.last) for stay in self.stays
        )

    def movement(self, days: tuple[date, date] | None) -> str:
        """Return «с 14.09» or «по 10.10» for who came or left between these days."""
        if not self.stays or days is None:
            return ""
        came = min(stay.first for stay in self.stays)
        left = self._last_stay.last or date.max
        notes = [f"с {came:%d.%m}"] if days[0] < came <= days[1] else []
        notes += [f"по {left:%d.%m}"] if days[0] <= left < days[1] else []
        return " ".join(notes)

    def left_by(self, days: tuple[date, date] | None) -> str:
        """Return «выбыл, приказ № 12 от 10.10.2026» for who left by an order before the last day."""
        if not self.stays or days is None:
            return ""
        stay = self._last_stay
        return stay.left_by if stay.last is not None and stay.last < days[1] else ""

    @property
    def _last_stay(self) -> Stay:
        return max(self.stays, key=lambda stay: stay.last or date.max)


@dataclass(frozen=True, slots=True)
class LessonColumn:
    """A lesson: a date column of the left sheet and a row of the right one."""

    on: date
    number: int | None = None
    works: tuple[str, ...] = ()  # titles, in the order of their slots
    topic: str = ""
    homework: str = ""
    is_corrected: bool = False  # Topic or homework was changed after the period had been closed.


@dataclass(frozen=True, slots=True)
class Spread:
    """Everything that is printed of a class-subject page in a period.

    `cells` holds what stands in a cell, by (pupil's index, lesson's index); attendance and marks
    are separated by spaces. `finals` are the term-end marks by (pupil's index, term's index).
    """

    school: str
    year: str
    group: str
    subject: str
    period: str
    teachers: tuple[str, ...]
    pupils: tuple[PupilRow, ...]
    lessons: tuple[LessonColumn, ...]
    cells: Mapping[tuple[int, int], str]
    seq: int
    head: str
    as_of: str  # day and time of the last change, in the school's time; empty before the first
    verify_url: str
    terms: tuple[str, ...] = ()  # titles of the columns of term-end marks
    finals: Mapping[tuple[int, int], str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    extract: str = ""  # what is said of a part of the page; empty of the whole

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day with a lesson."""
        return (self.lessons[0].on, self.lessons[-1].on) if self.lessons else None


def digest_of(head: str) -> str:
    """Return the part of a head that is printed and put into the QR code."""
    return (head or EMPTY_HEAD)[:DIGEST_LETTERS]


def verify_url(public_url: str, page_id: UUID, seq: int, head: str) -> str:
    """Return the address at which a page's digest is held against its history."""
    return f"{public_url}/verify/{page_id}/{seq}/{digest_of(head)}"


def printed_sign(attendance: str) -> str:
    """Return a sign of attendance as a cell holds it: «оп 10» is one word, or its minutes look like marks."""
    return attendance.replace(" ", "")


def work_title(type_: str) -> str:
    """Return what a work is called in print; a type of the school's own is printed as it is."""
    return WORK_TITLES.get(type_, type_)


def column_titles(types: Sequence[str]) -> tuple[str, ...]:
    """Return what stands above a lesson's column: nothing where marks were for answers alone."""
    return () if set(types) <= {USUAL_WORK} else tuple(work_title(type_) for type_ in types)


def leaving(ended_as: str | None, number: str | None, on: date | None) -> str:
    """Return how a page names the order by which a pupil left (DOMAIN 2.10); empty without one."""
    if not number or on is None:
        return ""
    return f"{LEFT_AS.get(ended_as or '', 'выбыл')}, приказ № {number} от {on:%d.%m.%Y}"


def year_title(name: str) -> str:
    """Return «2026/27 учебный год», whether the school writes the words or not."""
    return name if "год" in name.casefold() else f"{name} учебный год".strip()


def weighted_average(marks: Iterable[tuple[str, int]]) -> str | None:
    """Return Σ(mark·weight) / Σweight to two places, half up; None where no mark counts.

    Only digits count: зач, незач, осв, н/а do not.
    """
    total = weights = 0
    for value, weight in marks:
        if value.isdigit():
            total += int(value) * weight
            weights += weight
    if not weights:
        return None
    return str((Decimal(total) / weights).quantize(Decimal("0.01"), ROUND_HALF_UP))
