"""A pupil's portfolio: entered by the class teacher, or proposed by the family and verified (clause 3.5.10).

What the family has proposed and changes once it is verified needs to be verified anew; what the school
entered is not the family's to change. Every version is kept.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import delete, or_, select, update

from services.journal.actions.files import let_go, use_files
from services.journal.models import (
    Enrolment,
    Group,
    Guardianship,
    PortfolioEntry,
    PortfolioVersion,
    School,
)
from services.journal.models.relations import portfolio_entries, portfolio_versions
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.portfolio import DECLINED, PROPOSED, REMOVED, VERIFIED
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, NotFound, Stale, Text
from shared.events.journal_diary import PortfolioChanged
from shared.ids import new_id
from shared.outbox import publish

PORTFOLIO_FILES = "portfolio"
"""What files of entries are used as."""


class NothingToDecide(Conflict):
    """The entry was decided already, or taken out."""

    title = Text("Решать нечего", "There is nothing to decide")
    detail = Text(
        "Эта запись уже подтверждена, отклонена или убрана. Обновите страницу.",
        "This entry is verified, declined or removed already. Reload the page.",
    )


class AchievementAhead(Invalid):
    """An achievement is what was achieved already."""

    title = Text("Этот день ещё впереди", "The day is still ahead")
    detail = Text(
        "Достижение датировано {on:%d.%m.%Y}. Внесите его в этот день или позже либо исправьте дату.",
        "The achievement is of {on:%Y-%m-%d}. Enter it on that day or later, or correct the date.",
    )


class EnteredBySchool(Denied):
    """The family changes and takes out what it has proposed itself."""

    title = Text("Эту запись внесла школа", "The school entered this")
    detail = Text(
        "Изменить или убрать её может классный руководитель. Если в ней ошибка, напишите ему.",
        "The class teacher can change it or take it out. Write to them if something in it is wrong.",
    )


class Facts(NamedTuple):
    """What an achievement is."""

    section: str
    level: str
    title: str
    result: str
    held_on: date
    description: str


def add_to_portfolio(
    session: SchoolSession, actor: Actor, pupil_id: UUID, facts: Facts, file_ids: Collection[UUID]
) -> PortfolioEntry:
    """Enter an achievement: the class teacher's stands at once, the family's waits to be verified.

    Raises AchievementAhead for a day that has not come at the school.
    """
    state = VERIFIED if _writes_as_leader(session, actor, pupil_id) else PROPOSED
    _refuse_ahead(session, facts.held_on)
    entry = PortfolioEntry(
        id=new_id(), school_id=actor.school_id, pupil_id=pupil_id, version=0, made_by=actor.person_id
    )
    session.add(entry)
    return _keep(session, actor, entry, state, facts, None, file_ids)


def change_in_portfolio(
    session: SchoolSession,
    actor: Actor,
    entry_id: UUID,
    seen_version: int,
    facts: Facts,
    file_ids: Collection[UUID],
) -> PortfolioEntry:
    """Change an achievement; by the family, it has to be verified anew.

    Raises Stale, AchievementAhead, and EnteredBySchool for the family.
    """
    entry = _locked(session, entry_id, seen_version)
    state = VERIFIED if _may_change(session, actor, entry) else PROPOSED
    _refuse_ahead(session, facts.held_on)
    return _keep(session, actor, entry, state, facts, None, file_ids)


def decide_in_portfolio(
    session: SchoolSession,
    actor: Actor,
    entry_id: UUID,
    seen_version: int,
    *,
    is_verified: bool,
    reason: str | None,
) -> PortfolioEntry:
    """Verify what the family has proposed, or decline it with a reason; the class teacher's to do."""
    entry = _locked(session, entry_id, seen_version)
    if not _writes_as_leader(session, actor, entry.pupil_id):
        raise Denied
    if entry.state != PROPOSED:
        raise NothingToDecide
    if is_verified:
        _refuse_ahead(session, entry.held_on)
    return _keep(session, actor, entry, VERIFIED if is_verified else DECLINED, None, reason)


def remove_from_portfolio(
    session: SchoolSession, actor: Actor, entry_id: UUID, seen_version: int, reason: str
) -> PortfolioEntry:
    """Take an entry out with its documents; its versions are kept. Raises EnteredBySchool for the family."""
    entry = _locked(session, entry_id, seen_version)
    _may_change(session, actor, entry)
    let_go(session, PORTFOLIO_FILES, [entry.id])
    return _keep(session, actor, entry, REMOVED, None, reason)


