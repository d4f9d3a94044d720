"""Copies of identity: the school, people, guardianships, groups and who belongs to them.

Each reaction takes a run of events in order; where several are about one thing, the last counts.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.journal.actions.copying import forget
from services.journal.models.relations import enrolments, groups, guardianships, people, schools
from shared.bulk import insert_rows, upsert_latest
from shared.db import SchoolSession
from shared.events.identity import (
    Enrolment,
    EnrolmentsChanged,
    GroupChanged,
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonChanged,
    PersonErased,
    SchoolChanged,
)
from shared.service import Received


def copy_schools(session: SchoolSession, received: Sequence[Received[SchoolChanged]]) -> None:
    """Keep the school's time zone and scale."""
    rows = (
        {"school_id": one.school_id, "time_zone": one.told.time_zone, "scale": one.told.scale}
        for one in received
    )
    upsert_latest(session, schools, rows, ("school_id",))


def copy_people(session: SchoolSession, received: Sequence[Received[PersonChanged]]) -> None:
    """Keep names."""
    rows = (
        {
            "id": one.told.person_id,
            "school_id": one.school_id,
            "family_name": one.told.family_name,
            "given_name": one.told.given_name,
            "patronymic": one.told.patronymic,
        }
        for one in received
    )
    upsert_latest(session, people, rows, ("id",))


def forget_people(session: SchoolSession, received: Sequence[Received[PersonErased]]) -> None:
    """Forget names and guardianships; marks stay, with an id that no longer says whose they are."""
    gone = [(one.told.person_id,) for one in received]
    forget(session, people.c.id, keys=gone)
    forget(session, guardianships.c.guardian_id, keys=gone)
    forget(session, guardianships.c.pupil_id, keys=gone)


def let_guardians_read(session: SchoolSession, received: Sequence[Received[GuardianshipEstablished]]) -> None:
    """Let a parent read the pupil's diary."""
    rows = (
        {"guardian_id": one.told.guardian_id, "pupil_id": one.told.pupil_id, "school_id": one.school_id}
        for one in received
    )
    upsert_latest(session, guardianships, rows, ("guardian_id", "pupil_id"))


def stop_guardians_reading(session: SchoolSession, received: Sequence[Received[GuardianshipEnded]]) -> None:
    """No longer let them."""
    gone = [(one.told.guardian_id, one.told.pupil_id) for one in received]
    forget(session, guardianships.c.guardian_id, guardianships.c.pupil_id, keys=gone)


def copy_groups(session: SchoolSession, received: Sequence[Received[GroupChanged]]) -> None:
    """Keep groups, what they are part of, and class teachers."""
    rows = (
        {
            "id": one.told.group_id,
            "school_id": one.school_id,
            "kind": one.told.kind,
            "name": one.told.name,
            "parent_id": one.told.parent_id,
            "class_teacher_id": one.told.class_teacher_id,
        }
        for one in received
    )
    upsert_latest(session, groups, rows, ("id",))


def copy_enrolments(session: SchoolSession, received: Sequence[Received[EnrolmentsChanged]]) -> None:
    """Replace the stays of each pupil named by those told."""
    stays: dict[tuple[UUID, UUID], dict[date, Enrolment]] = {}
    for one in received:
        stays.update({(one.told.group_id, pupil_id): {} for pupil_id in one.told.pupil_ids})
        for stay in one.told.enrolments:
            stays.setdefault((one.told.group_id, stay.pupil_id), {})[stay.from_on] = stay
    forget(session, enrolments.c.group_id, enrolments.c.pupil_id, keys=list(stays))
    rows = [
        {
            "group_id": group_id,
            "pupil_id": pupil_id,
            "school_id": received[0].school_id,
            "from_on": stay.from_on,
            "until_on": stay.until_on,
        }
        for (group_id, pupil_id), told in stays.items()
        for stay in told.values()
    ]
    insert_rows(session, enrolments, rows)
