"""Whose diary may be read, by whom, and where the pupil has sat: what all views of a diary begin with."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, or_, select

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
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound

pupil = bindparam("pupil", type_=people.c.id.type)

_own_class = groups.alias("own_class_now")
_class_now = (
    select(_own_class)
    .join(enrolments, enrolments.c.group_id == _own_class.c.id)
    .where(
        enrolments.c.pupil_id == people.c.id,
        _own_class.c.kind == "class",
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= func.current_date()),
    )
    .order_by(enrolments.c.from_on)
    .limit(1)
)
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
        exists()
        .where(
            enrolments.c.pupil_id == people.c.id,
            enrolments.c.group_id == groups.c.id,
            groups.c.class_teacher_id == me,
            or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= func.current_date()),
        )
        .label("leads_class"),
        *(
            _class_now.with_only_columns(_own_class.c[name]).scalar_subquery().label(f"class_{name}")
            for name in ("id", "name")
        ),
    )
    .select_from(people.outerjoin(schools, schools.c.school_id == people.c.school_id))
    .where(people.c.id == pupil, people.c.school_id == school)
)


stays = stays_of(lambda pupil_id: pupil_id == pupil)
"""(group_id, from_on, until_on): where the pupil is on the list, and when."""


def readable_pupil(session: SchoolSession, actor: Actor, pupil_id: UUID) -> Row[Any]:
    """Return the pupil whose diary the caller may read, with what their school has set.

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


def _asked(session: SchoolSession, actor: Actor, pupil_id: UUID) -> Row[Any] | None:
    return run(session, PUPIL, pupil=pupil_id, me=actor.person_id).first()


def _may_read(actor: Actor, found: Row[Any]) -> bool:
    return bool(
        actor.person_id == found.id
        or found.is_guardian
        or found.leads_class
        or policy.sees_all("journal", "read a diary", actor.roles)
    )
