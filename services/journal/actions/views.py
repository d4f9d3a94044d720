"""Keeping who opens a diary, once per day and person, at no cost to the reading (clause 3.5.3).

The day's first opening is noted in a statement of its own; each process remembers what it has
noted. Some seconds later a job tells it in a log apart (`journal-views`): there are many of these.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects import sqlite

from services.journal.models import School
from services.journal.models.relations import diary_views
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import now, today
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.events.journal_diary import DiaryOpening, DiaryViewed
from shared.outbox import publish
from shared.service import Job, Runtime

TOLD_EVERY = timedelta(seconds=10)
AT_ONCE = 200
REMEMBERED = 50_000

ZONE_KEPT = timedelta(minutes=10)
"""So long a process goes by the time zone it has read: a school may set another one."""

_zones: dict[UUID, tuple[str, datetime]] = {}
"""Of schools whose diaries were opened, and until when each is taken for known."""

_noted: WeakKeyDictionary[Database, set[tuple[UUID, UUID, date]]] = WeakKeyDictionary()

# One round trip: the wall between schools is told the school, and the commit not to wait, on the way.
_INSERT = """
    INSERT INTO diary_views (pupil_id, person_id, "on", at, is_told, school_id)
    SELECT %(pupil_id)s, %(person_id)s, %(on)s, %(at)s, false, %(school_id)s
    WHERE set_config('parta.school', %(school_id)s::text, true) <> ''
      AND set_config('synchronous_commit', 'off', true) = 'off'
    ON CONFLICT DO NOTHING
"""


def note_opening(database: Database, actor: Actor, pupil_id: UUID) -> None:
    """Note that the caller has opened a diary; again on the same day, it changes nothing."""
    if actor.person_id is None or actor.school_id is None:
        return
    key = (pupil_id, actor.person_id, today(_zone(database, actor.school_id)))
    known = _noted.setdefault(database, set())
    if key in known:
        return
    row = dict(zip(("pupil_id", "person_id", "on"), key, strict=True))
    row |= {"at": now(), "is_told": False, "school_id": actor.school_id}
    with database.noting() as connection:
        if database.is_postgres:
            connection.exec_driver_sql(_INSERT, row)
        else:
            connection.execute(sqlite.insert(diary_views).values(row).on_conflict_do_nothing())
    if len(known) >= REMEMBERED:
        known.clear()
    known.add(key)


def _zone(database: Database, school_id: UUID) -> str:
    known, until = _zones.get(school_id, (TIME_ZONE, now()))
    if until <= now():
        with database.reading(school_id) as session:
            known = session.scalar(select(School.time_zone)) or TIME_ZONE
        _zones[school_id] = known, now() + ZONE_KEPT
    return known


def tell_openings(runtime: Runtime) -> None:
    """Tell what was noted since, each opening once; several workers share the work."""
    while True:
        with runtime.database.writing(EVERY_SCHOOL) as session:
            rows = _take(session)
            for school_id, its in groupby(rows, key=lambda row: row.school_id):
                views = [
                    DiaryOpening(on=row.on, at=row.at, person_id=row.person_id, pupil_id=row.pupil_id)
                    for row in its
                ]
                publish(session, DiaryViewed(school_id=school_id, views=views), school=school_id)
        if len(rows) < AT_ONCE:
            return


def _take(session: SchoolSession) -> Sequence[Any]:
    column = diary_views.c
    untold = select(diary_views).where(~column.is_told).order_by(column.at).limit(AT_ONCE)
    rows = session.execute(untold.with_for_update(skip_locked=True)).all()
    for row in rows:
        same = and_(*(column[name] == getattr(row, name) for name in ("pupil_id", "person_id", "on")))
        session.execute(update(diary_views).where(same).values(is_told=True))
    return sorted(rows, key=lambda row: row.school_id.bytes)


def move_views(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    """Let a merged person's openings, and those of their diary, be the kept one's."""
    own = diary_views.alias("own")
    names = ("pupil_id", "person_id")
    for name, other in (names, names[::-1]):
        theirs = diary_views.c[name] == merged_id
        same = and_(own.c[name] == kept_id, *(own.c[one] == diary_views.c[one] for one in (other, "on")))
        session.execute(update(diary_views).where(theirs, ~exists().where(same)).values({name: kept_id}))
        session.execute(delete(diary_views).where(theirs))


def forget_views(session: SchoolSession, person_ids: Sequence[UUID]) -> None:
    """Forget what the erased have opened, and who has opened their diaries."""
    column = diary_views.c
    theirs = or_(column.pupil_id.in_(person_ids), column.person_id.in_(person_ids))
    session.execute(delete(diary_views).where(theirs))


VIEW_JOBS = (Job("tell who opened diaries", TOLD_EVERY, tell_openings),)
