"""How regularly parents open the diaries of a class, and of all classes (clause 3.5.3)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, case, func, select

from services.journal.models.relations import (
    diary_views,
    enrolments,
    groups,
    guardianships,
    is_there,
    me,
    people,
    run,
    school,
    schools,
)
from services.journal.queries.people import STUB, in_order, shown_name
from services.journal.rules.access import reads_all
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import group_key

Json = dict[str, Any]

WEEKS = 4
UNSEEN_DAYS = 7
"""Who has not looked for so long is worth a word: a week of marks went unseen."""

guardian = people.alias("guardian")

_of_pair = and_(
    diary_views.c.pupil_id == guardianships.c.pupil_id,
    diary_views.c.person_id == guardianships.c.guardian_id,
)


def _in_week(number: int) -> Any:
    """Count the days of a week back from today on which the diary was opened; 0 is the last seven days."""
    begins: Any = bindparam(f"from_{number}")
    ends: Any = bindparam(f"until_{number}")
    return func.sum(case((diary_views.c.on.between(begins, ends), 1), else_=0)).label(f"week_{number}")


GROUP = (
    select(
        groups.c.id,
        groups.c.name,
        schools.c.time_zone,
        (groups.c.class_teacher_id == me).label("is_mine"),
    )
    .select_from(groups.outerjoin(schools, schools.c.school_id == groups.c.school_id))
    .where(groups.c.id == bindparam("group"), groups.c.school_id == school)
)

OF_CLASS = (
    select(
        enrolments.c.pupil_id,
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
        guardianships.c.guardian_id,
        guardian.c.family_name.label("guardian_family_name"),
        guardian.c.given_name.label("guardian_given_name"),
        func.max(diary_views.c.on).label("last_on"),
        *(_in_week(number) for number in range(WEEKS)),
    )
    .select_from(
        enrolments.outerjoin(people, people.c.id == enrolments.c.pupil_id)
        .outerjoin(guardianships, guardianships.c.pupil_id == enrolments.c.pupil_id)
        .outerjoin(guardian, guardian.c.id == guardianships.c.guardian_id)
        .outerjoin(diary_views, _of_pair)
    )
    .where(enrolments.c.group_id == bindparam("group"), is_there)
    .group_by(
        enrolments.c.pupil_id, people.c.id, guardianships.c.guardian_id, guardian.c.id,
    )
)  # fmt: skip

_last = (
    select(
        groups.c.id,
        groups.c.name,
        guardianships.c.guardian_id,
        guardianships.c.pupil_id,
        func.max(diary_views.c.on).label("last_on"),
    )
    .select_from(
        groups.join(enrolments, and_(enrolments.c.group_id == groups.c.id, is_there))
        .join(guardianships, guardianships.c.pupil_id == enrolments.c.pupil_id)
        .outerjoin(diary_views, _of_pair)
    )
    .where(groups.c.school_id == school, groups.c.kind == "class")
    .group_by(groups.c.id, groups.c.name, guardianships.c.guardian_id, guardianships.c.pupil_id)
    .subquery("last")
)

OF_SCHOOL = select(
    _last.c.id,
    _last.c.name,
    func.count().label("parents"),
    func.sum(case((_last.c.last_on > bindparam("week_ago"), 1), else_=0)).label("this_week"),
    func.sum(case((_last.c.last_on.is_(None), 1), else_=0)).label("never"),
).group_by(_last.c.id, _last.c.name)

ZONE = select(schools.c.time_zone).where(schools.c.school_id == school)


def class_views(session: SchoolSession, actor: Actor, group_id: UUID) -> Json:
    """Return for each pupil's each parent when the diary was opened last, and in how many of four weeks.

    For the class teacher and the supervisors; raises NotFound for another's class.
    """
    group = run(session, GROUP, group=group_id, me=actor.person_id).first()
    if group is None or not (group.is_mine or reads_all(actor)):
        raise NotFound
    on = today(group.time_zone or TIME_ZONE)
    rows = in_order(run(session, OF_CLASS, group=group_id, day=on, **_weeks(on)))
    parents = [row for row in rows if row.guardian_id]
    looked = sum(1 for row in parents if row.week_0)
    return {
        "group": {"id": group.id, "name": group.name},
        "on": on,
        "unseen_days": UNSEEN_DAYS,
        "parents": len(parents),
        "this_week": looked,
        "pupils": _pupils(rows, on),
    }


def school_views(session: SchoolSession, actor: Actor) -> list[Json]:
    """Return by class how many parents there are, and how many opened the diary in seven days, or never.

    Of all classes for the supervisors; a class teacher asks for the own one.
    """
    if not reads_all(actor):
        raise NotFound
    on = today(run(session, ZONE).scalar() or TIME_ZONE)
    rows = run(session, OF_SCHOOL, day=on, week_ago=on - timedelta(days=UNSEEN_DAYS))
    return [
        {
            "group": {"id": row.id, "name": row.name},
            "parents": row.parents,
            "this_week": row.this_week,
            "never": row.never,
        }
        for row in sorted(rows, key=lambda row: group_key(row.name))
    ]


def _weeks(on: date) -> dict[str, date]:
    ends = [on - timedelta(days=7 * number) for number in range(WEEKS)]
    begins = {f"from_{number}": end - timedelta(days=6) for number, end in enumerate(ends)}
    return begins | {f"until_{number}": end for number, end in enumerate(ends)}


def _pupils(rows: Iterable[Row[Any]], on: date) -> list[Json]:
    shown: dict[UUID, Json] = {}
    for row in rows:
        pupil = shown.setdefault(row.pupil_id, {"id": row.pupil_id, "name": shown_name(row), "parents": []})
        if row.guardian_id:
            pupil["parents"].append(_parent(row, on))
    return list(shown.values())


def _parent(row: Row[Any], on: date) -> Json:
    weeks = [getattr(row, f"week_{number}") for number in range(WEEKS)]
    name = f"{row.guardian_family_name} {row.guardian_given_name}" if row.guardian_family_name else STUB
    return {
        "id": row.guardian_id,
        "name": name,
        "last_on": row.last_on,
        "days_ago": (on - row.last_on).days if row.last_on else None,
        "weeks_seen": sum(1 for days in weeks if days),
        "weeks": WEEKS,
    }
