"""The groups of a roster, and who leads them."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.groups import group_told, release_class_teacher
from services.identity.actions.roster import Ids, Report, Roster, RosterGroup, known_ids, remember_ids
from services.identity.actions.roster_people import write_roles
from services.identity.models import Group, Role, table
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.ids import new_id
from shared.names import collated
from shared.outbox import publish


@dataclass
class GroupsPlan:
    """What has to be written so that the groups are as the roster says."""

    ids: Ids
    linked: Ids = field(default_factory=dict)
    opened: list[Group] = field(default_factory=list)
    changed: list[Group] = field(default_factory=list)
    led_before: set[UUID] = field(default_factory=set)


def plain_name(name: str) -> str:
    """Return a group's name as people mean it: 5А, 5 «А» and 5-А are one class; 5-1 is not 51."""
    letters = re.sub(r"[\s\"'«»“”„.]", "", collated(name))
    return re.sub(r"(?<=\d)-(?=\D)", "", letters)


def plan_groups(session: SchoolSession, roster: Roster, people: Ids, report: Report) -> GroupsPlan:
    """Compare the roster with the groups there are; nothing is written."""
    plan = GroupsPlan(known_ids(session, roster.source, "group"))
    groups = {group.id: group for group in session.scalars(select(Group))}
    free = {
        (group.kind, plain_name(group.name)): group.id
        for group in groups.values()
        if group.id not in set(plan.ids.values())
    }
    for external, given in roster.groups.items():
        same = free.pop((given.kind, plain_name(given.name)), None) if external not in plan.ids else None
        if same is not None:
            plan.ids[external] = plan.linked[external] = same
        group = groups.get(plan.ids[external]) if external in plan.ids else None
        teacher = people.get(given.teacher) if given.teacher else None
        if group is None:
            _open(session, plan, external, given, teacher)
            report.created.groups += 1
        elif _differs(plan, group, given, teacher):
            report.changed.groups += 1
        else:
            report.unchanged.groups += 1
    return plan


def _open(
    session: SchoolSession, plan: GroupsPlan, external: str, given: RosterGroup, teacher: UUID | None
) -> None:
    group = Group(
        id=new_id(),
        school_id=UUID(session.info["school"]),
        version=1,
        kind=given.kind,
        name=given.name,
        grade=given.grade,
        class_teacher_id=teacher,
    )
    plan.opened.append(group)
    plan.ids[external] = plan.linked[external] = group.id


def _differs(plan: GroupsPlan, group: Group, given: RosterGroup, teacher: UUID | None) -> bool:
    wanted: dict[str, Any] = {
        "name": given.name if plain_name(given.name) != plain_name(group.name) else group.name,
        "grade": given.grade if given.grade is not None else group.grade,
        "class_teacher_id": teacher or group.class_teacher_id,
    }
    changed = {name: value for name, value in wanted.items() if getattr(group, name) != value}
    if "class_teacher_id" in changed and group.class_teacher_id:
        plan.led_before.add(group.class_teacher_id)
    for name, value in changed.items():
        setattr(group, name, value)
    if changed:
        plan.changed.append(group)
    return bool(changed)


def write_groups(session: SchoolSession, roster: Roster, plan: GroupsPlan) -> None:
    """Write the plan, and tell of each group once."""
    session.flush()
    insert_rows(session, table(Group), [_row(group) for group in plan.opened])
    remember_ids(session, roster.source, "group", plan.linked)
    led = [group.class_teacher_id for group in (*plan.opened, *plan.changed)]
    held = set(session.scalars(select(Role.person_id).where(Role.role == "class_teacher")))
    leaders = sorted({id_ for id_ in led if id_ is not None} - held)
    write_roles(session, [(id_, "class_teacher") for id_ in leaders])
    for person_id in sorted(plan.led_before):
        release_class_teacher(session, person_id)
    for group in (*plan.opened, *plan.changed):
        publish(session, group_told(group))


def _row(group: Group) -> dict[str, Any]:
    return {column.name: getattr(group, column.name) for column in table(Group).columns}
