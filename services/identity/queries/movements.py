"""Movements of pupils (движение учащихся) as lists and reports show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select, tuple_
from sqlalchemy.orm import aliased

from services.identity.models import Enrolment, Group, Movement, Person
from services.identity.queries.people import own_school, person_card
from services.identity.rules.movements import KINDS
from services.identity.rules.school import first_school_day
from shared import policy
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.names import full_name

PAGE = 100
ALL = 20_000  # Of a report: more than a school moves in ten years.

Reversal = aliased(Movement)
From, To = aliased(Group), aliased(Group)


@dataclass(frozen=True)
class Wanted:
    """Which movements are asked for; without days, those of the present school year."""

    from_on: date | None = None
    until_on: date | None = None
    kind: str | None = None
    group_id: UUID | None = None
    after: tuple[date, UUID] | None = None
    limit: int = PAGE + 1


def movements(session: SchoolSession, actor: Actor, wanted: Wanted) -> list[dict[str, Any]]:
    """Return movements within the actor's sight, the latest first; one more than a page."""
    found = _shown().where(*_within_sight(actor)).limit(wanted.limit)
    since = wanted.from_on or first_school_day(today(own_school(session).time_zone))
    found = found.where(Movement.moved_on >= since)
    if wanted.until_on:
        found = found.where(Movement.moved_on <= wanted.until_on)
    if wanted.kind:
        found = found.where(Movement.kind == wanted.kind)
    if wanted.group_id:
        found = found.where(
            or_(Movement.from_class_id == wanted.group_id, Movement.to_class_id == wanted.group_id)
        )
    if wanted.after:
        found = found.where(tuple_(Movement.moved_on, Movement.id) < wanted.after)
    rows = session.execute(found.order_by(Movement.moved_on.desc(), Movement.id.desc()))
    return [_row(row) for row in rows]


def movements_of(session: SchoolSession, actor: Actor, pupil_id: UUID) -> dict[str, Any]:
    """Return the movements of one pupil whom the actor may see, and the stays in classes; latest first.

    The last movement that was not reversed says `reversible`.
    """
    person_card(session, actor, pupil_id)
    found = _shown().where(Movement.pupil_id == pupil_id)
    order = (Movement.effective_on.desc(), Movement.recorded_at.desc(), Movement.id.desc())
    shown = [_row(row) for row in session.execute(found.order_by(*order))]
    standing = [one for one in shown if one["kind"] != "reversal" and not one["is_reversed"]]
    for one in standing[:1]:
        one["reversible"] = True
    return {"items": shown, "classes": _class_stays(session, pupil_id)}


def _class_stays(session: SchoolSession, pupil_id: UUID) -> list[dict[str, Any]]:
    columns = (Group.id, Group.name, Enrolment.from_on, Enrolment.until_on)
    found = select(*columns).join(Enrolment, Enrolment.group_id == Group.id)
    found = found.where(Enrolment.pupil_id == pupil_id, Group.kind == "class")
    return [
        {"group": {"id": row.id, "name": row.name}, "from_on": row.from_on, "until_on": row.until_on}
        for row in session.execute(found.order_by(Enrolment.from_on.desc()))
    ]


def _shown() -> Any:
    return (
        select(
            Movement,
            Person.family_name,
            Person.given_name,
            Person.patronymic,
            Person.birth_on,
            From.name.label("from_name"),
            To.name.label("to_name"),
            Reversal.id.label("reversal_id"),
        )
        .join(Person, Person.id == Movement.pupil_id)
        .outerjoin(From, From.id == Movement.from_class_id)
        .outerjoin(To, To.id == Movement.to_class_id)
        .outerjoin(Reversal, Reversal.reverses_id == Movement.id)
    )


def _within_sight(actor: Actor) -> Sequence[ColumnElement[bool]]:
    """Return the condition on movements: all, or those from and to the classes one leads."""
    if policy.sees_all("identity", "read movements", actor.roles):
        return ()
    led = select(Group.id).where(Group.class_teacher_id == actor.person_id)
    return (or_(Movement.from_class_id.in_(led), Movement.to_class_id.in_(led)),)


def _row(row: Row[Any]) -> dict[str, Any]:
    movement: Movement = row[0]
    names = ("id", "kind", "moved_on", "order_number", "order_on", "place", "reason", "recorded_at")
    return {name: getattr(movement, name) for name in names} | {
        "pupil_id": movement.pupil_id,
        "pupil": full_name(row.family_name, row.given_name, row.patronymic),
        "birth_on": row.birth_on,
        "from_class": _group(movement.from_class_id, row.from_name),
        "to_class": _group(movement.to_class_id, row.to_name),
        "is_reversed": row.reversal_id is not None,
        "reverses_id": movement.reverses_id,
        "year_move_id": movement.year_move_id,
        "reversible": False,
    }


def _group(id_: UUID | None, name: str | None) -> dict[str, Any] | None:
    return {"id": id_, "name": name} if id_ else None


def report_rows(shown: Sequence[dict[str, Any]], language: str) -> list[list[Any]]:
    """Return movements as the report «движение учащихся» has them, the earliest first."""
    return [
        [
            number,
            one["pupil"],
            one["birth_on"],
            KINDS[one["kind"]].said(language),
            (one["from_class"] or {}).get("name"),
            (one["to_class"] or {}).get("name"),
            one["moved_on"],
            one["order_number"],
            one["order_on"],
            one["place"],
            one["reason"],
        ]
        for number, one in enumerate(reversed(shown), 1)
    ]
