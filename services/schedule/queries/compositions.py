"""Reads of the solver's runs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from services.schedule.models import Composition, Person, Timetable
from services.schedule.rules.composing import FAILURES
from shared.db import SchoolSession
from shared.names import short_name

SHOWN = 30
FACTS = (
    "id", "name", "source_id", "limit_seconds", "status", "is_stopped", "total", "placed", "log", "made_at",
    "started_at", "finished_at",
)  # fmt: skip


def compositions(session: SchoolSession) -> list[dict[str, Any]]:
    """Return the school's latest runs, the newest first."""
    found = select(Composition).order_by(Composition.id.desc()).limit(SHOWN)
    return shown(session, session.scalars(found).all())


def shown(session: SchoolSession, found: Sequence[Composition]) -> list[dict[str, Any]]:
    """Return runs as they are told, in two statements whatever their number."""
    versions = {id_ for one in found for id_ in (one.source_id, one.timetable_id) if id_}
    named = select(Timetable.id, Timetable.name).where(Timetable.id.in_(versions))
    names = {row.id: row.name for row in session.execute(named)}
    people = {
        one.id: short_name(one.family_name, one.given_name, one.patronymic)
        for one in session.scalars(select(Person).where(Person.id.in_({one.made_by for one in found})))
    }
    return [
        {
            **{fact: getattr(one, fact) for fact in FACTS},
            "keep_locked": one.keeps_locked,
            "source": names.get(one.source_id) if one.source_id else None,
            "failure": FAILURES.get(one.failure) if one.failure else None,
            "made_by": people.get(one.made_by) if one.made_by else None,
            "timetable_id": one.timetable_id if one.timetable_id in names else None,
        }
        for one in found
    ]
