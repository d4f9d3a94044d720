"""Two entries of one person made one: all of the one moves to the other, which stays."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from services.identity.actions.importing.roster import lock_school
from services.identity.actions.people.people import find_person, person_told
from services.identity.actions.rosters.enrolments import tell_stays
from services.identity.actions.rosters.groups import group_told
from services.identity.actions.rosters.moving_rows import move_rows
from services.identity.actions.signing_in.passwords import end_sessions
from services.identity.models import Account, Enrolment, ExternalId, Group, Guardianship, Merge, Person, Role
from services.identity.rules.roles import DECIDING, STAFF
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.events.identity import (
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonMerged,
    RoleGranted,
    RoleRevoked,
)
from shared.outbox import publish

DAY = timedelta(days=1)
FILLED = ("patronymic", "email", "birth_on", "sex", "file_number", "position")


class SamePerson(Invalid):
    """Both entries named are one already."""

    title = Text("Это одна и та же запись", "This is one and the same entry")
    detail = Text("Выберите две разные записи.", "Choose two different entries.")


class NotOnePerson(Conflict):
    """A pupil and a grown-up are not the same person."""

    title = Text("Это разные люди", "These are different people")
    detail = Text(
        "Одна запись — ученик, другая — взрослый. Проверьте роли.",
        "One entry is a pupil, the other a grown-up. Check their roles.",
    )


class PowerfulDuplicate(Conflict):
    """The entry to be dropped has a role that is not given in passing."""

    title = Text("У лишней записи особая роль", "The entry to be dropped has a special role")
    detail = Text(
        "Она оператор или директор. Оставьте её, а объедините с ней другую, или сначала снимите роль.",
        "It is an operator or the director. Keep it and merge the other into it, or take the role first.",
    )


class InTwoClasses(Conflict):
    """The two were in different classes at once; nobody is."""

    title = Text("Ученик оказался бы в двух классах сразу", "The pupil would be in two classes at once")
    detail = Text(
        "Записи числятся в классах «{one}» и «{other}» в одни и те же дни. Сначала завершите одно "
        "из зачислений.",
        "The entries are in classes “{one}” and “{other}” on the same days. End one of the enrolments first.",
    )


def merge_people(session: SchoolSession, keep_id: UUID, drop_id: UUID, by: str) -> Person:
    """Make one person of two: what the dropped entry has goes to the kept one, with its history.

    What the kept entry knows itself stands. The kept login stays; without one it takes over the
    other. The dropped one's sessions and second factors end. Everybody is told, so that marks and
    notices follow.
    """
    lock_school(session)
    kept, dropped = find_person(session, keep_id, lock=True), find_person(session, drop_id, lock=True)
    check_mergeable(session, kept, dropped)
    publish(session, PersonMerged(kept_id=keep_id, merged_id=drop_id))
    _fill(session, kept, dropped)
    _move_roles(session, keep_id, drop_id)
    _move_guardianships(session, keep_id, drop_id)
    _move_stays(session, keep_id, drop_id)
    _move_account(session, keep_id, drop_id)
    _move_classes(session, keep_id, drop_id)
    ids = update(ExternalId).where(ExternalId.kind == "person", ExternalId.id == drop_id)
    session.execute(ids.values(id=keep_id))
    session.execute(update(Merge).where(Merge.kept_id == drop_id).values(kept_id=keep_id))
    session.flush()
    move_rows(session, keep_id, drop_id)
    session.execute(delete(Person).where(Person.id == drop_id))
    school_id = UUID(session.info["school"])
    session.add(Merge(school_id=school_id, merged_id=drop_id, kept_id=keep_id, merged_at=now(), merged_by=by))
    session.flush()
    session.expire_all()
    return find_person(session, keep_id)


def check_mergeable(session: SchoolSession, kept: Person, dropped: Person) -> None:
    """Refuse to make one of what cannot be one person."""
    if kept.id == dropped.id:
        raise SamePerson
    found = select(Role.person_id, Role.role).where(Role.person_id.in_([kept.id, dropped.id]))
    roles: dict[UUID, set[str]] = {kept.id: set(), dropped.id: set()}
    for person_id, role in session.execute(found):
        roles[person_id].add(role)
    is_pupil = {id_: "pupil" in held for id_, held in roles.items()}
    grown_up = {id_: bool(held & (STAFF | {"parent"})) for id_, held in roles.items()}
    if (is_pupil[kept.id] and grown_up[dropped.id]) or (is_pupil[dropped.id] and grown_up[kept.id]):
        raise NotOnePerson
    if roles[dropped.id] & DECIDING:  # Even if both have it: one of two who decide would be gone.
        raise PowerfulDuplicate
    _refuse_two_classes(session, kept.id, dropped.id)


def _refuse_two_classes(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    stays = select(Enrolment, Group.name).join(Group, Group.id == Enrolment.group_id)
    stays = stays.where(Enrolment.pupil_id.in_([keep_id, drop_id]), Group.kind == "class")
    found = session.execute(stays.order_by(Group.name)).all()
    for one, name in found:
        for other, other_name in found:
            is_other = (
                one.pupil_id == keep_id and other.pupil_id == drop_id and one.group_id != other.group_id
            )
            if is_other and _overlap(one, other):
                raise InTwoClasses(one=name, other=other_name)


def _overlap(one: Enrolment, other: Enrolment) -> bool:
    return one.from_on <= (other.until_on or date.max) and other.from_on <= (one.until_on or date.max)


def _fill(session: SchoolSession, kept: Person, dropped: Person) -> None:
    before = person_told(kept)
    for name in FILLED:
        if not getattr(kept, name):
            setattr(kept, name, getattr(dropped, name))
    known = {(one["kind"], one["value"]) for one in kept.contacts}
    more = [one for one in dropped.contacts if (one["kind"], one["value"]) not in known]
    if more:
        kept.contacts = [*kept.contacts, *more]
    session.flush()
    if person_told(kept) != before:
        publish(session, person_told(kept))


def _move_roles(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    held = set(session.scalars(select(Role.role).where(Role.person_id == keep_id)))
    for role in session.scalars(select(Role).where(Role.person_id == drop_id)).all():
        if role.role not in held:
            session.add(Role(person_id=keep_id, role=role.role, school_id=role.school_id))
            publish(session, RoleGranted(person_id=keep_id, role=role.role))
        publish(session, RoleRevoked(person_id=drop_id, role=role.role))
        session.delete(role)
    session.flush()


def _move_guardianships(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    mine = (Guardianship.guardian_id == drop_id) | (Guardianship.pupil_id == drop_id)
    for tie in session.scalars(select(Guardianship).where(mine)).all():
        guardian, pupil = (keep_id if id_ == drop_id else id_ for id_ in (tie.guardian_id, tie.pupil_id))
        if guardian != pupil and session.get(Guardianship, (guardian, pupil)) is None:
            new = {"guardian_id": guardian, "pupil_id": pupil, "kind": tie.kind}
            session.add(Guardianship(**new, school_id=tie.school_id))
            publish(session, GuardianshipEstablished(guardian_id=guardian, pupil_id=pupil))
        publish(session, GuardianshipEnded(guardian_id=tie.guardian_id, pupil_id=tie.pupil_id))
        session.delete(tie)
    session.flush()


def _move_stays(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    """Give the dropped one's stays to the kept one; stays in one group on the same days become one."""
    both = select(Enrolment).where(Enrolment.pupil_id.in_([keep_id, drop_id])).order_by(Enrolment.from_on)
    by_group: dict[UUID, list[Enrolment]] = {}
    for stay in session.scalars(both):
        by_group.setdefault(stay.group_id, []).append(stay)
    touched = {
        group: found for group, found in by_group.items() if any(one.pupil_id == drop_id for one in found)
    }
    for stays in touched.values():
        for one in _absorbed(stays):
            session.delete(one)
    session.flush()
    session.execute(update(Enrolment).where(Enrolment.pupil_id == drop_id).values(pupil_id=keep_id))
    session.expire_all()
    tell_stays(session, {group: [keep_id, drop_id] for group in touched})


def _absorbed(stays: Iterable[Enrolment]) -> list[Enrolment]:
    """Stretch each stay over those that overlap it or follow the next day, and return the latter."""
    absorbed: list[Enrolment] = []
    last: Enrolment | None = None
    for stay in stays:
        if last is not None and (last.until_on is None or stay.from_on <= last.until_on + DAY):
            if last.until_on is not None and (stay.until_on is None or stay.until_on > last.until_on):
                last.until_on, last.ended_by = stay.until_on, stay.ended_by
            absorbed.append(stay)
        else:
            last = stay
    return absorbed


def _move_account(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    end_sessions(session, [drop_id])
    account = session.get(Account, drop_id)
    if account is None:
        return
    values: dict[str, Any] = {}
    if session.get(Account, keep_id) is None:
        values = {column.name: getattr(account, column.name) for column in Account.__table__.columns}
    session.delete(account)
    session.flush()
    if values:
        session.add(Account(**{**values, "person_id": keep_id}))
        session.flush()


def _move_classes(session: SchoolSession, keep_id: UUID, drop_id: UUID) -> None:
    for group in session.scalars(select(Group).where(Group.class_teacher_id == drop_id)).all():
        group.class_teacher_id = keep_id
        session.flush()
        publish(session, group_told(group))
