"""Why a decision about a lesson cannot be carried out: somebody or something is taken at that hour."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Absence, Group, Lesson, Person, table
from services.schedule.models.substitutions import away_on
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.names import short_name

if TYPE_CHECKING:
    from services.schedule.actions.substitutions import Decision

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
    """Who, which class and which room is taken at which hour of some days; decisions are added."""

    def __init__(self, session: SchoolSession, days: Collection[date]) -> None:
        """Read the lessons of these days and the groups, in two statements."""
        own = table(Lesson).c
        found = select(own.id, own.lesson_on, own.number, own.group_id, own.room_id, own.teacher_ids).where(
            own.school_id == UUID(session.info["school"]), own.lesson_on.in_(days), ~own.is_cancelled
        )
        self._parents = {row.id: row.parent_id for row in session.execute(select(Group.id, Group.parent_id))}
        self._taken: dict[tuple[date, int, str], set[UUID]] = {}
        for row in session.execute(found):
            for what in (*row.teacher_ids, str(row.group_id), str(row.room_id)):
                self.take(row.lesson_on, row.number, what, row.id)

    def take(self, day: date, number: int, what: str, lesson_id: UUID) -> None:
        """Note that somebody or something is taken by a lesson at that hour."""
        self._taken.setdefault((day, number, what), set()).add(lesson_id)

    def is_taken(self, day: date, number: int, what: UUID, *, but: UUID) -> bool:
        """Whether a teacher, class or room is taken at that hour by another lesson than `but`."""
        return bool(self._taken.get((day, number, str(what)), set()) - {but})

    def is_group_taken(self, day: date, number: int, group_id: UUID, *, but: UUID) -> bool:
        """Whether the group has another lesson, or what it is a part of, or a part of it."""
        parent = self._parents.get(group_id)
        kin = {group_id, *(one for one, above in self._parents.items() if above == group_id)}
        kin |= {parent} if parent else set()
        return any(self.is_taken(day, number, one, but=but) for one in kin)


def check_decision(
    session: SchoolSession, hours: Hours, absences: Collection[Absence], lesson: Lesson, decision: "Decision"
) -> None:
    """Refuse what cannot be carried out, and note what it takes for the decisions after it."""
    missing = [NAMED[name] for name in NEEDED[decision.kind] if getattr(decision, name) is None]
    if missing:
        raise IncompleteDecision(what=Text(*(", ".join(said) for said in zip(*missing, strict=True))))
    on, number = decision.on or lesson.lesson_on, decision.number
    number = lesson.number if number is None else number
    at: dict[str, Any] = {"on": on, "number": number}
    if decision.stand_in_id is not None:
        _check_stand_in(session, hours, absences, lesson, decision, on, number)
    if decision.room_id is not None and hours.is_taken(on, number, decision.room_id, but=lesson.id):
        raise RoomTaken(**at)
    if decision.kind == "move":
        _check_move(session, hours, absences, lesson, decision, on, number)
    moved = (lesson.group_id, *lesson.teacher_ids) if decision.kind == "move" else ()
    for what in (decision.stand_in_id, decision.room_id, *moved):
        if what is not None:
            hours.take(on, number, str(what), lesson.id)


def _check_stand_in(
    session: SchoolSession,
    hours: Hours,
    absences: Collection[Absence],
    lesson: Lesson,
    decision: "Decision",
    on: date,
    number: int,
) -> None:
    stand_in = decision.stand_in_id
    assert stand_in is not None  # noqa: S101  # Asked for by NEEDED.
    told: dict[str, Any] = {"who": _name(session, stand_in), "on": on, "number": number}
    if str(stand_in) in away_on(absences, on):
        raise StandInAway(**told)
    busy = hours.is_taken(on, number, stand_in, but=lesson.id)
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
    number: int,
) -> None:
    if hours.is_group_taken(on, number, lesson.group_id, but=lesson.id) or (on, number) == (
        lesson.lesson_on,
        lesson.number,
    ):
        raise ClassBusy(on=on, number=number)
    away = away_on(absences, on)
    for teacher in () if decision.stand_in_id else lesson.teacher_ids:
        told: dict[str, Any] = {"who": _name(session, UUID(teacher)), "on": on, "number": number}
        if teacher in away:
            raise StandInAway(**told)
        if hours.is_taken(on, number, UUID(teacher), but=lesson.id):
            raise StandInBusy(**told)


def _name(session: SchoolSession, person_id: UUID) -> str:
    person = session.get(Person, person_id)
    return short_name(person.family_name, person.given_name, person.patronymic) if person else "?"
