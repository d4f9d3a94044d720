"""One class page: its lessons, pupils and cells within a period, in a constant number of statements."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.journal.models.relations import run
from services.journal.models.several import LedPupils, led_pupils
from services.journal.queries.brought import brought_marks
from services.journal.queries.page_cells import cells_said, marked_of, of_pupils
from services.journal.queries.page_rows import ENTRIES, LESSONS, PAGE, ROSTER, STRAYS
from services.journal.queries.people import STUB, in_order, shown_name
from services.journal.rules.access import reads_whole
from services.journal.rules.marks import (
    TIME_ZONE,
    reasons_on,
    work_titles,
    works_on,
)
from services.journal.rules.parameters import parameter_on
from services.journal.rules.scales import cell_signs
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
WORK = ("slot", "type", "weight", "title", "is_written", "is_monitoring", "counts")


def class_page(
    session: SchoolSession,
    actor: Actor,
    page_id: UUID,
    period_id: UUID | None = None,
    on: date | None = None,
) -> Json:
    """Return a page as JSON: lessons, pupils, cells and averages of one period.

    Without a period named it is that of the day `on`, by default today, or else the last that began
    before it. Averages count what pupils who came in its middle got on their former pages of the subject
    (`rules.brought`). Of a page of several classes a class teacher sees the own pupils alone. Raises
    NotFound for a page that is not the caller's to see. Five statements, whatever the size of the class;
    two more where somebody came so, one more for the class teacher of some of the pupils.
    """
    rows = run(session, PAGE, page=page_id, me=actor.person_id).all()
    if not rows or not may_read(actor, rows[0]):
        raise NotFound
    page = rows[0]
    day = today(page.time_zone or TIME_ZONE)
    period = _period(rows, period_id, on or day)
    starts_on, ends_on = (period.starts_on, period.ends_on) if period else (date.min, date.max)
    span = {"page": page_id, "starts_on": starts_on, "ends_on": ends_on}
    # Cells first: of whatever is saved between the statements, their lessons and works are known.
    marked = marked_of(run(session, ENTRIES, **span))
    held = run(session, LESSONS, me=actor.person_id, **span).all()
    roster = in_order(run(session, ROSTER, group=page.group_id, **span))
    own = own_pupils(session, actor, page)
    if own is not None:
        roster = [row for row in roster if own.during(row.pupil_id, starts_on, ends_on)]
        marked = of_pupils(own, marked, {row.key: row.held_on for row in held})
    pupils = _pupils(roster)
    pupils |= _strays(session, set(chain.from_iterable(one.pupils for one in marked)) - pupils.keys())
    latest_editable = day if period is None or period.closed_at is None else date.min
    lessons = _lessons(held, latest_editable, page)
    pupil_at = {key: number for number, key in enumerate(pupils)}
    brought = [
        (pupil_at[key], value, weight)
        for key, value, weight in brought_marks(session, page, roster, starts_on, ends_on)
    ]
    cells = cells_said(marked, pupil_at, lessons, brought)
    return {
        "page": _page(page),
        "period": _period_said(period) if period else None,
        "periods": [_period_said(row) for row in rows if row.period_id],
        "pupils": list(pupils.values()),
        "lessons": list(lessons.values()),
        **cells,
        "shown_averages": parameter_on(page.averages, day, "weighted"),
        "scale": list(cell_signs(page, day)),
        "absent_and_marked": parameter_on(page.absent_and_marked, day, "flag"),
        "attendance": [
            {"value": sign, "title": title} for sign, title in reasons_on(page.attendance, day).items()
        ],
        "work_types": [
            {"type": name, "title": kind.title, "weight": kind.weight, "is_written": kind.is_written}
            for name, kind in works_on(page.work_types, day).items()
        ],
        "work_titles": work_titles(page.work_types),
    }


def may_read(actor: Actor, page: Row[Any]) -> bool:
    """Whether the caller may open the page: its teachers, class teachers of its pupils, the supervisors.

    What of it `own_pupils` says.
    """
    return reads_whole(actor, page) or bool(page.leads_pupils)


def own_pupils(session: SchoolSession, actor: Actor, page: Row[Any]) -> LedPupils | None:
    """Return of whom alone the caller reads on a page; None for all, which costs no statement."""
    return None if reads_whole(actor, page) else led_pupils(session, actor.person_id)


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
    writes = bool(page.teaches_page or page.leads_class or page.gives_any_lesson)
    return {
        "id": page.page_id,
        "group": {"id": page.group_id, "name": page.group_name or STUB},
        "subject": {"id": page.subject_id, "name": page.subject_name or STUB},
        "year_id": page.year_id,
        "seq": page.seq,
        "can_edit": writes or bool(page.leads_pupils),
        "can_describe": writes,  # Topic, homework and works are everybody's.
    }


def _period_said(row: Row[Any]) -> Json:
    return {
        "id": row.period_id,
        "name": row.period_name,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "closed": row.closed_at is not None,
    }


def _lessons(rows: Sequence[Row[Any]], latest_editable: date, page: Row[Any]) -> dict[str, Json]:
    shown: dict[str, Json] = {}
    for row in rows:
        lesson = shown.get(row.key)
        if lesson is None:
            leads = page.leads_class or page.leads_pupils
            is_own = row.gives_lesson or leads or (page.teaches_page and not row.is_substituted)
            is_open = bool(is_own and row.held_on <= latest_editable)
            lesson = shown[row.key] = {
                "id": row.id,
                "on": row.held_on,
                "number": row.number,
                "starts": row.starts,
                "topic": row.topic,
                "homework": row.homework,
                "state": row.state,
                "is_substituted": row.is_substituted,
                "editable": is_open and row.state == "planned",
                "clearable": is_open,
                "works": [],
            }
        if row.slot is not None:
            lesson["works"].append({name: getattr(row, name) for name in WORK})
    return shown


def _pupils(roster: Iterable[Row[Any]]) -> dict[str, Json]:
    """Return the pupils on the list by their keys, in the list's order."""
    shown: dict[str, Json] = {}
    for row in roster:
        known = shown.get(row.key)
        if known is None:
            stay = {"from_on": row.from_on, "until_on": row.until_on}
            shown[row.key] = {"id": row.pupil_id, "name": shown_name(row), **stay}
        else:  # Left and came back.
            ends = (known["until_on"], row.until_on)
            known["from_on"] = min(known["from_on"], row.from_on)
            known["until_on"] = None if None in ends else max(ends)
    return shown


def _strays(session: SchoolSession, keys: set[str]) -> dict[str, Json]:
    """Return pupils who have marks here but were taken off the list altogether: marks do not vanish."""
    if not keys:
        return {}
    ids = {key: UUID(key) for key in sorted(keys)}
    names = {row.key: shown_name(row) for row in run(session, STRAYS, strays=list(ids.values()))}
    return {
        key: {"id": id_, "name": names.get(key, STUB), "from_on": None, "until_on": None}
        for key, id_ in ids.items()
    }
