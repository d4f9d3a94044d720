"""Sessions that have ended while a token of theirs still lives: refused at once, everywhere.

Tokens are checked without asking identity, so each service keeps the ids of sessions that identity
says have ended, for as long as a token can live, and looks for new ones once a second at most. A
service that does not hear of it refuses when the token runs out, which is soon. Regional reporting
has no people of these schools to refuse, and hears nothing.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, event, select

from shared.bulk import upsert_rows
from shared.bus import ended_session
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.events.identity import SessionsEnded

KEPT = timedelta(minutes=11)
"""Longer than any access token lives, and clocks differ."""

LOOK_SECONDS = 1.0
KNOWN_BY = "identity"


class _Kept:
    """How often this process has kept something: whoever looks need not wait for the second to pass."""

    def __init__(self) -> None:
        self.times = 0


_kept = _Kept()


def keep_ended(session: SchoolSession, ids: Mapping[UUID, UUID], at: datetime) -> None:
    """Keep sessions as ended, `{session: school}`; what no token can belong to any more is not kept."""
    if not ids or at < now() - KEPT:
        return
    rows = [{"session_id": id_, "school_id": school, "ended_at": at} for id_, school in ids.items()]
    upsert_rows(session, ended_session, rows, key=("session_id",))
    session.info["ended"] = True


@event.listens_for(SchoolSession, "after_commit")
def _look_again(session: SchoolSession) -> None:
    if session.info.pop("ended", False):
        _kept.times += 1


@event.listens_for(SchoolSession, "after_rollback")
def _forget(session: SchoolSession) -> None:
    session.info.pop("ended", None)


def refuse_ended(session: SchoolSession, run: Sequence[Any]) -> None:
    """Keep what identity tells: the reaction of every other service."""
    for received in run:
        told = received.told
        keep_ended(session, dict.fromkeys(told.session_ids, received.school_id), told.ended_at)


SUBSCRIPTIONS: dict[type, Callable[[SchoolSession, Sequence[Any]], None]] = {SessionsEnded: refuse_ended}


class EndedSessions:
    """The ended sessions a service knows of; safe to ask from several threads, on every request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: frozenset[UUID] = frozenset()
        self._looked_at = float("-inf")
        self._seen = -1
        self._lock = threading.Lock()

    def holds(self, session_id: UUID) -> bool:
        """Whether the session has ended, as far as was known a second ago."""
        if self._is_due():
            with self._lock:
                if self._is_due():
                    self._look()
        return session_id in self._ids

    def _is_due(self) -> bool:
        return self._seen != _kept.times or time.monotonic() - self._looked_at >= LOOK_SECONDS

    def _look(self) -> None:
        seen, looked_at = _kept.times, time.monotonic()
        known = select(ended_session.c.session_id).where(ended_session.c.ended_at > now() - KEPT)
        with self._database.reading(EVERY_SCHOOL) as session:
            self._ids = frozenset(session.scalars(known))
        self._seen, self._looked_at = seen, looked_at


def prune_ended(session: SchoolSession) -> None:
    """Forget sessions whose last token has run out."""
    session.execute(delete(ended_session).where(ended_session.c.ended_at < now() - KEPT))
