"""Copies of identity's facts; each event is an upsert, so hearing it twice changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, tuple_

from services.schedule.models import (
    CalendarFeed,
    Enrolment,
    Group,
    Guardianship,
    ImportName,
    Person,
    School,
    table,
)
from shared import redacting
from shared.bulk import insert_rows, upsert_rows
from shared.db import SchoolSession
from shared.events.identity import (
    EnrolmentsChanged,
    GroupChanged,
    GuardianshipEnded,
    GuardianshipEstablished,
    PersonChanged,
    PersonErased,
    SchoolChanged,
)
from shared.service import Received

T = TypeVar("T")

PAIRS_AT_ONCE = 5000  # SQLite takes 32,766 parameters.


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Return the items in lists of this size at most."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def copy_schools(session: SchoolSession, received: Sequence[Received[SchoolChanged]]) -> None:
    """Keep the school's name and time zone."""
    last = received[-1]
    row = {"school_id": last.told.school_id, "name": last.told.name, "time_zone": last.told.time_zone}
    upsert_rows(session, table(School), [row], ["school_id"])


def copy_people(session: SchoolSession, received: Sequence[Received[PersonChanged]]) -> None:
    """Keep people's names, to say who teaches."""
    rows = {
        one.told.person_id: {
            "id": one.told.person_id,
            "school_id": one.school_id,
            "family_name": one.told.family_name,
            "given_name": one.told.given_name,
            "patronymic": one.told.patronymic,
        }
        for one in received
    }
    upsert_rows(session, table(Person), list(rows.values()), ["id"])


def forget_people(session: SchoolSession, received: Sequence[Received[PersonErased]]) -> None:
    """Forget the names of people who were erased and end their calendars; ids stay where they taught.

    What names in timetables meant them is forgotten, too.
    """
    erased = [one.told.person_id for one in received]
    theirs = CalendarFeed.owner_id.in_(erased) | CalendarFeed.about_id.in_(erased)
    session.execute(delete(CalendarFeed).where(theirs))
    session.execute(delete(Person).where(Person.id.in_(erased)))
    session.execute(delete(ImportName).where(ImportName.target_id.in_(erased)))
    session.execute(delete(Enrolment).where(Enrolment.pupil_id.in_(erased)))
    for side in (Guardianship.guardian_id, Guardianship.pupil_id):
        session.execute(delete(Guardianship).where(side.in_(erased)))
    for person_id in erased:
        redacting.forget_answers(session, str(person_id))


def copy_groups(session: SchoolSession, received: Sequence[Received[GroupChanged]]) -> None:
    """Keep parallels, classes and groups."""
    rows = {
        one.told.group_id: {
            "id": one.told.group_id,
            "school_id": one.school_id,
            "kind": one.told.kind,
            "name": one.told.name,
            "grade": one.told.grade,
            "parent_id": one.told.parent_id,
        }
        for one in received
    }
    upsert_rows(session, table(Group), list(rows.values()), ["id"])


def copy_enrolments(session: SchoolSession, received: Sequence[Received[EnrolmentsChanged]]) -> None:
    """Keep who is in which group; the last word on each pupil of a group counts."""
    stays: dict[tuple[UUID, UUID], list[dict[str, Any]]] = {}
    for one in received:
        for pupil_id in one.told.pupil_ids:
            stays[one.told.group_id, pupil_id] = []
        for stay in one.told.enrolments:
            row = {
                "group_id": one.told.group_id,
                "pupil_id": stay.pupil_id,
                "from_on": stay.from_on,
                "until_on": stay.until_on,
                "school_id": one.school_id,
            }
            stays.setdefault((one.told.group_id, stay.pupil_id), []).append(row)
    for pairs in batched(stays, PAIRS_AT_ONCE):
        named = tuple_(Enrolment.group_id, Enrolment.pupil_id).in_(pairs)
        session.execute(delete(Enrolment).where(named).execution_options(synchronize_session=False))
    insert_rows(session, table(Enrolment), [row for rows in stays.values() for row in rows])


def copy_guardianships(session: SchoolSession, received: Sequence[Received[GuardianshipEstablished]]) -> None:
    """Keep whose child is whose."""
    rows = {
        (one.told.guardian_id, one.told.pupil_id): {
            "guardian_id": one.told.guardian_id,
            "pupil_id": one.told.pupil_id,
            "school_id": one.school_id,
        }
        for one in received
    }
    upsert_rows(session, table(Guardianship), list(rows.values()), ["guardian_id", "pupil_id"])


def end_guardianships(session: SchoolSession, received: Sequence[Received[GuardianshipEnded]]) -> None:
    """Drop ties that ended."""
    ended = [(one.told.guardian_id, one.told.pupil_id) for one in received]
    named = tuple_(Guardianship.guardian_id, Guardianship.pupil_id).in_(ended)
    session.execute(delete(Guardianship).where(named).execution_options(synchronize_session=False))
