"""Whose diary may be read, by whom, and where the pupil has sat: what all views of a diary begin with."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, exists, select

from services.journal.models.relations import (
    enrolments,
    groups,
    guardianships,
    me,
    people,
    run,
    school,
    schools,
    stays_of,
)
from services.journal.queries.absence_rows import covers
from services.journal.rules.marks import TIME_ZONE
from shared import policy
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

pupil = bindparam("pupil", type_=people.c.id.type)

# A row for each group the pupil is or was in: what day it is there, the school's own time zone says.
PUPIL = (
    select(
        people.c.id,
        people.c.family_name,
        people.c.given_name,
        schools.c.time_zone,
        schools.c.work_types,
        schools.c.attendance,
        exists()
        .where(guardianships.c.pupil_id == people.c.id, guardianships.c.guardian_id == me)
        .label("is_guardian"),
        groups.c.id.label("group_id"),
        groups.c.name.label("group_name"),
        groups.c.kind,
        (groups.c.class_teacher_id == me).label("is_mine"),
        enrolments.c.from_on,
        enrolments.c.until_on,
    )
    .select_from(
        people.outerjoin(schools, schools.c.school_id == people.c.school_id)
        .outerjoin(enrolments, enrolments.c.pupil_id == people.c.id)
        .outerjoin(groups, groups.c.id == enrolments.c.group_id)
    )
    .where(people.c.id == pupil, people.c.school_id == school)
    .order_by(enrolments.c.from_on)
)


class Diarist(NamedTuple):
    """A pupil whose diary is asked for, what the school has set, and how the caller stands to them."""

    id: UUID
    family_name: str
    given_name: str
    time_zone: str | None
    work_types: str | None
    attendance: str | None
    is_guardian: bool
    leads_class: bool  # Today.
    class_id: UUID | None  # Of today.
    class_name: str | None


stays = stays_of(lambda pupil_id: pupil_id == pupil)
"""(group_id, from_on, until_on): where the pupil is on the list, and when."""


def readable_pupil(session: SchoolSession, actor: Actor, pupil_id: UUID) -> Diarist:
    """Return the pupil whose diary the caller may read.

    Raises NotFound for whoever is neither the pupil, a parent, the class teacher nor a supervisor.
    """
    found = _asked(session, actor, pupil_id)
    if found is None or not _may_read(actor, found):
        raise NotFound
    return found


def reads_diary(session: SchoolSession, actor: Actor, pupil_id: UUID) -> bool:
    """Whether the caller may read the pupil's diary."""
    found = _asked(session, actor, pupil_id)
    return found is not None and _may_read(actor, found)


def _asked(session: SchoolSession, actor: Actor, pupil_id: UUID) -> Diarist | None:
    rows = run(session, PUPIL, pupil=pupil_id, me=actor.person_id).all()
    if not rows:
        return None
    told, day = rows[0], today(rows[0].time_zone or TIME_ZONE)
    sits_in = [row for row in rows if row.from_on and covers(row, day)]
    own_class = next((row for row in sits_in if row.kind == "class"), None)
    return Diarist(
        told.id,
        told.family_name,
        told.given_name,
        told.time_zone,
        told.work_types,
        told.attendance,
        told.is_guardian,
        leads_class=any(row.is_mine for row in sits_in),
        class_id=own_class and own_class.group_id,
        class_name=own_class and own_class.group_name,
    )


def _may_read(actor: Actor, found: Diarist) -> bool:
    return (
        actor.person_id == found.id
        or found.is_guardian
        or found.leads_class
        or policy.sees_all("journal", "read a diary", actor.roles)
    )
