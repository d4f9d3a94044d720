"""What contradicts itself in the journal of classes or of the school: facts for `rules.sentinel`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from services.journal.models.relations import (
    accepted_contradictions as accepted,
)
from services.journal.models.relations import (
    lessons,
    merged_people,
    people,
    run,
    school,
)
from services.journal.models.sentinel import facts
from services.journal.queries.class_rows import CLASSES
from services.journal.queries.people import STUB, shown_name, signed_name
from services.journal.rules.sentinel import KINDS, Flag, flagged
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Text
from shared.names import group_key

Json = dict[str, Any]
MOST_DAYS = timedelta(days=160)
"""The longest of periods is the second half-year: from 9 January to the end of May, with days to spare."""

MOST_ITEMS = 300


class SpanTooLong(Invalid):
    """Contradictions are looked for in half a year at most."""

    title = Text("Слишком большой срок", "The span is too long")
    detail = Text(
        "Противоречия ищутся не больше чем за полугодие. Выберите дни ближе друг к другу.",
        "Contradictions are looked for in half a year at most. Choose days nearer to each other.",
    )


ACCEPTED = (
    select(
        accepted.c.id,
        accepted.c.lesson_id,
        func.coalesce(merged_people.c.kept_id, accepted.c.pupil_id, type_=accepted.c.pupil_id.type).label(
            "pupil_id"
        ),
        accepted.c.kind,
        accepted.c.note,
        accepted.c.made_at,
        people.c.family_name,
        people.c.given_name,
        people.c.patronymic,
    )
    .select_from(
        accepted.join(lessons, lessons.c.id == accepted.c.lesson_id)
        .outerjoin(people, people.c.id == accepted.c.made_by)
        .outerjoin(merged_people, merged_people.c.merged_id == accepted.c.pupil_id)
    )
    .where(
        accepted.c.school_id == school,
        accepted.c.withdrawn_at.is_(None),
        lessons.c.held_on.between(bindparam("starts_on"), bindparam("ends_on")),
    )
)
NAMES = select(people.c.id, people.c.family_name, people.c.given_name).where(
    people.c.school_id == school, people.c.id.in_(bindparam("pupils", expanding=True))
)


def contradiction_list(
    session: SchoolSession, actor: Actor, starts_on: date, ends_on: date, group_id: UUID | None = None
) -> Json:
    """Return the contradictions of a class, of one's own classes, or of the school, the open ones first.

    Raises NotFound for a class that is not the caller's. Eight statements, whatever their number.
    """
    if ends_on - starts_on > MOST_DAYS:
        raise SpanTooLong
    classes, can_accept = _asked(session, actor, group_id)
    found = facts(session, classes, starts_on, ends_on)
    flags = flagged(found)
    rows = run(session, ACCEPTED, starts_on=starts_on, ends_on=ends_on)
    known = {(row.kind, row.lesson_id, row.pupil_id): row for row in rows}
    in_order = sorted(flags, key=lambda flag: (flag[:3] in known, *_place(found.lessons, flag)))
    shown = in_order[:MOST_ITEMS]
    values = _values(found.cells, shown)
    names = {row.id: shown_name(row) for row in run(session, NAMES, pupils=[f.pupil_id for f in shown])}
    return {
        "from": starts_on,
        "until": ends_on,
        "can_accept": can_accept,
        "open": sum(flag[:3] not in known for flag in flags),
        "left_out": len(in_order) - len(shown),
        "classes": _sums(found.lessons, flags, known),
        "items": [
            _said(flag, found.lessons, names, known.get(flag[:3])) | {"values": values[flag[1:3]]}
            for flag in shown
        ],
    }


def _sums(held: dict[UUID, Any], flags: Iterable[Flag], known: Mapping[Any, Any]) -> list[Json]:
    """Return how many contradictions are on the pages of each class, those left out included.

    A page of a parallel is of no class: it counts by itself.
    """
    sums: dict[UUID, Json] = {}
    for flag in flags:
        lesson = held[flag.lesson_id]
        name = lesson.class_name or STUB
        sum_ = sums.setdefault(
            lesson.class_id, {"id": lesson.class_id, "name": name, "open": 0, "accepted": 0}
        )
        sum_["accepted" if flag[:3] in known else "open"] += 1
    return sorted(sums.values(), key=lambda one: group_key(one["name"]))


def _values(cells: Iterable[Any], shown: Iterable[Flag]) -> dict[tuple[UUID, UUID], list[str]]:
    """Return what stands in the cells that are shown, attendance first."""
    found: dict[tuple[UUID, UUID], list[tuple[int, str]]] = {flag[1:3]: [] for flag in shown}
    for lesson_id, slot, pupil_id, value in cells:
        if (own := found.get((lesson_id, pupil_id))) is not None:
            own.append((slot, value))
    return {key: [value for _, value in sorted(own)] for key, own in found.items()}


def _asked(session: SchoolSession, actor: Actor, group_id: UUID | None) -> tuple[Sequence[UUID] | None, bool]:
    """Return the classes asked for, None for the whole school, and whether the caller answers for them."""
    every, accepts = (
        policy.sees_all("journal", f"{verb} contradictions", actor.roles) for verb in ("follow", "accept")
    )
    rows = run(session, CLASSES).all()
    led = [row.id for row in rows if row.class_teacher_id == actor.person_id]
    if group_id is None:
        return (None, accepts) if every else (led, True)
    if group_id not in (led if not every else [row.id for row in rows]):
        raise NotFound
    return [group_id], accepts or group_id in led


def _place(held: dict[UUID, Any], flag: Flag) -> tuple[Any, ...]:
    lesson = held[flag.lesson_id]
    return lesson.held_on, lesson.number, lesson.id, flag.pupil_id


def _said(flag: Flag, held: dict[UUID, Any], names: dict[UUID, str], seen: Any) -> Json:
    other = held.get(flag.other_lesson_id) if flag.other_lesson_id else None
    return {
        "kind": flag.kind,
        "title": KINDS[flag.kind],
        **_lesson(held[flag.lesson_id]),
        "pupil": {"id": flag.pupil_id, "name": names.get(flag.pupil_id, STUB)},
        "other": _lesson(other) if other else None,
        "accepted": _accepted(seen) if seen else None,
    }


def _lesson(row: Any) -> Json:
    return {
        "page_id": row.page_id,
        "lesson_id": row.id,
        "on": row.held_on,
        "number": row.number,
        "group": row.group_name or STUB,
        "subject": row.subject_name or STUB,
    }


def _accepted(row: Any) -> Json:
    return {"id": row.id, "note": row.note, "by": signed_name(row), "at": row.made_at}
