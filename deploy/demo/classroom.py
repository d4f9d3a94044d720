"""The class that everything can be seen in: its class teacher, a pupil and a parent are those to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from deploy.demo.chronicle import actor_of
from deploy.demo.curriculum import SHOWN
from deploy.demo.register import Taught
from services.journal.models import Enrolment, Group, Guardianship
from shared.auth import Actor
from shared.db import SchoolSession


@dataclass(frozen=True)
class Classroom:
    """A class with its people and pages, and the days with lessons behind it."""

    school_id: UUID
    group_id: UUID
    leader: Actor
    pupil: Actor
    parent: Actor
    deputy: Actor
    pupils: Sequence[UUID]
    parents: dict[UUID, list[UUID]]
    pages: Sequence[Taught]
    days: Sequence[date]

    def back(self, number: int) -> date | None:
        """Return the day of so many school days ago, 1 the last; None before anything was written."""
        return self.days[-number] if number <= len(self.days) else None

    def as_pupil(self, pupil_id: UUID) -> Actor:
        """Return one of its pupils at work."""
        return actor_of(self.school_id, pupil_id, "pupil")

    def as_parent(self, parent_id: UUID) -> Actor:
        """Return one of its parents at work."""
        return actor_of(self.school_id, parent_id, "parent")


def leaders(session: SchoolSession, school_id: UUID) -> dict[str, Actor]:
    """Return the class teacher of each class, by its name."""
    asked = select(Group.name, Group.class_teacher_id)
    led = asked.where(Group.kind == "class", Group.class_teacher_id.is_not(None))
    return {name: actor_of(school_id, who, "class_teacher") for name, who in session.execute(led) if who}


def find_classroom(
    session: SchoolSession,
    school_id: UUID,
    cast: dict[str, UUID],
    pages: Sequence[Taught],
    days: Sequence[date],
) -> Classroom:
    """Return the class to be shown; `cast` are the people to be shown, by their roles."""
    named = select(Group.id).where(Group.kind == "class", Group.name == SHOWN)
    group_id = session.scalars(named.order_by(Group.id)).first()
    if group_id is None:
        raise LookupError(SHOWN)
    stays = select(Enrolment.pupil_id).where(Enrolment.group_id == group_id, Enrolment.until_on.is_(None))
    pupils = session.scalars(stays.order_by(Enrolment.pupil_id)).all()
    parents: dict[UUID, list[UUID]] = {pupil_id: [] for pupil_id in pupils}
    ties = select(Guardianship.pupil_id, Guardianship.guardian_id).order_by(Guardianship.guardian_id)
    for pupil_id, guardian_id in session.execute(ties.where(Guardianship.pupil_id.in_(pupils))):
        parents[pupil_id].append(guardian_id)
    return Classroom(
        school_id=school_id,
        group_id=group_id,
        leader=leaders(session, school_id)[SHOWN],
        pupil=actor_of(school_id, cast["pupil"], "pupil"),
        parent=actor_of(school_id, cast["parent"], "parent"),
        deputy=actor_of(school_id, cast["deputy"], "deputy"),
        pupils=[cast["pupil"], *(one for one in pupils if one != cast["pupil"])],
        parents=parents,
        pages=[taught for taught in pages if taught.page.group == SHOWN],
        days=days,
    )
