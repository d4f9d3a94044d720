"""Take movements back: a reversal is recorded beside them, and every stay is again as it was before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.rosters.moving import (
    Stays,
    drop_enrolments,
    enrolment_keys,
    stays_of,
    tell_changes,
)
from services.identity.models import Enrolment, Group, Movement, MovementStay, Person, table
from services.identity.rules.movements import DAY, Stay, overlap
from shared.bulk import insert_rows, upsert_rows
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Text
from shared.ids import new_id
from shared.names import list_name


class ChangedSince(Conflict):
    """The pupil's groups are no longer as the movement left them."""

    title = Text("Состав с тех пор менялся", "The roster has changed since")
    detail = Text(
        "После движения группы меняли загрузкой или вручную: {names}. Оформите новое движение.",
        "The groups were changed since by import or by hand: {names}. Record a new movement instead.",
    )


def take_back(
    session: SchoolSession,
    movements: Sequence[Movement],
    actor_id: UUID | None,
    *,
    reason: str | None,
    order: tuple[str | None, date | None],
) -> list[UUID]:
    """Reverse movements, each the last of its pupil: every stay is again as it was before.

    Refuses when the groups of any of the pupils were changed in the meantime by other means.
    """
    by_id = {movement.id: movement for movement in movements}
    pupils = {movement.id: movement.pupil_id for movement in movements}
    done = _remembered(session, list(by_id))
    stays = stays_of(session, set(pupils.values()))
    restored = _restored(session, done, by_id, stays)
    gone = [row for row in done if row["did"] == "opened"]
    known = enrolment_keys(session, set(pupils.values()))
    drop_enrolments(
        session, [known[row["group_id"], pupils[row["movement_id"]], row["from_on"]] for row in gone]
    )
    rows = [row | {"id": known.get(key) or new_id()} for key, row in restored.items()]
    upsert_rows(session, table(Enrolment), rows, ("id",))
    ids = _record_reversals(session, movements, actor_id, reason, order)
    tell_changes(session, done, pupils)
    return ids


def _remembered(session: SchoolSession, movement_ids: Collection[UUID]) -> list[dict[str, Any]]:
    names = ("movement_id", "group_id", "from_on", "did", "until_was", "began_by_was", "ended_by_was")
    columns = [getattr(MovementStay, name) for name in names]
    rows = session.execute(select(*columns).where(MovementStay.movement_id.in_(movement_ids)))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _restored(
    session: SchoolSession,
    done: Iterable[Mapping[str, Any]],
    movements: Mapping[UUID, Movement],
    stays: Stays,
) -> dict[tuple[UUID, UUID, date], dict[str, Any]]:
    """Return the stays as they were before the movements; refuses what is not as these left it."""
    after = {
        pupil_id: {(stay.group_id, stay.from_on): stay for stay in known} for pupil_id, known in stays.items()
    }
    wrong: set[UUID] = set()
    restored: dict[tuple[UUID, UUID, date], dict[str, Any]] = {}
    # What was opened goes first: a dropped stay may have begun in the same group on the same day.
    for one in sorted(done, key=lambda row: row["did"] != "opened"):
        movement = movements[one["movement_id"]]
        own, at = after.setdefault(movement.pupil_id, {}), (one["group_id"], one["from_on"])
        if own.get(at) != _left_by(movement, one):
            wrong.add(movement.pupil_id)
        elif one["did"] == "opened":
            del own[at]
        else:
            own[at] = Stay(*at, one["until_was"], one["began_by_was"], one["ended_by_was"])
            restored[one["group_id"], movement.pupil_id, one["from_on"]] = _as_it_was(session, movement, one)
    wrong |= _in_two_classes(session, after)
    if wrong:
        raise ChangedSince(names=names_of(session, wrong))
    return restored


def _left_by(movement: Movement, one: Mapping[str, Any]) -> Stay | None:
    """Return the stay as the movement left it; None when it took it away."""
    if one["did"] == "dropped":
        return None
    place = one["group_id"], one["from_on"]
    if one["did"] == "opened":
        return Stay(*place, until_on=None, began_by=movement.id)
    return Stay(*place, movement.effective_on - DAY, one["began_by_was"], movement.id)


def _as_it_was(session: SchoolSession, movement: Movement, one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "school_id": UUID(session.info["school"]),
        "group_id": one["group_id"],
        "pupil_id": movement.pupil_id,
        "from_on": one["from_on"],
        "until_on": one["until_was"],
        "began_by": one["began_by_was"],
        "ended_by": one["ended_by_was"],
    }


def _in_two_classes(
    session: SchoolSession, stays: Mapping[UUID, Mapping[tuple[UUID, date], Stay]]
) -> set[UUID]:
    classes = set(session.scalars(select(Group.id).where(Group.kind == "class")))
    return {
        pupil_id
        for pupil_id, own in stays.items()
        if overlap(stay for stay in own.values() if stay.group_id in classes)
    }


def names_of(session: SchoolSession, pupil_ids: Collection[UUID]) -> str:
    """Return pupils by name, ten at most."""
    rows = select(Person.family_name, Person.given_name).where(Person.id.in_(pupil_ids))
    named = [list_name(family, given) for family, given in session.execute(rows.order_by(Person.sorted_by))]
    return ", ".join(named[:10]) + ("…" if len(named) > 10 else "")


def _record_reversals(
    session: SchoolSession,
    movements: Iterable[Movement],
    actor_id: UUID | None,
    reason: str | None,
    order: tuple[str | None, date | None],
) -> list[UUID]:
    """Record that the movements were taken back, each by a row of its own."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "school_id": movement.school_id,
            "kind": "reversal",
            "pupil_id": movement.pupil_id,
            "moved_on": movement.moved_on,
            "effective_on": movement.effective_on,
            "from_class_id": movement.to_class_id,
            "to_class_id": movement.from_class_id,
            "order_number": order[0],
            "order_on": order[1],
            "place": None,
            "reason": reason,
            "reverses_id": movement.id,
            "year_move_id": movement.year_move_id,
            "recorded_at": now(),
            "recorded_by": actor_id,
        }
        for movement in movements
    ]
    insert_rows(session, table(Movement), rows)
    return [row["id"] for row in rows]
