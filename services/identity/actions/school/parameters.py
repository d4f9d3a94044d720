"""The school's parameters: set from a day on, never for days gone by."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from services.identity.models import ParameterValue, School
from services.identity.rules.parameters import (
    EVER,
    PARAMETERS,
    Parameter,
    Setting,
    in_force,
    timeline,
)
from shared.clock import now, today
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Invalid, NotFound, Stale, Text
from shared.events.identity import DatedValue, ParameterChanged, SchoolChanged
from shared.outbox import publish


class BadValue(Invalid):
    """The parameter cannot be that."""

    title = Text("Значение не подходит", "The value will not do")
    detail = Text("«{title}»: {why}", "“{title}”: {why}")


class PastStays(Invalid):
    """A change would hold for days that have passed."""

    title = Text("Прошлое не меняется", "The past stays as it was")
    detail = Text(
        "Новое значение может действовать с сегодняшнего дня ({today:%d.%m.%Y}) или позже.",
        "A new value may hold from today ({today:%Y-%m-%d}) on, or from a later day.",
    )


def find_parameter(name: str) -> Parameter:
    """Return what the rules say of a parameter, or refuse."""
    if name not in PARAMETERS:
        raise NotFound
    return PARAMETERS[name]


def locked_school(session: SchoolSession) -> School:
    """Return the session's school, locked: one change of it waits for another."""
    school = session.get(School, UUID(session.info["school"]), with_for_update=True)
    if school is None:
        raise NotFound
    return school


def values_of(session: SchoolSession, name: str) -> Sequence[ParameterValue]:
    """Return all that a parameter was ever set to, in that order."""
    found = select(ParameterValue).where(ParameterValue.name == name)
    return session.scalars(found.order_by(ParameterValue.number)).all()


def set_parameter(
    session: SchoolSession, name: str, seen: int, setting: Setting, set_by: UUID | None
) -> None:
    """Set a parameter from a day on and tell the school; `seen` is the number of values the caller saw.

    A value set for a day that another was set for replaces it. What is so already changes nothing.
    Raises BadValue, PastStays, Stale.
    """
    school = locked_school(session)
    if len(values_of(session, name)) != seen:
        raise Stale
    put_value(session, school, name, setting, set_by)
    bring_up_to_date(session, school)


def put_value(
    session: SchoolSession, school: School, name: str, setting: Setting, set_by: UUID | None
) -> None:
    """Keep a value of a parameter whose school is locked, and tell it."""
    parameter = find_parameter(name)
    if why := parameter.kind.wrong(setting.value):
        raise BadValue(title=parameter.title, why=why)
    day = today(school.time_zone)
    if setting.valid_from < day:
        raise PastStays(today=day)
    values = [*values_of(session, name)]
    if _said(parameter, values, setting.valid_from) == setting.value:
        return
    values.append(_value(school, name, len(values) + 1, setting, set_by))
    session.add(values[-1])
    session.flush()
    publish(session, _told(school, name, values))


def begin_parameters(session: SchoolSession, school: School) -> None:
    """Keep what a school is founded with as holding ever since."""
    for name, value in (("time_zone", school.time_zone), ("scale", list(school.scale))):
        session.add(_value(school, name, 1, Setting(value, EVER), None))


def bring_up_to_date(session: SchoolSession, school: School) -> bool:
    """Let the school's own zone and scale be those of today; when they have changed, tell and say so."""
    day = today(school.time_zone)
    zone, scale = (_in_force(session, name, day) for name in ("time_zone", "scale"))
    if (zone, scale) == (school.time_zone, school.scale):
        return False
    school.time_zone, school.scale = zone, scale
    session.flush()
    publish(session, school_told(school))
    return True


def let_take_effect(database: Database) -> None:
    """Bring every school up to date with the values that begin to hold today."""
    with database.reading(EVERY_SCHOOL) as session:
        schools = list(session.scalars(select(School.id)))
    for school_id in schools:
        with database.writing(school_id) as session:
            bring_up_to_date(session, locked_school(session))


def school_told(school: School) -> SchoolChanged:
    """Return what the other services are told of a school."""
    return SchoolChanged(
        school_id=school.id,
        name=school.name,
        time_zone=school.time_zone,
        scale=list(school.scale),
        short_name=school.short_name or "",
        address=school.address or "",
        phone=school.phone or "",
        email=school.email or "",
    )


def _in_force(session: SchoolSession, name: str, day: date) -> Any:
    return _said(PARAMETERS[name], values_of(session, name), day)


def _said(parameter: Parameter, values: Sequence[ParameterValue], day: date) -> Any:
    held = in_force(values, day)
    return held.value if held else parameter.default


def _value(school: School, name: str, number: int, setting: Setting, set_by: UUID | None) -> ParameterValue:
    return ParameterValue(
        school_id=school.id,
        name=name,
        number=number,
        valid_from=setting.valid_from,
        json=orjson.dumps(setting.value).decode(),
        set_by=set_by,
        set_at=now(),
        reason=setting.reason,
        act_number=setting.act_number,
        act_on=setting.act_on,
    )


def _told(school: School, name: str, values: Sequence[ParameterValue]) -> ParameterChanged:
    dated = [DatedValue(valid_from=one.valid_from, value=one.json) for one in timeline(values)]
    return ParameterChanged(school_id=school.id, name=name, values=dated)
