"""Groups and their rosters, as lists and cards show them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select

from services.identity.models import Group, Person
from services.identity.queries.people import own_school
from shared import policy
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import group_key


def groups(session: SchoolSession, kind: str | None = None, on: date | None = None) -> list[dict[str, Any]]:
    """Return the groups there are on a day as lists show them: 5А before 10А.

    Without a day, those of today and those that a move to the next year has opened already.
    """
    day = on or today(own_school(session).time_zone)
    came_to_be = or_(Group.from_on.is_(None), Group.until_on >= Group.from_on)
    found = _with_leader().where(or_(Group.until_on.is_(None), and_(Group.until_on >= day, came_to_be)))
    if on:
        found = found.where(or_(Group.from_on.is_(None), Group.from_on <= on))
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


def rostered_group(session: SchoolSession, actor: Actor, group_id: UUID) -> dict[str, Any]:
    """Return a group whose roster the actor may read: any, or the class led and the groups in it."""
    group = group_card(session, group_id)
    if policy.sees_all("identity", "read rosters", actor.roles):
        return group
    led = select(Group.id).where(
        Group.id.in_([group_id, group["parent_id"]]),
        Group.kind.in_(("class", "group")),
        Group.class_teacher_id == actor.person_id,
    )
    if actor.person_id is None or session.scalars(led.limit(1)).first() is None:
        raise NotFound
    return group


def _with_leader() -> Select[Group, str, str, str]:
    return select(Group, Person.family_name, Person.given_name, Person.patronymic).outerjoin(
        Person, Person.id == Group.class_teacher_id
    )


def _shown_group(row: Row[Group, str, str, str]) -> dict[str, Any]:
    group, family, given, patronymic = row
    names = (
        "id",
        "version",
        "kind",
        "name",
        "grade",
        "parent_id",
        "division",
        "from_on",
        "until_on",
        "continues_id",
    )
    leader = {
        "id": group.class_teacher_id,
        "family_name": family,
        "given_name": given,
        "patronymic": patronymic,
    }
    return {name: getattr(group, name) for name in names} | {
        "class_teacher": leader if group.class_teacher_id else None
    }
