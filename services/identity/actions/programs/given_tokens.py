"""Tokens that come back to us: is it good (RFC 7662), take it back (RFC 7009)."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import TokenMixin
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.identity.actions.programs.authorization_server import WITH_SECRET_OR_KEY, Server
from services.identity.actions.programs.families import end_family, family_of, is_newest
from services.identity.actions.programs.keys import published_keys, signer
from services.identity.actions.programs.known import KnownClient
from services.identity.actions.programs.oauth_requests import Answer, Asked, AskedRequest
from services.identity.models import RefreshFamily, SignIn
from shared.auth import ALGORITHMS, ISSUER
from shared.db import EVERY_SCHOOL, Database, SchoolSession

ASKED_OFTEN = ("sub", "client_id", "scope", "aud", "exp", "iat", "auth_time", "sid")


@dataclass(frozen=True)
class GivenToken(TokenMixin):  # type: ignore[misc]
    """A token of ours, what it says, and whether it is still good."""

    client_id: str
    claims: dict[str, Any]
    family: RefreshFamily | None
    is_good: bool

    def check_client(self, client: KnownClient) -> bool:
        """Whether it was given to this client."""
        return self.client_id == client.row.id

    def is_expired(self) -> bool:
        """Whether it is good no more, for whatever reason."""
        return not self.is_good

    def is_revoked(self) -> bool:
        """Say no: `is_expired` knows both."""
        return False


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """Tells a client of its own tokens, and the deployment's own clients of everybody's."""

    CLIENT_AUTH_METHODS = WITH_SECRET_OR_KEY

    def query_token(self, token_string: str, token_type_hint: str | None) -> GivenToken | None:  # noqa: ARG002
        """Return a token of ours."""
        return _given(self.server.session, token_string)

    def check_permission(self, token: GivenToken, client: KnownClient, request: AskedRequest) -> bool:  # noqa: ARG002
        """Whether the client may know; one of a school knows nothing of other programs."""
        return token.check_client(client) or client.row.school_id is None

    def introspect_token(self, token: GivenToken) -> dict[str, Any]:
        """Return what it says."""
        return token.claims | {"active": True, "iss": self.server.issuer}


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Ends the family of a token; access tokens live out their five minutes at the services."""

    CLIENT_AUTH_METHODS = (*WITH_SECRET_OR_KEY, "none")

    def query_token(self, token_string: str, token_type_hint: str | None) -> GivenToken | None:  # noqa: ARG002
        """Return a token of ours."""
        return _given(self.server.session, token_string)

    def revoke_token(self, token: GivenToken, request: AskedRequest) -> None:  # noqa: ARG002
        """End its family, an old token's as well: whoever gives one back wants none of them."""
        if token.family is not None:
            end_family(token.family, "revoked")


def introspect(database: Database, issuer: str, asked: Asked) -> Answer:
    """Answer whether a token is good."""
    return _answer(database, issuer, asked, Introspection)


def revoke(database: Database, issuer: str, asked: Asked) -> Answer:
    """Take a token back; one that is unknown is good no more already."""
    return _answer(database, issuer, asked, Revocation)


def _answer(database: Database, issuer: str, asked: Asked, endpoint: type[Any]) -> Answer:
    by = signer(database)
    with database.writing(EVERY_SCHOOL) as session:
        server = Server(session, by, issuer)
        server.register_endpoint(endpoint)
        try:
            asked.check()
            answer: Answer = server.create_endpoint_response(
                endpoint.ENDPOINT_NAME, AskedRequest(asked, "POST")
            )
        except OAuth2Error as error:
            answer = server.handle_error_response(None, error)
    return answer


def _given(session: SchoolSession, token: str) -> GivenToken | None:
    return _access(session, token) or _refresh(session, token)


def _access(session: SchoolSession, token: str) -> GivenToken | None:
    keys = KeySet.import_key_set(published_keys(session))  # type: ignore[arg-type]
    try:
        read = jwt.decode(token, keys, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    claims = read.claims
    if read.header.get("typ") != "at+jwt" or claims.get("iss") != ISSUER:
        return None
    family = session.get(RefreshFamily, UUID(claims["grant"])) if claims.get("grant") else None
    is_good = claims["exp"] > time.time() and (family is None or family.revoked_at is None)
    if claims.get("sid"):
        found = session.get(SignIn, UUID(claims["sid"]))
        is_good = is_good and found is not None and found.ended_at is None
    shown = {name: claims[name] for name in ASKED_OFTEN if name in claims}
    return GivenToken(claims["client_id"], shown | {"token_type": "Bearer"}, family, is_good)


def _refresh(session: SchoolSession, token: str) -> GivenToken | None:
    family = family_of(session, token)
    if family is None:
        return None
    claims = {
        "sub": str(family.person_id),
        "client_id": family.client_id,
        "scope": " ".join(family.scopes),
        "exp": int(family.expires_at.timestamp()),
        "iat": int(family.used_at.timestamp()),
    }
    return GivenToken(family.client_id, claims, family, is_newest(session, family, token))
