"""Copies of schools, people and groups, from what identity tells."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from services.reporting.models import Enrolment, Group, MergedPerson, Person, School, table_of
from shared.bulk import upsert_latest
from shared.db import SchoolSession
from shared.events.identity import (
    EnrolmentsChanged,
    GroupChanged,
    PersonChanged,
    PersonErased,
    PersonMerged,
    SchoolChanged,
)
from shared.merges import note_merge
from shared.service import Received


def enter_schools(session: SchoolSession, received: Sequence[Received[SchoolChanged]]) -> None:
    """Keep a school's name and time zone."""
    rows = [
        {"school_id": one.told.school_id, "name": one.told.name, "time_zone": one.told.time_zone}
        for one in received
    ]
    upsert_latest(session, table_of(School), rows, ("school_id",))


def enter_people(session: SchoolSession, received: Sequence[Received[PersonChanged]]) -> None:
    """Keep people's names, and nothing else of them."""
    rows = [
        {
            "school_id": one.school_id,
            "id": one.told.person_id,
            "family_name": one.told.family_name,
            "given_name": one.told.given_name,
            "patronymic": one.told.patronymic,
        }
        for one in received
    ]
    upsert_latest(session, table_of(Person), rows, ("id",))


def forget_people(session: SchoolSession, received: Sequence[Received[PersonErased]]) -> None:
    """Forget the names, also of entries merged into them; the rows of marks stay, as nobody's."""
    erased = [one.told.person_id for one in received]
    merged = select(MergedPerson.merged_id).where(MergedPerson.kept_id.in_(erased))
    session.execute(delete(Person).where(Person.id.in_(erased) | Person.id.in_(merged)))


def merge_people(session: SchoolSession, received: Sequence[Received[PersonMerged]]) -> None:
    """Keep who is who; marks stay as they came and are read as those of the person kept."""
    for one in received:
        note_merge(session, table_of(MergedPerson), one.school_id, one.told.merged_id, one.told.kept_id)


def enter_groups(session: SchoolSession, received: Sequence[Received[GroupChanged]]) -> None:
    """Keep classes, groups and parallels."""
    rows = [
        {
            "school_id": one.school_id,
            "id": one.told.group_id,
            "kind": one.told.kind,
            "name": one.told.name,
            "grade": one.told.grade,
            "parent_id": one.told.parent_id,
            "class_teacher_id": one.told.class_teacher_id,
        }
        for one in received
    ]
    upsert_latest(session, table_of(Group), rows, ("id",))


def enter_enrolments(session: SchoolSession, received: Sequence[Received[EnrolmentsChanged]]) -> None:
    """Replace all stays of the pupils named in the group named."""
    stays: dict[tuple[UUID, UUID], list[dict[str, Any]]] = {}
    for one in received:
        group_id = one.told.group_id
        stays.update({(group_id, pupil_id): [] for pupil_id in one.told.pupil_ids})
        for stay in one.told.enrolments:
            row = {"school_id": one.school_id, "group_id": group_id, **asdict(stay)}
            stays.setdefault((group_id, stay.pupil_id), []).append(row)
    _forget_stays(session, list(stays))
    rows = [row for rows in stays.values() for row in rows]
    upsert_latest(session, table_of(Enrolment), rows, ("group_id", "pupil_id", "from_on"))


def _forget_stays(session: SchoolSession, keys: Sequence[tuple[UUID, UUID]]) -> None:
    pupils_of: dict[UUID, list[UUID]] = {}
    for group_id, pupil_id in keys:
        pupils_of.setdefault(group_id, []).append(pupil_id)
    for group_id, pupil_ids in pupils_of.items():
        session.execute(
            delete(Enrolment).where(Enrolment.group_id == group_id, Enrolment.pupil_id.in_(pupil_ids))
        )
