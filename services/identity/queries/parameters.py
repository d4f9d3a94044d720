"""The school's parameters on a day, and how each of them came to be so."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from services.identity.models import ParameterValue, Person
from services.identity.queries.people import own_school
from services.identity.rules.parameters import PARAMETERS, SECTIONS, TABLE, Parameter, in_force
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]


def parameters(session: SchoolSession, on: date | None) -> list[Json]:
    """Return every parameter with the value it had on a day (by default today), in the table's order."""
    on = on or today(own_school(session).time_zone)
    values: dict[str, list[ParameterValue]] = {}
    for value in session.scalars(select(ParameterValue)):
        values.setdefault(value.name, []).append(value)
    return [_shown(parameter, values.get(parameter.name, []), on) for parameter in TABLE]


def parameter(session: SchoolSession, name: str) -> Json:
    """Return a parameter as it is today with all it was ever set to, the latest first; or refuse."""
    if name not in PARAMETERS:
        raise NotFound
    found = (
        select(ParameterValue, Person.family_name, Person.given_name, Person.patronymic)
        .outerjoin(Person, Person.id == ParameterValue.set_by)
        .where(ParameterValue.name == name)
        .order_by(ParameterValue.number.desc())
    )
    rows = session.execute(found).all()
    on = today(own_school(session).time_zone)
    history = [_change(row) for row in rows]
    return _shown(PARAMETERS[name], [row[0] for row in rows], on) | {"history": history}


def _shown(parameter: Parameter, values: Sequence[ParameterValue], on: date) -> Json:
    held = in_force(values, on)
    coming = min((value.valid_from for value in values if value.valid_from > on), default=None)
    return {
        "name": parameter.name,
        "section": parameter.section,
        "section_title": SECTIONS[parameter.section],
        "clause": parameter.clause,
        "title": parameter.title,
        "form": parameter.kind.form,
        "bounds": parameter.kind.bounds,
        "default": parameter.default,
        "value": held.value if held else parameter.default,
        "valid_from": held.valid_from if held else None,
        "changes_on": coming,
        "version": len(values),
    }


def _change(row: Row[ParameterValue, str, str, str]) -> Json:
    value, family, given, patronymic = row
    names = ("number", "valid_from", "value", "set_at", "reason", "act_number", "act_on")
    who = {"id": value.set_by, "family_name": family, "given_name": given, "patronymic": patronymic}
    return {name: getattr(value, name) for name in names} | {"set_by": who if value.set_by else None}
