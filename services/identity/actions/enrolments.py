"""Who is in which group, from which day to which."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.actions.groups import find_group
from services.identity.actions.people import NotAPupil, find_person
from services.identity.models import Enrolment, Group, Role
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.events import identity as told
from shared.outbox import publish

PUPILS_IN_ONE_EVENT = 150


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


class NotEnrolled(Conflict):
    """The pupil is not in the group."""

    title = Text("Ученика нет в этой группе", "The pupil is not in this group")
    detail = Text("Проверьте список группы.", "Check the group's roster.")


class EndsBeforeItBegins(Invalid):
    """The last day lies before the first."""

    title = Text("Последний день раньше первого", "The last day is before the first")
    detail = Text(
        "Ученик зачислен {from_on}. Укажите этот день или более поздний.",
        "The pupil was enrolled on {from_on}. Give that day or a later one.",
    )


def enrol(session: SchoolSession, group_id: UUID, pupil_id: UUID, from_on: date) -> Enrolment:
    """Put a pupil into a group from a day on; the same again changes nothing."""
    group = find_group(session, group_id, lock=True)
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
    ordered = sorted(pupil_ids)
    for start in range(0, len(ordered), PUPILS_IN_ONE_EVENT):
        named = ordered[start : start + PUPILS_IN_ONE_EVENT]
        found = select(Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on).where(
            Enrolment.group_id == group_id, Enrolment.pupil_id.in_(named)
        )
        stays = [
            told.Enrolment(pupil_id=pupil, from_on=from_on, until_on=until_on)
            for pupil, from_on, until_on in session.execute(
                found.order_by(Enrolment.pupil_id, Enrolment.from_on)
            )
        ]
        publish(session, told.EnrolmentsChanged(group_id=group_id, pupil_ids=named, enrolments=stays))


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
    if group.kind == other.kind == "class":
        raise InAnotherClass(group=other.name, from_on=stay.from_on)
