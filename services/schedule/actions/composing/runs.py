"""Runs of the solver as people ask for them: begun, stopped, forgotten."""

from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.calendar import all_years, current_year
from services.schedule.actions.composing.problem import Problem
from services.schedule.actions.composing.school import problem_of_load, problem_of_version
from services.schedule.actions.versions.drafts import find_timetable
from services.schedule.models import Composition, Year
from services.schedule.rules.composing import STOPPED, UNFINISHED, WAITING
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text


class AlreadyComposing(Conflict):
    """One run at a time: a school has one solver."""

    title = Text("Расписание уже составляется", "A timetable is being composed already")
    detail = Text(
        "Дождитесь конца работы «{name}» или остановите её.",
        "Wait for “{name}” to end, or stop it.",
    )


class StillComposing(Conflict):
    """What is under way is stopped first."""

    title = Text("Работа ещё идёт", "It is still under way")
    detail = Text("Сначала остановите её.", "Stop it first.")


class NothingToPlace(Invalid):
    """There is no load, or the draft has no cards."""

    title = Text("Составлять не из чего", "There is nothing to compose")
    detail = Text(
        "Нет ни одного часа нагрузки или карточки. Заполните нагрузку или выберите другой черновик.",
        "There is no hour of load and no card. Fill in the load, or choose another draft.",
    )


def begin_composition(
    session: SchoolSession,
    *,
    name: str,
    timetable_id: UUID | None,
    keep_locked: bool,
    limit_seconds: int,
    made_by: UUID | None,
) -> Composition:
    """Ask for a timetable of the load, or of the cards of a version; a worker takes it up.

    With `keep_locked` locked cards keep their place. Raises AlreadyComposing, NothingToPlace, and
    NotFound for a version that is not there.
    """
    busy = session.scalars(select(Composition).where(Composition.status.in_(UNFINISHED))).first()
    if busy is not None:
        raise AlreadyComposing(name=busy.name)
    version = find_timetable(session, timetable_id) if timetable_id else None
    year_id = version.year_id if version else _year_of_load(session)
    made = Composition(
        school_id=UUID(session.info["school"]), year_id=year_id, name=name, source_id=timetable_id,
        keeps_locked=keep_locked, limit_seconds=limit_seconds, made_at=now(), made_by=made_by,
        status=WAITING, total=0, placed=0, log="", failure=None, started_at=None, finished_at=None,
        worker=None, leased_until=None, tries=0, is_stopped=False, timetable_id=None,
    )  # fmt: skip
    made.total = len(problem_for(session, made).activities)
    if not made.total:
        raise NothingToPlace
    session.add(made)
    session.flush()
    return made


def _year_of_load(session: SchoolSession) -> UUID:
    try:
        return current_year(session).id
    except NotFound:
        raise NothingToPlace from None  # Before the first year there is no load either.


def problem_for(session: SchoolSession, composition: Composition) -> Problem:
    """Return what a run is to place; NotFound when its version is gone."""
    year = year_of(session, composition.year_id)
    if composition.source_id is None:
        return problem_of_load(session, year)
    version = find_timetable(session, composition.source_id)
    return problem_of_version(session, year, version, keeps_locked=composition.keeps_locked)


def year_of(session: SchoolSession, year_id: UUID) -> Year:
    """Return a year with all its parts; NotFound when the school has none of this id."""
    year = next((one for one in all_years(session) if one.id == year_id), None)
    if year is None:
        raise NotFound
    return year


def find_composition(
    session: SchoolSession, composition_id: UUID, *, for_change: bool = False
) -> Composition:
    """Return a run of the school, locked for a change; NotFound when there is none of this id."""
    found = select(Composition).where(Composition.id == composition_id)
    one = session.scalars(found.with_for_update() if for_change else found).first()
    if one is None:
        raise NotFound
    return one


def stop_composition(session: SchoolSession, composition_id: UUID) -> Composition:
    """End a run: what was placed by then becomes a draft. What has ended already stays as it is."""
    one = find_composition(session, composition_id, for_change=True)
    if one.status in UNFINISHED:
        one.is_stopped = True
    if one.status == WAITING:
        one.status, one.finished_at = STOPPED, now()
    session.flush()
    return one


def forget_composition(session: SchoolSession, composition_id: UUID) -> None:
    """Take a run off the list; its draft stays. StillComposing while it is under way."""
    one = find_composition(session, composition_id, for_change=True)
    if one.status in UNFINISHED:
        raise StillComposing
    session.delete(one)
