"""Second factors added and taken away, with what follows: spare codes, and word to their owner."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.identity.actions.signing_in.factors import drop_factors, has_factor
from services.identity.actions.signing_in.passkeys import Site, register_passkey, remove_passkey
from services.identity.actions.signing_in.passwords import end_sessions
from services.identity.actions.signing_in.security import tell_security
from services.identity.actions.signing_in.totp import (
    NoFactorYet,
    confirm_totp,
    issue_recovery_codes,
    remove_totp,
)
from services.identity.models import Person, RecoveryCode, Role
from services.identity.rules.approvals import GRAVE_ROLES
from services.identity.rules.devices import Visit
from services.identity.rules.factors import CODES_RENEWED, FACTOR_ADDED, FACTOR_REMOVED, FACTORS_RESET
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, NotFound, Text


class OwnFactors(Conflict):
    """A reset is for others: whoever has a session must not undo the second factor with it."""

    title = Text("Свой второй шаг так не сбросить", "Your own second step is not reset like this")
    detail = Text(
        "Замените его на странице «Безопасность» или попросите другого оператора.",
        "Replace it on the page “Security”, or ask another operator.",
    )


class GraveFactors(Denied):
    """With a code issued besides, one operator would become the second person, and agree with oneself."""

    title = Text("Второй шаг оператора и директора так не сбросить", "Theirs is not reset like this")
    detail = Text(
        "Пусть войдут запасным кодом и заменят его сами. Нет и кодов — поможет администратор системы: "
        "parta identity password --factors.",
        "Let them sign in with a spare code and replace it themselves. Without one, the administrator of "
        "the system helps: parta identity password --factors.",
    )


def add_totp(session: SchoolSession, person_id: UUID, code: str, visit: Visit) -> list[str]:
    """Let the app shown last serve, and return spare codes, new ones when there are none yet."""
    confirm_totp(session, person_id, code)
    tell_security(session, person_id, FACTOR_ADDED, visit)
    return _spare_codes(session, person_id)


def drop_totp(session: SchoolSession, person_id: UUID, visit: Visit) -> None:
    """Ask for the app's codes no more."""
    remove_totp(session, person_id)
    tell_security(session, person_id, FACTOR_REMOVED, visit)


def add_passkey(
    session: SchoolSession,
    site: Site,
    person_id: UUID,
    credential: Mapping[str, Any],
    name: str,
    visit: Visit,
) -> list[str]:
    """Keep a passkey, and return spare codes, new ones when there are none yet."""
    register_passkey(session, site, person_id, credential, name)
    tell_security(session, person_id, FACTOR_ADDED, visit)
    return _spare_codes(session, person_id)


def drop_passkey(session: SchoolSession, person_id: UUID, passkey_id: UUID, visit: Visit) -> None:
    """Forget a passkey."""
    remove_passkey(session, person_id, passkey_id)
    tell_security(session, person_id, FACTOR_REMOVED, visit)


def renew_codes(session: SchoolSession, person_id: UUID, visit: Visit) -> list[str]:
    """Give ten new spare codes for those there were."""
    if not has_factor(session, person_id):
        raise NoFactorYet
    tell_security(session, person_id, CODES_RENEWED, visit)
    return issue_recovery_codes(session, person_id)


def reset_factors(session: SchoolSession, person_id: UUID, by: UUID | None) -> None:
    """Take away all second factors of somebody who has lost them; sessions end, and they are told.

    The password stays what it was and is asked for; whoever has to have a factor enrols anew. Raises
    GraveFactors of an operator or director unless it is done at the machine, by nobody.
    """
    if session.get(Person, person_id) is None:
        raise NotFound
    if person_id == by:
        raise OwnFactors
    held = frozenset(session.scalars(select(Role.role).where(Role.person_id == person_id)))
    if by is not None and held & GRAVE_ROLES:
        raise GraveFactors
    drop_factors(session, person_id)
    end_sessions(session, [person_id])
    tell_security(session, person_id, FACTORS_RESET)


def _spare_codes(session: SchoolSession, person_id: UUID) -> list[str]:
    known = session.scalar(select(func.count()).where(RecoveryCode.person_id == person_id))
    return [] if known else issue_recovery_codes(session, person_id)
