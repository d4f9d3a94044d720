"""Carry movements out, one or a thousand in the same few statements.

A movement lets stays end from its day on, opens others, and remembers what it did to each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased

from services.identity.actions.rosters.enrolments import tell_stays
from services.identity.models import Enrolment, Movement, MovementStay, Person, table
from services.identity.rules.movements import DAY, Stay, cut, effective_on
from shared.bulk import insert_rows, upsert_rows
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.ids import new_id

Stays = Mapping[UUID, Sequence[Stay]]
Keys = dict[tuple[UUID, UUID, date], UUID]  # group, pupil, first day: the enrolment


@dataclass(frozen=True)
class Move:
    """A movement to be carried out: `leaves` are the groups left (all when None), `joins` those joined."""

    kind: str
    pupil_id: UUID
    moved_on: date
    order_number: str | None
    order_on: date | None
    from_class_id: UUID | None = None
    to_class_id: UUID | None = None
    leaves: frozenset[UUID] | None = None
    joins: tuple[UUID, ...] = ()
    place: str | None = None
    reason: str | None = None

    @property
    def effective_on(self) -> date:
        """The first day on which things are as ordered."""
        return effective_on(self.kind, self.moved_on)


def lock_pupils(session: SchoolSession, pupil_ids: Collection[UUID]) -> None:
    """Let one movement of a pupil wait for another; refuses who is not of this school."""
    found = select(Person.id).where(Person.id.in_(pupil_ids)).order_by(Person.id).with_for_update()
    if len(session.scalars(found).all()) < len(set(pupil_ids)):
        raise NotFound


def stays_of(session: SchoolSession, pupil_ids: Collection[UUID]) -> dict[UUID, list[Stay]]:
    """Return all stays of these pupils, each pupil's by first day."""
    columns = (
        Enrolment.pupil_id,
        Enrolment.group_id,
        Enrolment.from_on,
        Enrolment.until_on,
        Enrolment.began_by,
        Enrolment.ended_by,
    )
    rows = select(*columns).where(Enrolment.pupil_id.in_(pupil_ids)).order_by(Enrolment.from_on)
    found: dict[UUID, list[Stay]] = defaultdict(list)
    for row in session.execute(rows):
        stay = Stay(row.group_id, row.from_on, row.until_on, row.began_by, row.ended_by)
        found[row.pupil_id].append(stay)
    return found


def last_movements(session: SchoolSession, pupil_ids: Collection[UUID]) -> dict[UUID, Movement]:
    """Return the last movement of each pupil that was not taken back."""
    reversal = aliased(Movement)
    held = (
        select(Movement)
        .outerjoin(reversal, reversal.reverses_id == Movement.id)
        .where(Movement.pupil_id.in_(pupil_ids), Movement.reverses_id.is_(None), reversal.id.is_(None))
        .order_by(Movement.effective_on, Movement.recorded_at, Movement.id)
    )
    return {movement.pupil_id: movement for movement in session.scalars(held)}


def carry_out(
    session: SchoolSession,
    moves: Sequence[Move],
    stays: Stays,
    actor_id: UUID | None,
    year_move_id: UUID | None = None,
) -> list[UUID]:
    """Record the movements and change the stays; each group concerned is told of once.

    The caller has locked the pupils and made sure that the moves are allowed.
    """
    school_id, at = UUID(session.info["school"]), now()
    movements: list[dict[str, Any]] = []
    done: list[dict[str, Any]] = []
    for move in moves:
        own = _row(move) | {"id": new_id(), "school_id": school_id, "recorded_at": at}
        own |= {"recorded_by": actor_id, "year_move_id": year_move_id, "reverses_id": None}
        movements.append(own)
        done += _changes(own["id"], move, stays.get(move.pupil_id, ()))
    insert_rows(session, table(Movement), movements)
    pupils = {own["id"]: own["pupil_id"] for own in movements}
    _change_stays(session, done, pupils, {own["id"]: own["effective_on"] for own in movements})
    insert_rows(session, table(MovementStay), [one | {"school_id": school_id} for one in done])
    tell_changes(session, done, pupils)
    return [own["id"] for own in movements]


def _row(move: Move) -> dict[str, Any]:
    names = ("kind", "pupil_id", "moved_on", "effective_on", "from_class_id", "to_class_id")
    return {name: getattr(move, name) for name in (*names, "order_number", "order_on", "place", "reason")}


def _changes(movement_id: UUID, move: Move, stays: Iterable[Stay]) -> list[dict[str, Any]]:
    left = [stay for stay in stays if move.leaves is None or stay.group_id in move.leaves]
    found = cut(left, move.effective_on)
    changes = [(stay, "ended") for stay in found.ended] + [(stay, "dropped") for stay in found.dropped]
    opened = [(Stay(group_id, move.effective_on, None), "opened") for group_id in move.joins]
    return [
        {
            "movement_id": movement_id,
            "group_id": stay.group_id,
            "from_on": stay.from_on,
            "did": did,
            "until_was": stay.until_on,
            "began_by_was": stay.began_by,
            "ended_by_was": stay.ended_by,
        }
        for stay, did in changes + opened
    ]


def _change_stays(
    session: SchoolSession,
    done: Sequence[Mapping[str, Any]],
    pupils: Mapping[UUID, UUID],
    effective: Mapping[UUID, date],
) -> None:
    """Write what the movements do: first what ends or never comes, then what begins."""
    known = enrolment_keys(session, set(pupils.values()))
    rows: dict[str, list[dict[str, Any]]] = {"ended": [], "dropped": [], "opened": []}
    for one in done:
        movement_id, pupil_id = one["movement_id"], pupils[one["movement_id"]]
        row = {
            "id": known.get((one["group_id"], pupil_id, one["from_on"])),
            "school_id": UUID(session.info["school"]),
            "group_id": one["group_id"],
            "pupil_id": pupil_id,
            "from_on": one["from_on"],
            "until_on": None,
            "began_by": movement_id,
            "ended_by": None,
        }
        if one["did"] == "ended":
            row |= {"until_on": effective[movement_id] - DAY, "ended_by": movement_id}
            row["began_by"] = one["began_by_was"]
        rows[one["did"]].append(row)
    drop_enrolments(session, [row["id"] for row in rows["dropped"]])
    upsert_rows(session, table(Enrolment), rows["ended"], ("id",))
    insert_rows(session, table(Enrolment), [row | {"id": new_id()} for row in rows["opened"]])


def enrolment_keys(session: SchoolSession, pupil_ids: Collection[UUID]) -> Keys:
    """Return the ids of the pupils' enrolments."""
    columns = (Enrolment.group_id, Enrolment.pupil_id, Enrolment.from_on, Enrolment.id)
    rows = session.execute(select(*columns).where(Enrolment.pupil_id.in_(pupil_ids)))
    return {(group_id, pupil_id, from_on): id_ for group_id, pupil_id, from_on, id_ in rows}


def drop_enrolments(session: SchoolSession, ids: Sequence[UUID]) -> None:
    """Take away stays that never came to be."""
    if ids:
        gone = delete(Enrolment).where(Enrolment.id.in_(ids))
        session.execute(gone.execution_options(synchronize_session=False))


def tell_changes(
    session: SchoolSession, done: Iterable[Mapping[str, Any]], pupils: Mapping[UUID, UUID]
) -> None:
    """Tell of each group and its pupils whose stays movements changed."""
    touched: dict[UUID, set[UUID]] = defaultdict(set)
    for one in done:
        touched[one["group_id"]].add(pupils[one["movement_id"]])
    tell_stays(session, touched)
