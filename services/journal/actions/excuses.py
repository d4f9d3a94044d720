"""Excuses: the class teacher says why a pupil is absent for a span of days (clause 4.2.2).

Every «н» of the span becomes the reason, on every page, as a revision of its own; an «н» put later
is turned at once (`cells.excused`). Withdrawing an excuse gives back what it turned, and no more;
changing it turns what differs.
"""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select

from services.journal.actions.turning import Turned, lock_pages, turn_of_pupil
from services.journal.models import Excuse, Year
from services.journal.models.relations import (
    enrolments,
    groups,
    run,
    school,
    schools,
)
from services.journal.rules.absence import UNRESOLVED, is_absence
from services.journal.rules.access import reads_all
from services.journal.rules.excuses import EXCUSING, MAX_DAYS, PAPERS, UNEXCUSED
from services.journal.rules.marks import TIME_ZONE, reasons_on
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, NotFound, Text
from shared.ids import new_id


class UnknownReason(Invalid):
    """The school has no such reason of absence on the first day."""

    title = Text("Такой причины нет", "There is no such reason")
    detail = Text("Причина — одна из: {known}.", "The reason is one of: {known}.")


class DaysRefused(Invalid):
    """The last day is before the first, or too long after it."""

    title = Text("Такие дни не подходят", "Such days will not do")
    detail = Text(
        "Последний день — не раньше первого, всего не больше {most} дней. Проверьте обе даты.",
        "The last day is not before the first, and they are {most} days at most. Check both dates.",
    )


class DaysBeforeYears(Invalid):
    """The school had no lessons then that an excuse could be about."""

    title = Text("Учебный год ещё не начался", "The school year had not begun")
    detail = Text(
        "Самый ранний учебный год в журнале начинается {on:%d.%m.%Y}. Проверьте первый день.",
        "The first school year in the journal begins on {on:%Y-%m-%d}. Check the first day.",
    )


class PaperExcuses(Invalid):
    """Who brought such a paper was not absent without a good reason."""

    title = Text("Документ не подходит к причине", "The paper does not fit the reason")
    detail = Text(
        "«{sign}» — без уважительной причины, а {paper} — причина уважительная. "
        "Выберите другую причину или документ.",
        "“{sign}” is absence without a good reason, and {paper} is one. Choose another reason or paper.",
    )


class IssuedAhead(Invalid):
    """A paper cannot bear a date that is still to come."""

    title = Text("Дата документа ещё не наступила", "The paper's date is still ahead")
    detail = Text(
        "Документ от {on:%d.%m.%Y} ещё не мог быть выдан. Проверьте дату документа.",
        "A paper of {on:%Y-%m-%d} cannot have been issued yet. Check the paper's date.",
    )


class ExcuseWithdrawn(Conflict):
    """What was withdrawn is not changed any more."""

    title = Text("Причина отозвана", "The reason was withdrawn")
    detail = Text(
        "Этот документ отозван, изменить его нельзя. Внесите причину заново.",
        "This paper was withdrawn and cannot be changed. Enter the reason anew.",
    )


class AlreadyExcused(Conflict):
    """Another excuse stands for some of these days."""

    title = Text("На эти дни причина уже есть", "These days are excused already")
    detail = Text(
        "С {from_on:%d.%m.%Y} по {until_on:%d.%m.%Y} уже внесено: {paper}. "
        "Измените внесённое или укажите другие дни.",
        "From {from_on:%Y-%m-%d} to {until_on:%Y-%m-%d} there is: {paper}. "
        "Change that one or give other days.",
    )


class ForeignThen(Conflict):
    """The pupil is in another's class by the last day."""

    title = Text("В эти дни ученик не в вашем классе", "The pupil is not in your class then")
    detail = Text(
        "{on:%d.%m.%Y} ученик уже или ещё не в вашем классе: причину вносит классный руководитель этого "
        "класса. За дни до перехода укажите последний день не позже дня выбытия.",
        "On {on:%Y-%m-%d} the pupil is not in your class any more, or not yet: that class's teacher gives "
        "the reason. For days before the move, give a last day not later than the pupil's last one.",
    )


class Given(NamedTuple):
    """What the class teacher says: the days, the reason, and the paper it stands on."""

    from_on: date
    until_on: date
    sign: str
    paper: str
    number: str = ""
    issued_on: date | None = None
    note: str = ""


def make_excuse(session: SchoolSession, actor: Actor, pupil_id: UUID, given: Given) -> Turned:
    """Excuse a pupil's absence for a span of days.

    Cells of a closed period are counted, and stay as they are until it is opened again. Raises
    DaysRefused, DaysBeforeYears, UnknownReason, PaperExcuses, IssuedAhead, AlreadyExcused, ForeignThen.
    """
    _refuse_foreign(session, actor, pupil_id, given.until_on)
    _refuse_given(session, given)
    locked = lock_pages(session, pupil_id, given.from_on, given.until_on)
    _refuse_overlap(session, pupil_id, given)
    made = {"id": new_id(), "school_id": actor.school_id, "made_by": actor.person_id, "made_at": now()}
    excuse = Excuse(**made, pupil_id=pupil_id, **given._asdict())
    session.add(excuse)
    session.flush()
    return turn_of_pupil(session, actor, excuse, locked, excuse.from_on, excuse.until_on)


