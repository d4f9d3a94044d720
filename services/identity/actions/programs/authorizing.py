"""What the authorization page asks us: may this program have a code, and what must the person do first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError, UnauthorizedClientError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError, RequestNotSupportedError
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from services.identity.actions.programs.authorization_server import Server
from services.identity.actions.programs.families import live_sign_in, proven_at
from services.identity.actions.programs.keys import signer
from services.identity.actions.programs.known import KnownClient, person_scopes
from services.identity.actions.programs.oauth_requests import Answer, Asked, AskedRequest
from services.identity.actions.programs.resources import audience_asked
from services.identity.models import Grant, SignIn, table
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.errors import Invalid, Text
from shared.ids import new_id

SIGN_IN, CONSENT = "sign_in", "consent"
# These make a person sign in although they are; see `_must_sign_in`.
AGAIN = frozenset({"login", "select_account"})


class RequestRefused(Invalid):
    """A program sent a person here with a request so wrong that there is nowhere to send them back."""

    title = Text("Программа ошиблась", "The program made a mistake")
    detail = Text(
        "Программа, из которой вы пришли, прислала неверный запрос ({why}). Вернитесь в неё и начните "
        "снова; если не поможет, сообщите её разработчику.",
        "The program you came from sent a wrong request ({why}). Go back to it and start again; if that "
        "does not help, tell its makers.",
    )


@dataclass(frozen=True)
class Step:
    """What the page does next: send the browser somewhere, or ask the person for something."""

    redirect_to: str = ""
    ask: str = ""
    client: str = ""
    scopes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Visit:
    """Who stands before the page: whose session, asked to sign in anew since when, and the answer given."""

    session_id: UUID | None = None
    since: datetime | None = None
    decision: str = ""  # allow, deny, or none yet


def authorize(database: Database, issuer: str, query: str, visit: Visit) -> Step:
    """Return the next step of an authorization request, which comes as the page's query.

    A code is made at most once per call; what a person allowed is remembered.
    """
    by = signer(database)
    asked = Asked.of_query(query)
    with database.writing(EVERY_SCHOOL) as session:
        server = Server(session, by, issuer)
        live = live_sign_in(session, visit.session_id) if visit.session_id else None
        found = live[0] if live else None
        try:
            asked.check()
            return _next_step(server, AskedRequest(asked, "GET"), found, visit)
        except OAuth2Error as error:
            return _refused(error, issuer)


def _next_step(server: Server, request: AskedRequest, found: SignIn | None, visit: Visit) -> Step:
    grant = server.get_consent_grant(request, end_user=found)
    client: KnownClient = request.client
    try:
        _check(server, request)
        if found is None or _must_sign_in(request, found, visit):
            return _ask(SIGN_IN, request)
        if client.row.school_id not in (None, found.school_id) or visit.decision == "deny":
            raise AccessDeniedError
        if _must_consent(server.session, request, found, visit):
            return _ask(CONSENT, request)
    except OAuth2Error as error:
        error.redirect_uri, error.state = request.payload.redirect_uri, request.payload.state
        raise
    _remember(server.session, request, found)
    answer: Answer = server.create_authorization_response(request, grant_user=found, grant=grant)
    return Step(redirect_to=_named(answer.location, server.issuer))


def _check(server: Server, request: AskedRequest) -> None:
    asked: Mapping[str, str] = request.payload.data
    scopes = person_scopes(request.scope)
    if "request" in asked or "request_uri" in asked:
        raise RequestNotSupportedError
    if asked.get("response_mode", "query") != "query":
        raise InvalidRequestError("The answer comes in the query only.")
    if not asked.get("max_age", "0").isdecimal() or len(asked.get("nonce", "")) > 500:
        raise InvalidRequestError("max_age or nonce is malformed.")
    if not scopes or not request.client.check_grant_type("authorization_code"):
        raise UnauthorizedClientError
    audience_asked(request, server.issuer, scopes, "identity")


def _ask(what: str, request: AskedRequest) -> Step:
    if "none" in request.payload.data.get("prompt", "").split():
        raise LoginRequiredError if what == SIGN_IN else ConsentRequiredError
    return Step(ask=what, client=request.client.row.name, scopes=person_scopes(request.scope))


def _must_sign_in(request: AskedRequest, found: SignIn, visit: Visit) -> bool:
    """Whether the person must prove themselves anew; having done so since we asked will do."""
    proven = proven_at(found)
    if visit.since is not None and proven >= visit.since:
        return False
    asked = request.payload.data
    longest = asked.get("max_age")
    too_old = longest is not None and now() - proven > timedelta(seconds=int(longest[:9]))
    return too_old or not AGAIN.isdisjoint(asked.get("prompt", "").split())


def _must_consent(session: SchoolSession, request: AskedRequest, found: SignIn, visit: Visit) -> bool:
    if visit.decision == "allow":
        return False
    if "consent" in request.payload.data.get("prompt", "").split():
        return True
    if request.client.row.is_preapproved:
        return False
    given = _grant(session, request, found)
    return given is None or not set(given.scopes).issuperset(person_scopes(request.scope))


def _grant(session: SchoolSession, request: AskedRequest, found: SignIn) -> Grant | None:
    of = select(Grant).where(Grant.person_id == found.person_id, Grant.client_id == request.client.row.id)
    return session.scalars(of.with_for_update()).first()


def _remember(session: SchoolSession, request: AskedRequest, found: SignIn) -> None:
    scopes = person_scopes(request.scope)
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "id": new_id(),
        "school_id": found.school_id,
        "person_id": found.person_id,
        "client_id": request.client.row.id,
        "scopes": scopes,
        "given_at": now(),
    }
    # A button pressed twice must not fail; the second press finds the first one's row.
    session.execute(build(table(Grant)).values(row).on_conflict_do_nothing())
    given = _grant(session, request, found)
    if given is not None and not set(given.scopes).issuperset(scopes):
        given.scopes, given.given_at = sorted({*given.scopes, *scopes}), now()


def _refused(error: OAuth2Error, issuer: str) -> Step:
    if not error.redirect_uri:
        raise RequestRefused(why=error.error)
    _, _, headers = error(None)
    return Step(redirect_to=_named(dict(headers)["Location"], issuer))


def _named(location: str, issuer: str) -> str:
    """Say in the answer who gives it (RFC 9207), lest a program mistake us for another provider."""
    named: str = add_params_to_uri(location, {"iss": issuer})
    return named
