"""Pages of several classes (a parallel's, and of a group across classes), and who leads some of their pupils.

A class teacher opens such a page for the own pupils alone (clause 3.5.1): the page's teachers see all of it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)

from services.journal.models.relations import (
    enrolments,
    groups,
    leads_class,
    me,
    own_class,
    pages,
    run,
    school,
)
from shared.db import SchoolSession

_led = groups.alias("led")
_mine, _listed = enrolments.alias("mine"), enrolments.alias("listed")
_i_lead = and_(_led.c.kind == "class", _led.c.class_teacher_id == me)


def _meet(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether two stays have a day in common."""
    return and_(_is_not_over(other, one.c.from_on), _is_not_over(one, other.c.from_on))


def _is_begun(stay: Any, day: Any) -> ColumnElement[bool]:
    begun: ColumnElement[bool] = stay.c.from_on <= day
    return begun


def _is_not_over(stay: Any, day: Any) -> ColumnElement[bool]:
    return or_(stay.c.until_on.is_(None), stay.c.until_on >= day)


is_of_several = or_(
    groups.c.kind == "parallel",
    and_(groups.c.kind == "group", own_class.c.kind == "parallel"),
)
"""The page is of a parallel, or of a group across its classes; a group within nothing is beside them."""

# Looked up once in a statement, and only when it meets such a page: no other page pays for it.
_with_my_pupils = union_all(
    select(_led.c.parent_id).where(_i_lead),
    select(_listed.c.group_id)
    .select_from(
        _led.join(_mine, _mine.c.group_id == _led.c.id).join(_listed, _listed.c.pupil_id == _mine.c.pupil_id)
    )
    .where(_i_lead, _meet(_mine, _listed)),
)
leads_pupils = and_(is_of_several, pages.c.group_id.in_(_with_my_pupils))
"""I am the class teacher of some pupils of a page of several classes."""


def _leads_pupil(pupil_id: Any, *when: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    led, stay = groups.alias("led_there"), enrolments.alias("stay_there")
    return exists().where(
        stay.c.pupil_id == pupil_id,
        *(is_then(stay) for is_then in when),
        led.c.id == stay.c.group_id,
        led.c.kind == "class",
        led.c.class_teacher_id == me,
    )


def leads_there(pupil_id: Any, day: Any = None) -> ColumnElement[bool]:
    """Whether I am the class teacher of the page's class or, of several, of the pupil on the day, or ever."""
    when = () if day is None else (lambda stay: _is_begun(stay, day), lambda stay: _is_not_over(stay, day))
    return or_(leads_class, and_(is_of_several, _leads_pupil(pupil_id, *when)))


def leads_still(pupil_id: Any, day: Any) -> ColumnElement[bool]:
    """Whether I am the class teacher of the pupil, who had not left by the day (as `LedPupils.still`)."""
    return _leads_pupil(pupil_id, lambda stay: _is_not_over(stay, day))


_asked = bindparam("asked", expanding=True, type_=groups.c.id.type)
_across, _whole, _asked_for = groups.alias("across"), groups.alias("across_within"), groups.alias("asked_for")
# Found first, whatever the planner thinks: it would begin with all groups across classes of the school.
_together = (
    select(
        _listed.c.group_id,
        case((_listed.c.from_on > _mine.c.from_on, _listed.c.from_on), else_=_mine.c.from_on).label("since"),
        case(
            (or_(_mine.c.until_on.is_(None), _listed.c.until_on < _mine.c.until_on), _listed.c.until_on),
            else_=_mine.c.until_on,
        ).label("until"),
    )
    .distinct()
    .select_from(_mine.join(_listed, _listed.c.pupil_id == _mine.c.pupil_id))
    .where(_mine.c.group_id.in_(_asked), _listed.c.group_id != _mine.c.group_id, _meet(_mine, _listed))
    .cte("together")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
SEVERAL = "several"
_NO_DAYS = (null().label("since"), null().label("until"))
AROUND = union_all(
    select(_across.c.id, _together.c.since, _together.c.until, literal(SEVERAL).label("kind"))
    .select_from(
        _together.join(_across, _across.c.id == _together.c.group_id).join(
            _whole, _whole.c.id == _across.c.parent_id
        )
    )
    .where(_across.c.kind == "group", _whole.c.kind == "parallel"),
    select(_asked_for.c.parent_id, *_NO_DAYS, literal(SEVERAL)).where(
        _asked_for.c.id.in_(_asked), _asked_for.c.kind == "class", _asked_for.c.parent_id.is_not(None)
    ),
    select(_asked_for.c.id, *_NO_DAYS, _asked_for.c.kind).where(_asked_for.c.parent_id.in_(_asked)),
)


class Around:
    """The groups on whose pages pupils of a class stand or stood, by their ids.

    `own` are the class and its parts; `several` its parallel, and the groups across classes that its
    pupils are or were in while they were in the class. A parallel's parts are the groups across its
    classes; these themselves are none, but their pages are its pupils' `during` some days.
    """

    def __init__(self, asked: Iterable[UUID], rows: Sequence[Any]) -> None:
        self._rows = [row for row in rows if row.kind == SEVERAL]
        self._classes = [row.id for row in rows if row.kind == "class"]
        self.own = [*asked, *(row.id for row in rows if row.kind == "group")]
        self.several = list({row.id for row in self._rows})

    @property
    def all(self) -> list[UUID]:
        """All of them but the classes of a parallel."""
        return self.own + self.several

    def during(self, starts_on: date, ends_on: date) -> list[UUID]:
        """Return all but the groups across classes that its pupils were in at other times alone."""
        then = {row.id for row in self._rows if not row.since or _is_within(row, starts_on, ends_on)}
        return [*self.own, *self._classes, *then]


def _is_within(row: Any, starts_on: date, ends_on: date) -> bool:
    return bool(row.since <= ends_on and (row.until is None or row.until >= starts_on))


def groups_around(session: SchoolSession, *asked: UUID) -> Around:
    """Return the groups around classes: by their ids pages are found by an index, by a subquery not."""
    return Around(asked, run(session, AROUND, asked=asked).all())


LED = (
    select(_mine.c.pupil_id, _mine.c.from_on, _mine.c.until_on)
    .select_from(_led.join(_mine, _mine.c.group_id == _led.c.id))
    .where(_i_lead, _led.c.school_id == school, _mine.c.school_id == school)
)


class LedPupils:
    """The pupils of the classes somebody leads, and when they were there."""

    def __init__(self, stays: Iterable[Any]) -> None:
        """Take rows of (pupil, first day, last day), the last open or not."""
        self._stays: dict[UUID, list[tuple[date, date]]] = {}
        for pupil_id, from_on, until_on in stays:
            self._stays.setdefault(pupil_id, []).append((from_on, until_on or date.max))

    def on(self, pupil_id: UUID | None, day: date) -> bool:
        """Whether the pupil was in the class that day: then the cell is theirs to write."""
        return self.during(pupil_id, day, day)

    def during(self, pupil_id: UUID | None, starts_on: date, ends_on: date) -> bool:
        """Whether the pupil was in the class on some day of a span."""
        stays = self._stays.get(pupil_id, ()) if pupil_id else ()
        return any(from_on <= ends_on and until_on >= starts_on for from_on, until_on in stays)

    def still(self, pupil_id: UUID | None, day: date) -> bool:
        """Whether the pupil had not left the class by a day: what was got before coming counts, too."""
        return self.during(pupil_id, day, date.max)


def led_pupils(session: SchoolSession, person_id: UUID | None) -> LedPupils:
    """Return the pupils of the classes somebody leads."""
    return LedPupils(run(session, LED, me=person_id))
