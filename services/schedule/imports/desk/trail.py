"""What an import changed besides lessons, so that all of it can be put back: load, names, bells."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.actions.calendar import all_years
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.actions.years import follow_change
from services.schedule.models import Base, ImportName, Load, Room, Subject, table
from services.schedule.models.year_facts import year_facts
from shared.db import SchoolSession
from shared.errors import Conflict, Text

ROOM_FACTS = ("capacity", "building")


class ChangedSince(Conflict):
    """What the import left was changed since: taking it back would undo somebody's work."""

    title = Text("После загрузки это уже изменили", "It was changed since the import")
    detail = Text(
        "Отменить загрузку нельзя: {what}. Ничего не отменено.",
        "The import cannot be undone: {what}. Nothing was undone.",
    )


LOADS = Text("с тех пор изменена нагрузка этих классов", "the load of these classes was changed since")
BELLS = Text("с тех пор изменены звонки", "the bells were changed since")
ROOMS = Text("с тех пор изменены кабинеты", "rooms were changed since")


def state_of(session: SchoolSession, groups: Collection[UUID]) -> dict[str, Any]:
    """Return what an import may change, as plain JSON: four statements and those of the years."""
    loads = session.execute(select(table(Load)).where(Load.group_id.in_(groups)))
    rooms = session.execute(select(Room.id, Room.capacity, Room.building))
    years = all_years(session)
    return {
        "loads": sorted(
            [str(row.year_id), str(row.group_id), str(row.subject_id), sorted(row.teacher_ids),
             row.hours_per_week, row.quarters_off]
            for row in loads
        ),
        "rooms": {str(row.id): [row.capacity, row.building] for row in rooms},
        "subjects": sorted(str(one) for one in session.scalars(select(Subject.id))),
        "bells": {
            str(year.id): [[bell.number, bell.starts, bell.ends] for bell in year.bells] for year in years
        },
        "days": {str(year.id): year.school_days for year in years},
    }  # fmt: skip


def trail_of(groups: Collection[UUID], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the difference of two states, which is all that undoing needs."""
    return {
        "groups": sorted(str(one) for one in groups),
        "loads": [before["loads"], after["loads"]] if before["loads"] != after["loads"] else None,
        "rooms": {
            id_: [was, after["rooms"].get(id_)]
            for id_, was in before["rooms"].items()
            if after["rooms"].get(id_) != was
        },
        "new_rooms": sorted(after["rooms"].keys() - before["rooms"].keys()),
        "new_subjects": sorted(set(after["subjects"]) - set(before["subjects"])),
        "bells": {
            id_: [[was, before["days"][id_]], [after["bells"][id_], after["days"][id_]]]
            for id_, was in before["bells"].items()
            if (was, before["days"][id_]) != (after["bells"].get(id_), after["days"].get(id_))
        },
    }


def changed_anything(trail: dict[str, Any]) -> bool:
    """Whether there is anything to undo."""
    return any(trail[part] for part in ("loads", "rooms", "new_rooms", "new_subjects", "bells"))


def put_back(session: SchoolSession, trail: dict[str, Any]) -> None:
    """Put everything back as it was, or raise ChangedSince; what others use by now stays."""
    now = state_of(session, [UUID(one) for one in trail["groups"]])
    if trail["loads"] and now["loads"] != trail["loads"][1]:
        raise ChangedSince(what=LOADS)
    if any(now["rooms"].get(id_) != after for id_, (_, after) in trail["rooms"].items()):
        raise ChangedSince(what=ROOMS)
    if any(
        [now["bells"].get(id_), now["days"].get(id_)] != after for id_, (_, after) in trail["bells"].items()
    ):
        raise ChangedSince(what=BELLS)
    if trail["loads"]:
        _put_back_loads(session, trail["loads"][0], [UUID(one) for one in trail["groups"]])
    for room in session.scalars(select(Room).where(Room.id.in_([UUID(id_) for id_ in trail["rooms"]]))):
        room.capacity, room.building = trail["rooms"][str(room.id)][0]
        room.version += 1
    for id_, ((bells, days), _) in trail["bells"].items():
        _put_back_bells(session, UUID(id_), bells, days)
    session.flush()
    _drop_unused(session, Subject, [UUID(one) for one in trail["new_subjects"]])
    _drop_unused(session, Room, [UUID(one) for one in trail["new_rooms"]])


def _put_back_loads(session: SchoolSession, rows: Iterable[Sequence[Any]], groups: Collection[UUID]) -> None:
    by_year: dict[UUID, dict[tuple[UUID, UUID], Teaching]] = {year.id: {} for year in all_years(session)}
    for year_id, group_id, subject_id, teachers, hours, off in rows:
        by_year[UUID(year_id)][UUID(group_id), UUID(subject_id)] = Teaching(tuple(teachers), hours, off)
    for year in all_years(session):
        assign_loads(session, year, by_year[year.id], groups)


def _put_back_bells(session: SchoolSession, year_id: UUID, bells: Iterable[Sequence[Any]], days: int) -> None:
    year = next(one for one in all_years(session, for_change=True) if one.id == year_id)
    before = year_facts(year)
    was = {number: (starts, ends) for number, starts, ends in bells}
    year.bells = [bell for bell in year.bells if bell.number in was]
    for bell in year.bells:
        bell.starts, bell.ends = was[bell.number]
    year.school_days = days
    follow_change(session, year, before)


def _drop_unused(session: SchoolSession, model: type[Subject | Room], ids: Collection[UUID]) -> None:
    """Drop the entries that no row of any table refers to."""
    left = set(ids)
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table(model) and left:
                left -= set(session.scalars(select(key.parent).where(key.parent.in_(left)).distinct()))
    session.execute(delete(ImportName).where(ImportName.target_id.in_(left)))
    session.execute(delete(model).where(model.id.in_(left)))