def change_excuse(session: SchoolSession, actor: Actor, excuse_id: UUID, given: Given) -> Turned:
    """Change the days, the reason or the paper of an excuse; only cells for which it differs are turned.

    What it said before is kept as an excuse of its own, withdrawn. Said again, it changes nothing. Raises
    what `make_excuse` does, and ExcuseWithdrawn.
    """
    excuse = _own_excuse(session, actor, excuse_id)
    _refuse_foreign(session, actor, excuse.pupil_id, given.until_on)
    _refuse_given(session, given)
    days = min(excuse.from_on, given.from_on), max(excuse.until_on, given.until_on)
    locked = lock_pages(session, excuse.pupil_id, *days, excuse_id)
    session.refresh(excuse)
    if excuse.withdrawn_at is not None:
        raise ExcuseWithdrawn
    _refuse_overlap(session, excuse.pupil_id, given, excuse_id)
    said = Given(*(getattr(excuse, name) for name in Given._fields))
    if said != given:
        kept = {name: getattr(excuse, name) for name in ("school_id", "pupil_id", "made_by", "made_at")}
        session.add(
            Excuse(
                id=new_id(),
                **kept,
                **said._asdict(),
                withdrawn_by=actor.person_id,
                withdrawn_at=now(),
                became_id=excuse_id,
            )
        )
        for name, value in (given._asdict() | {"made_by": actor.person_id, "made_at": now()}).items():
            setattr(excuse, name, value)
        session.flush()
    return turn_of_pupil(session, actor, excuse, locked, *days)


def withdraw_excuse(session: SchoolSession, actor: Actor, excuse_id: UUID, reason: str) -> Turned:
    """Take an excuse back, and say why: the cells it turned are «н» again, if nobody has changed them since.

    Said again, it changes nothing but what a closed period had kept.
    """
    excuse = _own_excuse(session, actor, excuse_id)
    locked = lock_pages(session, excuse.pupil_id, excuse.from_on, excuse.until_on, excuse_id)
    session.refresh(excuse)
    if excuse.withdrawn_at is None:
        excuse.withdrawn_at, excuse.withdrawn_by = now(), actor.person_id
        excuse.withdrawn_for = reason
        session.flush()
    return turn_of_pupil(session, actor, excuse, locked, excuse.from_on, excuse.until_on)


def _own_excuse(session: SchoolSession, actor: Actor, excuse_id: UUID) -> Excuse:
    excuse = session.get(Excuse, excuse_id)
    if excuse is None:
        raise NotFound
    _refuse_foreign(session, actor, excuse.pupil_id, excuse.until_on)
    return excuse


STAYS = (
    select(groups.c.class_teacher_id, enrolments.c.from_on, enrolments.c.until_on)
    .join(enrolments, enrolments.c.group_id == groups.c.id)
    .where(
        groups.c.kind == "class", groups.c.school_id == school, enrolments.c.pupil_id == bindparam("pupil")
    )
    .order_by(enrolments.c.from_on.desc())
)


def _refuse_foreign(session: SchoolSession, actor: Actor, pupil_id: UUID, until_on: date) -> None:
    """Refuse who does not lead the class the pupil is in on an excuse's last day, or was in last by then.

    So a paper for days before and after a move is the new class teacher's, whole: it is brought to
    them, and the former one writes in nobody else's class (clause 3.5.1). Raises ForeignThen to the
    class teacher of another stay, Denied to who may read all, NotFound to everybody else.
    """
    stays = run(session, STAYS, pupil=pupil_id).all()
    begun = [stay for stay in stays if stay.from_on <= until_on]
    there = [stay for stay in begun if stay.until_on is None or stay.until_on >= until_on]
    if any(_leads(actor, stay) for stay in (there or begun[:1])):
        return
    if any(_leads(actor, stay) for stay in stays):
        raise ForeignThen(on=until_on)
    raise Denied if reads_all(actor) and stays else NotFound


def _leads(actor: Actor, stay: Row[Any]) -> bool:
    return actor.person_id is not None and bool(stay.class_teacher_id == actor.person_id)


def _refuse_given(session: SchoolSession, given: Given) -> None:
    if not 0 <= (given.until_on - given.from_on).days < MAX_DAYS:
        raise DaysRefused(most=MAX_DAYS)
    first = session.scalar(select(func.min(Year.starts_on)))
    if first is not None and given.from_on < first:
        raise DaysBeforeYears(on=first)
    own = session.execute(select(schools.c.attendance, schools.c.time_zone)).first()
    told, zone = own or (None, None)
    known = [sign for sign in reasons_on(told, given.from_on) if is_absence(sign) and sign != UNRESOLVED]
    if given.sign not in known:
        raise UnknownReason(known=", ".join(known))
    if given.sign == UNEXCUSED and given.paper in EXCUSING:
        raise PaperExcuses(sign=given.sign, paper=PAPERS[given.paper])
    if given.issued_on is not None and given.issued_on > today(zone or TIME_ZONE):
        raise IssuedAhead(on=given.issued_on)


def _refuse_overlap(
    session: SchoolSession, pupil_id: UUID, given: Given, excuse_id: UUID | None = None
) -> None:
    standing = select(Excuse).where(
        Excuse.pupil_id == pupil_id,
        Excuse.withdrawn_at.is_(None),
        Excuse.from_on <= given.until_on,
        Excuse.until_on >= given.from_on,
        Excuse.id.is_distinct_from(excuse_id),
    )
    other = session.scalars(standing.limit(1)).first()
    if other is not None:
        raise AlreadyExcused(from_on=other.from_on, until_on=other.until_on, paper=PAPERS[other.paper])
