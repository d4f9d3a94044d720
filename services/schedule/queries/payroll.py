"""Lessons missed and given in another's stead, for the register and the payroll (clause 3.7.3, DOMAIN 2.5).

Counted are lessons really held: not of days to come, and not those that a later change cancelled.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.schedule.models import Absence, Group, Lesson, Person, School, Substitution, table
from services.schedule.queries import Names
from services.schedule.queries.calendars import USUAL_TIME_ZONE
from services.schedule.rules import PAID
from shared.clock import now
from shared.db import SchoolSession
from shared.names import collated, short_name

PRIMARY, SENIOR, JOINT = "ЗН", "ЗС", "совмещение"
"""Codes of the time sheet (табель): lessons of grades 1 to 3, of grades 4 to 11; joint ones apart."""

CODES = (PRIMARY, SENIOR, JOINT)
SENIOR_FROM = 4
LESSON = timedelta(minutes=45)  # СП 2.4.3648-20: at most.

Key = tuple[UUID, UUID, date, int]


@dataclass(frozen=True)
class MissedLesson:
    """A row of the register: whose lesson it was, and who gave it; nobody, where it was not held."""

    on: date
    number: int
    group: str
    subject: str
    absent: str
    reason: str | None  # One of ABSENCE_REASONS, where an absence was entered.
    kind: str
    stand_in_id: UUID | None
    stand_in: str
    code: str | None  # None: no hour is paid.


def missed_lessons(session: SchoolSession, from_on: date, until_on: date) -> list[MissedLesson]:
    """Return the register of missed and substituted lessons of some days, in their order.

    A lesson of another subject is named with the subject that was given. The statements are always nine.
    """
    own = Substitution
    found = select(own).where(
        own.lesson_on.between(from_on, until_on), own.withdrawn_at.is_(None), own.kind.in_((*PAID, "cancel"))
    )
    decided = session.scalars(found.order_by(own.lesson_on, own.number, own.id)).all()
    is_over = _clock(session)
    held = _held(session, decided)
    rows = [
        one
        for one in decided
        if is_over(one.lesson_on, one.was_starts) and (one.kind == "cancel" or _key(one) in held)
    ]
    names = Names(session, [_Given(one) for one in rows])
    grades = _grades(session)
    people = _people(session, rows)
    asked = {one.absence_id for one in rows if one.absence_id}
    absences = {one.id: one.reason for one in session.scalars(select(Absence).where(Absence.id.in_(asked)))}
    return [
        MissedLesson(
            on=one.lesson_on,
            number=one.number,
            group=names.groups.get(one.group_id, ""),
            subject=names.subjects.get(one.to_subject_id or one.subject_id, ""),
            absent=", ".join(people.get(UUID(who), "") for who in one.was_teacher_ids),
            reason=absences.get(one.absence_id) if one.absence_id else None,
            kind=one.kind,
            stand_in_id=one.stand_in_id,
            stand_in=people.get(one.stand_in_id, "") if one.stand_in_id else "",
            code=_code(one, grades),
        )
        for one in rows
    ]


@dataclass(frozen=True)
class Hours:
    """What somebody gave in others' stead, in hours by code and by kind."""

    teacher_id: UUID
    teacher: str
    codes: Mapping[str, int]
    kinds: Mapping[str, int]

    @property
    def total(self) -> int:
        """All hours."""
        return sum(self.codes.values())


def hours_of(missed: Iterable[MissedLesson]) -> list[Hours]:
    """Sum the hours up for each who stood in, by name."""
    by_teacher: dict[UUID, list[MissedLesson]] = {}
    for one in missed:
        if one.stand_in_id is not None and one.code is not None:
            by_teacher.setdefault(one.stand_in_id, []).append(one)
    summed = [
        Hours(
            teacher_id=who,
            teacher=given[0].stand_in,
            codes={code: sum(one.code == code for one in given) for code in CODES},
            kinds={kind: sum(one.kind == kind for one in given) for kind in PAID},
        )
        for who, given in by_teacher.items()
    ]
    return sorted(summed, key=lambda one: (collated(one.teacher), str(one.teacher_id)))


def _clock(session: SchoolSession) -> Callable[[date, str | None], bool]:
    """Return what tells whether a lesson is over by the school's clock; without bells its day counts."""
    zone = session.scalar(select(School.time_zone)) or USUAL_TIME_ZONE
    current = now().astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def is_over(on: date, starts: str | None) -> bool:
        begins = time.fromisoformat(starts) if starts else time.min
        return datetime.combine(on, begins) + LESSON <= current

    return is_over


def _held(session: SchoolSession, decided: Sequence[Substitution]) -> set[Key]:
    """Return which of the lessons given in another's stead stand."""
    own = table(Lesson).c
    found = select(own.group_id, own.subject_id, own.lesson_on, own.number).where(
        own.school_id == UUID(session.info["school"]),
        own.lesson_on.in_({one.lesson_on for one in decided}),
        own.group_id.in_({one.group_id for one in decided}),
        ~own.is_cancelled,
    )
    return {(row.group_id, row.subject_id, row.lesson_on, row.number) for row in session.execute(found)}


def _key(one: Substitution) -> Key:
    return (one.group_id, one.to_subject_id or one.subject_id, one.lesson_on, one.number)


def _code(one: Substitution, grades: Mapping[UUID, int]) -> str | None:
    if one.kind not in PAID or one.stand_in_id is None:
        return None
    if one.kind == "joint":
        return JOINT
    return PRIMARY if grades.get(one.group_id, SENIOR_FROM) < SENIOR_FROM else SENIOR


def _grades(session: SchoolSession) -> dict[UUID, int]:
    """Return the grade of each group; a part of a class has that of its class."""
    rows = session.execute(select(Group.id, Group.grade, Group.parent_id)).all()
    own = {row.id: row.grade for row in rows}
    known = {row.id: row.grade if row.grade is not None else own.get(row.parent_id) for row in rows}
    return {id_: grade for id_, grade in known.items() if grade is not None}


def _people(session: SchoolSession, rows: Sequence[Substitution]) -> dict[UUID, str]:
    ids = {UUID(who) for one in rows for who in one.was_teacher_ids}
    ids |= {one.stand_in_id for one in rows if one.stand_in_id}
    return {
        one.id: short_name(one.family_name, one.given_name, one.patronymic)
        for one in session.scalars(select(Person).where(Person.id.in_(ids)))
    }


class _Given:
    """A decision as `Names` reads rows: with the subject that was given."""

    def __init__(self, one: Substitution) -> None:
        self.subject_id, self.group_id = one.to_subject_id or one.subject_id, one.group_id
        self.teacher_ids: Collection[str] = ()
