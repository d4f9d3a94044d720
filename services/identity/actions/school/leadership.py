"""Who led which class from which day to which (3.5.1): the present one is the group's own."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from services.identity.models import Leadership
from shared.db import SchoolSession

DAY = timedelta(days=1)


def keep_leaders(session: SchoolSession, leaders: Mapping[UUID, UUID | None], from_on: date) -> None:
    """Keep that these classes have these leaders from a day on, None being nobody.

    Whoever led a class before did so until the day before; a day's work undone the same day leaves
    no trace. The same leader again changes nothing.
    """
    open_ = select(Leadership).where(Leadership.group_id.in_(leaders), Leadership.until_on.is_(None))
    held = {one.group_id: one for one in session.scalars(open_)}
    changed = {group: who for group, who in leaders.items() if _leader(held.get(group)) != who}
    for group_id in changed:
        if (before := held.get(group_id)) is None:
            continue
        if before.from_on >= from_on:
            session.delete(before)
        else:
            before.until_on = from_on - DAY
    session.flush()  # A day's first row goes before its second comes.
    school_id = UUID(session.info["school"])
    for group_id, person_id in changed.items():
        if person_id is not None:
            session.add(
                Leadership(group_id=group_id, person_id=person_id, from_on=from_on, school_id=school_id)
            )
    session.flush()


def _leader(held: Leadership | None) -> UUID | None:
    return held.person_id if held else None
