"""The school's directories kept by hand: subjects, subject areas, rooms.

An entry is renamed and closed, never deleted: what was taught keeps its name. A closed one is no
longer offered; its name stays taken, and opening it again brings it back.
"""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.schedule.actions.calendar import school_today
from services.schedule.actions.history import note_change
from services.schedule.actions.telling import tell_planned
from services.schedule.models import Lesson, Room, Subject, SubjectArea, table
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Stale, Text
from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from shared.outbox import publish

Entry = Subject | Room | SubjectArea

ROOM_KINDS = ("ordinary", "gym", "laboratory", "workshop", "computers", "hall", "library", "other")
"""Обычный, спортзал, лаборатория, мастерская, компьютерный класс, актовый зал, библиотека, другое."""

COLUMNS: Mapping[type[Entry], tuple[str, ...]] = {
    Subject: ("name", "short_name", "area_id"),
    Room: ("name", "kind", "capacity", "building"),
    SubjectArea: ("name",),
}
WHAT: Mapping[type[Entry], str] = {Subject: "subject", Room: "room", SubjectArea: "area"}


class NameTaken(Conflict):
    """The directory has an entry of this name."""

    title = Text("Такое название уже есть", "The name is taken")
    detail = Text(
        "«{name}» уже есть в справочнике. Назовите иначе или верните закрытую запись.",
        "“{name}” is in the directory already. Choose another name, or open the closed entry again.",
    )


class EntryChanged(Stale):
    """Somebody changed the entry since the caller saw it."""

    title = Text("Запись уже изменена", "The entry was changed already")
    detail = Text(
        "Пока вы правили, запись изменил кто-то ещё. Откройте справочник снова и повторите правку.",
        "Somebody else changed the entry meanwhile. Open the directory again and repeat your change.",
    )


def find_entry(session: SchoolSession, model: type[Entry], entry_id: UUID, *, lock: bool = False) -> Entry:
    """Return an entry of a directory, or NotFound."""
    found = session.get(model, entry_id, with_for_update=lock or None)
    if found is None:
        raise NotFound
    return cast("Entry", found)


def enter(session: SchoolSession, model: type[Entry], given: Mapping[str, Any]) -> Entry:
    """Enter a subject, a room or a subject area; NameTaken when there is one of this name."""
    _check(session, model, given, None)
    entry = model(id=new_id(), school_id=UUID(session.info["school"]), version=1, closed_on=None)
    _write(session, entry, given)
    session.add(entry)
    _flush(session, entry)
    note_change(session, WHAT[model], entry.id, entry.name, None, _facts(entry))
    _tell(session, entry)
    return entry


def change(
    session: SchoolSession, model: type[Entry], entry_id: UUID, given: Mapping[str, Any], seen: int
) -> Entry:
    """Rename an entry, change what is known of it, close it or open it again.

    `seen` is the version the caller saw. The same again changes nothing and tells nobody.
    """
    entry = find_entry(session, model, entry_id, lock=True)
    if entry.version != seen:
        raise EntryChanged
    _check(session, model, given, entry)
    before = _facts(entry)
    _write(session, entry, given)
    if _facts(entry) != before:
        entry.version += 1
        _flush(session, entry)
        note_change(session, WHAT[model], entry.id, entry.name, before, _facts(entry))
        if entry.name != before["name"]:
            _tell(session, entry)
    return entry


def _check(session: SchoolSession, model: type[Entry], given: Mapping[str, Any], own: Entry | None) -> None:
    named = session.scalar(select(model.id).where(model.name == given["name"]))
    if named is not None and (own is None or named != own.id):
        raise NameTaken(name=given["name"])
    if given.get("area_id") is not None:
        find_entry(session, SubjectArea, given["area_id"])


def _write(session: SchoolSession, entry: Entry, given: Mapping[str, Any]) -> None:
    for name in COLUMNS[type(entry)]:
        setattr(entry, name, given[name])
    if not given["is_closed"]:
        entry.closed_on = None
    elif entry.closed_on is None:
        entry.closed_on = school_today(session)


def _flush(session: SchoolSession, entry: Entry) -> None:
    name = entry.name
    try:
        session.flush()
    except IntegrityError as entered_meanwhile:
        raise NameTaken(name=name) from entered_meanwhile


def _facts(entry: Entry) -> dict[str, Any]:
    facts = {name: getattr(entry, name) for name in (*COLUMNS[type(entry)], "closed_on")}
    return {
        name: value if isinstance(value, int) or value is None else f"{value}"
        for name, value in facts.items()
    }


def _tell(session: SchoolSession, entry: Entry) -> None:
    """Tell of a name: a subject's by itself, a room's with the lessons that will be in it."""
    if isinstance(entry, Subject):
        publish(session, SubjectChanged(subject_id=entry.id, name=entry.name))
    elif isinstance(entry, Room):
        _tell_lessons_in(session, entry)


def _tell_lessons_in(session: SchoolSession, room: Room) -> None:
    own = table(Lesson)
    coming = own.c.lesson_on >= school_today(session), ~own.c.is_cancelled
    found = select(own).where(own.c.school_id == room.school_id, own.c.room_id == room.id, *coming)
    by_year: dict[UUID, list[dict[str, Any]]] = {}
    for row in session.execute(found):
        by_year.setdefault(row.year_id, []).append(dict(row._mapping))  # noqa: SLF001  # It is public.
    for year_id, rows in by_year.items():
        tell_planned(session, year_id, rows)
