"""One class page: its lessons, pupils and cells within a period, in a constant number of statements."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.journal.models.relations import run
from services.journal.queries.page_rows import ENTRIES, LESSONS, PAGE, ROSTER, STRAYS
from services.journal.queries.people import STUB, in_order, shown_name
from services.journal.rules import ATTENDANCE, SCALE, TIME_ZONE, WORK_TYPES, average
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]


def class_page(session: SchoolSession, actor: Actor, page_id: UUID, period_id: UUID | None = None) -> Json:
    """Return a page as JSON: lessons, pupils, cells and averages of one period.

    Without a period named it is the one of today, or else the last that began. Raises NotFound
    for a page that is not the caller's to see. Five statements, whatever the size of the class.
    """
    rows = run(session, PAGE, page=page_id, me=actor.person_id).all()
    if not rows or not may_read(actor, rows[0]):
        raise NotFound
    page = rows[0]
    day = today(page.time_zone or TIME_ZONE)
    period = _period(rows, period_id, day)
    starts_on, ends_on = (period.starts_on, period.ends_on) if period else (date.min, date.max)
    span = {"page": page_id, "starts_on": starts_on, "ends_on": ends_on}
    # Cells first: of whatever is saved between the statements, their lessons and works are known.
    cells = run(session, ENTRIES, **span).all()
    held = run(session, LESSONS, me=actor.person_id, **span).all()
    pupils = _pupils(session, page, span, cells)
    latest_editable = day if period is None or period.closed_at is None else date.min
    shown = _lessons(held, latest_editable, edits_all=bool(page.teaches_page or page.leads_class))
    return {
        "page": _page(page),
        "period": _period_said(period) if period else None,
        "periods": [_period_said(row) for row in rows if row.period_id],
        "pupils": pupils,
        "lessons": shown,
        **_cells(cells, pupils, shown),
        "scale": page.scale or list(SCALE),
        "attendance": list(ATTENDANCE),
        "work_types": [
            {"type": name, "title": kind.title, "weight": kind.weight} for name, kind in WORK_TYPES.items()
        ],
    }


def may_read(actor: Actor, page: Row[Any]) -> bool:
    """Whether the caller may open the page: its teachers, its class teacher, the supervisors."""
    return bool(
        page.teaches_page or page.leads_class or page.gives_any_lesson or actor.has("deputy", "director")
    )


def _period(rows: Sequence[Row[Any]], period_id: UUID | None, day: date) -> Row[Any] | None:
    known = [row for row in rows if row.period_id]
    if period_id is not None:
        found = next((row for row in known if row.period_id == period_id), None)
        if found is None:
            raise NotFound
        return found
    begun = [row for row in known if row.starts_on <= day]
    return begun[-1] if begun else next(iter(known), None)


def _page(page: Row[Any]) -> Json:
    return {
        "id": page.id,
        "group": {"id": page.group_id, "name": page.group_name or STUB},
        "subject": {"id": page.subject_id, "name": page.subject_name or STUB},
        "year_id": page.year_id,
        "seq": page.seq,
        "can_edit": bool(page.teaches_page or page.leads_class or page.gives_any_lesson),
    }


def _period_said(row: Row[Any]) -> Json:
    return {
        "id": row.period_id,
        "name": row.period_name,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "closed": row.closed_at is not None,
    }


def _lessons(rows: Sequence[Row[Any]], latest_editable: date, *, edits_all: bool) -> list[Json]:
    shown: dict[UUID, Json] = {}
    for row in rows:
        lesson = shown.get(row.id)
        if lesson is None:
            is_theirs = row.state == "planned" and (edits_all or row.gives_lesson)
            lesson = shown[row.id] = {
                "id": row.id,
                "on": row.held_on,
                "number": row.number,
                "starts": row.starts,
                "topic": row.topic,
                "homework": row.homework,
                "state": row.state,
                "editable": bool(is_theirs and row.held_on <= latest_editable),
                "works": [],
            }
        if row.slot is not None:
            work = {"slot": row.slot, "type": row.type, "weight": row.weight, "title": row.title}
            lesson["works"].append(work)
    return list(shown.values())


def _pupils(session: SchoolSession, page: Row[Any], span: Json, cells: Sequence[Row[Any]]) -> list[Json]:
    shown: dict[UUID, Json] = {}
    for row in in_order(run(session, ROSTER, group=page.group_id, **span)):
        known = shown.get(row.pupil_id)
        if known is None:
            stay = {"from_on": row.from_on, "until_on": row.until_on}
            shown[row.pupil_id] = {"id": row.pupil_id, "name": shown_name(row), **stay}
        else:  # Left and came back.
            ends = (known["until_on"], row.until_on)
            known["from_on"] = min(known["from_on"], row.from_on)
            known["until_on"] = None if None in ends else max(ends)
    return [*shown.values(), *_strays(session, {cell.pupil_id for cell in cells} - shown.keys())]


def _strays(session: SchoolSession, pupil_ids: set[UUID]) -> list[Json]:
    """Return pupils who have marks here but were taken off the list altogether: marks do not vanish."""
    if not pupil_ids:
        return []
    names = {row.id: shown_name(row) for row in run(session, STRAYS, strays=list(pupil_ids))}
    return [
        {"id": pupil_id, "name": names.get(pupil_id, STUB), "from_on": None, "until_on": None}
        for pupil_id in sorted(pupil_ids)
    ]


def _cells(cells: Sequence[Any], pupils: Sequence[Json], shown: Sequence[Json]) -> Json:
    lesson_at = {lesson["id"]: number for number, lesson in enumerate(shown)}
    pupil_at = {pupil["id"]: number for number, pupil in enumerate(pupils)}
    weights = [{work["slot"]: work["weight"] for work in lesson["works"]} for lesson in shown]
    marks: list[list[tuple[str, int]]] = [[] for _ in pupils]
    said = []
    for lesson_id, pupil_id, slot, value in cells:
        lesson, pupil = lesson_at[lesson_id], pupil_at[pupil_id]
        said.append((lesson, pupil, slot, value))
        if slot:
            marks[pupil].append((value, weights[lesson][slot]))
    return {"entries": said, "averages": [average(own) for own in marks]}
