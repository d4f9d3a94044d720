"""Two people who turned out to be one: what the one taught the other teaches, and all are told."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, cast, delete, select, update

from services.schedule.actions.telling import tell_planned
from services.schedule.models import (
    Absence,
    CalendarFeed,
    Card,
    Composition,
    Enrolment,
    Guardianship,
    ImportBatch,
    ImportName,
    Lesson,
    Load,
    Person,
    Screen,
    Slot,
    Substitution,
    Timetable,
    table,
)
from shared.db import SchoolSession
from shared.events.identity import PersonMerged
from shared.events.schedule import LoadAssigned
from shared.outbox import publish
from shared.service import Received


def merge_people(session: SchoolSession, received: Sequence[Received[PersonMerged]]) -> None:
    """Put the person kept in the place of each merged one; heard again, it changes nothing."""
    for one in received:
        merged_id, kept_id = one.told.merged_id, one.told.kept_id
        _take_over_loads(session, merged_id, kept_id)
        _take_over_lessons(session, merged_id, kept_id)
        for model in (Slot, Card, Substitution):
            _rename(session, model, "teacher_ids", merged_id, kept_id)
        _rename(session, Substitution, "was_teacher_ids", merged_id, kept_id)
        for column in (
            Absence.teacher_id,
            ImportBatch.brought_by,
            ImportName.target_id,
            Substitution.stand_in_id,
            Substitution.decided_by,
            Timetable.made_by,
            Timetable.published_by,
            Composition.made_by,
            Screen.made_by,
        ):
            moved = update(column.class_).where(column == merged_id).values({column.key: kept_id})
            session.execute(moved, execution_options={"synchronize_session": False})
        _forget(session, merged_id)


def _forget(session: SchoolSession, merged_id: UUID) -> None:
    """Drop the copies of the merged person, and the calendars given to them: those are asked for anew."""
    feeds = (CalendarFeed.owner_id == merged_id) | (CalendarFeed.about_id == merged_id)
    ties = (Guardianship.guardian_id == merged_id) | (Guardianship.pupil_id == merged_id)
    session.execute(delete(CalendarFeed).where(feeds))
    session.execute(delete(Guardianship).where(ties))
    session.execute(delete(Enrolment).where(Enrolment.pupil_id == merged_id))
    session.execute(delete(Person).where(Person.id == merged_id))


def _naming(model: Any, column: str, person_id: UUID) -> Any:
    # JSON in both databases: its text holds the id, whatever stands around it.
    return cast(table(model).c[column], String).contains(str(person_id))


def _renamed(teacher_ids: Sequence[str], merged_id: UUID, kept_id: UUID) -> list[str]:
    return sorted({str(kept_id) if one == str(merged_id) else one for one in teacher_ids})


def _rename(session: SchoolSession, model: Any, column: str, merged_id: UUID, kept_id: UUID) -> None:
    own = table(model)
    keys = list(own.primary_key.columns)
    for row in session.execute(select(own).where(_naming(model, column, merged_id))).all():
        same = [key == getattr(row, key.name) for key in keys]
        ids = _renamed(getattr(row, column), merged_id, kept_id)
        session.execute(update(own).where(*same).values({column: ids}))


def _take_over_loads(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    for load in session.scalars(select(Load).where(_naming(Load, "teacher_ids", merged_id))):
        load.teacher_ids = _renamed(load.teacher_ids, merged_id, kept_id)
        told = LoadAssigned(
            year_id=load.year_id,
            group_id=load.group_id,
            subject_id=load.subject_id,
            teacher_ids=[UUID(one) for one in load.teacher_ids],
            hours_per_week=load.hours_per_week,
            quarters_off=load.quarters_off,
        )
        publish(session, told)
    session.flush()


def _take_over_lessons(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    own = table(Lesson)
    found = session.execute(select(own).where(_naming(Lesson, "teacher_ids", merged_id))).all()
    by_year: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        ids = _renamed(row.teacher_ids, merged_id, kept_id)
        by_year[row.year_id].append({**row._mapping, "teacher_ids": ids})  # noqa: SLF001  # It is public.
    for year_id, rows in by_year.items():
        changed = [{"own_id": row["id"], "teacher_ids": row["teacher_ids"]} for row in rows]
        session.connection().execute(update(own).where(own.c.id == bindparam("own_id")), changed)
        tell_planned(session, year_id, [row for row in rows if not row["is_cancelled"]])
