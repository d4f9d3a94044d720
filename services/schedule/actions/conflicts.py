"""Why a decision about a lesson cannot be carried out: somebody or something is taken at that hour."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.bells.timing import Timing
from services.schedule.actions.versions.surroundings import clashing_groups
from services.schedule.models import Absence, Lesson, Person, table
from services.schedule.models.lengths import lesson_lengths
from services.schedule.models.substitutions import away_on
from services.schedule.rules.hours import Rung, at_once
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.names import short_name

NEEDED = {
    "teacher": ("stand_in_id",),
    "joint": ("stand_in_id",),
    "subject": ("stand_in_id", "subject_id"),
    "room": ("room_id",),
    "cancel": (),
    "move": ("on", "number"),
}
NAMED = {
    "stand_in_id": Text("учителя", "the teacher"),
    "subject_id": Text("предмет", "the subject"),
    "room_id": Text("кабинет", "the room"),
    "on": Text("день", "the day"),
    "number": Text("номер урока", "the number of the lesson"),
}


class Decision(NamedTuple):
    """What the deputy decides about a lesson; which fields count depends on the kind."""

    lesson_id: UUID
    kind: str
    stand_in_id: UUID | None = None
    room_id: UUID | None = None
    subject_id: UUID | None = None
    on: date | None = None
    number: int | None = None
    note: str = ""


class IncompleteDecision(Invalid):
    """The kind needs something that was not named."""

    title = Text("Решение неполно", "The decision is incomplete")
    detail = Text("Укажите: {what}.", "Name: {what}.")


class StandInBusy(Conflict):
    """The teacher gives another lesson at that hour."""

    title = Text("Учитель занят", "The teacher is busy")
    detail = Text(
        "{who}: урок {number} {on:%d.%m.%Y} уже занят. Выберите другого или объедините группы.",
        "{who} gives a lesson at hour {number} on {on:%Y-%m-%d}. Choose another or join the groups.",
    )


class StandInAway(Conflict):
    """The teacher is away on that day."""

    title = Text("Учитель отсутствует", "The teacher is away")
    detail = Text(
        "{who} отсутствует {on:%d.%m.%Y}. Выберите другого.",
        "{who} is away on {on:%Y-%m-%d}. Choose another.",
    )


class NothingToJoin(Conflict):
    """Groups can be joined under a teacher who gives a lesson at that hour, and no other."""

    title = Text("Объединять не с чем", "There is nothing to join with")
    detail = Text(
        "{who} свободен на уроке {number} {on:%d.%m.%Y}: это обычная замена.",
        "{who} is free at hour {number} on {on:%Y-%m-%d}: a plain substitution will do.",
    )


class RoomTaken(Conflict):
    """Another lesson is held in the room at that hour."""

    title = Text("Кабинет занят", "The room is taken")
    detail = Text(
        "На уроке {number} {on:%d.%m.%Y} в кабинете другой урок. Выберите другой кабинет.",
        "At hour {number} on {on:%Y-%m-%d} another lesson is held there. Choose another room.",
    )


class ClassBusy(Conflict):
    """The class has another lesson at that hour."""

    title = Text("У класса в это время урок", "The class has a lesson at that hour")
    detail = Text(
        "На уроке {number} {on:%d.%m.%Y} у класса уже есть урок. Выберите другое время.",
        "At hour {number} on {on:%Y-%m-%d} the class has a lesson. Choose another time.",
    )


class NoLessonsThen(Invalid):
    """A lesson would move to a day on which its class has no lessons, or that is too long ago."""

    title = Text("На этот день урок не перенести", "The lesson cannot move to that day")
    detail = Text(
        "{on:%d.%m.%Y} — не день учебного периода этого класса или прошло больше {days} дней. "
        "Выберите другой день.",
        "{on:%Y-%m-%d} is in no period of the class, or more than {days} days ago. Choose another day.",
    )


class Hours:
    """Who, which class and which room is taken when on some days; decisions are added."""

    def __init__(self, session: SchoolSession, days: Collection[date]) -> None:
        """Read the lessons of these days and how long they last."""
        own = table(Lesson).c
        shown = own.id, own.lesson_on, own.number, own.starts, own.group_id, own.room_id, own.teacher_ids
        found = select(*shown).where(
            own.school_id == UUID(session.info["school"]), own.lesson_on.in_(days), ~own.is_cancelled
        )
        self._session = session
        self._lengths = lesson_lengths(session)
        self._clashing: dict[date, Mapping[UUID, Collection[UUID]]] = {}
        self._taken: dict[tuple[date, str], list[tuple[Rung, UUID]]] = {}
        for row in session.execute(found):
            for what in (*row.teacher_ids, str(row.group_id), str(row.room_id)):
                self.take(row.lesson_on, Rung(row.number, row.starts), what, row.id)

    def take(self, day: date, rung: Rung, what: str, lesson_id: UUID) -> None:
        """Note that somebody or something is taken by a lesson then."""
        self._taken.setdefault((day, what), []).append((rung, lesson_id))

    def is_taken(self, day: date, rung: Rung, what: UUID, *, but: UUID) -> bool:
        """Whether a teacher, class or room is taken then by another lesson than `but`."""
        held = self._taken.get((day, str(what)), ())
        return any(by != but and at_once(rung, other, self._lengths) for other, by in held)

    def is_group_taken(self, day: date, rung: Rung, group_id: UUID, *, but: UUID) -> bool:
        """Whether the group, or one that it shares pupils with, has another lesson then."""
        if day not in self._clashing:
            self._clashing[day] = clashing_groups(self._session, day)
        kin = self._clashing[day].get(group_id, (group_id,))
        return any(self.is_taken(day, rung, one, but=but) for one in kin)


def check_decision(
    session: SchoolSession,
    hours: Hours,
    absences: Collection[Absence],
    lesson: Lesson,
    decision: "Decision",
    timing: Timing,
) -> None:
    """Refuse what cannot be carried out, and note what it takes for the decisions after it."""
    missing = [NAMED[name] for name in NEEDED[decision.kind] if getattr(decision, name) is None]
    if missing:
        raise IncompleteDecision(what=Text(*(", ".join(said) for said in zip(*missing, strict=True))))
    on, rung = lesson.lesson_on, Rung(lesson.number, lesson.starts)
    if decision.on is not None and decision.number is not None:
        on = decision.on
        rung = Rung(decision.number, timing.starts(lesson.group_id, on, decision.number))
    if decision.stand_in_id is not None:
        _check_stand_in(session, hours, absences, lesson, decision, on, rung)
    has_moved = decision.kind == "move"
    room = decision.room_id or (lesson.room_id if has_moved else None)
    if room is not None and hours.is_taken(on, rung, room, but=lesson.id):
        raise RoomTaken(on=on, number=rung.number)
    if has_moved:
        _check_move(session, hours, absences, lesson, decision, on, rung)
    moved = (lesson.group_id, *lesson.teacher_ids) if has_moved else ()
    for what in (decision.stand_in_id, room, *moved):
        if what is not None:
            hours.take(on, rung, str(what), lesson.id)


def _check_stand_in(
    session: SchoolSession,
    hours: Hours,
    absences: Collection[Absence],
    lesson: Lesson,
    decision: "Decision",
    on: date,
    rung: Rung,
) -> None:
    stand_in = decision.stand_in_id
    assert stand_in is not None  # noqa: S101  # Asked for by NEEDED.
    told: dict[str, Any] = {"who": _name(session, stand_in), "on": on, "number": rung.number}
    if str(stand_in) in away_on(absences, on):
        raise StandInAway(**told)
    busy = hours.is_taken(on, rung, stand_in, but=lesson.id)
    if busy and decision.kind != "joint":
        raise StandInBusy(**told)
    if not busy and decision.kind == "joint":
        raise NothingToJoin(**told)


def _check_move(
    session: SchoolSession,
    hours: Hours,
    absences: Collection[Absence],
    lesson: Lesson,
    decision: "Decision",
    on: date,
    rung: Rung,
) -> None:
    stays = (on, rung.number) == (lesson.lesson_on, lesson.number)
    if stays or hours.is_group_taken(on, rung, lesson.group_id, but=lesson.id):
        raise ClassBusy(on=on, number=rung.number)
    away = away_on(absences, on)
    for teacher in () if decision.stand_in_id else lesson.teacher_ids:
        told: dict[str, Any] = {"who": _name(session, UUID(teacher)), "on": on, "number": rung.number}
        if teacher in away:
            raise StandInAway(**told)
        if hours.is_taken(on, rung, UUID(teacher), but=lesson.id):
            raise StandInBusy(**told)


def _name(session: SchoolSession, person_id: UUID) -> str:
    person = session.get(Person, person_id)
    return short_name(person.family_name, person.given_name, person.patronymic) if person else "?"
