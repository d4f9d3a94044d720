"""Who is where on a day: one roster with who came and left, all rosters at once, and how many are where."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from services.identity.models import Enrolment, Group, Movement, Person, table
from services.identity.models.relations import stays_on
from services.identity.queries.people import own_school
from services.identity.rules.movements import ARRIVALS
from services.identity.rules.school import first_school_day
from shared.clock import today
from shared.db import SchoolSession
from shared.names import full_name, group_key, list_name

Names = ("family_name", "given_name", "patronymic")
How = ("kind", "moved_on", "order_number", "order_on")

# Tables, not models: a list of thirty needs no objects that watch over their changes.
_G, _E, _P = table(Group).c, table(Enrolment).c, table(Person).c
_BEGAN, _ENDED = table(Movement).alias("began"), table(Movement).alias("ended")


def roster(session: SchoolSession, group_id: UUID, on: date | None) -> dict[str, Any]:
    """Return a group's pupils on a day (by default today), and who left it since the year began.

    Sorted as a class list is. Who came since the year began says how and by which order, as does
    who left.
    """
    school = own_school(session)
    on = on or today(school.time_zone)
    since = first_school_day(on)
    found = (
        select(_E.pupil_id, _E.from_on, _E.until_on, *(_P[name] for name in Names))
        .add_columns(*(_BEGAN.c[name].label(f"came_{name}") for name in How))
        .add_columns(*(_ENDED.c[name].label(f"went_{name}") for name in How))
        .join_from(table(Enrolment), table(Person), _P.id == _E.pupil_id)
        .outerjoin(_BEGAN, _BEGAN.c.id == _E.began_by)
        .outerjoin(_ENDED, _ENDED.c.id == _E.ended_by)
        .where(_E.school_id == school.id, _E.group_id == group_id, _E.from_on <= on)
        .where(or_(_E.until_on.is_(None), _E.until_on >= since))
        .order_by(_P.sorted_by, _P.id, _E.from_on)
    )
    present: list[dict[str, Any]] = []
    left: dict[UUID, dict[str, Any]] = {}
    for row in session.execute(found):
        if row.until_on is None or row.until_on >= on:
            present.append(_pupil(row) | {"came": _how(row, "came") if row.from_on > since else None})
            left.pop(row.pupil_id, None)
        else:
            left[row.pupil_id] = _pupil(row) | {"went": _how(row, "went")}
    return {"on": on, "items": present, "left": list(left.values())}


def _pupil(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.pupil_id,
        "name": list_name(row.family_name, row.given_name),
        **{name: getattr(row, name) for name in Names},
        "from_on": row.from_on,
        "until_on": row.until_on,
    }


def _how(row: Row[Any], what: str) -> dict[str, Any] | None:
    told = {name: getattr(row, f"{what}_{name}") for name in How}
    return told if told["kind"] else None


def all_rosters(session: SchoolSession, on: date | None, kind: str = "class") -> list[dict[str, Any]]:
    """Return all classes (or groups) of a day with their pupils, in two statements."""
    school = own_school(session)
    on = on or today(school.time_zone)
    listed = select(_G.id, _G.name, _G.grade).where(
        _G.school_id == school.id,
        _G.kind == kind,
        or_(_G.from_on.is_(None), _G.from_on <= on),
        or_(_G.until_on.is_(None), _G.until_on >= on),
    )
    stays = (
        select(_E.group_id, _E.pupil_id, *(_P[name] for name in Names))
        .join_from(table(Enrolment), table(Person), _P.id == _E.pupil_id)
        .where(_E.school_id == school.id, _E.from_on <= on)
        .where(or_(_E.until_on.is_(None), _E.until_on >= on))
        .order_by(_P.sorted_by, _P.id)
    )
    pupils: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for group_id, pupil_id, *names in session.execute(stays):
        pupils[group_id].append({"id": pupil_id, "name": full_name(*names)})
    groups = [
        {"id": id_, "name": name, "grade": grade, "pupils": pupils[id_]}
        for id_, name, grade in session.execute(listed)
    ]
    return sorted(groups, key=lambda group: (group["grade"] or 0, group_key(group["name"])))


def headcount(session: SchoolSession, on: date | None, since: date | None) -> dict[str, Any]:
    """Return how many pupils each class has on a day (наполняемость), and who came and went since a day.

    `since` is the first day of the school year unless told; its evening is the beginning. In a class
    who moves from another counts as having come; in the school's sum they do not.
    """
    on = on or today(own_school(session).time_zone)
    since = since or first_school_day(on)
    counted = _counted(on, since).subquery()
    rows = session.execute(
        select(Group.id, Group.name, Group.grade, *(Person.__table__.c[name] for name in Names), counted)
        .join(counted, counted.c.group_id == Group.id)
        .outerjoin(Person, Person.id == Group.class_teacher_id)
        .where(Group.kind == "class")
    )
    classes = [
        {
            "group": {"id": row.id, "name": row.name, "grade": row.grade},
            "class_teacher": full_name(*(getattr(row, name) or "" for name in Names)),
            **{name: getattr(row, name) for name in ("at_start", "came", "went", "pupils")},
        }
        for row in rows
    ]
    classes.sort(key=lambda one: (one["group"]["grade"] or 0, group_key(one["group"]["name"])))
    return {"on": on, "since": since, "items": classes, "school": _whole(session, classes, on, since)}


def _counted(on: date, since: date) -> Any:
    def total(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    until = Enrolment.until_on
    return (
        select(
            Enrolment.group_id,
            total(stays_on(since)).label("at_start"),
            total(and_(Enrolment.from_on > since, Enrolment.from_on <= on)).label("came"),
            total(and_(until >= since, until < on)).label("went"),
            total(stays_on(on)).label("pupils"),
        )
        .where(Enrolment.from_on <= on, or_(until.is_(None), until >= since))
        .group_by(Enrolment.group_id)
    )


def _whole(session: SchoolSession, classes: list[dict[str, Any]], on: date, since: date) -> dict[str, int]:
    """Return the school's sums; who came and went by orders, for a change of class is neither."""
    reversal = aliased(Movement)
    moved = (
        select(Movement.kind, func.count().label("pupils"))
        .outerjoin(reversal, reversal.reverses_id == Movement.id)
        .where(reversal.id.is_(None), Movement.effective_on > since, Movement.effective_on <= on)
        .group_by(Movement.kind)
    )
    by_kind = {row.kind: row.pupils for row in session.execute(moved)}
    return {
        "at_start": sum(one["at_start"] for one in classes),
        "came": sum(by_kind.get(kind, 0) for kind in ARRIVALS),
        "went": sum(by_kind.get(kind, 0) for kind in ("departure", "graduation")),
        "pupils": sum(one["pupils"] for one in classes),
    }
