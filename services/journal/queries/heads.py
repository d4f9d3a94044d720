"""Sealed heads: which days there are, and one day as a file that proves it."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.journal.models import HeadSeal
from services.journal.models.heads import HEAD, sealed_until
from services.journal.models.relations import own_school
from services.journal.rules.heads import FORMAT
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
DAYS_SHOWN = 100


def sealed_days(session: SchoolSession, before: date | None = None) -> Json:
    """Return the sealed days, the newest first; `next` names the day to go on before."""
    asked = select(HeadSeal).order_by(HeadSeal.day.desc()).limit(DAYS_SHOWN + 1)
    found = session.scalars(asked.where(HeadSeal.day < before) if before else asked).all()
    shown = found[:DAYS_SHOWN]
    return {
        "items": [_seal(seal) for seal in shown],
        "next": str(shown[-1].day) if len(found) > len(shown) else None,
    }


def heads_of_day(session: SchoolSession, day: date | None = None) -> Json:
    """Return what was sealed on a day (the last one, when none is named), every page's head with it.

    `rules.heads.digest_of_day` tells how the digest follows from the rest.
    """
    school_id = own_school(session)
    asked = select(HeadSeal).order_by(HeadSeal.day.desc())
    seal = session.scalar((asked.where(HeadSeal.day == day) if day else asked).limit(1))
    if seal is None:
        raise NotFound
    heads = sorted(sealed_until(session, school_id, seal.day), key=lambda head: str(head.page_id))
    pages = [dict(zip(HEAD, head, strict=True)) for head in heads]
    return {"format": FORMAT, "school_id": school_id, **_seal(seal), "pages": pages}


def _seal(seal: HeadSeal) -> Json:
    return {
        "day": seal.day,
        "sealed_at": seal.sealed_at,
        "before": seal.before,
        "digest": seal.digest,
        "count": seal.pages,
    }
