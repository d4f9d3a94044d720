"""What a worker does about the runs: claims one, lets the solver work, keeps what comes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, select

from services.schedule.actions.composing.fet_file import fet_of
from services.schedule.actions.composing.problem import Activity, Problem
from services.schedule.actions.composing.runs import problem_for, year_of
from services.schedule.actions.composing.solver import NoSolver, Places, Solver, solving
from services.schedule.actions.versions.drafts import CardFacts, make_draft
from services.schedule.models import Composition
from services.schedule.rules.composing import (
    DIED,
    DONE,
    FAILED,
    NO_SOLVER,
    REFUSED,
    RUNNING,
    SOURCE_GONE,
    STOPPED,
    UNFINISHED,
)
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import NotFound
from shared.leases import worker_name

LEASE = timedelta(seconds=30)  # After it, a silent worker is held to be dead.
NOTED_EVERY = 1.0  # seconds
MOST_TRIES = 3

log = structlog.get_logger()


class Claim(NamedTuple):
    """A run that this worker holds, as long as it renews its lease."""

    school_id: UUID
    composition_id: UUID
    worker: str


class Lost(Exception):
    """The run was taken from this worker, or away altogether."""


def compose_next(database: Database) -> bool:
    """Take up the run that waits longest, or one whose worker died, and see it through.

    Returns whether there was one.

    One run at a time in the whole deployment: the solver takes a processor for itself.
    """
    with database.reading(EVERY_SCHOOL) as session:
        if session.scalars(select(Composition.id).where(Composition.status.in_(UNFINISHED))).first() is None:
            return False
    claim = claim_next(database)
    if claim is None:
        return False
    try:
        _carry_out(database, claim)
    except Lost:
        log.warning("composition.lost", composition=str(claim.composition_id))
    return True


def claim_next(database: Database) -> Claim | None:
    """Claim a run under a lease; None while another worker is at one, or when nothing waits."""
    at, worker = now(), worker_name()[:100]
    with database.writing(EVERY_SCHOOL) as session:
        found = select(Composition).where(Composition.status.in_(UNFINISHED)).order_by(Composition.id)
        waiting = session.scalars(found.with_for_update()).all()
        if any(one.leased_until is not None and one.leased_until > at for one in waiting):
            return None
        for one in waiting:
            if one.is_stopped:
                _end(one, STOPPED)
            elif one.tries >= MOST_TRIES:
                _end(one, FAILED, DIED)
            else:
                one.status, one.worker, one.leased_until = RUNNING, worker, at + LEASE
                one.started_at, one.tries = at, one.tries + 1
                one.placed, one.log = 0, ""
                return Claim(one.school_id, one.id, worker)
    return None


def _carry_out(database: Database, claim: Claim) -> None:
    with database.reading(claim.school_id) as session:
        one = session.scalars(_held(claim)).first()
        if one is None:
            raise Lost
        limit = one.limit_seconds
        try:
            problem: Problem | None = problem_for(session, one)
        except NotFound:
            problem = None
    if problem is None:
        _fail(database, claim, SOURCE_GONE, "")
        return
    try:
        with solving(fet_of(problem), limit) as solver:
            _watch(database, claim, solver, now() + timedelta(seconds=limit))
            places, said = solver.result(), solver.log()
    except NoSolver:
        _fail(database, claim, NO_SOLVER, "")
        return
    if places is None:
        _fail(database, claim, REFUSED, said)
    else:
        _keep(database, claim, problem, places, said)


def _watch(database: Database, claim: Claim, solver: Solver, until: datetime) -> None:
    """Note how far the solver has come, until it ends, or has to."""
    while not solver.wait(NOTED_EVERY):
        if _note(database, claim, solver) or now() > until + LEASE:
            solver.stop()


def _note(database: Database, claim: Claim, solver: Solver) -> bool:
    """Renew the lease and note the progress; whether the run is to stop."""
    with database.writing(claim.school_id) as session:
        one = _own(session, claim)
        one.placed, one.log = solver.placed(), solver.log()
        one.leased_until = now() + LEASE
        return one.is_stopped


def _held(claim: Claim) -> Select[Composition]:
    return select(Composition).where(
        Composition.id == claim.composition_id,
        Composition.worker == claim.worker,
        Composition.status == RUNNING,
    )


def _own(session: SchoolSession, claim: Claim) -> Composition:
    one = session.scalars(_held(claim).with_for_update()).first()
    if one is None:
        raise Lost
    return one


def _keep(database: Database, claim: Claim, problem: Problem, places: Places, said: str) -> None:
    """Make a draft of what was placed and of what was not, and end the run with it."""
    cards = [card for one in placed_cards(problem, places) for card in one]
    with database.writing(claim.school_id) as session:
        one = _own(session, claim)
        year = year_of(session, one.year_id)
        draft = make_draft(session, year, one.name, "solver", cards, made_by=one.made_by)
        one.placed, one.log, one.timetable_id = len(places), said, draft.id
        _end(one, STOPPED if one.is_stopped else DONE)


def placed_cards(problem: Problem, places: Places) -> list[tuple[CardFacts, ...]]:
    """Return the cards of each activity where the solver put them; what it could not place has no place."""
    days = {label: weekday for weekday, label in enumerate(problem.days, 1)}
    hours = {hour.label: hour.numbers for hour in problem.hours}
    return [
        tuple(_placed(problem, activity, card, places.get(number), days, hours) for card in activity.cards)
        for number, activity in enumerate(problem.activities, 1)
    ]


def _placed(
    problem: Problem,
    activity: Activity,
    card: CardFacts,
    place: tuple[str, str] | None,
    days: Mapping[str, int],
    hours: Mapping[str, Mapping[int, int]],
) -> CardFacts:
    if activity.is_placed:
        return card
    number = hours[place[1]].get(problem.groups[card.group_ids[0]].shift) if place else None
    weekday = days[place[0]] if place and number is not None else None
    return replace(card, weekday=weekday, number=number, starts=None, is_locked=False)


def _fail(database: Database, claim: Claim, failure: str, said: str) -> None:
    with database.writing(claim.school_id) as session:
        one = _own(session, claim)
        one.log = said
        _end(one, STOPPED if one.is_stopped else FAILED, None if one.is_stopped else failure)


def _end(one: Composition, status: str, failure: str | None = None) -> None:
    one.status, one.failure, one.finished_at = status, failure, now()
    one.worker = one.leased_until = None
