"""The groups of the move to the next year: new ones that continue the old, and the end of those."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from services.identity.actions.importing.roster_people import write_roles
from services.identity.actions.rosters.groups import group_told
from services.identity.actions.school.leadership import keep_leaders
from services.identity.models import ExternalId, Group, Role, YearMove, YearMoveGroup, table
from services.identity.rules.class_names import plain_name
from services.identity.rules.movements import DAY
from services.identity.rules.new_year_plan import Plan
from services.identity.rules.roles import STAFF
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.errors import Invalid, Text
from shared.ids import new_id
from shared.outbox import publish

Ids = dict[str | UUID, UUID]  # Keys of classes, and old groups of classes: the new groups.


class NobodyLeads(Invalid):
    """Somebody who is not of the staff was named as class teacher."""

    title = Text("Классный руководитель — не сотрудник", "A class teacher is no member of staff")
    detail = Text("Выберите для «{group}» сотрудника школы.", "Choose a member of staff for “{group}”.")


def open_groups(session: SchoolSession, plan: Plan) -> Ids:
    """Open the classes of the new year and their groups; those of a move that was undone serve again."""
    _check_leaders(session, plan)
    void, parallels, divisions = _undone(session, plan), _parallels(session), _divisions(session, plan)
    ids: Ids = {}
    rows: list[dict[str, Any]] = []

    def take(key: str | UUID, name: str, parent_id: UUID | None, **given: Any) -> UUID:
        known = (given["kind"], plain_name(name), parent_id if given["kind"] == "group" else None)
        ids[key], version = void.get(known) or (new_id(), 0)
        named = {"id": ids[key], "version": version + 1, "name": name, "parent_id": parent_id}
        rows.append(_common(session, plan) | named | given)
        return ids[key]

    for key, one in plan.classes.items():
        parent_id = parallels.get(one.grade) if one.grade is not None else None
        first = next(iter(one.sources), None)
        own = {"kind": "class", "grade": one.grade, "class_teacher_id": one.teacher_id, "division": None}
        class_id = take(key, one.name, parent_id, **own, continues_id=first)
        for old_id, name in one.groups.items():
            own = {"kind": "group", "grade": one.grade, "class_teacher_id": None}
            take(old_id, name, class_id, **own, division=divisions[old_id], continues_id=old_id)
    upsert_rows(session, table(Group), rows, ("id",))
    _lead(session, plan, ids)
    tell_groups(session, ids.values())
    return ids


def tell_groups(session: SchoolSession, group_ids: Iterable[UUID]) -> None:
    """Tell of groups that were written past the session."""
    again = select(Group).where(Group.id.in_(list(group_ids))).execution_options(populate_existing=True)
    for group in session.scalars(again.order_by(Group.id)):
        publish(session, group_told(group))


def _common(session: SchoolSession, plan: Plan) -> dict[str, Any]:
    school_id = UUID(session.info["school"])
    return {"school_id": school_id, "from_on": plan.wishes.starts_on, "until_on": None}


Known = tuple[str, str, UUID | None]  # kind, plain name, the class of a group


def _undone(session: SchoolSession, plan: Plan) -> dict[Known, tuple[UUID, int]]:
    """Return the groups that a move opened for the same day and that never came to be, with versions."""
    void = select(Group).where(Group.from_on == plan.wishes.starts_on, Group.until_on < Group.from_on)
    return {
        (one.kind, plain_name(one.name), one.parent_id if one.kind == "group" else None): (
            one.id,
            one.version,
        )
        for one in session.scalars(void.order_by(Group.id))
    }


def _parallels(session: SchoolSession) -> dict[int, UUID]:
    rows = select(Group.grade, Group.id).where(Group.kind == "parallel", Group.until_on.is_(None))
    return {row.grade: row.id for row in session.execute(rows.where(Group.grade.is_not(None)))}


def _divisions(session: SchoolSession, plan: Plan) -> dict[UUID, str | None]:
    old = [id_ for one in plan.classes.values() for id_ in one.groups]
    return {
        row.id: row.division
        for row in session.execute(select(Group.id, Group.division).where(Group.id.in_(old)))
    }


def _check_leaders(session: SchoolSession, plan: Plan) -> None:
    led = {one.teacher_id for one in plan.classes.values() if one.teacher_id}
    staff = select(Role.person_id).where(Role.person_id.in_(led), Role.role.in_(STAFF))
    known = set(session.scalars(staff))
    for one in plan.classes.values():
        if one.teacher_id and one.teacher_id not in known:
            raise NobodyLeads(group=one.name)


def _lead(session: SchoolSession, plan: Plan, ids: Ids) -> None:
    """Let class teachers lead from the first day on, and those have the role who had it not."""
    led = {ids[key]: one.teacher_id for key, one in plan.classes.items() if one.teacher_id}
    held = set(session.scalars(select(Role.person_id).where(Role.role == "class_teacher")))
    write_roles(session, [(id_, "class_teacher") for id_ in sorted(set(led.values()) - held)])
    over: dict[UUID, UUID | None] = dict.fromkeys(plan.ended)
    keep_leaders(session, over | led, plan.wishes.starts_on)


def end_groups(session: SchoolSession, plan: Plan, move: YearMove, ids: Ids) -> None:
    """Let the old classes and their groups end, and remember what became what."""
    old = _old_groups(session, plan)
    last = plan.wishes.starts_on - DAY
    ended = update(Group).where(Group.id.in_(old)).values(until_on=last, version=Group.version + 1)
    session.execute(ended.execution_options(synchronize_session=False))
    # A program that lists the new year finds its classes by their names, not by last year's ids.
    session.execute(delete(ExternalId).where(ExternalId.kind == "group", ExternalId.id.in_(old)))
    pairs = [(id_, ids.get(key) if (key := plan.ended.get(id_)) else ids.get(id_)) for id_ in old]
    began = set(ids.values()) - {new_id_ for _, new_id_ in pairs}
    rows = [
        {
            "id": new_id(),
            "school_id": move.school_id,
            "year_move_id": move.id,
            "old_id": old_id,
            "new_id": new_id_,
        }
        for old_id, new_id_ in [*pairs, *((None, id_) for id_ in sorted(began))]
    ]
    insert_rows(session, table(YearMoveGroup), rows)
    tell_groups(session, old)


def _old_groups(session: SchoolSession, plan: Plan) -> list[UUID]:
    inside = select(Group.id).where(
        Group.parent_id.in_(plan.ended), Group.kind == "group", Group.until_on.is_(None)
    )
    return sorted([*plan.ended, *session.scalars(inside)])
