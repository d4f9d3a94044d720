"""What the deputy decided about lessons: those of teachers who were away, one cancelled, one moved."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deploy.demo.chronicle import actor_of, moment
from deploy.demo.curriculum import SHOWN
from services.schedule.actions.absences import enter_absence
from services.schedule.actions.calendar import current_year, school_today
from services.schedule.actions.conflicts import Decision
from services.schedule.actions.substitutions import decide
from services.schedule.models import Absence, Group, Lesson, Subject, Substitution
from services.schedule.queries.substitutions import needs
from shared.auth import Actor
from shared.bygone import recorded_at
from shared.db import Database, SchoolSession
from shared.errors import Refusal


class Away(NamedTuple):
    """Why a teacher was away, for how many school days, and since how many ago."""

    reason: str
    note: str
    days: int = 1
    back: int = 0


AWAY = {
    "Физика": Away("illness", "Больничный лист", 3, 8),
    "География": Away("training", "Курсы повышения квалификации", 1, 3),
}
NEXT = Away("trip", "Сопровождает команду на олимпиаду")
MOVED, CANCELLED = 6, 4  # School days ago.


def decide_past(schedule: Database, school_id: UUID, deputy_id: UUID, zone: ZoneInfo) -> None:
    """Let the deputy have decided about lessons of the last two weeks, each in the morning; once."""
    deputy = actor_of(school_id, deputy_id, "deputy")
    with schedule.reading(school_id) as session:
        days = [day for day in _days(session) if day < school_today(session)]
        if session.scalars(select(Substitution.id).limit(1)).first():
            return
    for subject, away in AWAY.items():
        if len(days) > away.back:
            first, last = days[-away.back], days[-away.back + away.days - 1]
            with recorded_at(moment(zone, first, "07:40")), schedule.writing(school_id) as session:
                _give_away(session, deputy, _teacher_of(session, subject), away, first, last)
    for back, settle in ((MOVED, _move), (CANCELLED, _cancel)):
        if len(days) > back:
            at = moment(zone, days[-back - 1], "15:20")
            with recorded_at(at), schedule.writing(school_id) as session:
                settle(session, deputy, days[-back], days[-back + 1])


def decide_ahead(
    schedule: Database, school_id: UUID, deputy_id: UUID, zone: ZoneInfo, shown: Collection[UUID]
) -> None:
    """Let the deputy have decided about the next day with lessons, on the last one; once.

    Away is a teacher of the class, but none of those to be shown.
    """
    with schedule.reading(school_id) as session:
        days, day = _days(session), school_today(session)
        is_done = session.scalars(select(Absence.id).where(Absence.from_on > day).limit(1)).first()
    held, ahead = [one for one in days if one < day], [one for one in days if one > day]
    if held and ahead and not is_done:
        deputy = actor_of(school_id, deputy_id, "deputy")
        at = moment(zone, held[-1], "15:40")
        with recorded_at(at), schedule.writing(school_id) as session:
            for lesson in _of_day(session, ahead[0]):
                if UUID(lesson.teacher_ids[0]) not in shown:
                    _give_away(session, deputy, UUID(lesson.teacher_ids[0]), NEXT, ahead[0], ahead[0])
                    return


_OF_CLASS = (
    select(Lesson).join(Group, Group.id == Lesson.group_id).where(Group.name == SHOWN, ~Lesson.is_cancelled)
)


def _days(session: SchoolSession) -> list[date]:
    year = current_year(session)
    held = select(Lesson.lesson_on).where(Lesson.year_id == year.id, ~Lesson.is_cancelled).distinct()
    return list(session.scalars(held.order_by(Lesson.lesson_on)))


def _teacher_of(session: SchoolSession, subject: str) -> UUID:
    taught = _OF_CLASS.join(Subject, Subject.id == Lesson.subject_id).where(Subject.name == subject)
    return UUID(session.scalars(taught.limit(1)).one().teacher_ids[0])


def _give_away(
    session: SchoolSession, deputy: Actor, teacher_id: UUID, away: Away, first: date, last: date
) -> None:
    """Enter an absence and give each of its lessons to the best of those who are free."""
    absence = enter_absence(session, teacher_id, first, last, away.reason, away.note)
    needed, proposed = needs(session, first, last, [absence])
    stand_ins = {one["lesson_id"]: one["stand_in"]["id"] for one in proposed}
    decide(session, deputy, [_decision(one, stand_ins) for one in needed])


def _decision(lesson: dict[str, Any], stand_ins: dict[UUID, str]) -> Decision:
    if lesson["id"] in stand_ins:
        return Decision(lesson["id"], "teacher", stand_in_id=UUID(stand_ins[lesson["id"]]))
    return Decision(lesson["id"], "cancel", note="Заменить некем")


def _move(session: SchoolSession, deputy: Actor, day: date, after: date) -> None:
    """Move the class's last lesson of a day behind those of the day after it, where its teacher can."""
    until = max((lesson.number for lesson in _of_day(session, after)), default=0)
    for lesson in reversed(_of_day(session, day)):
        with suppress(Refusal):
            decide(session, deputy, [Decision(lesson.id, "move", on=after, number=until + 1)])
            return


def _of_day(session: SchoolSession, day: date) -> list[Lesson]:
    found = _OF_CLASS.where(Lesson.lesson_on == day).order_by(Lesson.number)
    return list(session.scalars(found))


def _cancel(session: SchoolSession, deputy: Actor, day: date, _: date) -> None:
    """Cancel the class's last lesson of a day."""
    for lesson in _of_day(session, day)[-1:]:
        decide(session, deputy, [Decision(lesson.id, "cancel", note="Класс на экскурсии в музее")])
