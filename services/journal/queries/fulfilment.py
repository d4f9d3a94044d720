"""Fulfilment of programmes (прохождение программы, clauses 2.2.9, 2.2.10; DOMAIN 2.4), page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.journal.models import School, Year
from services.journal.models.relations import run
from services.journal.models.several import groups_around
from services.journal.queries.diary_reading import readable_pupil
from services.journal.queries.fulfilment_rows import (
    ADJUSTED,
    COUNTS,
    CURRICULA,
    FOLLOWED,
    HOLIDAYS,
    OWN_PAGES,
    PAGES,
    PLAN_HOURS,
    PUPILS_PAGES,
    REACHED,
    SPANS,
    TEACHERS,
    THESE_PAGES,
)
from services.journal.queries.lists import asked_year, current_year
from services.journal.queries.people import STUB, in_order, shown_name, signed_name
from services.journal.rules.access import follows_all
from services.journal.rules.fulfilment import Course, Span, due_by_pace, learned_on, year_hours
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.names import collated, group_key

Json = dict[str, Any]
SAID = ("goal", "saved", "added", "due", "given", "remaining", "lag", "percent", "forecast", "is_at_risk")
HOURS = ("goal", "plan_hours", "saved", "added")
"""The hours to be given, and what they are made of."""

REASONS = ("cancelled", "other_subject", "days_off", "unrecorded")


@dataclass(frozen=True)
class Asked:
    """Which pages are asked about; nothing named: all of this year that the caller follows."""

    year_id: UUID | None = None
    class_id: UUID | None = None
    subject_id: UUID | None = None
    grade: int | None = None
    mine: bool = False


@dataclass(frozen=True)
class _Known:
    """What is known of all pages asked about, by page, plan or parallel."""

    today: date
    year: Year
    counts: Mapping[UUID, Row[Any]]
    plan_hours: Mapping[UUID, Row[Any]]
    adjusted: Mapping[UUID, Row[Any]]
    reached: Mapping[UUID, int]
    furthest: Mapping[UUID, int]
    spans: Sequence[Row[Any]]
    holidays: Sequence[Row[Any]]
    curricula: Sequence[Row[Any]]

    def periods(self, grade: int | None) -> list[Span]:
        """Return the days a parallel learns on."""
        year = (self.year.starts_on, self.year.ends_on)
        return learned_on(self.spans, self.holidays, grade, year)


def fulfilment(session: SchoolSession, actor: Actor, asked: Asked) -> Json:
    """Return how the pages get on with their programmes, the worst forecast first.

    A teacher sees the own pages, a class teacher those of the class, who supervises all. Of a class are
    also the pages of several that its pupils have. Thirteen statements, whatever the number of pages; one
    more where a class is named. Raises NotFound for a year that the school never had.
    """
    year = asked_year(session, asked.year_id)
    if year is None:
        return {"on": None, "items": []}
    wanted = PAGES if follows_all(actor) and not asked.mine else OWN_PAGES
    found = run(session, wanted, year=year.id, me=actor.person_id).all()
    beside = set(groups_around(session, asked.class_id).several) if asked.class_id else set()
    shown = [row for row in found if _is_asked(row, asked, beside)]
    day = _today(session)
    items = _items(session, year, day, shown)
    items.sort(key=lambda one: (one["forecast"], -one["lag"], group_key(one["group"]["name"])))
    return {"on": day, "items": items}


def pupils_programmes(session: SchoolSession, actor: Actor, pupil_id: UUID) -> Json:
    """Return the hours planned, given and left of each subject a pupil learns (clause 2.2.9).

    The numbers are those the deputy sees. Raises NotFound for whoever may not read the diary.
    """
    found = readable_pupil(session, actor, pupil_id)
    year, day = current_year(session), today(found.time_zone or TIME_ZONE)
    own = list(run(session, PUPILS_PAGES, pupil=pupil_id, today=day).scalars())
    rows = run(session, THESE_PAGES, year=year.id, pages=own).all() if year and own else []
    items = _items(session, year, day, rows) if year else []
    items.sort(key=lambda one: collated(one["subject"]["name"]))
    names = ("subject", *HOURS, "given", "remaining", "percent", "topic_count", "reached")
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "on": day,
        "items": [{name: one[name] for name in names} for one in items if one["goal"] or one["given"]],
    }


def _today(session: SchoolSession) -> date:
    return today(session.scalar(select(School.time_zone)) or TIME_ZONE)


def _is_asked(row: Row[Any], asked: Asked, beside: set[UUID]) -> bool:
    return (
        (asked.class_id in (None, row.class_id, row.group_id) or row.group_id in beside)
        and asked.subject_id in (None, row.subject_id)
        and asked.grade in (None, row.grade)
    )


def _items(session: SchoolSession, year: Year, day: date, rows: Sequence[Row[Any]]) -> list[Json]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    teachers: dict[UUID, list[str]] = {}
    for one in in_order(run(session, TEACHERS, pages=ids)):
        teachers.setdefault(one.page_id, []).append(signed_name(one))
    known = _read(session, year, day, rows)
    return [_item(known, row, teachers.get(row.id, [])) for row in rows]


def _read(session: SchoolSession, year: Year, day: date, rows: Iterable[Row[Any]]) -> _Known:
    rows = list(rows)
    ids = [row.id for row in rows]
    reached = {one.page_id: one.position for one in run(session, REACHED, today=day)}
    furthest: dict[UUID, int] = {}
    for row in run(session, FOLLOWED):
        furthest[row.plan_id] = max(furthest.get(row.plan_id, 0), reached.get(row.page_id, 0))
    return _Known(
        today=day,
        year=year,
        counts={one.page_id: one for one in run(session, COUNTS, pages=ids, today=day)},
        plan_hours={one.plan_id: one for one in run(session, PLAN_HOURS, today=day)},
        adjusted={one.page_id: one for one in run(session, ADJUSTED, pages=ids, today=day)},
        reached=reached,
        furthest=furthest,
        spans=run(session, SPANS, year=year.id).all(),
        holidays=run(session, HOLIDAYS, year=year.id).all(),
        curricula=run(session, CURRICULA, year=year.id).all(),
    )


def _item(known: _Known, row: Row[Any], teachers: list[str]) -> Json:
    course = _course(known, row)
    counts = known.counts.get(row.id)
    plan = known.plan_hours.get(row.plan_id)
    reached = known.reached.get(row.id, 0)
    return {
        "page_id": row.id,
        "group": {"id": row.group_id, "name": row.group_name or STUB},
        "subject": {"id": row.subject_id, "name": row.subject_name or STUB},
        "grade": row.grade,
        "teachers": teachers,
        "plan": {"id": row.plan_id, "name": row.plan_name} if row.plan_id else None,
        "topic_count": plan.topics if plan else 0,
        "reached": reached,
        "behind_parallel": known.furthest.get(row.plan_id, reached) - reached,
        "curriculum_hours": course.curriculum,
        "plan_hours": course.planned,
        **{name: getattr(course, name) for name in SAID},
        "reasons": {name: int(getattr(counts, name)) if counts else 0 for name in REASONS}
        | {"plan_short": course.plan_short},
    }


def _course(known: _Known, row: Row[Any]) -> Course:
    spans = known.periods(row.grade)
    curriculum = _curriculum(known, row, spans)
    plan = known.plan_hours.get(row.plan_id)
    planned = int(plan.hours) if plan else None
    counts = known.counts.get(row.id)
    adjusted = known.adjusted.get(row.id)
    added = int(adjusted.added) if adjusted else 0
    if plan is not None and plan.dated:
        due = int(plan.due) + (int(adjusted.added_due) if adjusted else 0)
    else:
        whole = curriculum or 0 if planned is None else planned + added
        due = due_by_pace(whole, spans, known.today)
    return Course(
        curriculum=curriculum,
        planned=planned,
        saved=int(adjusted.saved) if adjusted else 0,
        due=due,
        given=int(counts.given) if counts else 0,
        unrecorded=int(counts.unrecorded) if counts else 0,
        remaining=int(counts.remaining) if counts else 0,
        added=added,
    )


def _curriculum(known: _Known, row: Row[Any], spans: Sequence[Span]) -> int | None:
    """Return the hours of the class's own curriculum, or its parallel's, or else of the load."""
    own = [one for one in known.curricula if one.subject_id == row.subject_id and one.grade == row.grade]
    named = [one for one in own if str(row.class_id) in one.class_ids]
    for one in named or [one for one in own if not one.class_ids]:
        return year_hours(one.quarters_per_week, one.hours_per_year, spans)
    return None if row.quarters_per_week is None else year_hours(row.quarters_per_week, 0, spans)
