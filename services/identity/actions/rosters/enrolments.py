"""Who is in which group, from which day to which."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.actions.people.people import NotAPupil, find_person
from services.identity.actions.rosters.groups import find_group
from services.identity.models import Enrolment, Group, Movement, Role
from services.identity.rules.divisions import exclude_each_other
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.events import identity as told
from shared.outbox import publish

PUPILS_IN_ONE_EVENT = 80  # Some with two stays, each with its order: within the size of a message.


class AlreadyEnrolled(Conflict):
    """The pupil is in the group on that day already."""

    title = Text("Ученик уже в этой группе", "The pupil is in this group already")
    detail = Text(
        "Ученик числится в группе с {from_on}. Завершите это зачисление или выберите более поздний день.",
        "The pupil has been in the group since {from_on}. End that enrolment or take a later day.",
    )


class InAnotherClass(Conflict):
    """A pupil is in one class at a time."""

    title = Text("Ученик числится в другом классе", "The pupil is in another class")
    detail = Text(
        "Ученик числится в классе «{group}» с {from_on}. Сначала отчислите его оттуда днём раньше.",
        "The pupil has been in class “{group}” since {from_on}. End that enrolment the day before first.",
    )


class InAnotherPart(Conflict):
    """A pupil is in one group of a division at a time."""

    title = Text("Ученик числится в другой группе деления", "The pupil is in another group of the division")
    detail = Text(
        "Ученик числится в группе «{group}» с {from_on}. Сначала выведите его оттуда днём раньше.",
        "The pupil has been in group “{group}” since {from_on}. End that enrolment the day before first.",
    )


class NotEnrolled(Conflict):
    """The pupil is not in the group."""

    title = Text("Ученика нет в этой группе", "The pupil is not in this group")
    detail = Text("Проверьте список группы.", "Check the group's roster.")


class GroupNotOpen(Conflict):
    """The class or group is of another school year."""

    title = Text("В этот день класса нет", "The class is not there on that day")
    detail = Text(
        "«{group}» на {on} не открыт. Выберите класс того же учебного года.",
        "“{group}” is not open on {on}. Choose a class of that school year.",
    )


class EndsBeforeItBegins(Invalid):
    """The last day lies before the first."""

    title = Text("Последний день раньше первого", "The last day is before the first")
    detail = Text(
        "Ученик зачислен {from_on}. Укажите этот день или более поздний.",
        "The pupil was enrolled on {from_on}. Give that day or a later one.",
    )


def refuse_unless_open(group: Group, on: date) -> None:
    """Refuse a day on which the group is not there: a class is one row a school year."""
    if (group.from_on and on < group.from_on) or (group.until_on and on > group.until_on):
        raise GroupNotOpen(group=group.name, on=f"{on:%d.%m.%Y}")


def enrol(session: SchoolSession, group_id: UUID, pupil_id: UUID, from_on: date) -> Enrolment:
    """Put a pupil into a group from a day on; the same again changes nothing."""
    group = find_group(session, group_id, lock=True)
    refuse_unless_open(group, from_on)
    find_person(session, pupil_id, lock=True)
    if session.get(Role, (pupil_id, "pupil")) is None:
        raise NotAPupil
    for stay in _stays_reaching(session, pupil_id, from_on):
        if stay.group_id == group_id and stay.from_on == from_on and stay.until_on is None:
            return stay
        _refuse_overlap(session, group, stay)
    school_id = UUID(session.info["school"])
    stay = Enrolment(school_id=school_id, group_id=group_id, pupil_id=pupil_id, from_on=from_on)
    session.add(stay)
    session.flush()
    tell_enrolments(session, group_id, [pupil_id])
    return stay


def end_enrolment(session: SchoolSession, group_id: UUID, pupil_id: UUID, until_on: date) -> Enrolment:
    """End a pupil's stay in a group; `until_on` is the last day there."""
    find_group(session, group_id, lock=True)
    find_person(session, pupil_id)
    stays = select(Enrolment).where(
        Enrolment.group_id == group_id,
        Enrolment.pupil_id == pupil_id,
        or_(Enrolment.until_on.is_(None), Enrolment.until_on == until_on),
    )
    stay = session.scalars(stays.order_by(Enrolment.from_on.desc())).first()
    if stay is None:
        raise NotEnrolled
    if until_on < stay.from_on:
        raise EndsBeforeItBegins(from_on=stay.from_on)
    if stay.until_on != until_on:
        stay.until_on = until_on
        session.flush()
        tell_enrolments(session, group_id, [pupil_id])
    return stay


def tell_enrolments(session: SchoolSession, group_id: UUID, pupil_ids: Collection[UUID]) -> None:
    """Tell all stays of these pupils in a group, in as few events as fit a message."""
    tell_stays(session, {group_id: pupil_ids})


def tell_stays(session: SchoolSession, touched: Mapping[UUID, Collection[UUID]]) -> None:
    """Tell all stays of the pupils named of each group; read in one statement, however many."""
    wanted = {pupil_id for pupil_ids in touched.values() for pupil_id in pupil_ids}
    ended = (Movement.kind, Movement.order_number, Movement.order_on)
    found = (
        select(Enrolment.group_id, Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on, *ended)
        .outerjoin(Movement, Movement.id == Enrolment.ended_by)
        .where(Enrolment.group_id.in_(touched), Enrolment.pupil_id.in_(wanted))
        .order_by(Enrolment.pupil_id, Enrolment.from_on)
    )
    stays: dict[tuple[UUID, UUID], list[told.Enrolment]] = defaultdict(list)
    for row in session.execute(found):
        stays[row.group_id, row.pupil_id].append(_stay_told(row))
    for group_id in sorted(touched):
        ordered = sorted(touched[group_id])
        for start in range(0, len(ordered), PUPILS_IN_ONE_EVENT):
            named = ordered[start : start + PUPILS_IN_ONE_EVENT]
            rows = [stay for pupil_id in named for stay in stays[group_id, pupil_id]]
            publish(session, told.EnrolmentsChanged(group_id=group_id, pupil_ids=named, enrolments=rows))


def _stay_told(row: Any) -> told.Enrolment:
    by_order = row.until_on is not None  # An import may have opened again what an order ended.
    return told.Enrolment(
        pupil_id=row.pupil_id,
        from_on=row.from_on,
        until_on=row.until_on,
        ended_as=row.kind if by_order else None,
        order_number=row.order_number if by_order else None,
        order_on=row.order_on if by_order else None,
    )


def _stays_reaching(session: SchoolSession, pupil_id: UUID, day: date) -> Iterable[Enrolment]:
    return session.scalars(
        select(Enrolment).where(
            Enrolment.pupil_id == pupil_id,
            or_(Enrolment.until_on.is_(None), Enrolment.until_on >= day),
        )
    ).all()


def _refuse_overlap(session: SchoolSession, group: Group, stay: Enrolment) -> None:
    if stay.group_id == group.id:
        raise AlreadyEnrolled(from_on=stay.from_on)
    other = find_group(session, stay.group_id)
    if exclude_each_other(group, other):
        refusal = InAnotherClass if group.kind == "class" else InAnotherPart
        raise refusal(group=other.name, from_on=stay.from_on)
