"""Copies of schedule that the fulfilment of programmes is measured by: planned hours, lost lessons."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from services.journal.actions.copying import forget
from services.journal.models.relations import lost_lessons, own_school, planned_hours
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.schedule import (
    CurriculumApproved,
    LessonsSubstituted,
    PlannedSubject,
    SubstitutionWithdrawn,
)
from shared.service import Received

LOSES = frozenset({"cancel", "subject", "move"})
"""Decisions by which a lesson does not take place where the timetable has it."""


def copy_curricula(session: SchoolSession, received: Sequence[Received[CurriculumApproved]]) -> None:
    """Keep the hours of the curriculum in force, in place of the one it replaces."""
    for one in received:
        told = one.told
        gone = [(id_,) for id_ in (told.curriculum_id, told.replaces_id) if id_]
        forget(session, planned_hours.c.curriculum_id, keys=gone)
        common = {
            "curriculum_id": told.curriculum_id,
            "year_id": told.year_id,
            "grade": told.grade,
            "class_ids": " ".join(map(str, told.class_ids)),
            "school_id": own_school(session),
        }
        rows = ({**common, **row} for row in _by_subject(told.subjects))
        upsert_latest(session, planned_hours, rows, ("curriculum_id", "subject_id"))


def _by_subject(items: Iterable[PlannedSubject]) -> Iterable[Mapping[str, Any]]:
    """Join the two parts a subject may stand in: required, and formed by the school."""
    found: dict[UUID, dict[str, Any]] = {}
    for item in items:
        row = found.setdefault(
            item.subject_id, {"subject_id": item.subject_id, "quarters_per_week": 0, "hours_per_year": 0}
        )
        if item.hours_per_year is None:
            row["quarters_per_week"] += item.quarters_per_week
        else:
            row["hours_per_year"] += item.hours_per_year
    return found.values()


def note_lost_lessons(session: SchoolSession, received: Sequence[Received[LessonsSubstituted]]) -> None:
    """Keep why lessons do not take place: cancelled, moved (whither), or given to another subject."""
    decided = chain.from_iterable(one.told.lessons for one in received)
    rows = (
        {
            "lesson_id": one.lesson_id,
            "kind": one.kind,
            "to_on": one.to_on if one.kind == "move" else None,
            "to_number": one.to_number if one.kind == "move" else None,
            "school_id": own_school(session),
        }
        for one in decided
        if one.kind in LOSES
    )
    upsert_latest(session, lost_lessons, rows, ("lesson_id",))


def forget_lost_lessons(session: SchoolSession, received: Sequence[Received[SubstitutionWithdrawn]]) -> None:
    """Forget why a lesson did not take place: the decision was taken back."""
    forget(session, lost_lessons.c.lesson_id, keys=[(one.told.lesson_id,) for one in received])
