"""Sessions ended: by their owner, by whoever may, by a new password. Every service hears of it."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import ColumnElement, update

from services.identity.actions.programs.severing import end_families_of_ended
from services.identity.models import SignIn
from services.identity.rules.sessions import TOKEN_MAY_LIVE
from shared.clock import now
from shared.db import SchoolSession
from shared.ended import keep_ended
from shared.events.identity import SessionsEnded
from shared.outbox import publish


def end_where(session: SchoolSession, *which: ColumnElement[bool]) -> None:
    """End the sessions that are begun and meet the conditions, and what programs hold by them.

    From this commit on identity takes no token of theirs; the other services are told at once of
    those of which a token may still live.
    """
    at = now()
    ended = update(SignIn).where(SignIn.ended_at.is_(None), *which).values(ended_at=at)
    told = ended.returning(SignIn.id, SignIn.person_id, SignIn.school_id, SignIn.used_at)
    rows = session.execute(told, execution_options={"synchronize_session": False}).all()
    live: dict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    for row in rows:
        if row.used_at > at - TOKEN_MAY_LIVE:
            live[row.school_id, row.person_id].append(row.id)
    for (school_id, person_id), ids in live.items():
        keep_ended(session, dict.fromkeys(ids, school_id), at)
        publish(session, SessionsEnded(person_id=person_id, session_ids=ids, ended_at=at), school=school_id)
    end_families_of_ended(session, list({row.person_id for row in rows}))
