"""Who has signed in, who never, who is blocked, whose code is on its way (3.5.4, 3.5.8)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from services.identity.models import (
    Account,
    ActivationCode,
    Enrolment,
    FailedSignIn,
    Group,
    Guardianship,
    Person,
    Role,
    SignIn,
)
from services.identity.models.relations import stays_on
from services.identity.queries.groups import group_card
from services.identity.queries.people import own_school, roles_of, within_sight
from services.identity.rules.credentials import SUSPICIOUS_FAILURES, SUSPICIOUS_FOR, account_state
from services.identity.rules.devices import device_title
from services.identity.rules.roles import STAFF
from shared import policy
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Denied, NotFound
from shared.names import full_name, list_name

Json = dict[str, Any]


def class_accounts(session: SchoolSession, actor: Actor, group_id: UUID) -> Json:
    """Return the accounts of a group's pupils and of who answers for them: pupil, parents, next pupil."""
    group = _seen_group(session, actor, group_id)
    on = today(own_school(session).time_zone)
    inside = select(Enrolment.pupil_id).where(Enrolment.group_id == group_id, stays_on(on))
    tied = select(Guardianship.pupil_id, Guardianship.guardian_id).where(Guardianship.pupil_id.in_(inside))
    guardians: dict[UUID, list[UUID]] = {}
    for pupil_id, guardian_id in session.execute(tied.order_by(Guardianship.guardian_id)):
        guardians.setdefault(pupil_id, []).append(guardian_id)
    everybody = {one for many in guardians.values() for one in many}
    rows = _accounts(session, or_(Person.id.in_(inside), Person.id.in_(everybody)))
    pupils = [row for row in rows.values() if row["id"] not in everybody]
    items = [
        {**rows[one], "pupil_id": pupil["id"] if one != pupil["id"] else None}
        for pupil in pupils
        for one in (pupil["id"], *guardians.get(pupil["id"], ()))
        if one in rows
    ]
    return {"group": group, "items": items, "suspicious": _suspicious(session, rows)}


def staff_accounts(session: SchoolSession) -> Json:
    """Return the accounts of the staff."""
    staff = select(Role.person_id).where(Role.role.in_(STAFF))
    rows = _accounts(session, Person.id.in_(staff))
    items = [{**row, "pupil_id": None} for row in rows.values()]
    return {"group": None, "items": items, "suspicious": _suspicious(session, rows)}


def _seen_group(session: SchoolSession, actor: Actor, group_id: UUID) -> Json:
    """Return a group whose accounts the actor may see: any, or the class led and the groups in it."""
    group = group_card(session, group_id)
    if policy.sees_all("identity", "see accounts", actor.roles):
        return group
    led = select(Group.id).where(
        Group.id.in_([group_id, group["parent_id"]]),
        Group.kind == "class",
        Group.class_teacher_id == actor.person_id,
    )
    if actor.person_id is None or session.scalars(led.limit(1)).first() is None:
        raise NotFound
    return group


def _accounts(session: SchoolSession, which: Any) -> dict[UUID, Json]:
    """Return people's accounts by person, in the order of a Russian list; one statement for all."""
    last = (
        select(SignIn.person_id, func.max(SignIn.started_at).label("at"))
        .group_by(SignIn.person_id)
        .subquery()
    )
    code = aliased(ActivationCode)
    found = (
        select(Person, Account, code, last.c.at)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(code, and_(code.person_id == Person.id, code.ended_at.is_(None)))
        .outerjoin(last, last.c.person_id == Person.id)
        .where(which)
        .order_by(Person.sorted_by, Person.id)
    )
    rows = session.execute(found).all()
    roles = roles_of(session, [row[0].id for row in rows])
    return {
        person.id: _shown(person, account, live, last_at, roles.get(person.id, []))
        for person, account, live, last_at in rows
    }


def _shown(
    person: Person, account: Account | None, code: ActivationCode | None, last_at: Any, roles: Sequence[str]
) -> Json:
    return {
        "id": person.id,
        "name": list_name(person.family_name, person.given_name),
        "roles": list(roles),
        "is_staff": not STAFF.isdisjoint(roles),
        "has_email": bool(person.email),
        "login": account.login if account else None,
        "state": account_state(
            is_blocked=bool(account and account.blocked_at),
            has_password=bool(account and account.password_hash),
            code_expires_at=code.expires_at if code else None,
            is_handed_over=bool(code and code.handed_at),
            at=now(),
        ),
        "last_signed_in_at": last_at,
        "blocked_at": account.blocked_at if account else None,
        "blocked_reason": account.blocked_reason if account else None,
        "code_issued_at": code.issued_at if code else None,
        "code_expires_at": code.expires_at if code else None,
        "code_handed_at": code.handed_at if code else None,
    }


