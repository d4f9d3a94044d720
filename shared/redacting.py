"""Erasing a subject from the own event log and from answers kept for repeated requests (PROTOCOL H)."""

from typing import Any

from sqlalchemy import delete, update

from shared import events
from shared.bus import event_log, idempotency_key
from shared.clock import now
from shared.db import SchoolSession


def redact(session: SchoolSession, stream: str, subject: str) -> int:
    """Take the data out of a subject's events in place; return how many lost theirs.

    Ids, positions and links stay, so the chain holds. What tells of the erasure itself is kept.
    """
    log_name, entity = stream.partition("/")[0], subject.partition("/")[0]
    told = f"{log_name}.{entity}.erased"
    erased: Any = session.execute(
        update(event_log)
        .where(
            event_log.c.stream == stream,
            event_log.c.subject == subject,
            event_log.c.data.is_not(None),
            event_log.c.type != told,
        )
        .values(data=None, redacted_at=now())
    )
    return int(erased.rowcount)


def forget_answers(session: SchoolSession, ident: str) -> None:
    """Drop stored answers that speak of somebody: a repeated request is carried out anew."""
    session.execute(delete(idempotency_key).where(idempotency_key.c.body.contains(ident, autoescape=True)))


def erasable(stream: str, subject: str) -> events.Contract | None:
    """Return the event that tells of such a subject's erasure; None where nothing personal is told."""
    log_name, entity = stream.partition("/")[0], subject.partition("/")[0]
    return events.CONTRACTS.get(f"{log_name}.{entity}.erased")
