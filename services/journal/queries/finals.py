"""The term-end marks of one page: every column and pupil, with what is recommended beside each cell."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from services.journal.models.brought import read_elsewhere
from services.journal.models.finals import DAYS_OF, FINALS_PAGE, MARKED, PERIODS, ROSTER
from services.journal.models.relations import run
from services.journal.models.several import LedPupils
from services.journal.queries.page import may_read, own_pupils
from services.journal.queries.page_rows import ROSTER as NAMES
from services.journal.queries.people import STUB, in_order, shown_name
from services.journal.rules.bringing import bring
from services.journal.rules.final_sheet import Sheet, count_marks, note_days, seat, sheet_of
from services.journal.rules.finals import PERIOD, WITHOUT_MARKS, Column, signs
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.recommended import differs
from services.journal.rules.scales import is_marked
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]


def page_finals(session: SchoolSession, actor: Actor, page_id: UUID) -> Json:
    """Return a page's term-end marks as JSON: columns, pupils, and a cell for each that was there.

    Of a page of several classes a class teacher sees the own pupils alone. Raises NotFound for a page
    that is not the caller's to see. Six statements, whatever the class; three more where a pupil came
    from another page of the subject in mid-year, and one for the class teacher of some of the pupils.
    """
    page = run(session, FINALS_PAGE, page=page_id, me=actor.person_id).first()
    if page is None or not may_read(actor, page):
        raise NotFound
    sheet = sheet_of(page, run(session, PERIODS, page=page_id).all(), today(page.time_zone or TIME_ZONE))
    span = {"group": page.group_id, "starts_on": sheet.year.starts_on, "ends_on": sheet.year.ends_on}
    keys = seat(sheet, run(session, ROSTER, page=page_id, **span))
    bring(sheet, read_elsewhere(session, page, sheet.newcomers, sheet.year.starts_on, PERIOD))
    periods = [span.id for span in sheet.periods]
    count_marks(sheet, run(session, MARKED, page=page_id, periods=periods))
    note_days(sheet, run(session, DAYS_OF, page=page_id, periods=periods))
    named = {row.pupil_id: shown_name(row) for row in in_order(run(session, NAMES, **span))}
    own = own_pupils(session, actor, page)
    pupils = [
        (pupil_id, keys[pupil_id])
        for pupil_id in named
        if pupil_id in keys
        and (own is None or own.during(pupil_id, sheet.year.starts_on, sheet.year.ends_on))
    ]
    can_edit = bool(page.teaches_page or page.leads_class or page.leads_pupils)
    return {
        "page": {
            "id": page_id,
            "group": {"id": page.group_id, "name": page.group_name or STUB},
            "subject": {"id": page.subject_id, "name": page.subject_name or STUB},
            "year_id": page.year_id,
            "seq": page.seq,
            "can_edit": can_edit,
        },
        "columns": [_column(sheet, column, can_edit=can_edit) for column in sheet.columns],
        "pupils": [_pupil(sheet, id_, named[id_], key) for id_, key in pupils],
        "cells": list(_cells(sheet, pupils, own)),
        "signs": signs(sheet.scale, sheet.grade),
        "is_marked": is_marked(page, sheet.today),
    }


def _pupil(sheet: Sheet, pupil_id: UUID, name: str, key: str) -> Json:
    """Return a pupil, for a newcomer with the period marks that stand on the former page."""
    brought = sheet.brought[key].finals if key in sheet.brought else {}
    return {
        "id": pupil_id,
        "name": name,
        "came_on": sheet.came_on(key),
        "brought": [{"period_id": period, "value": value} for period, value in brought.items()],
    }


def _column(sheet: Sheet, column: Column, *, can_edit: bool) -> Json:
    span, window = sheet.span(column), sheet.window(column)
    has_begun = span.starts_on <= sheet.today
    return {
        "key": column.key,
        "kind": column.kind,
        "period_id": column.period_id,
        "name": span.name if column.slot == PERIOD else None,
        "starts_on": span.starts_on,
        "ends_on": span.ends_on,
        "opens_on": window.opens_on,
        "timing": window.timing(sheet.today) if has_begun else "ahead",
        "closed": span.closed_at is not None,
        "editable": can_edit and has_begun and span.closed_at is None and sheet.grade != WITHOUT_MARKS,
        "deviation": sheet.rules(column).deviation,
    }


def _cells(sheet: Sheet, pupils: list[tuple[UUID, str]], own: LedPupils | None) -> Iterator[Json]:
    """Yield a cell for each pupil and column, but those of a period the pupil was not there in.

    To the class teacher of some, none that was put after the pupil had left the class.
    """
    for number, column in enumerate(sheet.columns):
        span = sheet.span(column)
        if span.starts_on > sheet.today:
            continue
        standing, rules = sheet.cells.get((column.period_id, column.slot), {}), sheet.rules(column)
        advice = sheet.advising(column)
        for place, (pupil_id, key) in enumerate(pupils):
            if not sheet.was_there(key, span) or (own and not own.still(pupil_id, span.ends_on)):
                continue
            cell, wanted = standing.get(key), advice(key)
            value = cell.value if cell else None
            yield {
                "column": number,
                "pupil": place,
                "value": value,
                "recommended": wanted.value,
                "why": wanted.why,
                "is_disputed": wanted.is_disputed,
                "warning": wanted.warning,
                "differs": differs(value, wanted.value, rules),
                "reason": cell.reason if cell else None,
                "timing": cell.timing if cell and value is not None else None,
                "is_due": sheet.is_due(key, column),
            }
