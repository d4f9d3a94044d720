"""What was written in the demonstration's journal and when: each thing at its own time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from shared.auth import Actor
from shared.bus import event_log
from shared.bygone import recorded_at
from shared.db import Database, SchoolSession
from shared.outbox import stream_name

AT_ONCE = 50  # Steps in a transaction: the workers wait for its end.

Write = Callable[[SchoolSession, Actor], None]


@dataclass(frozen=True)
class Step:
    """Something one person wrote at one moment."""

    at: datetime
    actor: Actor
    write: Write


def actor_of(school_id: UUID, person_id: UUID, role: str) -> Actor:
    """Return a person at work in a role."""
    return Actor(str(person_id), school_id, person_id, frozenset({role}))


def moment(zone: ZoneInfo, day: date, clock: str = "00:00", minutes: float = 0) -> datetime:
    """Return the instant of a school's wall clock, «15:30», and some minutes more."""
    return datetime.combine(day, time.fromisoformat(clock), zone) + timedelta(minutes=minutes)


def write_down(
    database: Database, school_id: UUID, steps: Iterable[Step], tell: Callable[[int, int], None]
) -> None:
    """Take the steps in the order of their times, some in each transaction.

    After an interruption it goes on with the first one that was not taken.
    """
    steps = sorted(steps, key=lambda step: step.at)
    last = _last_moment(database, school_id)
    done = sum(step.at <= last for step in steps) if last else 0
    for start in range(done, len(steps), AT_ONCE):
        tell(start, len(steps))
        _write(database, school_id, steps[start : start + AT_ONCE])
    tell(len(steps), len(steps))


def _write(database: Database, school_id: UUID, steps: list[Step]) -> None:
    # The commit, which writes the log, has its own time as well: the last step's.
    with recorded_at(steps[-1].at), database.writing(school_id) as session:
        for step in steps:
            session.info["actor"] = step.actor.subject
            with recorded_at(step.at):
                step.write(session, step.actor)


def _last_moment(database: Database, school_id: UUID) -> datetime | None:
    """Return when somebody last told something; what no person did is a worker's, at the real time."""
    log = event_log.c
    told = select(func.max(log.time)).where(
        log.stream == stream_name("journal", school_id), log.meta.contains('"actor"')
    )
    with database.reading(school_id) as session:
        last: datetime | None = session.scalar(told)
    return last
