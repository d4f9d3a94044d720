"""What ends with a session or a person's word: the tokens of programs, and their own sessions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from services.identity.models import Grant, LogoutNotice, RefreshFamily, SignIn
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound


def end_families_of_ended(session: SchoolSession, person_ids: Sequence[UUID]) -> None:
    """End what programs hold by sessions of these people that are over, and note whom to tell.

    Called by whatever ends sessions, in the same transaction and after them (see `families`).
    """
    session.flush()
    over = select(SignIn.id).where(SignIn.person_id.in_(person_ids), SignIn.ended_at.is_not(None))
    live = select(RefreshFamily).where(
        RefreshFamily.person_id.in_(person_ids),
        RefreshFamily.session_id.in_(over),
        RefreshFamily.revoked_at.is_(None),
    )
    families = list(session.scalars(live.order_by(RefreshFamily.id).with_for_update()))
    _end(session, families, "session")


def take_back(session: SchoolSession, person_id: UUID, client_id: str) -> None:
    """Take back what a person allowed a program: it is asked anew, and its tokens end."""
    if not client_id.isprintable():
        raise NotFound
    given = select(Grant).where(Grant.person_id == person_id, Grant.client_id == client_id)
    if session.scalars(given.with_for_update()).first() is None:
        raise NotFound
    session.execute(delete(Grant).where(Grant.person_id == person_id, Grant.client_id == client_id))
    end_families_of(session, client_id, person_id)


def end_families_of(session: SchoolSession, client_id: str, person_id: UUID | None = None) -> None:
    """End all families of a program, or those of one person in it."""
    live = select(RefreshFamily).where(
        RefreshFamily.client_id == client_id, RefreshFamily.revoked_at.is_(None)
    )
    if person_id is not None:
        live = live.where(RefreshFamily.person_id == person_id)
    families = list(session.scalars(live.order_by(RefreshFamily.id).with_for_update()))
    _end(session, families, "revoked")


def _end(session: SchoolSession, families: Sequence[RefreshFamily], reason: str) -> None:
    if not families:
        return
    at = now()
    ended = update(RefreshFamily).where(RefreshFamily.id.in_([family.id for family in families]))
    session.execute(
        ended.values(revoked_at=at, revoked_for=reason), execution_options={"synchronize_session": False}
    )
    # Whether a program wants to be told is seen later: those of all schools are hidden from this session.
    due = {(one.client_id, one.session_id): one for one in families}
    session.add_all(
        LogoutNotice(
            school_id=one.school_id,
            client_id=one.client_id,
            person_id=one.person_id,
            session_id=one.session_id,
            made_at=at,
            tries=0,
            next_try_at=at,
        )
        for one in due.values()
    )