def _suspicious(session: SchoolSession, people: dict[UUID, Json]) -> list[Json]:
    """Return under whose login sign-ins failed often of late, and from where the last one came."""
    found = (
        select(FailedSignIn)
        .where(FailedSignIn.person_id.in_(list(people)), FailedSignIn.failed_at > now() - SUSPICIOUS_FOR)
        .order_by(FailedSignIn.failed_at.desc())
        .limit(2000)
    )
    failures: dict[UUID | None, list[FailedSignIn]] = {}
    for failed in session.scalars(found):
        failures.setdefault(failed.person_id, []).append(failed)
    return [
        {
            "id": who,
            "name": people[who]["name"],
            "failures": len(theirs),
            "last_at": theirs[0].failed_at,
            "device": device_title(theirs[0].device),
            "address": theirs[0].address,
        }
        for who, theirs in failures.items()
        if who is not None and len(theirs) >= SUSPICIOUS_FAILURES
    ]


def check_may_issue_all(session: SchoolSession, actor: Actor, person_ids: Sequence[UUID]) -> None:
    """Refuse when one of these people is not the actor's to give a code to; a constant number of looks."""
    action = "give out passwords"
    seen = select(Person.id).where(Person.id.in_(person_ids), *within_sight(session, actor, action))
    if len(session.scalars(seen).all()) < len(set(person_ids)):
        raise NotFound
    if policy.sees_all("identity", action, actor.roles):
        return
    if any(STAFF.intersection(roles) for roles in roles_of(session, person_ids).values()):
        raise Denied


def slip_people(session: SchoolSession, person_ids: Sequence[UUID]) -> list[Json]:
    """Return who the slips are for, in the order asked for: name, and what tells two of a name apart."""
    on = today(own_school(session).time_zone)
    named = {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(person_ids)))}
    classes = _classes_on(on).subquery()
    inside = {
        row.pupil_id: row.name
        for row in session.execute(select(classes).where(classes.c.pupil_id.in_(person_ids)))
    }
    child = aliased(Person)
    tied = (
        select(Guardianship.guardian_id, child.family_name, child.given_name, classes.c.name)
        .join(child, child.id == Guardianship.pupil_id)
        .outerjoin(classes, classes.c.pupil_id == child.id)
        .where(Guardianship.guardian_id.in_(person_ids))
        .order_by(child.sorted_by, child.id)
    )
    children: dict[UUID, list[str]] = {}
    for guardian_id, family, given, group in session.execute(tied):
        children.setdefault(guardian_id, []).append(
            ", ".join(filter(None, (list_name(family, given), group)))
        )
    return [
        {
            "id": one,
            "name": full_name(named[one].family_name, named[one].given_name, named[one].patronymic),
            "group": inside.get(one),
            "children": children.get(one, []),
            "position": named[one].position,
        }
        for one in person_ids
    ]


def _classes_on(on: date) -> Select[UUID, str]:
    return (
        select(Enrolment.pupil_id, Group.name)
        .join(Group, Group.id == Enrolment.group_id)
        .where(Group.kind == "class", stays_on(on))
    )


def codes_of(session: SchoolSession, person_id: UUID) -> list[Json]:
    """Return all codes a person was ever given: issued and handed over by whom, to whom, when (3.5.4)."""
    issuer, giver, taker = aliased(Person), aliased(Person), aliased(Person)
    found = (
        select(ActivationCode, issuer, giver, taker)
        .outerjoin(issuer, issuer.id == ActivationCode.issued_by)
        .outerjoin(giver, giver.id == ActivationCode.handed_by)
        .outerjoin(taker, taker.id == ActivationCode.handed_to)
        .where(ActivationCode.person_id == person_id)
        .order_by(ActivationCode.issued_at.desc())
    )
    times = ("issued_at", "expires_at", "handed_at", "used_at", "ended_at")
    return [
        {name: getattr(code, name) for name in times}
        | {"issued_by": _name(by), "handed_by": _name(hand), "handed_to": _name(to)}
        for code, by, hand, to in session.execute(found)
    ]


def _name(person: Person | None) -> str | None:
    return list_name(person.family_name, person.given_name) if person else None
