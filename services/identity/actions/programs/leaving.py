"""Signing out by a program's wish (OpenID Connect RP-Initiated Logout), and telling the programs of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from authlib.oauth2 import OAuth2Error
from authlib.oidc.rpinitiated import EndSessionEndpoint, EndSessionRequest
from joserfc.jwk import KeySet
from sqlalchemy import delete, select, update

from services.identity.actions.programs.authorization_server import Server
from services.identity.actions.programs.authorizing import RequestRefused
from services.identity.actions.programs.id_tokens import logout_token
from services.identity.actions.programs.keys import published_keys, signer
from services.identity.actions.programs.oauth_requests import Asked, AskedRequest
from services.identity.actions.programs.outbound import Outbound, OutboundFailed
from services.identity.models import Client, LogoutNotice
from services.identity.rules.clients import LOGOUT_TRIES
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database

AT_ONCE = 20

log = structlog.get_logger()


@dataclass(frozen=True)
class Leaving:
    """What a program asked: whose sign-out, and where to go then; empty where it did not say or may not."""

    client: str
    person_id: UUID | None
    redirect_to: str


class _EndSession(EndSessionEndpoint):  # type: ignore[misc]
    def get_server_jwks(self) -> KeySet:
        return KeySet.import_key_set(published_keys(self.server.session))  # type: ignore[arg-type]

    def get_algorithms(self) -> list[str]:
        return ["ES256"]


def leaving(database: Database, issuer: str, query: str) -> Leaving:
    """Return what a request at the end-session page means; it ends nothing yet.

    An id token signed with a key long retired is not recognised: the person is asked, then.
    """
    by, asked = signer(database), Asked.of_query(query)
    with database.reading(EVERY_SCHOOL) as session:
        server = Server(session, by, issuer)
        server.register_endpoint(_EndSession)
        try:
            asked.check()
            found: EndSessionRequest = server.validate_endpoint_request(
                "end_session", AskedRequest(asked, "GET")
            )
        except (OAuth2Error, ValueError) as wrong:
            raise RequestRefused(why=getattr(wrong, "error", "invalid_request")) from wrong
    claims = found.id_token_claims or {}
    if claims and claims.get("iss") != issuer:
        raise RequestRefused(why="invalid_request")
    return Leaving(
        client=found.client.row.name if found.client else "",
        person_id=UUID(claims["sub"]) if claims else None,
        redirect_to=found.redirect_uri or "",
    )


def tell_clients(database: Database, issuer: str, outbound: Outbound) -> None:
    """Tell programs of the sessions that are over; one that does not answer is told again, ever later."""
    by = signer(database)
    due = select(LogoutNotice, Client.logout_uri).join(Client, Client.id == LogoutNotice.client_id)
    due = due.where(LogoutNotice.next_try_at <= now()).order_by(LogoutNotice.next_try_at).limit(AT_ONCE)
    with database.reading(EVERY_SCHOOL) as session:
        waiting = session.execute(due).all()
    for notice, uri in waiting:
        is_told = not uri or _tell(outbound, uri, logout_token(by, issuer, notice), notice)
        with database.writing(EVERY_SCHOOL) as session:
            if is_told or notice.tries + 1 >= LOGOUT_TRIES:
                session.execute(delete(LogoutNotice).where(LogoutNotice.id == notice.id))
            else:
                later = now() + timedelta(seconds=5 * 2**notice.tries)
                again = update(LogoutNotice).where(LogoutNotice.id == notice.id)
                session.execute(again.values(tries=notice.tries + 1, next_try_at=later))


def _tell(outbound: Outbound, uri: str, token: str, notice: LogoutNotice) -> bool:
    try:
        answer = outbound.send("POST", uri, data={"logout_token": token})
    except OutboundFailed as wrong:
        log.warning("client not told of sign-out", client=notice.client_id, error=str(wrong))
        return False
    # RFC 9110: a client that says the request itself is wrong will not like it better next time.
    return answer.status_code < 500
