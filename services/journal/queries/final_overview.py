"""How complete term-end marks are, for the deputy and the director (clauses 3.6.5, 3.7.2, 3.8.1), and a
class's summary sheet (сводная ведомость) for its class teacher.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.journal.models import Group
from services.journal.models.final_columns import ColumnSpan, column_span, time_zone_of
from services.journal.models.final_overview import (
    ABSENCES_UNRESOLVED,
    CLOSINGS,
    EXPLAINED,
    GROUPS,
    LESSONS_WITHOUT_TOPIC,
    MARKED,
    PAGES_OF_PERIOD,
    PAGES_OF_YEAR,
    ROSTERS,
    VALUES,
    WORKS_AWAITED,
)
from services.journal.models.relations import run
from services.journal.queries.lists import TEACHERS
from services.journal.queries.page_rows import ROSTER
from services.journal.queries.people import STUB, in_order, named, shown_name, signed_name
from services.journal.rules.access import reads_all
from services.journal.rules.final_overview import Filled, Rosters, filled
from services.journal.rules.finals import KINDS, PERIOD, YEAR
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.names import collated, group_key

Json = dict[str, Any]


def completeness(session: SchoolSession, period_id: UUID) -> Json:
    """Return how the marks of a period (or of a year, by its id) stand on every page of the school.

    What is lacking before a period may be closed is told with it: absences nobody has given a reason
    for, lessons without a topic, and works still awaited («•»); so is every closing of it, the last first.
    Thirteen statements, whatever the school's size.
    """
    column = _known(session, period_id)
    slot = YEAR if column.is_year else PERIOD
    pages, found = _filled(session, column, slot)
    span = {"starts_on": column.starts_on, "ends_on": column.ends_on}
    day = today(time_zone_of(session) or TIME_ZONE)
    absences = _by_page(run(session, ABSENCES_UNRESOLVED, **span))
    topics = _by_page(run(session, LESSONS_WITHOUT_TOPIC, today=day, **span))
    works = _by_page(run(session, WORKS_AWAITED, day=day, **span))
    teachers = _teachers(session)
    rows = [
        {
            **_page(page, teachers),
            **_counts(found[page.id]),
            "absences": absences.get(page.id, 0),
            "without_topic": topics.get(page.id, 0),
            "awaited": works.get(page.id, 0),
        }
        for page in sorted(pages, key=_by_name)
    ]
    explained = run(session, EXPLAINED, of=period_id, slot=slot)
    return {
        "column": _column(column, slot),
        "pages": rows,
        "explained": [_explained(row) for row in explained],
        "closings": [_closing(row) for row in run(session, CLOSINGS, of=period_id)],
    }


def class_summary(session: SchoolSession, actor: Actor, group_id: UUID, period_id: UUID) -> Json:
    """Return a class's summary sheet: its pupils by subjects, with the marks of a period or of the year.

    A cell is a mark, None where it is due and lacking, or absent where the pupil does not learn the
    subject. Where it lacks, the mark that was put on the page of a former class or group is told as
    brought along: the teacher has it still to put. Raises NotFound for a class that is not the caller's.
    Nine statements.
    """
    group = session.scalar(select(Group).where(Group.id == group_id, Group.kind == "class"))
    if group is None or not (group.class_teacher_id == actor.person_id or reads_all(actor)):
        raise NotFound
    column = _known(session, period_id)
    slot = YEAR if column.is_year else PERIOD
    pages, found = _filled(session, column, slot)
    span = {"group": group_id, "starts_on": column.starts_on, "ends_on": column.ends_on}
    roster = in_order(run(session, ROSTER, **span))
    pupils = {row.key: row for row in roster}  # Whoever came again has two rows.
    own = [page for page in pages if not pupils.keys().isdisjoint(found[page.id].due)]
    newcomers = [row.pupil_id for row in roster if row.from_on > column.starts_on]
    asked = {"pages": [page.id for page in own], "newcomers": newcomers}
    put = run(session, VALUES, of=period_id, slot=slot, **asked)
    values = {(row.page_id, row.key): row.value for row in put}
    left = _left(pages, found, values)
    names = {page.subject_id: page.subject_name or STUB for page in own}
    subjects = sorted(names, key=lambda subject: collated(names[subject]))
    numbers = {subject: number for number, subject in enumerate(subjects)}
    return {
        "group": {"id": group.id, "name": group.name},
        "column": _column(column, slot),
        "subjects": [{"id": subject, "name": names[subject]} for subject in subjects],
        "pupils": [{"id": row.pupil_id, "name": shown_name(row)} for row in pupils.values()],
        "cells": _cells(own, found, values, left, list(pupils), numbers),
    }


Values = Mapping[tuple[UUID, str], str]
"""What stands on a page, or in a subject, for a pupil's key."""


