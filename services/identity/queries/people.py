"""Reads for pages and lists, each within what the caller may see."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from services.identity.models import (
    Account,
    Enrolment,
    Group,
    Guardianship,
    Person,
    Role,
    School,
    SignIn,
)
from services.identity.models.relations import stays_on
from services.identity.rules.devices import device_title
from services.identity.rules.roles import STAFF
from services.identity.rules.sessions import session_limits
from shared import policy
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Denied, NotFound
from shared.names import group_key, list_name

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
            and_(Enrolment.pupil_id == Person.id, stays_on(on), Enrolment.group_id.in_(_classes())),
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
    found = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    shown = []
    for one in session.scalars(found.order_by(SignIn.started_at.desc())):
        idle, whole = session_limits(frozenset(roles), is_shared=one.is_shared)
        if one.used_at > now() - idle and one.started_at > now() - whole:
            shown.append(_session(one) | {"is_current": one.id == current})
    return shown


def _session(one: SignIn) -> dict[str, Any]:
    return {
        "id": one.id,
        "started_at": one.started_at,
        "used_at": one.used_at,
        "is_shared": one.is_shared,
        "device": device_title(one.device),
        "address": one.address,
    }


def find_seen(session: SchoolSession, actor: Actor, person_id: UUID, action: str = "read people") -> Person:
    """Return a person about whom the actor may do this, or refuse."""
    found = select(Person).where(Person.id == person_id, *within_sight(session, actor, action))
    person = session.scalars(found).first()
    if person is None:
        raise NotFound
    return person


def person_card(
    session: SchoolSession, actor: Actor, person_id: UUID, action: str = "read people"
) -> PersonRow:
    """Return what is known of a person the actor may see."""
    person = find_seen(session, actor, person_id, action)
    account = session.get(Account, person_id)
    return shown(person, roles_of(session, [person_id]).get(person_id, [])) | {
        "login": account.login if account else None,
        "children": children(session, person_id, today(own_school(session).time_zone)),
    }


def check_may_issue(session: SchoolSession, actor: Actor, person_id: UUID) -> None:
    """Refuse a class teacher who would reset somebody else's pupil, or a member of staff."""
    refuse_staff(session, actor, person_id, "give out passwords")


def refuse_staff(session: SchoolSession, actor: Actor, person_id: UUID, action: str) -> None:
    """Refuse whoever is not the actor's to do this to; and staff, unless they may do it to everybody."""
    find_seen(session, actor, person_id, action)
    if policy.sees_all("identity", action, actor.roles):
        return
    if STAFF.intersection(roles_of(session, [person_id]).get(person_id, [])):
        raise Denied


def shown(person: Person, roles: Sequence[str]) -> PersonRow:
    names = ("id", "version", "family_name", "given_name", "patronymic", "email", "birth_on", "language")
    return {name: getattr(person, name) for name in (*names, "sex", "position")} | {
        "roles": list(roles),
        "sorted_by": person.sorted_by,
    }


def within_sight(session: SchoolSession, actor: Actor, action: str) -> list[ColumnElement[bool]]:
    """Return the condition on people about whom the actor may do this, by the policy's relations.

    All; or those of the own classes and their guardians; or the own children; and always oneself.
    """
    reach = policy.reach("identity", action, actor.roles)
    if "school" in reach:
        return []
    seen = [Person.id == actor.person_id]
    if "class" in reach:
        on = today(own_school(session).time_zone)
        own = select(Group.id).where(Group.class_teacher_id == actor.person_id)
        pupils = select(Enrolment.pupil_id).where(Enrolment.group_id.in_(own), stays_on(on))
        guardians = select(Guardianship.guardian_id).where(Guardianship.pupil_id.in_(pupils))
        seen += [Person.id.in_(pupils), Person.id.in_(guardians)]
    if "child" in reach:
        own_children = select(Guardianship.pupil_id).where(Guardianship.guardian_id == actor.person_id)
        seen.append(Person.id.in_(own_children))
    return [or_(*seen)]
