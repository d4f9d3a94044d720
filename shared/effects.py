"""What cannot be rolled back: letters, messages. Intended by a reaction, sent by a sender (PROTOCOL F6).

A reaction only writes an intent, in its own transaction. The sender marks it `unknown` before it
sends, and `done` after; a crash between the two leaves it unknown, and nobody can know whether it
went out. Mail is then sent again under the same Message-ID, which mail programs show once; an SMS is
not, but listed. What is a day old is news no longer and expires. The rows survive a rebuild, so
hearing an event again sends nothing again. A recipient is a person's id, never an address.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.bus import event_effect
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.metrics import EFFECTS
from shared.service import Received

INTENT, DONE, UNKNOWN, EXPIRED = "intent", "done", "unknown", "expired"
EXPIRES = timedelta(hours=24)

_E = event_effect.c
_KEY = tuple_(_E.event_id, _E.kind, _E.recipient)


class Effect(NamedTuple):
    """One thing to be sent to one recipient because of one event."""

    event_id: UUID
    kind: str
    recipient: str
    stream: str
    state: str

    @property
    def message_id(self) -> str:
        """The same for every try, so that a letter sent twice is shown once."""
        return f"<{self.event_id}.{self.kind}.{self.recipient}@parta>"


def intend(session: SchoolSession, received: Received[Any], kind: str, recipients: Sequence[str]) -> None:
    """Note that these recipients are to be told of the event; those noted before are left as they are."""
    if not recipients:
        return
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    noted = {"event_id": received.id, "kind": kind, "stream": received.stream, "created_at": now()}
    rows = [noted | {"recipient": recipient, "state": INTENT} for recipient in dict.fromkeys(recipients)]
    session.execute(build(event_effect).values(rows).on_conflict_do_nothing())


def claim(database: Database, service: str, kind: str, *, again: bool, limit: int = 100) -> Sequence[Effect]:
    """Take what is to be sent now, and mark it unknown until `settle` says what became of it.

    `again` takes also what an earlier sender left unknown: right for mail, wrong for an SMS. To be
    called by the holder of the sender's lease.
    """
    states = (INTENT, UNKNOWN) if again else (INTENT,)
    _expire(database, service, kind, states)
    with database.writing(EVERY_SCHOOL) as session:
        due = select(_E.event_id, _E.kind, _E.recipient, _E.stream, _E.state)
        due = due.where(_E.kind == kind, _E.state.in_(states)).order_by(_E.created_at).limit(limit)
        claimed = [Effect(*row) for row in session.execute(due.with_for_update(skip_locked=True))]
        _set_state(session, claimed, UNKNOWN)
    return claimed


def settle(database: Database, service: str, effects: Sequence[Effect], state: str) -> None:
    """Note what became of claimed effects: done, or intent when they surely did not go out."""
    with database.writing(EVERY_SCHOOL) as session:
        _set_state(session, effects, state)
    for effect in effects:
        EFFECTS.labels(service, effect.kind, state).inc()


def _set_state(session: SchoolSession, effects: Sequence[Effect], state: str) -> None:
    keys = [effect[:3] for effect in effects]
    if keys:
        session.execute(update(event_effect).where(_KEY.in_(keys)).values(state=state))


def _expire(database: Database, service: str, kind: str, states: Sequence[str]) -> None:
    with database.writing(EVERY_SCHOOL) as session:
        old = _E.kind == kind, _E.state.in_(states), _E.created_at < now() - EXPIRES
        gone = session.execute(update(event_effect).where(*old).values(state=EXPIRED))
        count = gone.rowcount  # type: ignore[attr-defined]
    if count:
        EFFECTS.labels(service, kind, EXPIRED).inc(count)
