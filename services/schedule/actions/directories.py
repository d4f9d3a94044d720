"""Subjects and rooms, found by their names or entered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.history import note_change
from services.schedule.models import Room, Subject, table
from services.schedule.rules import Tally
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from shared.outbox import publish

ROOM_FACTS = ("name", "capacity", "building", "closed_on")


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What is known of a room; no capacity or building means that it was not told."""

    name: str
    capacity: int | None = None
    building: str = ""


def name_subjects(session: SchoolSession, names: Iterable[str]) -> tuple[dict[str, UUID], Tally]:
    """Return the ids of subjects by name, entering those that are new; a closed one is offered again."""
    there = session.execute(select(Subject.name, Subject.id, Subject.closed_on)).all()
    known = {row.name: row.id for row in there}
    wanted = list(dict.fromkeys(names))
    new = {name: new_id() for name in wanted if name not in known}
    school = UUID(session.info["school"])
    rows = [{"id": id_, "school_id": school, "name": name} for name, id_ in new.items()]
    insert_rows(session, table(Subject), rows)
    for name, id_ in new.items():
        publish(session, SubjectChanged(subject_id=id_, name=name))
        note_change(session, "subject", id_, name, None, {"name": name})
    _offer_again(session, [row.id for row in there if row.closed_on and row.name in wanted])
    ids = {**known, **new}
    return {name: ids[name] for name in wanted}, Tally(created=len(new), unchanged=len(wanted) - len(new))


def _offer_again(session: SchoolSession, subject_ids: Collection[UUID]) -> None:
    for one in session.scalars(select(Subject).where(Subject.id.in_(subject_ids))) if subject_ids else ():
        note_change(
            session, "subject", one.id, one.name, {"closed_on": f"{one.closed_on}"}, {"closed_on": None}
        )
        one.closed_on, one.version = None, one.version + 1


def name_rooms(session: SchoolSession, rooms: Iterable[RoomFacts]) -> tuple[dict[str, UUID], Tally]:
    """Return the ids of rooms by name, entering the new and changing what is told otherwise now."""
    known = {room.name: room for room in session.scalars(select(Room))}
    tally, written = Tally(), []
    ids: dict[str, UUID] = {}
    for facts in rooms:
        own = known.get(facts.name)
        ids[facts.name] = own.id if own else new_id()
        row = {
            "id": ids[facts.name],
            "school_id": UUID(session.info["school"]),
            "name": facts.name,
            "capacity": facts.capacity or (own.capacity if own else None),
            "building": facts.building or (own.building if own else ""),
            "closed_on": None,
            "version": own.version + 1 if own else 1,
        }
        before = _facts(own) if own else None
        after = {name: row[name] for name in ROOM_FACTS}
        if before == after:
            tally.unchanged += 1
            continue
        note_change(session, "room", ids[facts.name], facts.name, before, after)
        tally.changed += own is not None
        tally.created += own is None
        written.append(row)
    upsert_rows(session, table(Room), written, ["id"])
    return ids, tally


def _facts(room: Room) -> dict[str, Any]:
    facts = {name: getattr(room, name) for name in ROOM_FACTS}
    return facts | {"closed_on": f"{room.closed_on}" if room.closed_on else None}
