"""The move to the next year as its page shows it: the plan by classes, and the moves there were."""

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.identity.models import Group, Movement, Person, YearMove
from services.identity.rules.new_year_plan import Plan
from shared.clock import today
from shared.db import SchoolSession
from shared.names import group_key, list_name


def preview(session: SchoolSession, plan: Plan) -> dict[str, Any]:
    """Return a plan as people review it: each class, what becomes of it and of whom in it."""
    old = _classes(session, plan)
    pupils = _pupils(session, plan)
    teachers = _names(session, {one.teacher_id for one in plan.classes.values() if one.teacher_id})
    return {
        "starts_on": plan.wishes.starts_on,
        "leave_on": plan.wishes.leave_on,
        "digest": plan.digest,
        "is_ready": not plan.questions,
        "questions": [
            {**vars(question), "pupil": pupils.names.get(question.pupil_id) if question.pupil_id else None}
            for question in plan.questions
        ],
        "classes": sorted(
            (_old_class(plan, id_, name, grade, pupils) for id_, (name, grade) in old.items()),
            key=lambda one: (one["grade"] or 0, group_key(one["name"])),
        ),
        "next_classes": [
            {
                "name": one.name,
                "grade": one.grade,
                "class_teacher": teachers.get(one.teacher_id) if one.teacher_id else None,
                "class_teacher_id": one.teacher_id,
                "from_classes": [old[id_][0] for id_ in one.sources if id_ in old],
                "groups": sorted(one.groups.values()),
                "pupils": pupils.into[key],
            }
            for key, one in sorted(plan.classes.items(), key=lambda item: group_key(item[1].name))
        ],
        "totals": Counter(place.kind for place in plan.pupils.values()),
    }


class _Pupils:
    """The pupils of a plan: names, places in lists, and how many go into which class."""

    def __init__(self) -> None:
        self.names: dict[UUID, str] = {}
        self.of: dict[UUID, list[UUID]] = defaultdict(list)
        self.into: Counter[str] = Counter()


def _pupils(session: SchoolSession, plan: Plan) -> _Pupils:
    found = _Pupils()
    asked = {question.pupil_id: question.group_id for question in plan.questions if question.pupil_id}
    found.names = _names(session, plan.pupils.keys() | asked.keys())
    for pupil_id in found.names:
        place = plan.pupils.get(pupil_id)
        source = place.source if place else asked.get(pupil_id)
        if source:
            found.of[source].append(pupil_id)
        if place and place.into:
            found.into[place.into] += 1
    return found


def _names(session: SchoolSession, ids: Any) -> dict[UUID, str]:
    """Return names by id, in the order of a list."""
    rows = select(Person.id, Person.family_name, Person.given_name).where(Person.id.in_(list(ids)))
    return {
        row.id: list_name(row.family_name, row.given_name)
        for row in session.execute(rows.order_by(Person.sorted_by, Person.id))
    }


def _classes(session: SchoolSession, plan: Plan) -> dict[UUID, tuple[str, int | None]]:
    ids = {*plan.ended, *(question.group_id for question in plan.questions if question.group_id)}
    rows = select(Group.id, Group.name, Group.grade).where(Group.id.in_(ids))
    return {row.id: (row.name, row.grade) for row in session.execute(rows)}


def _old_class(plan: Plan, id_: UUID, name: str, grade: int | None, pupils: _Pupils) -> dict[str, Any]:
    into = plan.ended.get(id_)
    return {
        "id": id_,
        "name": name,
        "grade": grade,
        "does": ("promote" if into else "graduate") if id_ in plan.ended else None,
        "into": plan.classes[into].name if into else None,
        "class_teacher_id": plan.classes[into].teacher_id if into else None,
        "keeps_groups": bool(into and plan.classes[into].groups),
        "pupils": [_pupil(plan, pupil_id, pupils) for pupil_id in pupils.of[id_]],
    }


def _pupil(plan: Plan, pupil_id: UUID, pupils: _Pupils) -> dict[str, Any]:
    place = plan.pupils.get(pupil_id)
    into = plan.classes[place.into].name if place and place.into else None
    kind = place.kind if place else None
    return {"id": pupil_id, "name": pupils.names[pupil_id], "kind": kind, "into": into}


def year_moves(session: SchoolSession, zone: str) -> list[dict[str, Any]]:
    """Return the moves there were, the latest first, with how many pupils each moved how."""
    kinds: dict[UUID, dict[str, int]] = defaultdict(dict)
    counted = select(Movement.year_move_id, Movement.kind, func.count().label("pupils")).where(
        Movement.year_move_id.is_not(None), Movement.kind != "reversal"
    )
    for row in session.execute(counted.group_by(Movement.year_move_id, Movement.kind)):
        kinds[row.year_move_id][row.kind] = row.pupils
    names = ("id", "starts_on", "undo_until", "order_number", "order_on", "applied_at", "undone_at")
    return [
        {name: getattr(move, name) for name in names}
        | {
            "totals": kinds[move.id],
            "may_be_undone": move.undone_at is None and today(zone) <= move.undo_until,
        }
        for move in session.scalars(select(YearMove).order_by(YearMove.id.desc()))
    ]
