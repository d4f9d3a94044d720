"""Requests to correct as those read them whom they concern, and how well they are kept to their time.

Families read their own requests alone; who reported an error, those who handle it alone.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from services.journal.models import CorrectionStep, Person
from services.journal.models.correction_relations import leads_request, on_requests
from services.journal.models.relations import (
    TABLES,
    closings,
    groups,
    has_period,
    lessons,
    me,
    page_surroundings,
    pages,
    people,
    periods,
    run,
    school,
    subjects,
    years,
)
from services.journal.models.terms import term_rows, term_rows_since
from services.journal.models.writers import writers_of
from services.journal.queries.correction_changes import changes_of
from services.journal.queries.correction_standing import standing_of, with_readers
from services.journal.queries.people import NAMES, STUB, named, shown_name, signed_name
from services.journal.rules.access import reads_all
from services.journal.rules.corrections import (
    ASSIGNED,
    REOPENED,
    REPORTED,
    SETTLED,
    STATES,
    UNSETTLED,
)
from services.journal.rules.deadlines import LATE, MET, Done, Owed, Status, Terms, statuses
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
PAGE_SIZE = 50

corrections = TABLES["corrections"]
SAID = (
    "id",
    "number",
    "state",
    "what",
    "slot",
    "text",
    "page_id",
    "lesson_id",
    "period_id",
    "asked_at",
    "settled_at",
)
PEOPLE = {who: people.alias(f"{who}s") for who in ("pupil", "assignee", "author")}

ALL = (
    select(
        *corrections.c,
        pages.c.seq,
        groups.c.name.label("group_name"),
        subjects.c.name.label("subject_name"),
        lessons.c.held_on,
        lessons.c.number.label("lesson_number"),
        func.coalesce(periods.c.name, years.c.name).label("period_name"),
        leads_request.label("leads"),
        *(known.c[name].label(f"{who}_{name}") for who, known in PEOPLE.items() for name in NAMES),
    )
    .select_from(
        on_requests.outerjoin(PEOPLE["pupil"], PEOPLE["pupil"].c.id == corrections.c.pupil_id)
        .outerjoin(PEOPLE["assignee"], PEOPLE["assignee"].c.id == corrections.c.assignee_id)
        .outerjoin(PEOPLE["author"], PEOPLE["author"].c.id == corrections.c.author_id)
    )
    .where(corrections.c.school_id == school)
)
OWN = or_(corrections.c.author_id == me, corrections.c.assignee_id == me, leads_request)


def correction_list(
    session: SchoolSession, actor: Actor, *, states: Sequence[str] = STATES, before: int | None = None
) -> Json:
    """Return the requests that concern the caller, the newest first, each with its deadline."""
    asked = ALL.where(true() if reads_all(actor) else OWN, corrections.c.state.in_(states))
    if before is not None:
        asked = asked.where(corrections.c.number < before)
    asked = asked.order_by(corrections.c.number.desc()).limit(PAGE_SIZE + 1)
    found = run(session, asked, me=actor.person_id).all()
    shown = found[:PAGE_SIZE]
    due = _deadlines(session, shown)
    return {
        "items": [_said(row, actor, due[row.id]) for row in shown],
        "next": str(shown[-1].number) if len(found) > PAGE_SIZE else None,
    }


def one_correction(session: SchoolSession, actor: Actor, request_id: UUID) -> Json:
    """Return a request with its steps and what now stands in the cell; NotFound where it is not theirs.

    Once it was put right, whoever reads it is told from what to what, even if it is opened again. What
    stands now, though the request was settled, is told to whoever may read it on the page or in a diary.
    """
    asked = with_readers(ALL).where(corrections.c.id == request_id, true() if reads_all(actor) else OWN)
    row = run(session, asked, me=actor.person_id).first()
    if row is None:
        raise NotFound
    said = _said(row, actor, _deadlines(session, [row])[row.id])
    given = aliased(Person)
    steps = select(CorrectionStep, Person, given).outerjoin(Person, Person.id == CorrectionStep.actor_id)
    steps = steps.outerjoin(given, given.id == CorrectionStep.assignee_id)
    steps = steps.where(CorrectionStep.correction_id == request_id).order_by(CorrectionStep.number)
    taken = session.execute(steps).all()
    changes = changes_of(session, request_id, [step for step, *_ in taken])
    said["steps"] = [_step(*found, row, actor) | {"change": changes.get(found[0].number)} for found in taken]
    said["assignable"] = _assignable(session, row) if reads_all(actor) else []
    said["change"] = next(reversed(changes.values()), None)
    is_handled = row.state in UNSETTLED and (said["may_settle"] or reads_all(actor))
    said["standing"] = standing_of(session, actor, row, is_handled=is_handled)
    said["closed"] = _closed(session, row) if is_handled else None
    return said | {"page_seq": row.seq}


def _assignable(session: SchoolSession, row: Row[Any]) -> list[Json]:
    ids = writers_of(session, row.page_id, row.lesson_id, row.pupil_id)
    named = {one.id: signed_name(one) for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [{"id": id_, "name": named.get(id_, STUB)} for id_ in ids]


def _said(row: Row[Any], actor: Actor, due: Json) -> Json:
    is_mine = row.author_id == actor.person_id
    settles = row.assignee_id == actor.person_id or bool(row.leads)
    return {
        **{name: getattr(row, name) for name in SAID},
        "group": row.group_name or STUB,
        "subject": row.subject_name or STUB,
        "on": row.held_on,
        "period": row.period_name,
        "lesson_number": row.lesson_number,
        "pupil": {"id": row.pupil_id, "name": shown_name(named(row, "pupil"))} if row.pupil_id else None,
        "assignee": _signed(row, "assignee"),
        "reporter": _signed(row, "author") if is_mine or settles or reads_all(actor) else None,
        "due": due,
        "is_approved": row.approved_at is not None,
        "may_settle": settles and row.state in UNSETTLED,
        "may_answer": is_mine and row.state in SETTLED,
        "may_reopen": is_mine and row.state in SETTLED and not row.is_reopened,
    }


def _signed(row: Row[Any], who: str) -> Json | None:
    id_ = getattr(row, f"{who}_id")
    return {"id": id_, "name": signed_name(named(row, who))} if id_ else None


def _step(
    step: CorrectionStep, person: Person | None, given: Person | None, row: Row[Any], actor: Actor
) -> Json:
    is_reporters = step.actor_id == row.author_id
    knows = actor.person_id in (row.author_id, row.assignee_id) or row.leads
    is_named = person is not None and (not is_reporters or knows or reads_all(actor))
    return {
        "step": step.step,
        "at": step.at,
        "note": step.note,
        "actor": signed_name(person) if is_named else None,
        "assignee": signed_name(given) if given and step.step == ASSIGNED else None,
    }


_of_request = or_(
    closings.c.period_id == corrections.c.period_id,
    and_(has_period, lessons.c.held_on.between(periods.c.starts_on, periods.c.ends_on)),
)
CLOSED = (
    select(func.coalesce(periods.c.name, years.c.name).label("name"), closings.c.closed_at)
    .select_from(
        page_surroundings.join(corrections, corrections.c.page_id == pages.c.id)
        .join(closings, and_(closings.c.school_id == pages.c.school_id, closings.c.reopened_at.is_(None)))
        .outerjoin(lessons, lessons.c.id == corrections.c.lesson_id)
        .outerjoin(periods, periods.c.id == closings.c.period_id)
        .outerjoin(years, years.c.id == closings.c.period_id)
    )
    .where(corrections.c.id == bindparam("request"), corrections.c.school_id == school, _of_request)
    .limit(1)
)


def _closed(session: SchoolSession, row: Row[Any]) -> Json | None:
    """Return the closed period, or year, that keeps the entry from being changed; None while it is open."""
    found = run(session, CLOSED, request=row.id).first()
    return found._asdict() if found else None


def _deadlines(session: SchoolSession, rows: Sequence[Row[Any]]) -> dict[UUID, Json]:
    """Return of each request whether it is met, near or late, and by which clock of its day (D5)."""
    if not rows:
        return {}
    terms = Terms.of(*term_rows_since(session, [row.asked_at for row in rows]))
    facts = _facts((row.id, row.asked_at, row.settled_at) for row in rows)
    found = {one.about: one for one in statuses(facts, terms, now())}
    return {row.id: _due_said(found[row.id], terms, terms.day(row.asked_at)) for row in rows}


def _due_said(one: Status, terms: Terms, day: date) -> Json:
    return {"state": one.state, "due": one.due, "clause": one.clause, **_clock(terms, day)}


def _clock(terms: Terms, day: date) -> Json:
    return {name: terms.value(f"correction_{name}", day) for name in ("hours", "counts")}


def _facts(rows: Iterable[tuple[Hashable, datetime, datetime | None]]) -> Iterator[Owed | Done]:
    for about, asked_at, settled_at in rows:
        yield Owed("D5", about, asked_at)
        if settled_at:
            yield Done("D5", about, settled_at)


_asked, _settled = TABLES["correction_steps"].alias("asked"), TABLES["correction_steps"].alias("settled")
# A request opened again is asked anew: what became of it before is not forgotten by that.
ROUNDS = select(
    _asked.c.correction_id,
    _asked.c.number,
    _asked.c.at.label("asked_at"),
    select(func.min(_settled.c.at))
    .where(
        _settled.c.correction_id == _asked.c.correction_id,
        _settled.c.number > _asked.c.number,
        _settled.c.step.in_(SETTLED),
    )
    .scalar_subquery()
    .label("settled_at"),
).where(
    _asked.c.school_id == school,
    _asked.c.step.in_((REPORTED, REOPENED)),
    _asked.c.at >= bindparam("starts_at"),
    _asked.c.at <= bindparam("ends_at"),
)


def correction_figures(session: SchoolSession, starts_on: date, ends_on: date) -> Json:
    """Return how requests of a span of days were kept to their time (clause 3.7.8), and by which clock.

    Each time a request was asked, reported or opened again, counts by itself.
    """
    terms = Terms.of(*term_rows(session, starts_on, ends_on))
    span = {"starts_at": terms.begins(starts_on), "ends_at": terms.ends(ends_on)}
    rows = run(session, ROUNDS, **span).all()
    rounds = (((row.correction_id, row.number), row.asked_at, row.settled_at) for row in rows)
    states = [one.state for one in statuses(_facts(rounds), terms, now())]
    hours = [(row.settled_at - row.asked_at).total_seconds() / 3600 for row in rows if row.settled_at]
    judged = states.count(MET) + states.count(LATE)
    return {
        "all": len(rows),
        "settled": len(hours),
        "met": states.count(MET),
        "late": states.count(LATE),
        "share_in_time": round(100 * states.count(MET) / judged, 1) if judged else None,
        "median_hours": round(median(hours), 1) if hours else None,
        **_clock(terms, ends_on),
    }
