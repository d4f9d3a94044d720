"""One-time codes on paper: issued, handed over, used until an own password is set."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.signing_in.hashing import hashed
from services.identity.actions.signing_in.passwords import accounts_of, end_codes, end_sessions
from services.identity.actions.signing_in.security import CODE_ISSUED, tell_security
from services.identity.models import Account, ActivationCode, Guardianship, table
from services.identity.rules.credentials import CODE_LASTS, code_text, plain_code
from services.identity.rules.passwords import ONE_TIME_BYTES
from shared.bulk import insert_rows
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text
from shared.ids import new_id


class AccountBlocked(Conflict):
    """Who is blocked gets no code: it would be worth nothing."""

    title = Text("Доступ закрыт", "The account is blocked")
    detail = Text(
        "Сначала откройте доступ этим людям, затем выдайте коды.",
        "Unblock these people first and issue their codes then.",
    )


class NotTheirs(Invalid):
    """A code goes to the person, or to who answers for the pupil."""

    title = Text("Этому человеку код не передают", "The code is not for this person")
    detail = Text(
        "Код вручают самому человеку или представителю ученика.",
        "A code is handed to the person, or to who answers for the pupil.",
    )


def issue_codes(
    session: SchoolSession, person_ids: Sequence[UUID], by: UUID | None = None
) -> dict[UUID, tuple[str, str]]:
    """Give people one-time codes: `{person: (login, code)}`; passwords and older codes are void.

    Each opens the account for ten days and until an own password is set. Their sessions end. A code
    has 80 random bits and needs no slow hash: a whole school is done in a second.
    """
    accounts = accounts_of(session, person_ids)
    if any(account.blocked_at for account in accounts.values()):
        raise AccountBlocked
    end_sessions(session, person_ids)
    end_codes(session, person_ids)
    issued = {
        person_id: (accounts[person_id].login, code_text(secrets.randbits(ONE_TIME_BYTES * 8)))
        for person_id in person_ids
    }
    at = now()
    rows = [
        {
            "id": new_id(),
            "school_id": accounts[person_id].school_id,
            "person_id": person_id,
            "code_sha256": hashed(plain_code(code) or ""),
            "issued_at": at,
            "issued_by": by,
            "expires_at": at + CODE_LASTS,
        }
        for person_id, (_, code) in issued.items()
    ]
    insert_rows(session, table(ActivationCode), rows)
    for account in accounts.values():
        if account.password_hash is not None:  # Whoever signs in already has to hear of it.
            tell_security(session, account.person_id, CODE_ISSUED)
        account.password_hash, account.must_change = None, True
    return issued


def hand_over(session: SchoolSession, person_id: UUID, by: UUID | None, to: UUID | None = None) -> None:
    """Note who handed a person's present code to whom, when; noted again it stays as it was."""
    code = live_code(session, person_id)
    if to not in (None, person_id) and session.get(Guardianship, (to, person_id)) is None:
        raise NotTheirs
    if code.handed_at is None:
        code.handed_at, code.handed_by, code.handed_to = now(), by, to or person_id


def live_code(session: SchoolSession, person_id: UUID) -> ActivationCode:
    """Return a person's present code, or refuse."""
    asked = select(ActivationCode).where(
        ActivationCode.person_id == person_id, ActivationCode.ended_at.is_(None)
    )
    found = session.scalars(asked.with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def code_typed(session: SchoolSession, account: Account | None, typed: str) -> ActivationCode | None:
    """Return the account's present code if that is what was typed, old as it may be.

    Asks the database the same whether there is such an account, and such a code, or not.
    """
    asked = select(ActivationCode).where(
        ActivationCode.person_id == (account.person_id if account else None),
        ActivationCode.code_sha256 == hashed(plain_code(typed) or ""),
        ActivationCode.ended_at.is_(None),
    )
    return session.scalars(asked).first()
