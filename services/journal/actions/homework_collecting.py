"""Each evening the homework of a class's day is collected and told once; changed later, it is told anew.

Thirty lessons a week, each with homework, would be thirty messages: a family wants one a day (DOMAIN 2.2.6).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from services.journal.actions.homework_of_day import homework_of_day
from services.journal.actions.schools import in_each_school
from services.journal.models import CollectedHomework, School
from services.journal.models.relations import TABLES, own_school, parameters, run, school
from services.journal.rules.homework import TOLD_AT
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.parameters import parameter_on
from shared.bulk import upsert_rows
from shared.clock import now
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.events.journal_diary import HomeworkCollected, SetForHome
from shared.outbox import TooMuchToTell, publish
from shared.service import Runtime

LOOKED_BACK = timedelta(days=2)
"""What is written, or set right, two days after the lesson is still told."""

HOUR = select(parameters.c.told).where(
    parameters.c.school_id == school, parameters.c.name == "homework_told_at"
)


def collect_everywhere(runtime: Runtime) -> None:
    """Collect what is due in every school, by its own clock."""
    with runtime.database.reading(EVERY_SCHOOL) as session:
        zones = {one.school_id: one.time_zone or TIME_ZONE for one in session.scalars(select(School))}

    def collect(session: SchoolSession, school_id: UUID) -> None:
        for day in _days_due(session, zones[school_id]):
            collect_day(session, day)

    in_each_school(runtime.database, sorted(zones), collect)


def _days_due(session: SchoolSession, zone: str) -> Iterator[date]:
    """Yield the days whose homework is told by now: those just gone, and in the evening today."""
    local = now().astimezone(ZoneInfo(zone))
    today = local.date()
    hour = parameter_on(run(session, HOUR).scalar(), today, TOLD_AT)
    for back in range(LOOKED_BACK.days, 0, -1):
        yield today - timedelta(days=back)
    if local.hour >= hour:
        yield today


def collect_day(session: SchoolSession, day: date) -> None:
    """Tell of each class whose homework of a day was not told as it now stands.

    A class where nothing is set is not told of, unless something had been: then it is taken back.
    """
    standing = select(CollectedHomework).where(CollectedHomework.day == day)
    told = {one.group_id: one for one in session.scalars(standing)}
    rows = []
    for group_id, (pupil_ids, items) in homework_of_day(session, day).items():
        before = told.get(group_id)
        digest = _digest(pupil_ids, items)
        if (before is None and not items) or (before is not None and before.digest == digest):
            continue
        version = before.version + 1 if before else 1
        row = {"group_id": group_id, "day": day, "version": version, "digest": digest}
        rows.append({**row, "school_id": own_school(session)})
        pupils = sorted(pupil_ids)
        _tell(
            session,
            HomeworkCollected(group_id=group_id, on=day, version=version, pupil_ids=pupils, items=items),
        )
    upsert_rows(session, TABLES["collected_homework"], rows, ("group_id", "day"))


def _tell(session: SchoolSession, told: HomeworkCollected) -> None:
    """Tell a class's day; the last of what no message can hold is left to the diary."""
    try:
        publish(session, told)
    except TooMuchToTell:
        if not told.items:
            raise
        _tell(session, replace(told, items=told.items[: len(told.items) * 3 // 4]))


def _digest(pupil_ids: set[UUID], items: list[SetForHome]) -> str:
    return hashlib.sha256(orjson.dumps([sorted(pupil_ids), items])).hexdigest()
