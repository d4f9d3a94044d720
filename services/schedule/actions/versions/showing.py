"""What is shown of the timetable's versions: the list, one with its cards, what is wrong with it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.schedule.actions.calendar import all_years, school_today
from services.schedule.actions.versions.checking import Look, day_to_look_at, look, looks
from services.schedule.actions.versions.conflict_texts import names_in, told
from services.schedule.actions.versions.drafts import find_timetable
from services.schedule.actions.versions.in_force import NEVER_ENDS, last_days
from services.schedule.actions.versions.limits import find_limits, limits_on, version_of_limits
from services.schedule.actions.versions.surroundings import as_id
from services.schedule.models import Card, Timetable, table
from shared.db import SchoolSession
from shared.errors import NotFound

PLACE = ("week", "weekday", "number", "starts", "is_locked")
DAYS = ("from_on", "until_on", "made_at", "published_at")
FACTS = ("id", "year_id", "name", "status", "source", "version", *DAYS)
CARD = ("id", "subject_id", "group_ids", "teacher_ids", "room_id", *PLACE)


def timetables(session: SchoolSession) -> list[dict[str, Any]]:
    """Return the school's versions, the newest first, with the conflicts of each.

    Of a published one those that were known then; a draft is looked at now.
    """
    found = session.scalars(select(Timetable).order_by(Timetable.made_at.desc(), Timetable.id.desc())).all()
    own = table(Card).c
    counted = (
        select(own.timetable_id, func.count(own.weekday), func.count())
        .where(own.school_id == UUID(session.info["school"]))
        .group_by(own.timetable_id)
    )
    counts = {row[0]: (row[1], row[2] - row[1]) for row in session.execute(counted)}
    drafts = _drafts(session, [one for one in found if one.status == "draft"])
    last = last_days(found)
    return [
        _summary(one, drafts.get(one.id), *counts.get(one.id, (0, 0))) | _end(one, last.get(one.id))
        for one in found
    ]


def _end(one: Timetable, last: date | None) -> dict[str, Any]:
    """Say until when a version is really in force: a later one may go before it."""
    is_covered = one.status == "published" and last is None
    return {"is_covered": is_covered, "ends_on": None if last in {None, NEVER_ENDS} else last}


def _drafts(session: SchoolSession, drafts: Sequence[Timetable]) -> dict[UUID, Look]:
    """Return drafts as they lie in the school, those of a year together."""
    on = school_today(session)
    found: dict[UUID, Look] = {}
    for year in all_years(session):
        of_year = [one for one in drafts if one.year_id == year.id]
        if of_year:
            found |= looks(session, year, of_year, day_to_look_at(year, of_year[0], on))
    return found


def _summary(one: Timetable, found: Look | None, placed: int, unplaced: int) -> dict[str, Any]:
    report = one.report or {}
    conflicts = {
        f"{severity}s": found.count(severity) if found else report.get(f"{severity}s", 0)
        for severity in ("error", "warning")
    }
    return {**_facts(one), "placed": placed, "unplaced": unplaced, **conflicts}


def _facts(one: Timetable) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FACTS}


def see(session: SchoolSession, timetable: Timetable) -> Look:
    """Return a version as it lies in the school today, or on the nearest day it is in force."""
    years = {year.id: year for year in all_years(session)}
    year = years[timetable.year_id]
    return look(session, year, timetable, day_to_look_at(year, timetable, school_today(session)))


def timetable_card(session: SchoolSession, timetable: Timetable) -> dict[str, Any]:
    """Return a version with its cards, and the names of all they name."""
    found = see(session, timetable)
    names = names_in(session, found)
    named: dict[str, set[UUID]] = {
        "subjects": {row.subject_id for row in found.rows},
        "groups": {as_id(one) for row in found.rows for one in row.group_ids},
        "teachers": {as_id(one) for row in found.rows for one in row.teacher_ids},
        "rooms": {row.room_id for row in found.rows if row.room_id},
    }
    return {
        **counted(timetable, found),
        "cards": [card_facts(row) for row in found.rows],
        **{what: {str(one): names.get(one) for one in ids} for what, ids in named.items()},
    }


def counted(timetable: Timetable, found: Look) -> dict[str, Any]:
    """Return one version as lists show it."""
    unplaced = len(found.rows) - len(found.cards)
    conflicts = {"errors": found.count("error"), "warnings": found.count("warning")}
    return {**_facts(timetable), "placed": len(found.cards), "unplaced": unplaced, **conflicts}


def card_facts(row: Any) -> dict[str, Any]:
    """Return a card as the API shows it."""
    return {name: getattr(row, name) for name in CARD}


def changed_card(
    session: SchoolSession, timetable: Timetable, card_id: UUID, language: str
) -> dict[str, Any]:
    """Return a card after its change, what is wrong with it now, and how much with the whole version."""
    found = see(session, timetable)
    return {
        "card": next((card_facts(row) for row in found.rows if row.id == card_id), None),
        "version": timetable.version,
        "conflicts": told(session, found, found.of_card(card_id), language),
        "errors": found.count("error"),
        "warnings": found.count("warning"),
    }


def places(session: SchoolSession, timetable_id: UUID, card_id: UUID, language: str) -> list[dict[str, Any]]:
    """Return where a card may lie: each weekday and number with the conflicts it would have there."""
    found = see(session, find_timetable(session, timetable_id))
    row = next((one for one in found.rows if one.id == card_id), None)
    if row is None:
        raise NotFound
    at = found.if_placed(row)
    texts = iter(told(session, found, [one for *_, conflicts in at for one in conflicts], language))
    return [
        {
            "week": row.week,
            "weekday": weekday,
            "number": number,
            "conflicts": [next(texts) for _ in conflicts],
        }
        for weekday, number, conflicts in at
    ]


def conflicts(session: SchoolSession, timetable_id: UUID, language: str) -> list[dict[str, Any]]:
    """Return what is wrong with a version, errors first, by day and hour."""
    found = see(session, find_timetable(session, timetable_id))
    return told(session, found, found.conflicts, language)


def limits_card(session: SchoolSession) -> dict[str, Any]:
    """Return what counts today as too much in a timetable, since when, and how many changes there were."""
    on = school_today(session)
    decided, limits = find_limits(session, on), limits_on(session, on)
    return {
        "from_on": decided.from_on if decided else None,
        "grades": [{"grade": grade, **of._asdict()} for grade, of in sorted(limits.grades.items())],
        "severities": dict(limits.severities),
        "version": version_of_limits(session),
    }
