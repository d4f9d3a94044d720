"""Which class lists were confirmed this month, and who led a class when."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.identity.models import Confirmation, Leadership, Person
from services.identity.queries.areas import only_mine
from services.identity.queries.groups import group_card, groups
from services.identity.queries.people import own_school
from shared import policy
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession

Json = dict[str, Any]

NAMES = ("id", "family_name", "given_name", "patronymic")


def confirmations(
    session: SchoolSession, actor: Actor, month: date | None, *, mine: bool = False
) -> list[Json]:
    """Return the classes with the last day of a month (by default this one) on which each was confirmed.

    A class teacher sees the own classes alone.
    """
    day = month or today(own_school(session).time_zone)
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = (
        select(Confirmation.group_id, func.max(Confirmation.confirmed_on))
        .where(Confirmation.confirmed_on.between(first, last))
        .group_by(Confirmation.group_id)
    )
    confirmed = {row.group_id: row[1] for row in session.execute(found)}
    classes = groups(session, "class", None if month is None else last)
    if mine:
        classes = only_mine(session, actor, classes)
    if not policy.sees_all("identity", "follow class lists", actor.roles):
        classes = [one for one in classes if (one["class_teacher"] or {}).get("id") == actor.person_id]
    return [{"group": one, "month": first, "confirmed_on": confirmed.get(one["id"])} for one in classes]


def leaders(session: SchoolSession, group_id: UUID) -> list[Json]:
    """Return who led a class, from which day to which, the present one first."""
    group_card(session, group_id)
    found = (
        select(Leadership, Person)
        .join(Person, Person.id == Leadership.person_id)
        .where(Leadership.group_id == group_id)
        .order_by(Leadership.from_on.desc())
    )
    return [
        {
            "person": {name: getattr(person, name) for name in NAMES},
            "from_on": led.from_on,
            "until_on": led.until_on,
        }
        for led, person in session.execute(found)
    ]
