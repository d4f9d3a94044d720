"""Teachers away: entered before their lessons are given to others."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Absence, Person, Substitution
from services.schedule.rules import LONGEST_ABSENCE
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text


class AbsenceTooLong(Invalid):
    """The days are in no order, or there are too many."""

    title = Text("Проверьте дни отсутствия", "Check the days of the absence")
    detail = Text(
        "Последний день не раньше первого и не позже чем через {days} дней.",
        "The last day is not before the first and {days} days after it at most.",
    )


class AbsenceInUse(Conflict):
    """Lessons were given to others because of it."""

    title = Text("По этому отсутствию уже решены замены", "Substitutions were decided for this absence")
    detail = Text(
        "Сначала отмените замены уроков этого учителя ({count}).",
        "Withdraw the substitutions of this teacher's lessons first ({count}).",
    )


def enter_absence(
    session: SchoolSession, teacher_id: UUID, from_on: date, until_on: date, reason: str, note: str = ""
) -> Absence:
    """Enter that a teacher is away, both days included; the same days again change nothing."""
    if not 0 <= (until_on - from_on).days <= LONGEST_ABSENCE.days:
        raise AbsenceTooLong(days=LONGEST_ABSENCE.days)
    # Locked: two who enter the same days at once enter them once.
    if session.get(Person, teacher_id, with_for_update=True) is None:
        raise NotFound
    same = select(Absence).where(
        Absence.teacher_id == teacher_id, Absence.from_on == from_on, Absence.until_on == until_on
    )
    absence = session.scalars(same).first() or Absence(
        school_id=UUID(session.info["school"]), teacher_id=teacher_id, from_on=from_on, until_on=until_on
    )
    absence.reason, absence.note = reason, note
    session.add(absence)
    session.flush()
    return absence


def cancel_absence(session: SchoolSession, absence_id: UUID) -> None:
    """Take an absence back; refused while lessons are given to others because of it."""
    absence = session.get(Absence, absence_id, with_for_update=True)
    if absence is None:
        raise NotFound
    theirs = session.scalars(select(Substitution).where(Substitution.absence_id == absence_id)).all()
    standing = [one for one in theirs if one.withdrawn_at is None]
    if standing:
        raise AbsenceInUse(count=len(standing))
    for one in theirs:
        one.absence_id = None  # The register keeps what was decided and withdrawn.
    session.flush()
    session.delete(absence)


def absences_on(session: SchoolSession, from_on: date, until_on: date) -> Sequence[Absence]:
    """Return the absences that reach into these days."""
    found = select(Absence).where(Absence.from_on <= until_on, Absence.until_on >= from_on)
    return session.scalars(found.order_by(Absence.from_on, Absence.id)).all()
