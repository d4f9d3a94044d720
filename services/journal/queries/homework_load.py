"""How much homework a class has for a day: expected minutes against the norm (СанПиН; parameter)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, or_, select

from services.journal.models import Group
from services.journal.models.homework_relations import OF_LESSONS, due, follows, set_in, sets
from services.journal.models.relations import (
    descriptions,
    enrolments,
    pages,
    parameters,
    run,
    school,
    subjects,
)
from services.journal.models.several import groups_around
from services.journal.queries.homework_due import is_set
from services.journal.queries.people import STUB
from services.journal.rules.homework import MINUTES
from services.journal.rules.parameters import parameter_on
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
Members = dict[UUID, set[UUID | None]]
PARAMETER = "homework_minutes"
SET_BEFORE = timedelta(days=60)
"""Homework due later than two months after its lesson is no day's load."""

_near = and_(
    due.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")),
    set_in.c.held_on.between(bindparam("set_since"), bindparam("ends_on")),
    sets,
    pages.c.group_id.in_(bindparam("family", expanding=True)),
)
TASKS = OF_LESSONS.where(_near)
PLAIN = (
    select(due.c.held_on.label("due_on"), subjects.c.name.label("subject"), descriptions.c.homework)
    .select_from(
        pages.join(set_in, set_in.c.page_id == pages.c.id)
        .join(
            descriptions, and_(descriptions.c.page_id == pages.c.id, descriptions.c.lesson_id == set_in.c.id)
        )
        .join(due, follows)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
    )
    .where(
        pages.c.school_id == school,
        is_set,
        _near,
    )
)
MEMBERS = select(enrolments.c.group_id, enrolments.c.pupil_id).where(
    enrolments.c.group_id.in_(bindparam("family", expanding=True)),
    enrolments.c.from_on <= bindparam("ends_on"),
    or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("starts_on")),
    enrolments.c.school_id == school,
)
NORM = select(parameters.c.told).where(parameters.c.school_id == school, parameters.c.name == PARAMETER)


def homework_week(session: SchoolSession, actor: Actor, group_id: UUID, day: date) -> Json:
    """Return the load of each day of a class's week, for its class teacher and those who see all diaries."""
    group = session.scalars(select(Group).where(Group.id == group_id)).first()
    sees_all = policy.sees_all("journal", "follow homework", actor.roles)
    if group is None or group.kind != "class" or not (sees_all or group.class_teacher_id == actor.person_id):
        raise NotFound
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    loads = _loads(session, group_id, None, group.grade, monday, days[-1], with_plain=True)
    shown = [loads[one] for one in days if one.weekday() < 6 or loads[one]["items"]]
    return {"group": {"id": group_id, "name": group.name}, "from": monday, "until": days[-1], "days": shown}


def day_load(
    session: SchoolSession, group_id: UUID, whole_id: UUID | None, grade: int | None, day: date
) -> Json:
    """Return the load of one day of a group's pupils, for whoever is about to add to it.

    Of a part of a class (or of its parallel) `whole_id` is that: its homework is theirs, too.
    """
    load = _loads(session, group_id, whole_id, grade, day, day)[day]
    return {name: load[name] for name in ("on", "minutes", "norm", "is_over")}


def _loads(
    session: SchoolSession,
    group_id: UUID,
    whole_id: UUID | None,
    grade: int | None,
    starts_on: date,
    ends_on: date,
    *,
    with_plain: bool = False,
) -> dict[date, Json]:
    span = {"starts_on": starts_on, "ends_on": ends_on}
    asked = (group_id, whole_id) if whole_id else (group_id,)
    family = groups_around(session, *asked).during(starts_on, ends_on)
    near = {**span, "set_since": starts_on - SET_BEFORE, "family": family}
    found = run(session, TASKS, **near).all()
    plain = run(session, PLAIN, **near).all() if with_plain else []
    members: Members = {one: set() for one in family}
    for row in run(session, MEMBERS, family=family, **span):
        members[row.group_id].add(row.pupil_id)
    norm = parameter_on(run(session, NORM).scalar(), starts_on, MINUTES).get(str(grade))
    number = (ends_on - starts_on).days + 1
    days = [starts_on + timedelta(days=one) for one in range(number)]
    return {day: _day(day, norm, group_id, members, found, plain) for day in days}


def _day(
    day: date, norm: int | None, group_id: UUID, members: Members,
    found: Iterable[Row[Any]], plain: Iterable[Row[Any]],
) -> Json:  # fmt: skip
    by_pupil: dict[UUID | None, int] = defaultdict(int)
    everybody: set[UUID | None] = members.get(group_id) or {None}
    due_today = [
        task
        for task in found
        if task.due_on == day and (None in everybody or _doers(task, members, everybody))
    ]
    for task in due_today:
        for pupil in _doers(task, members, everybody):
            by_pupil[pupil] += task.minutes or 0
    minutes = max(by_pupil.values(), default=0)
    told = {task.text for task in due_today if not task.pupil_id}  # As plain homework it is no other.
    return {
        "on": day,
        "minutes": minutes,
        "norm": norm,
        "is_over": norm is not None and minutes > norm,
        "pupils_over": sum(1 for one in by_pupil.values() if norm is not None and one > norm),
        "items": [
            {
                "subject": task.subject or STUB,
                "minutes": task.minutes,
                "text": None if task.pupil_id else task.text,
                "is_individual": task.pupil_id is not None,
                "is_for_part": task.group_id is not None,
            }
            for task in due_today
        ]
        + [
            {"subject": one.subject or STUB, "minutes": None, "text": one.homework, "is_individual": False,
             "is_for_part": False}
            for one in plain if one.due_on == day and one.homework not in told
        ],
    }  # fmt: skip


def _doers(task: Row[Any], members: Members, everybody: set[UUID | None]) -> set[UUID | None]:
    """Return which pupils of the class a task is for; a group nobody is entered in is the whole class.

    On pages of several classes there are tasks for pupils and groups of others.
    """
    if task.pupil_id:
        return everybody & {task.pupil_id}
    group = task.group_id or task.page_group_id
    if group not in members:
        return set()
    return (everybody & members[group]) if members[group] else everybody
