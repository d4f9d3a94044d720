"""Sealing the heads of all pages once a day, so that nobody can rewrite a history unseen."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.schools import in_each_school
from services.journal.models import HeadSeal, Page, School
from services.journal.models.heads import HEAD, sealed_until
from services.journal.models.relations import TABLES
from services.journal.rules.heads import START, digest_of_day
from services.journal.rules.marks import TIME_ZONE
from shared.bulk import insert_rows
from shared.clock import now, today
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.events.journal import HeadsSealed
from shared.outbox import publish


def seal_ended_days(database: Database) -> None:
    """Seal yesterday (by each school's own clock) of every school where it is not sealed yet."""
    with database.reading(EVERY_SCHOOL) as session:
        ended = {
            school.school_id: today(school.time_zone or TIME_ZONE) - timedelta(days=1)
            for school in session.scalars(select(School))
        }
        recent = select(HeadSeal.school_id, HeadSeal.day).where(
            HeadSeal.day >= min(ended.values(), default=date.max)
        )
        sealed = {tuple(row) for row in session.execute(recent)}
    unsealed = dict(sorted(ended.items() - sealed))
    in_each_school(database, unsealed, lambda session, of: seal_day(session, of, unsealed[of]))


def seal_day(session: SchoolSession, school_id: UUID, day: date) -> None:
    """Seal the heads as they now stand under a day and tell the digest; no day is sealed twice.

    A day that nobody sealed in its time stays without a seal: the next one names the last there is.
    """
    last = session.scalar(
        select(HeadSeal).where(HeadSeal.school_id == school_id).order_by(HeadSeal.day.desc()).limit(1)
    )
    if last and last.day >= day:
        return
    standing = session.execute(
        select(Page.id, Page.group_id, Page.subject_id, Page.year_id, Page.seq, Page.head).where(
            Page.school_id == school_id, Page.seq > 0
        )
    ).all()
    before = last.digest if last else START
    digest = digest_of_day(school_id, day, before, standing)
    known = {tuple(head) for head in sealed_until(session, school_id, last.day)} if last else set()
    grown = [dict(zip(HEAD, head, strict=True)) for head in standing if tuple(head) not in known]
    rows = [{**head, "school_id": school_id, "day": day} for head in grown]
    insert_rows(session, TABLES["sealed_heads"], rows)
    seal = HeadSeal(
        school_id=school_id, day=day, sealed_at=now(), pages=len(standing), before=before, digest=digest
    )
    session.add(seal)
    publish(
        session,
        HeadsSealed(school_id=school_id, day=day, digest=digest, before=before, pages=len(standing)),
    )
