"""The groups of a roster, and who leads them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.importing.roster import (
    Fields,
    Ids,
    Report,
    Roster,
    RosterGroup,
    known_ids,
    remember_ids,
)
from services.identity.actions.importing.roster_people import PeoplePlan, write_roles
from services.identity.actions.rosters.groups import group_told, release_class_teacher
from services.identity.models import Group, Role, table
from services.identity.rules.class_names import plain_name
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.ids import new_id
from shared.outbox import publish


@dataclass
class GroupsPlan:
    """What has to be written so that the groups are as the roster says."""

    ids: Ids
    linked: Ids = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    opened: list[Group] = field(default_factory=list)
    changed: list[Group] = field(default_factory=list)
    led_before: set[UUID] = field(default_factory=set)


def plan_groups(
    session: SchoolSession, roster: Roster, people: PeoplePlan, on: date, report: Report
) -> GroupsPlan:
    """Compare the roster with the groups there are on a day; nothing is written."""
    plan = GroupsPlan(known_ids(session, roster.source, "group"))
    groups = {group.id: group for group in session.scalars(select(Group)) if _is_present(group, on)}
    free = _by_name(group for group in groups.values() if group.id not in set(plan.ids.values()))
    for external, given in roster.groups.items():
        same = free.pop((given.kind, plain_name(given.name)), None) if external not in plan.ids else None
        if same is not None:
            plan.ids[external] = plan.linked[external] = same
        group = groups.get(plan.ids[external]) if external in plan.ids else None
        teacher = people.ids.get(given.teacher) if given.teacher else None
        if group is None:
            _open(session, plan, external, given, teacher)
            report.created.groups += 1
            fields: Fields = {"class_teacher": (None, people.names.get(teacher))} if teacher else {}
            report.note("created", "group", given.name, fields)
            continue
        name = group.name
        if changes := _changes(plan, group, given, teacher, says_grade=roster.has_ids):
            report.changed.groups += 1
            report.note("changed", "group", name, _shown(changes, people), id=group.id)
        else:
            report.unchanged.groups += 1
    plan.names |= {group.id: group.name for group in (*groups.values(), *plan.opened)}
    return plan


def _is_present(group: Group, on: date) -> bool:
    """Whether it is not of a past year: those keep their names for old pages, and this 5А is another."""
    return group.until_on is None or group.until_on >= max(on, group.from_on or on)


def _by_name(groups: Iterable[Group]) -> dict[tuple[str, str], UUID]:
    """Return groups by what people call them; of two alike that of this year, before the next's."""
    found: dict[tuple[str, str], UUID] = {}
    for group in sorted(groups, key=lambda group: (group.from_on or date.min, group.id)):
        found.setdefault((group.kind, plain_name(group.name)), group.id)
    return found


def _shown(changes: Fields, people: PeoplePlan) -> Fields:
    """Return what changed with people by their names."""
    shown = dict(changes)
    if teachers := shown.pop("class_teacher_id", None):
        shown["class_teacher"] = (people.names.get(teachers[0]), people.names.get(teachers[1]))
    return shown


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


def _changes(
    plan: GroupsPlan, group: Group, given: RosterGroup, teacher: UUID | None, *, says_grade: bool
) -> Fields:
    """Bring a group up to date and return what changed; a list tells of a grade by the name alone."""
    wanted: dict[str, Any] = {
        "name": given.name if plain_name(given.name) != plain_name(group.name) else group.name,
        "grade": given.grade
        if given.grade is not None and (says_grade or group.grade is None)
        else group.grade,
        "class_teacher_id": teacher or group.class_teacher_id,
    }
    changed = {
        name: (getattr(group, name), value) for name, value in wanted.items() if getattr(group, name) != value
    }
    if "class_teacher_id" in changed and group.class_teacher_id:
        plan.led_before.add(group.class_teacher_id)
    for name, (_, value) in changed.items():
        setattr(group, name, value)
    if changed:
        plan.changed.append(group)
    return changed


def write_groups(session: SchoolSession, roster: Roster, plan: GroupsPlan) -> None:
    """Write the plan, and tell of each group once."""
    session.flush()
    insert_rows(session, table(Group), [_row(group) for group in plan.opened])
    if roster.has_ids:
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
