"""The history of the year and of the directories: who changed what, when, before and after.

It is only added to. What the lessons became of a change is told by the events of the lessons.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.schedule.models import YearChange
from shared.clock import now
from shared.db import SchoolSession

Facts = Mapping[str, Any]


def note_change(
    session: SchoolSession, what: str, about_id: UUID, name: str, before: Facts | None, after: Facts | None
) -> None:
    """Note a change of a year, its bells or days, of a shift, or of a directory's entry.

    Only what differs is kept; nothing is noted where nothing does. None stands for "was not there",
    and "is no more".
    """
    if before is not None and after is not None:
        names = [one for one in {**before, **after} if before.get(one) != after.get(one)]
        before, after = ({one: facts.get(one) for one in names} for facts in (before, after))
    if before == after:
        return
    session.add(
        YearChange(
            school_id=UUID(session.info["school"]),
            what=what,
            about_id=about_id,
            name=name,
            changed_at=now(),
            changed_by=_person(session),
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )


def _person(session: SchoolSession) -> UUID | None:
    """Return who is at work; None for a program, whose name is no person's id."""
    try:
        return UUID(session.info.get("actor") or "")
    except ValueError:
        return None
