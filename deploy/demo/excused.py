"""Excuses: two days after an absence whose reason nobody knew, its class teacher has the parents' paper."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from deploy.demo.chronicle import Step, moment
from deploy.demo.marks import Sitter, absences, spells
from services.journal.actions.excuses import AlreadyExcused, Given, make_excuse
from services.journal.models import Period
from services.journal.rules.absence import ILL, UNRESOLVED
from shared.auth import Actor
from shared.db import SchoolSession

AFTER = timedelta(days=2)
REASONS = (("уп", "application"), ("уп", "application"), ("б", "certificate"))


def excuse_steps(
    classes: Sequence[tuple[Actor, list[Sitter]]], days: Sequence[date], zone: ZoneInfo
) -> Iterator[Step]:
    """Yield an excuse for each such absence on the days with lessons, in the class teachers' names."""
    for leader, sitters in classes:
        for sitter in sitters:
            random = Random(f"excuses {sitter.name}")
            for day in days:
                if absences(sitter.name, day).get(day) == UNRESOLVED:
                    sign, paper = random.choice(REASONS)
                    given = Given(day, day, sign, paper, issued_on=day)
                    at = moment(zone, day + AFTER, "16:00", random.uniform(0, 90))
                    yield Step(at, leader, partial(_excuse, sitter.id, given))


def certificate_steps(
    leader: Actor,
    sitters: Sequence[Sitter],
    days: Sequence[date],
    periods: Sequence[Period],
    zone: ZoneInfo,
) -> Iterator[Step]:
    """Yield a certificate for each illness that reaches into days with lessons, two days after its end.

    Where a period ends before the illness does, there is one for the period, which is closed soon.
    """
    for sitter in sitters:
        random = Random(f"certificates {sitter.name}")
        for first, last in spells(sitter, days[-1]) if days else ():
            number = str(random.randint(100, 999))
            for period in periods:
                since, until = max(first, period.starts_on), min(last, period.ends_on)
                if days[0] <= until and since <= until:
                    given = Given(since, until, ILL, "certificate", number, issued_on=until)
                    at = moment(zone, until + AFTER, "16:00", random.uniform(0, 90))
                    yield Step(at, leader, partial(_excuse, sitter.id, given))


def _excuse(pupil_id: UUID, given: Given, session: SchoolSession, leader: Actor) -> None:
    with suppress(AlreadyExcused):  # One that turned no mark of absence has told nobody that it was made.
        make_excuse(session, leader, pupil_id, given)
