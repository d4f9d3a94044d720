"""The school's limits of a timetable, dated: a change leaves what was judged by the earlier ones."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.schedule.models import TimetableLimits
from services.schedule.rules.conflicts.facts import SOFT, USUAL_LIMITS, GradeLimit, Limits
from shared.db import SchoolSession
from shared.errors import Stale, Text
from shared.ids import new_id


class LimitsChanged(Stale):
    """Somebody changed the limits since the caller saw them."""

    title = Text("Ограничения уже изменены", "The limits were changed already")
    detail = Text(
        "Пока вы правили ограничения, их изменил кто-то ещё. Откройте их снова и повторите правку.",
        "Somebody else changed the limits meanwhile. Open them again and repeat your change.",
    )


def limits_on(session: SchoolSession, on: date) -> Limits:
    """Return what counts on a day: what the school decided, and the sanitary norms for the rest."""
    found = find_limits(session, on)
    if found is None:
        return Limits()
    own = {int(grade): GradeLimit(*of) for grade, of in found.grades.items()}
    return Limits({**USUAL_LIMITS, **own}, {**SOFT, **found.severities})


def find_limits(session: SchoolSession, on: date) -> TimetableLimits | None:
    """Return the latest decision that holds on a day, if there is any."""
    decided = select(TimetableLimits).where(TimetableLimits.from_on <= on)
    return session.scalars(decided.order_by(TimetableLimits.from_on.desc()).limit(1)).first()


def version_of_limits(session: SchoolSession) -> int:
    """Return how many times the school has changed its limits."""
    return session.scalar(select(func.max(TimetableLimits.version))) or 0


def set_limits(
    session: SchoolSession,
    from_on: date,
    grades: Mapping[int, GradeLimit],
    severities: Mapping[str, str],
    seen: int,
) -> TimetableLimits:
    """Decide what counts from a day on; `seen` is the version the caller saw, 0 for the norms.

    What is not named stays as the norms have it.
    """
    version = version_of_limits(session)
    if version != seen:
        raise LimitsChanged
    facts: dict[str, Any] = {str(grade): list(of) for grade, of in sorted(grades.items())}
    same = select(TimetableLimits).where(TimetableLimits.from_on == from_on).with_for_update()
    decided = session.scalars(same).first()
    if decided is None:
        decided = TimetableLimits(id=new_id(), school_id=UUID(session.info["school"]), from_on=from_on)
        session.add(decided)
    decided.grades, decided.severities, decided.version = facts, dict(severities), version + 1
    session.flush()
    return decided
