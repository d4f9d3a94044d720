"""Batches of the import desk, as they are shown."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from services.schedule.models import ImportBatch, Person
from services.schedule.models.imports import BROUGHT
from shared.clock import now
from shared.db import SchoolSession
from shared.names import short_name

SHOWN = (
    "id",
    "kind",
    "file",
    "state",
    "timetable_id",
    "brought_at",
    "taken_at",
    "undone_at",
)


def shown_batches(session: SchoolSession, batches: Iterable[ImportBatch]) -> list[dict[str, Any]]:
    """Return batches with who brought them and whether their files are still there."""
    found = list(batches)
    brought = {one.brought_by for one in found if one.brought_by}
    people = session.scalars(select(Person).where(Person.id.in_(brought)))
    names = {one.id: short_name(one.family_name, one.given_name, one.patronymic) for one in people}
    return [
        {
            **{name: getattr(one, name) for name in SHOWN},
            "is_kept": one.state == BROUGHT and one.kept_until > now(),
            "verdicts": one.report.get("verdicts", {}),
            "brought_by": names.get(one.brought_by) if one.brought_by else None,
        }
        for one in found
    ]
