"""The demonstration's journal from the year's first lesson to yesterday's, put together of its parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deploy.demo.chronicle import moment, write_down
from deploy.demo.classroom import find_classroom, leaders
from deploy.demo.curriculum import SHOWN, class_names
from deploy.demo.diaries import diary_steps, open_diaries
from deploy.demo.excused import certificate_steps, excuse_steps
from deploy.demo.handed_in import task_steps
from deploy.demo.marks import Sitter
from deploy.demo.register import Taught, lesson_steps, periods_of, taught_pages
from deploy.demo.reported import request_steps
from deploy.demo.terms import closing_steps, final_steps
from deploy.demo.thematic import GRADES, follow_demo_plans
from services.journal.actions.homework_collecting import collect_everywhere
from services.journal.models import Period
from shared.auth import Actor
from shared.bygone import recorded_at
from shared.clock import now, today
from shared.service import Runtime

MARKED = 40
"""So many school days have marks and absences; before them, on paper, only topics were brought over."""


def write_journal(
    journal: Runtime,
    school_id: UUID,
    zone: ZoneInfo,
    cast: dict[str, UUID],
    tell: Callable[[int, int], None],
    *,
    days: int | None,
) -> None:
    """Write all that teachers, families and the deputy have written by now; what is there stays.

    `cast` are the people to be shown, by their roles; `days` as in `fill`.
    """
    database = journal.database
    for grade in GRADES:
        with database.writing(school_id) as session:
            follow_demo_plans(session, school_id, zone, grade)
    with database.reading(school_id) as session:
        pages = taught_pages(session, school_id, today(zone.key), days)
        periods = session.scalars(select(Period).order_by(Period.starts_on)).all()
        held = sorted({lesson.on for taught in pages for lesson in taught.lessons})
        pages = [_with_illness(taught, cast["pupil"], held[-9:-6]) for taught in pages]
        room = find_classroom(session, school_id, cast, pages, held)
        led = leaders(session, school_id)
    own = periods_of(dict(class_names())[SHOWN], periods)
    since = held[-MARKED:][0] if held else today(zone.key)
    steps = [
        *(step for taught in pages for step in lesson_steps(taught, periods, zone, since)),
        *excuse_steps(_classes(pages, led), held[-MARKED:], zone),
        *certificate_steps(room.leader, _sitters(pages), held[-MARKED:], own, zone),
        *final_steps(pages, [period for period in periods if period.ends_on >= since], zone),
        *(closing_steps(periods, held[0], room.deputy, zone) if held else ()),
        *diary_steps(room, zone),
        *task_steps(journal, room, zone),
        *request_steps(room, zone),
    ]
    at = now()
    write_down(database, school_id, [step for step in steps if step.at <= at], tell)
    open_diaries(database, room, zone)
    if held:
        with recorded_at(moment(zone, held[-1], "18:00")):
            collect_everywhere(journal)  # Else families would hear of it some minutes after the start.


def _classes(pages: Sequence[Taught], led: Mapping[str, Actor]) -> list[tuple[Actor, list[Sitter]]]:
    """Return each class teacher with the pupils of the class."""
    classes = {taught.page.group: taught.sitters for taught in pages if taught.page.group in led}
    return [(led[name], sitters) for name, sitters in classes.items()]


def _with_illness(taught: Taught, pupil_id: UUID, days: Sequence[date]) -> Taught:
    """Let the pupil to be shown have been ill from the first to the last of some days."""
    if not days:
        return taught
    ill = frozenset(days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1))
    sitters = [replace(one, ill=ill) if one.id == pupil_id else one for one in taught.sitters]
    return replace(taught, sitters=sitters)


def _sitters(pages: Sequence[Taught]) -> Sequence[Sitter]:
    return next((taught.sitters for taught in pages if taught.page.group == SHOWN), ())
