"""Subjects and rooms, found by their names or entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Room, Subject, table
from services.schedule.rules import Tally
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from shared.outbox import publish


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What is known of a room; no capacity or building means that it was not told."""

    name: str
    capacity: int | None = None
    building: str = ""


def name_subjects(session: SchoolSession, names: Iterable[str]) -> tuple[dict[str, UUID], Tally]:
    """Return the ids of subjects by name, entering those that are new."""
    known = {row.name: row.id for row in session.execute(select(Subject.name, Subject.id))}
    wanted = list(dict.fromkeys(names))
    new = {name: new_id() for name in wanted if name not in known}
    school = UUID(session.info["school"])
    rows = [{"id": id_, "school_id": school, "name": name} for name, id_ in new.items()]
    insert_rows(session, table(Subject), rows)
    for name, id_ in new.items():
        publish(session, SubjectChanged(subject_id=id_, name=name))
    ids = {**known, **new}
    return {name: ids[name] for name in wanted}, Tally(created=len(new), unchanged=len(wanted) - len(new))


def name_rooms(session: SchoolSession, rooms: Iterable[RoomFacts]) -> tuple[dict[str, UUID], Tally]:
    """Return the ids of rooms by name, entering the new and changing what is told otherwise now."""
    known = {room.name: room for room in session.scalars(select(Room))}
    tally, written, ids = Tally(), [], {}
    for facts in rooms:
        own = known.get(facts.name)
        ids[facts.name] = own.id if own else new_id()
        row = {
            "id": ids[facts.name],
            "school_id": UUID(session.info["school"]),
            "name": facts.name,
            "capacity": facts.capacity or (own.capacity if own else None),
            "building": facts.building or (own.building if own else ""),
        }
        if own and (own.capacity, own.building) == (row["capacity"], row["building"]):
            tally.unchanged += 1
            continue
        tally.changed += own is not None
        tally.created += own is None
        written.append(row)
    upsert_rows(session, table(Room), written, ["id"])
    return ids, tally
