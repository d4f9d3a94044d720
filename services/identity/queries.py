"""Reads for pages and lists, each within what the caller may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_

from services.identity.models import Account, Enrolment, Group, Guardianship, Person, Role, School, SignIn
from services.identity.rules import READERS_OF_ALL, STAFF, session_limits
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Denied, NotFound
from shared.names import collated, group_key, list_name

PAGE = 100
PersonRow = dict[str, Any]


def own_school(session: SchoolSession) -> School:
    """Return the session's school."""
    school = session.get(School, UUID(session.info["school"]))
    if school is None:
        raise NotFound
    return school


def me(session: SchoolSession, person_id: UUID) -> dict[str, Any]:
    """Return all a portal needs to greet somebody: who, where, whose parent, whose class teacher."""
    person, school = session.get(Person, person_id), own_school(session)
    if person is None:
        raise NotFound
    account = session.get(Account, person_id)
    led = select(Group.id, Group.name, Group.kind).where(Group.class_teacher_id == person_id)
    return {
        "person": person,
        "login": account.login if account else None,
        "must_change_password": bool(account and account.must_change),
        "school": school,
        "roles": roles_of(session, [person_id]).get(person_id, []),
        "children": children(session, person_id, today(school.time_zone)),
        "classes": sorted(
            (row._asdict() for row in session.execute(led)), key=lambda row: group_key(row["name"])
        ),
    }


def children(session: SchoolSession, guardian_id: UUID, on: date) -> list[dict[str, Any]]:
    """Return the children somebody answers for, each with its class on a day."""
    found = (
        select(Person.id, Person.family_name, Person.given_name, Group.id, Group.name)
        .join(Guardianship, Guardianship.pupil_id == Person.id)
        .outerjoin(
            Enrolment,
            and_(Enrolment.pupil_id == Person.id, _stays_on(on), Enrolment.group_id.in_(_classes())),
        )
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(Guardianship.guardian_id == guardian_id)
        .order_by(Person.sorted_by, Person.id)
    )
    shown: dict[UUID, dict[str, Any]] = {}
    for child_id, family, given, group_id, group in session.execute(found):
        inside = {"id": group_id, "name": group} if group else None
        shown.setdefault(child_id, {"id": child_id, "name": list_name(family, given), "group": inside})
    return list(shown.values())


def _classes() -> Select[UUID]:
    return select(Group.id).where(Group.kind == "class")


def _stays_on(on: date) -> ColumnElement[bool]:
    return and_(Enrolment.from_on <= on, or_(Enrolment.until_on.is_(None), Enrolment.until_on >= on))


