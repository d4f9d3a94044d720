"""The load (нагрузка): who teaches a subject in a group, and how many hours a week."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.models import Load, Year, table
from services.schedule.rules import Tally
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.events.schedule import LoadAssigned
from shared.ids import new_id
from shared.outbox import publish

Page = tuple[UUID, UUID]
"""A group and a subject."""


class Teaching(NamedTuple):
    """The teachers of a group's subject (ids as text, sorted) and its hours a week."""

    teacher_ids: tuple[str, ...]
    hours_per_week: int


NOBODY = Teaching((), 0)


def assign_loads(
    session: SchoolSession, year: Year, loads: Mapping[Page, Teaching], groups: Collection[UUID]
) -> Tally:
    """Make these the loads of the groups this year, and tell what changed.

    A load that is no longer there is told without teachers and hours. Other groups keep theirs.
    """
    found = select(table(Load)).where(Load.year_id == year.id, Load.group_id.in_(groups))
    known = {(row.group_id, row.subject_id): row for row in session.execute(found)}
    tally, written = Tally(), []
    for page, teaching in loads.items():
        own = known.pop(page, None)
        if own and Teaching(tuple(own.teacher_ids), own.hours_per_week) == teaching:
            tally.unchanged += 1
            continue
        tally.changed += own is not None
        tally.created += own is None
        written.append(_row(year, own.id if own else new_id(), page, teaching))
        _tell(session, year, page, teaching)
    upsert_rows(session, table(Load), written, ["id"])
    for page in known:
        _tell(session, year, page, NOBODY)
    session.execute(delete(Load).where(Load.id.in_([row.id for row in known.values()])))
    tally.cancelled = len(known)
    return tally


def _row(year: Year, load_id: UUID, page: Page, teaching: Teaching) -> dict[str, object]:
    return {
        "id": load_id,
        "school_id": year.school_id,
        "year_id": year.id,
        "group_id": page[0],
        "subject_id": page[1],
        "teacher_ids": list(teaching.teacher_ids),
        "hours_per_week": teaching.hours_per_week,
    }


def _tell(session: SchoolSession, year: Year, page: Page, teaching: Teaching) -> None:
    event = LoadAssigned(
        year_id=year.id,
        group_id=page[0],
        subject_id=page[1],
        teacher_ids=[UUID(one) for one in teaching.teacher_ids],
        hours_per_week=teaching.hours_per_week,
    )
    publish(session, event)