def _locked(session: SchoolSession, entry_id: UUID, seen_version: int) -> PortfolioEntry:
    asked = select(PortfolioEntry).where(PortfolioEntry.id == entry_id, PortfolioEntry.state != REMOVED)
    entry = session.scalars(asked.with_for_update()).first()
    if entry is None:
        raise NotFound
    if entry.version != seen_version:
        raise Stale
    return entry


def _writes_as_leader(session: SchoolSession, actor: Actor, pupil_id: UUID) -> bool:
    """Whether the caller writes as the pupil's class teacher, or (False) as the family; else NotFound."""
    day = _school_day(session)
    led = (
        select(Enrolment.pupil_id)
        .join(Group, Group.id == Enrolment.group_id)
        .where(
            Enrolment.pupil_id == pupil_id,
            Group.kind == "class",
            Group.class_teacher_id == actor.person_id,
            Enrolment.from_on <= day,
            or_(Enrolment.until_on.is_(None), Enrolment.until_on >= day),
        )
    )
    if actor.person_id is not None and session.scalars(led).first() is not None:
        return True
    mine = select(Guardianship.pupil_id).where(
        Guardianship.guardian_id == actor.person_id, Guardianship.pupil_id == pupil_id
    )
    if actor.person_id is None or (actor.person_id != pupil_id and session.scalars(mine).first() is None):
        raise NotFound
    return False


def _may_change(session: SchoolSession, actor: Actor, entry: PortfolioEntry) -> bool:
    """Whether the caller changes an entry as the class teacher, or (False) as the family its own proposal."""
    is_leader = _writes_as_leader(session, actor, entry.pupil_id)
    # What its first version needed nobody to verify, the school has entered.
    if not is_leader and session.get_one(PortfolioVersion, (entry.id, 1)).state == VERIFIED:
        raise EnteredBySchool
    return is_leader


def _school_day(session: SchoolSession) -> date:
    return today(session.scalar(select(School.time_zone)) or TIME_ZONE)


def _refuse_ahead(session: SchoolSession, held_on: date) -> None:
    if held_on > _school_day(session):
        raise AchievementAhead(on=held_on)


def _keep(
    session: SchoolSession,
    actor: Actor,
    entry: PortfolioEntry,
    state: str,
    facts: Facts | None,
    reason: str | None,
    file_ids: Collection[UUID] | None = None,
) -> PortfolioEntry:
    for name, value in facts._asdict().items() if facts else ():
        setattr(entry, name, value)
    entry.version += 1
    entry.state, entry.reason, entry.changed_at = state, reason, now()
    entry.decided_by = actor.person_id if state in (VERIFIED, DECLINED) else None
    said = {name: getattr(entry, name) for name in Facts._fields}
    session.add(
        PortfolioVersion(
            entry_id=entry.id, version=entry.version, school_id=entry.school_id, pupil_id=entry.pupil_id,
            state=state, facts=orjson.dumps(said).decode(), made_by=actor.person_id, at=now(), reason=reason,
        )
    )  # fmt: skip
    if file_ids is not None:
        use_files(session, actor, file_ids, PORTFOLIO_FILES, entry.id)
    told = PortfolioChanged(
        entry_id=entry.id, pupil_id=entry.pupil_id, section=entry.section, state=state, version=entry.version
    )
    publish(session, told)
    session.flush()
    return entry


def move_portfolio(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    """Let a merged pupil's portfolio be the kept one's."""
    for of in (portfolio_entries, portfolio_versions):
        session.execute(update(of).where(of.c.pupil_id == merged_id).values(pupil_id=kept_id))


def forget_portfolios(session: SchoolSession, person_ids: Sequence[UUID]) -> None:
    """Forget the portfolios of the erased, documents included."""
    theirs = PortfolioEntry.pupil_id.in_(person_ids)
    let_go(session, PORTFOLIO_FILES, session.scalars(select(PortfolioEntry.id).where(theirs)).all())
    for of in (portfolio_entries, portfolio_versions):
        session.execute(delete(of).where(of.c.pupil_id.in_(person_ids)))
