"""The load (нагрузка): who teaches a subject in a group, and how many hours a week."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.models import Load, LoadTable, Year, table
from services.schedule.rules import Tally
from services.schedule.rules.curriculum import QUARTERS, whole_hours
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.events.schedule import LoadAssigned
from shared.ids import new_id
from shared.outbox import publish

Page = tuple[UUID, UUID]
"""A group and a subject."""


class Teaching(NamedTuple):
    """The teachers of a group's subject (ids as text, sorted) and its hours a week, rounded up."""

    teacher_ids: tuple[str, ...]
    hours_per_week: int
    quarters_off: int = 0  # So many quarter-hours less it is in truth: 0 to 3.

    @classmethod
    def of(cls, teacher_ids: Collection[str], quarters: int) -> "Teaching":
        """Return what is taught for so many quarter-hours a week."""
        hours = whole_hours(quarters)
        return cls(tuple(sorted(teacher_ids)), hours, hours * QUARTERS - quarters)

    @property
    def quarters(self) -> int:
        """The exact quarter-hours a week."""
        return self.hours_per_week * QUARTERS - self.quarters_off


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
        if own and Teaching(tuple(own.teacher_ids), own.hours_per_week, own.quarters_off) == teaching:
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
    _count_changes(session, year, {row["group_id"] for row in written} | {group for group, _ in known})
    return tally


def _count_changes(session: SchoolSession, year: Year, groups: Collection[UUID]) -> None:
    """Note that the load of these groups has changed, for those who look at it."""
    if not groups:
        return
    found = select(LoadTable.group_id, LoadTable.version).where(
        LoadTable.year_id == year.id, LoadTable.group_id.in_(groups)
    )
    seen = {row.group_id: row.version for row in session.execute(found)}
    own = {"school_id": year.school_id, "year_id": year.id}
    rows = [{**own, "group_id": one, "version": seen.get(one, 0) + 1} for one in groups]
    upsert_rows(session, table(LoadTable), rows, ["year_id", "group_id"])


def _row(year: Year, load_id: UUID, page: Page, teaching: Teaching) -> dict[str, Any]:
    return {
        "id": load_id,
        "school_id": year.school_id,
        "year_id": year.id,
        "group_id": page[0],
        "subject_id": page[1],
        "teacher_ids": list(teaching.teacher_ids),
        "hours_per_week": teaching.hours_per_week,
        "quarters_off": teaching.quarters_off,
    }


def _tell(session: SchoolSession, year: Year, page: Page, teaching: Teaching) -> None:
    event = LoadAssigned(
        year_id=year.id,
        group_id=page[0],
        subject_id=page[1],
        teacher_ids=[UUID(one) for one in teaching.teacher_ids],
        hours_per_week=teaching.hours_per_week,
        quarters_off=teaching.quarters_off,
    )
    publish(session, event)
