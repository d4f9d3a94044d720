"""Proving again who one is, in the middle of a session: some things are too grave for a cookie alone."""

from datetime import datetime
from uuid import UUID

from services.identity.actions.signing_in.challenges import PROOF
from services.identity.actions.signing_in.passkeys import (
    PasskeyRefused,
    Site,
    copies_reported,
    request_options,
)
from services.identity.actions.signing_in.passwords import is_right
from services.identity.actions.signing_in.second_step import Shown, is_right_factor
from services.identity.actions.signing_in.sessions import forgive
from services.identity.actions.signing_in.sign_in import count_for
from services.identity.models import Account, SignIn
from services.identity.rules.devices import Visit
from services.identity.rules.factors import AMR, PASSWORD
from shared.auth import Actor
from shared.clock import now
from shared.db import Database, SchoolSession
from shared.errors import Invalid, NotFound, Text


class ProofWrong(Invalid):
    """The password or code is wrong; whoever asks is signed in, and stays so."""

    title = Text("Не подтверждено", "Not confirmed")
    detail = Text(
        "Пароль или код неверен. Проверьте раскладку и часы телефона и введите ещё раз.",
        "The password or the code is wrong. Check the layout and the phone's clock and type it again.",
    )


def prove(
    database: Database, site: Site, actor: Actor, shown: Shown, visit: Visit, memory_kib: int
) -> datetime:
    """Renew the proof of the caller's session; what is wrong counts as a failed sign-in."""
    school_id, person_id = whose(actor)
    with database.writing(school_id) as session:
        account = session.get(Account, person_id)
        if account is None:
            raise NotFound
        count_for(session, account, visit)
        session.flush()
        session.expunge(account)
    if shown.way == PASSWORD and not is_right(account.password_hash, shown.code, memory_kib):
        raise ProofWrong(errors={"password": [ProofWrong.title]})
    try:
        with copies_reported(database), database.writing(school_id) as session:
            if shown.way != PASSWORD and not is_right_factor(session, site, person_id, shown, PROOF):
                raise ProofWrong(errors={"code": [ProofWrong.title]})
            forgive(session, account.login, visit.address)
            return _note_proof(session, actor, AMR[shown.way])
    except PasskeyRefused as refused:  # Not 401: that says of the token that it is no good.
        raise ProofWrong from refused


def proof_options(session: SchoolSession, site: Site, actor: Actor) -> dict[str, object]:
    """Return what a browser needs to prove the caller by a passkey."""
    return request_options(session, site, PROOF, whose(actor)[1])


def whose(actor: Actor) -> tuple[UUID, UUID]:
    """Return school and person of a caller; a program is nobody and finds nothing."""
    if actor.school_id is None or actor.person_id is None:
        raise NotFound
    return actor.school_id, actor.person_id


def _note_proof(session: SchoolSession, actor: Actor, ways: tuple[str, ...]) -> datetime:
    found = session.get(SignIn, actor.session_id, with_for_update=True) if actor.session_id else None
    if found is None or found.ended_at is not None:
        raise NotFound
    found.proven_at = now()
    found.amr = [*found.amr, *(way for way in ways if way not in found.amr)]
    return found.proven_at