def roles_of(session: SchoolSession, person_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the roles of each of these people, sorted."""
    found: dict[UUID, list[str]] = {}
    rows = select(Role.person_id, Role.role).where(Role.person_id.in_(list(person_ids)))
    for person_id, role in session.execute(rows.order_by(Role.role)):
        found.setdefault(person_id, []).append(role)
    return found


def sessions(session: SchoolSession, person_id: UUID, current: UUID | None) -> list[dict[str, Any]]:
    """Return where somebody is signed in now, the latest first."""
    roles = roles_of(session, [person_id]).get(person_id, [])
    idle, whole = session_limits(frozenset(roles))
    found = select(SignIn.id, SignIn.started_at, SignIn.used_at).where(
        SignIn.person_id == person_id,
        SignIn.ended_at.is_(None),
        SignIn.used_at > now() - idle,
        SignIn.started_at > now() - whole,
    )
    rows = session.execute(found.order_by(SignIn.started_at.desc()))
    return [row._asdict() | {"is_current": row.id == current} for row in rows]


@dataclass(frozen=True)
class Wanted:
    """What a list of people is asked for."""

    role: str | None = None
    group_id: UUID | None = None
    q: str | None = None
    after: tuple[str, UUID] | None = None


def people(session: SchoolSession, actor: Actor, wanted: Wanted) -> list[PersonRow]:
    """Return one page of people and the row after it, by Russian names, within the actor's sight."""
    found = select(Person).order_by(Person.sorted_by, Person.id).limit(PAGE + 1)
    found = found.where(*_within_sight(session, actor))
    if wanted.role:
        found = found.where(Person.id.in_(select(Role.person_id).where(Role.role == wanted.role)))
    if wanted.group_id:
        inside = select(Enrolment.pupil_id).where(
            Enrolment.group_id == wanted.group_id, Enrolment.until_on.is_(None)
        )
        found = found.where(Person.id.in_(inside))
    if wanted.q:
        for word in collated(wanted.q).split():
            found = found.where(Person.sorted_by.contains(word, autoescape=True))
    if wanted.after:
        found = found.where(tuple_(Person.sorted_by, Person.id) > wanted.after)
    listed = session.scalars(found).all()
    roles = roles_of(session, [person.id for person in listed])
    return [_shown(person, roles.get(person.id, [])) for person in listed]


def person_card(session: SchoolSession, actor: Actor, person_id: UUID) -> PersonRow:
    """Return all that is known of a person the actor may see."""
    found = select(Person).where(Person.id == person_id, *_within_sight(session, actor))
    person = session.scalars(found).first()
    if person is None:
        raise NotFound
    account = session.get(Account, person_id)
    return _shown(person, roles_of(session, [person_id]).get(person_id, [])) | {
        "login": account.login if account else None,
        "children": children(session, person_id, today(own_school(session).time_zone)),
        "guardians": list(
            session.scalars(select(Guardianship.guardian_id).where(Guardianship.pupil_id == person_id))
        ),
    }


def check_may_issue(session: SchoolSession, actor: Actor, person_id: UUID) -> None:
    """Refuse a class teacher who would reset somebody else's pupil, or a member of staff."""
    card = person_card(session, actor, person_id)
    if not actor.has("operator") and STAFF.intersection(card["roles"]):
        raise Denied


def _shown(person: Person, roles: Sequence[str]) -> PersonRow:
    names = ("id", "version", "family_name", "given_name", "patronymic", "email", "birth_on", "language")
    return {name: getattr(person, name) for name in names} | {
        "roles": list(roles),
        "sorted_by": person.sorted_by,
    }


def _within_sight(session: SchoolSession, actor: Actor) -> list[ColumnElement[bool]]:
    """Return the condition on people: all, or those of the own classes and their guardians."""
    if actor.has(*READERS_OF_ALL):
        return []
    on = today(own_school(session).time_zone)
    own = select(Group.id).where(Group.class_teacher_id == actor.person_id)
    pupils = select(Enrolment.pupil_id).where(Enrolment.group_id.in_(own), _stays_on(on))
    guardians = select(Guardianship.guardian_id).where(Guardianship.pupil_id.in_(pupils))
    return [or_(Person.id.in_(pupils), Person.id.in_(guardians), Person.id == actor.person_id)]


def groups(session: SchoolSession, kind: str | None = None) -> list[dict[str, Any]]:
    """Return all groups of the school as lists show them: 5А before 10А."""
    found = _with_leader()
    if kind:
        found = found.where(Group.kind == kind)
    shown = [_shown_group(row) for row in session.execute(found)]
    return sorted(shown, key=lambda group: (group["grade"] or 0, group_key(group["name"])))


def group_card(session: SchoolSession, group_id: UUID) -> dict[str, Any]:
    """Return one group, or refuse."""
    row = session.execute(_with_leader().where(Group.id == group_id)).first()
    if row is None:
        raise NotFound
    return _shown_group(row)


def _with_leader() -> Select[Group, str, str, str]:
    return select(Group, Person.family_name, Person.given_name, Person.patronymic).outerjoin(
        Person, Person.id == Group.class_teacher_id
    )


def _shown_group(row: Row[Group, str, str, str]) -> dict[str, Any]:
    group, family, given, patronymic = row
    names = ("id", "version", "kind", "name", "grade", "parent_id")
    leader = {
        "id": group.class_teacher_id,
        "family_name": family,
        "given_name": given,
        "patronymic": patronymic,
    }
    return {name: getattr(group, name) for name in names} | {
        "class_teacher": leader if group.class_teacher_id else None
    }


def roster(session: SchoolSession, group_id: UUID, on: date | None) -> list[dict[str, Any]]:
    """Return the pupils of a group on a day (by default today), as a class list is sorted."""
    group_card(session, group_id)
    on = on or today(own_school(session).time_zone)
    found = (
        select(Person, Enrolment.from_on, Enrolment.until_on)
        .join(Enrolment, Enrolment.pupil_id == Person.id)
        .where(Enrolment.group_id == group_id, _stays_on(on))
        .order_by(Person.sorted_by, Person.id)
    )
    return [
        {
            "id": person.id,
            "name": list_name(person.family_name, person.given_name),
            "family_name": person.family_name,
            "given_name": person.given_name,
            "patronymic": person.patronymic,
            "from_on": from_on,
            "until_on": until_on,
        }
        for person, from_on, until_on in session.execute(found)
    ]
