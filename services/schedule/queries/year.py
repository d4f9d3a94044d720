"""Reads of the year: its parts, its bells and shifts, and the history of all that."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import ClassShift, Group, Person, Year, YearChange
from services.schedule.models.year_facts import bells_facts
from shared.db import SchoolSession
from shared.names import short_name

CHANGES = 50


def bells_card(session: SchoolSession, year: Year) -> dict[str, Any]:
    """Return all bell schedules of a year, and which classes are in which shift since when."""
    found = (
        select(ClassShift, Group.name)
        .outerjoin(Group, Group.id == ClassShift.group_id)
        .where(ClassShift.from_on.between(year.starts_on, year.ends_on))
        .order_by(Group.name, ClassShift.from_on)
    )
    shifts = [
        {"group_id": one.group_id, "name": name, "from_on": one.from_on, "shift": one.shift}
        for one, name in session.execute(found)
    ]
    return {**bells_facts(year), "shifts": shifts}


def year_history(session: SchoolSession, what: str | None, cursor: UUID | None) -> dict[str, Any]:
    """Return a page of the changes of the year and of the directories, the latest first."""
    found = select(YearChange).order_by(YearChange.id.desc()).limit(CHANGES + 1)
    if what:
        found = found.where(YearChange.what == what)
    if cursor:
        found = found.where(YearChange.id < cursor)
    rows = session.scalars(found).all()
    people = select(Person).where(Person.id.in_({row.changed_by for row in rows[:CHANGES]} - {None}))
    names = {
        one.id: short_name(one.family_name, one.given_name, one.patronymic) for one in session.scalars(people)
    }
    columns = ("id", "what", "about_id", "name", "changed_at", "changed_by", "before", "after")
    items = [
        {
            **{name: getattr(row, name) for name in columns},
            "person": names.get(row.changed_by) if row.changed_by else None,
        }
        for row in rows[:CHANGES]
    ]
    return {"items": items, "next": str(rows[CHANGES - 1].id) if len(rows) > CHANGES else None}
