"""Events set aside: one that its reaction refuses, and all later ones of the same subject, in order."""

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from shared.bus import event_parked
from shared.db import SchoolSession
from shared.envelope import Envelope

MOST_SUBJECTS = 100
FAILED, WAITING, SKIPPED = "failed", "waiting", "skipped"

_P = event_parked.c
_SUBJECTS = select(_P.subject).where(_P.stream == bindparam("of"), _P.status != SKIPPED).distinct()


@cache
def code_of(service: str) -> str:
    """Return a fingerprint of the service's code and the contracts; another one is worth a new try."""
    digest = hashlib.sha256()
    for package in (f"services.{service}", "shared.events"):
        spec = importlib.util.find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for file in sorted(Path(folder).rglob("*.py")):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def subjects(session: SchoolSession, stream: str) -> set[str]:
    """Return the subjects whose later events must wait."""
    return set(session.connection().scalars(_SUBJECTS, {"of": stream}))


def park(session: SchoolSession, envelope: Envelope, *, error: str, code: str, attempts: int = 0) -> None:
    """Set an event aside; without attempts it only waits behind an earlier one."""
    session.execute(
        event_parked.insert().values(
            stream=envelope.stream,
            position=envelope.position,
            subject=envelope.subject,
            envelope=envelope.text,
            error=error[:2000],
            attempts=attempts,
            status=FAILED if attempts else WAITING,
            code=code,
        )
    )


def next_of_subject(session: SchoolSession, stream: str, subject: str) -> Any:
    """Return the first event of a subject still to be handled; None when all are."""
    asked = select(event_parked).where(_P.stream == stream, _P.subject == subject, _P.status != SKIPPED)
    return session.execute(asked.order_by(_P.position).limit(1)).first()


def remove(session: SchoolSession, stream: str, position: int) -> None:
    """Forget a parked event that was handled."""
    session.execute(delete(event_parked).where(_P.stream == stream, _P.position == position))


def note_failure(session: SchoolSession, stream: str, position: int, error: str, code: str) -> None:
    """Note one more failed try."""
    session.execute(
        update(event_parked)
        .where(_P.stream == stream, _P.position == position)
        .values(error=error[:2000], attempts=_P.attempts + 1, status=FAILED, code=code)
    )


def skip(session: SchoolSession, stream: str, position: int) -> bool:
    """Never handle this one, by an operator's decision; it stays on the list as skipped."""
    changed = session.execute(
        update(event_parked).where(_P.stream == stream, _P.position == position).values(status=SKIPPED)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def listed(session: SchoolSession, stream: str | None = None) -> Sequence[Any]:
    """Return what is parked, in order."""
    asked = select(event_parked).order_by(_P.stream, _P.position)
    return session.execute(asked.where(_P.stream == stream) if stream else asked).all()


def count(session: SchoolSession) -> int:
    """Return how many events are set aside and not skipped."""
    return session.scalar(select(func.count()).select_from(event_parked).where(_P.status != SKIPPED)) or 0