def _left(pages: Iterable[Row[Any]], found: Mapping[UUID, Filled], values: Values) -> Values:
    """Return by subject the marks of those who are no more on the list of the page they stand on."""
    subjects = {page.id: page.subject_id for page in pages}
    return {
        (subjects[page], key): value
        for (page, key), value in values.items()
        if page in subjects and key not in found[page].due
    }


def _cells(
    pages: Sequence[Row[Any]],
    found: Mapping[UUID, Filled],
    values: Values,
    left: Values,
    keys: Sequence[str],
    numbers: Mapping[UUID, int],
) -> list[Json]:
    lacking = {
        (page.subject_id, key) for page in pages for key in found[page.id].due if (page.id, key) not in values
    }
    told = []
    for page in pages:
        for place, key in enumerate(keys):
            is_due, value = key in found[page.id].due, values.get((page.id, key))
            in_subject = (page.subject_id, key)
            if not is_due and (value is None or in_subject in lacking):
                continue  # Whoever lacks it on the new page has it told there.
            brought = left.get(in_subject) if value is None else None
            told.append(
                {
                    "pupil": place,
                    "subject": numbers[page.subject_id],
                    "page_id": page.id,
                    "value": value or brought,
                    "is_brought": brought is not None,
                }
            )
    return told


def _known(session: SchoolSession, period_id: UUID) -> ColumnSpan:
    column = column_span(session, period_id)
    if column is None:
        raise NotFound
    return column


def _filled(
    session: SchoolSession, column: ColumnSpan, slot: int
) -> tuple[Sequence[Row[Any]], Mapping[UUID, Filled]]:
    day = min(today(time_zone_of(session) or TIME_ZONE), column.ends_on)
    span = {"starts_on": column.starts_on, "ends_on": column.ends_on}
    pages = run(session, PAGES_OF_YEAR if column.is_year else PAGES_OF_PERIOD, of=column.id, **span).all()
    rosters = Rosters(run(session, GROUPS), run(session, ROSTERS, on=day))
    found = filled(pages, rosters, run(session, MARKED, of=column.id, slot=slot), column.ends_on)
    return [page for page in pages if page.id in found], found


def _by_page(rows: Iterable[Row[Any]]) -> dict[UUID, int]:
    return {row.page_id: row.number for row in rows}


def _teachers(session: SchoolSession) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in in_order(run(session, TEACHERS)):
        found[row.page_id].append(signed_name(row))
    return found


def _by_name(page: Row[Any]) -> Any:
    return (group_key(page.class_name or ""), collated(page.subject_name or ""), page.group_name or "")


def _page(page: Row[Any], teachers: Mapping[UUID, list[str]]) -> Json:
    return {
        "id": page.id,
        "class": {"id": page.class_id, "name": page.class_name or STUB},
        "group": {"id": page.group_id, "name": page.group_name or STUB},
        "subject": {"id": page.subject_id, "name": page.subject_name or STUB},
        "teachers": teachers.get(page.id, []),
    }


def _counts(one: Filled) -> Json:
    return {
        "due": len(one.due),
        "lacking": len(one.lacking),
        "early": one.early,
        "late": one.late,
        "explained": one.explained,
    }


def _column(column: ColumnSpan, slot: int) -> Json:
    return {
        "id": column.id,
        "kind": KINDS[slot],
        "name": column.name,
        "starts_on": column.starts_on,
        "marks_from": column.marks_from,
        "ends_on": column.ends_on,
    }


def _closing(row: Row[Any]) -> Json:
    return {
        "closed_at": row.closed_at,
        "closed_by": signed_name(named(row, "closer")),
        "despite": row.despite,
        "reopened_at": row.reopened_at,
        "reopened_by": signed_name(named(row, "reopener")) if row.reopened_at else None,
        "reason": row.reason,
    }


def _explained(row: Row[Any]) -> Json:
    return {
        "page_id": row.page_id,
        "pupil": {"id": row.pupil_id, "name": shown_name(row)},
        "value": row.value,
        "recommended": row.recommended,
        "reason": row.reason,
    }
