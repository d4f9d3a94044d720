"""Tariff summary (тарификация, clause 3.8.4): the hours of each teacher, by subject and class."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Person, Rate, Subject, Year
from services.schedule.queries.load_check import read_school
from services.schedule.rules.curriculum import USUAL_RATE, said_hours
from shared.db import SchoolSession
from shared.names import collated, full_name, group_key, sort_key

HUNDREDTH = Decimal("0.01")


def rate(session: SchoolSession) -> tuple[int, int]:
    """Return the quarter-hours a week of a full rate, and the version of that decision; 0 for the usual."""
    own = session.scalar(select(Rate))
    return (own.quarters_per_week, own.version) if own else (USUAL_RATE, 0)


def share(quarters: int, of: int) -> Decimal:
    """Return hours as a share of a rate, to the hundredth."""
    return (Decimal(quarters) / of).quantize(HUNDREDTH, ROUND_HALF_UP)


def tariff(session: SchoolSession, year: Year) -> dict[str, Any]:
    """Return each teacher of the year with the load, its sum, and what share of a rate that is.

    Five statements, whatever the school's size. Who teach together have the hours each; hours
    without a teacher are vacancies, and stand apart.
    """
    school = read_school(session, year)
    full, version = rate(session)
    subjects = {row.id: row.name for row in session.execute(select(Subject.id, Subject.name))}
    wanted = {UUID(one) for row in school.load for one in row.teacher_ids}
    people = {str(one.id): one for one in session.scalars(select(Person).where(Person.id.in_(wanted)))}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    quarters: dict[str, int] = defaultdict(int)
    vacant: list[dict[str, Any]] = []
    for row in school.load:
        group = school.groups.get(row.group_id)
        shown = {
            "subject": {"id": row.subject_id, "name": subjects.get(row.subject_id)},
            "group": {"id": row.group_id, "name": group.name if group else None},
            "hours_per_week": said_hours(row.quarters),
        }
        for one in row.teacher_ids:
            rows[one].append(shown)
            quarters[one] += row.quarters
        if not row.teacher_ids:
            vacant.append(shown)
    items = [
        {
            "teacher": {"id": one, "name": _name(people.get(one))},
            "rows": sorted(rows[one], key=_row_key),
            "hours_per_week": said_hours(quarters[one]),
            "share": share(quarters[one], full),
        }
        for one in sorted(rows, key=lambda id_: _key(people.get(id_)))
    ]
    total = sum(quarters.values())
    return {
        "year": {"id": year.id, "name": year.name},
        "items": items,
        "vacant": sorted(vacant, key=_row_key),
        "hours_per_week": said_hours(total),
        "share": share(total, full),
        "rate_hours": said_hours(full),
        "rate_version": version,
    }


def _name(person: Person | None) -> str | None:
    return full_name(person.family_name, person.given_name, person.patronymic) if person else None


def _key(person: Person | None) -> Any:
    return sort_key(person.family_name, person.given_name, person.patronymic) if person else ()


def _row_key(row: dict[str, Any]) -> tuple[str, Any]:
    return collated(row["subject"]["name"] or ""), group_key(row["group"]["name"] or "")
