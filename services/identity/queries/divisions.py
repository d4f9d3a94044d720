"""How a class or parallel is divided into groups, and how it might be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import Enrolment, Group, Person
from services.identity.models.relations import members_of, stays_on
from services.identity.queries.people import own_school
from services.identity.rules.divisions import Sorted, part_names, proposed
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import group_key, list_name

Json = dict[str, Any]


@dataclass(frozen=True)
class Proposal:
    """What is asked for: a division by its name, the way to divide, and into how many parts."""

    division: str
    way: str
    parts: int = 2
    on: date | None = None


def divisions(session: SchoolSession, group_id: UUID, on: date | None) -> list[Json]:
    """Return the divisions of a class or parallel on a day, each with its groups and who is in none."""
    parent, on = _parent(session, group_id), _day(session, on)
    found = select(Group).where(Group.parent_id == group_id, Group.division.is_not(None))
    groups = sorted(session.scalars(found), key=lambda group: group_key(group.name))
    held = select(Enrolment.pupil_id, Enrolment.group_id).where(
        Enrolment.group_id.in_([group.id for group in groups]), stays_on(on)
    )
    inside: dict[UUID, set[UUID]] = {}
    for pupil_id, group in session.execute(held):
        inside.setdefault(group, set()).add(pupil_id)
    pupils = session.scalars(members_of(parent, on)).all()
    names = sorted({group.division or "" for group in groups}, key=group_key)
    return [
        _division(name, [group for group in groups if group.division == name], inside, pupils)
        for name in names
    ]


def _division(
    name: str, groups: Sequence[Group], inside: dict[UUID, set[UUID]], pupils: Sequence[Person]
) -> Json:
    taken = {pupil_id for group in groups for pupil_id in inside.get(group.id, ())}
    return {
        "division": name,
        "groups": [
            {"id": group.id, "name": group.name, "pupils": _listed(pupils, inside.get(group.id, set()))}
            for group in groups
        ],
        "left_out": _listed(pupils, {pupil.id for pupil in pupils} - taken),
    }


def proposal(session: SchoolSession, group_id: UUID, asked: Proposal) -> Json:
    """Return how the pupils would be divided; nothing is changed."""
    on = _day(session, asked.on)
    pupils = session.scalars(members_of(_parent(session, group_id), on)).all()
    parts = proposed([Sorted(one.id, one.sex) for one in pupils], asked.way, asked.parts)
    names = part_names(asked.division, asked.way, len(parts))
    placed = {pupil_id for part in parts for pupil_id in part}
    return {
        "division": asked.division,
        "on": on,
        "parts": [
            {"name": name, "pupils": _listed(pupils, part)} for name, part in zip(names, parts, strict=True)
        ],
        "left_out": _listed(pupils, {pupil.id for pupil in pupils} - placed),
    }


def _listed(pupils: Sequence[Person], chosen: Iterable[UUID]) -> list[Json]:
    wanted = set(chosen)
    return [
        {"id": one.id, "name": list_name(one.family_name, one.given_name), "sex": one.sex}
        for one in pupils
        if one.id in wanted
    ]


def _parent(session: SchoolSession, group_id: UUID) -> Group:
    group = session.get(Group, group_id)
    if group is None:
        raise NotFound
    return group


def _day(session: SchoolSession, on: date | None) -> date:
    return on or today(own_school(session).time_zone)
