"""Closing somebody's access for a while, and opening it again (3.5.8)."""

from uuid import UUID

from services.identity.actions.signing_in.passwords import accounts_of, end_sessions
from services.identity.actions.signing_in.security import BLOCKED, UNBLOCKED, tell_security
from services.identity.models import Account
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Text


class NotOneself(Conflict):
    """Nobody shuts themselves out."""

    title = Text("Себе доступ не закрывают", "You cannot block yourself")
    detail = Text("Попросите другого оператора школы.", "Ask another operator of the school.")


def block_account(session: SchoolSession, person_id: UUID, by: UUID | None, reason: str) -> None:
    """Let a person in no more: their sessions end now, and neither password, code nor letter opens it.

    Password and roles are kept for the day the account is opened again. Doing it again changes nothing.
    """
    if person_id == by:
        raise NotOneself
    account = _locked(session, person_id)
    if account.blocked_at is None:
        account.blocked_at, account.blocked_by, account.blocked_reason = now(), by, reason
        end_sessions(session, [person_id])
        tell_security(session, person_id, BLOCKED)


def unblock_account(session: SchoolSession, person_id: UUID) -> None:
    """Let a person in again, with the password they had; who is not blocked stays so."""
    account = _locked(session, person_id)
    if account.blocked_at is not None:
        account.blocked_at = account.blocked_by = account.blocked_reason = None
        tell_security(session, person_id, UNBLOCKED)


def _locked(session: SchoolSession, person_id: UUID) -> Account:
    account = accounts_of(session, [person_id])[person_id]
    session.refresh(account, with_for_update=True)
    return account
