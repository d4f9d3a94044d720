"""A pupil's portfolio as family, class teacher and heads read it, and what waits to be verified."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, select

from services.journal.models import PortfolioEntry, PortfolioVersion
from services.journal.models.relations import (
    enrolments,
    groups,
    is_there,
    me,
    people,
    portfolio_entries,
    run,
    school,
)
from services.journal.models.terms import ZONE
from services.journal.queries.diary_reading import readable_pupil
from services.journal.queries.files import files_said
from services.journal.queries.people import STUB, shown_name
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.portfolio import LEVELS, PROPOSED, REMOVED, SECTIONS, VERIFIED
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]

MOST = 500
FILES = "portfolio"

# Whoever leads a class decides what its pupils' families propose.
WAITING = (
    select(
        portfolio_entries.c.id,
        portfolio_entries.c.pupil_id,
        portfolio_entries.c.title,
        people.c.family_name,
        people.c.given_name,
    )
    .distinct()
    .select_from(
        portfolio_entries.join(enrolments, enrolments.c.pupil_id == portfolio_entries.c.pupil_id)
        .join(groups, groups.c.id == enrolments.c.group_id)
        .outerjoin(people, people.c.id == portfolio_entries.c.pupil_id)
    )
    .where(
        portfolio_entries.c.school_id == school,
        portfolio_entries.c.state == PROPOSED,
        groups.c.id == bindparam("group"),
        groups.c.class_teacher_id == me,
        is_there,
    )
    .order_by(portfolio_entries.c.id)
    .limit(MOST)
)


def portfolio_of(session: SchoolSession, actor: Actor, pupil_id: UUID) -> Json:
    """Return a pupil's achievements by section, the latest first, with documents and history.

    Raises NotFound for whoever may not read the pupil's diary.
    """
    found = readable_pupil(session, actor, pupil_id)
    asked = select(PortfolioEntry).where(PortfolioEntry.pupil_id == pupil_id, PortfolioEntry.state != REMOVED)
    kept = session.scalars(
        asked.order_by(PortfolioEntry.held_on.desc(), PortfolioEntry.id.desc()).limit(MOST)
    ).all()
    ids = [entry.id for entry in kept]
    files, versions = files_said(session, FILES, ids), _versions(session, ids)
    by_section: dict[str, list[Json]] = {}
    for entry in kept:
        history = versions.get(entry.id, [])
        of_school = bool(history) and history[0]["state"] == VERIFIED
        said = {**_said(entry), "of_school": of_school, "files": files.get(entry.id, []), "versions": history}
        by_section.setdefault(entry.section, []).append(said)
    return {
        "pupil": {"id": found.id, "name": shown_name(found)},
        "leads": bool(found.leads_class),
        "sections": [
            {"section": name, "title": title, "entries": by_section.get(name, [])}
            for name, title in SECTIONS.items()
        ],
        "levels": [{"level": name, "title": title} for name, title in LEVELS.items()],
    }


def waiting_entries(session: SchoolSession, actor: Actor, group_id: UUID) -> list[Json]:
    """Return what families of the caller's class have proposed, the longest waiting first."""
    day = today(run(session, ZONE).scalar() or TIME_ZONE)
    found = run(session, WAITING, group=group_id, day=day, me=actor.person_id)
    return [
        {"id": row.id, "title": row.title, "pupil": {"id": row.pupil_id, "name": shown_name(row)}}
        for row in found
    ]


def may_see_portfolio(session: SchoolSession, actor: Actor, entry_id: UUID) -> bool:
    """Whether the caller may read the diary of the pupil whose entry it is: the documents are as private."""
    entry = session.scalars(select(PortfolioEntry).where(PortfolioEntry.id == entry_id)).first()
    if entry is None or entry.state == REMOVED:
        return False
    try:
        readable_pupil(session, actor, entry.pupil_id)
    except NotFound:
        return False
    return True


def _said(entry: PortfolioEntry) -> Json:
    names = (
        "id",
        "version",
        "state",
        "section",
        "level",
        "title",
        "result",
        "held_on",
        "description",
        "reason",
    )
    return {**{name: getattr(entry, name) for name in names}, "level_title": LEVELS.get(entry.level, STUB)}


def _versions(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, list[Json]]:
    asked = select(PortfolioVersion).where(PortfolioVersion.entry_id.in_(ids))
    found: dict[UUID, list[Json]] = {}
    for one in session.scalars(asked.order_by(PortfolioVersion.entry_id, PortfolioVersion.version)):
        facts = orjson.loads(one.facts)
        said = {"at": one.at, "state": one.state, "title": facts["title"], "result": facts["result"]}
        found.setdefault(one.entry_id, []).append({**said, "reason": one.reason})
    return found
