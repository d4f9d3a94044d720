"""The OAuth 2 and OpenID Connect server: Authlib's grants over our tables.

One is made per request, around the request's own transaction. What a refused request changed (a
family ended because its token was used twice) is kept: refusals are answers here, no exceptions.
"""

from typing import Any

from authlib.oauth2 import AuthorizationServer, OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from services.identity.actions.programs.assertions import ClientAssertion
from services.identity.actions.programs.families import (
    begin_family,
    end_family,
    end_reused,
    family_of,
    is_newest,
    key_of,
    live_sign_in,
    next_token,
    proven_at,
)
from services.identity.actions.programs.id_tokens import IdTokens
from services.identity.actions.programs.keys import Signer, signer
from services.identity.actions.programs.known import (
    BY_KEY,
    Holder,
    KnownClient,
    KnownCode,
    KnownFamily,
    own_scopes,
    person_scopes,
)
from services.identity.actions.programs.oauth_requests import Answer, Asked, AskedRequest
from services.identity.actions.programs.resources import audience_asked
from services.identity.actions.programs.tokens import client_claims, signed
from services.identity.actions.signing_in.hashing import hashed
from services.identity.models import AuthorizationCode, Client
from services.identity.rules.clients import CODE_LASTS, SCOPES
from services.identity.rules.sessions import TOKEN_LASTS
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database, SchoolSession

WITH_SECRET_OR_KEY = ["client_secret_basic", "client_secret_post", BY_KEY]
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Server(AuthorizationServer):  # type: ignore[misc]
    """The server at work on one request."""

    def __init__(self, session: SchoolSession, by: Signer, issuer: str) -> None:
        super().__init__(scopes_supported=SCOPES)
        self.session, self.by, self.issuer = session, by, issuer
        id_tokens = IdTokens(session, by, issuer)
        self.register_token_generator("default", self._tokens)
        self.register_client_auth_method(BY_KEY, ClientAssertion(session, issuer))
        self.register_grant(CodeGrant, [S256(), id_tokens])
        self.register_grant(RefreshGrant, [id_tokens])
        self.register_grant(OwnNameGrant)

    def query_client(self, client_id: str) -> KnownClient | None:
        """Return a client that may ask."""
        row = self.session.get(Client, client_id) if len(client_id) <= 80 else None
        return KnownClient(row) if row is not None and row.is_enabled else None

    def create_oauth2_request(self, request: AskedRequest) -> AskedRequest:
        """Return the request, which is one already."""
        self.asked = request
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        """Return the answer without the web around it."""
        return Answer(status, body if isinstance(body, dict) else dict(body or ()), dict(headers) | NO_STORE)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody: the access log hears of every request anyway."""

    def save_token(self, token: dict[str, Any], request: AskedRequest) -> None:
        """Keep nothing: access tokens are checked offline, refresh tokens were kept by their family."""

    def _tokens(
        self, *, client: KnownClient, user: Holder | None, scope: str | None, **_: Any
    ) -> dict[str, Any]:
        if user is None:
            scopes = [one for one in own_scopes(client.row) if not scope or one in scope.split()]
            claims = client_claims(client.row, scopes)
            audience = audience_asked(self.asked, self.issuer, None, "")
        else:
            scopes = person_scopes(scope or "")
            claims = _delegated(user, scopes)
            audience = audience_asked(self.asked, self.issuer, user.family.scopes, user.family.audience)
        answer = {
            "token_type": "Bearer",
            "access_token": signed(self.by, claims, audience),
            "expires_in": int(TOKEN_LASTS.total_seconds()),
            "scope": " ".join(scopes),
        }
        return answer if user is None else answer | {"refresh_token": user.refresh_token}


def _delegated(holder: Holder, scopes: list[str]) -> dict[str, Any]:
    """Return the claims of a token by which a program acts for a person, within the scopes."""
    found = holder.sign_in
    return {
        "sub": str(found.person_id),
        "person": str(found.person_id),
        "school": str(found.school_id),
        "roles": holder.roles,
        "scope": " ".join(scopes),
        "client_id": holder.family.client_id,
        "grant": str(holder.family.id),
        "sid": str(found.id),
        "auth_time": int(proven_at(found).timestamp()),
        "amr": found.amr,
    }


class S256(CodeChallenge):  # type: ignore[misc]
    """PKCE of every client, by SHA-256 only."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge; `plain` is what a missing method would mean."""
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is needed: code_challenge with code_challenge_method S256.")
        super().validate_code_challenge(grant, redirect_uri)
        if not grant.request.payload.data.get("code_challenge"):
            raise InvalidRequestError("PKCE is needed: code_challenge with code_challenge_method S256.")


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """A code for tokens, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = (*WITH_SECRET_OR_KEY, "none")

    def save_authorization_code(self, code: str, request: AskedRequest) -> None:
        """Keep a code for the person of `request.user`."""
        found, asked = request.user, request.payload.data
        scopes = person_scopes(request.scope)
        self.server.session.add(
            AuthorizationCode(
                code_sha256=hashed(code),
                school_id=found.school_id,
                client_id=request.client.row.id,
                person_id=found.person_id,
                session_id=found.id,
                redirect_uri=asked["redirect_uri"],
                scopes=scopes,
                audience=audience_asked(request, self.server.issuer, scopes, "identity"),
                nonce=asked.get("nonce", ""),
                code_challenge=asked["code_challenge"],
                made_at=now(),
            )
        )

    def query_authorization_code(self, code: str, client: KnownClient) -> KnownCode | None:
        """Return a code that is good, locked; one that was used ends what was given for it."""
        session: SchoolSession = self.server.session
        row = session.get(AuthorizationCode, hashed(code), with_for_update=True, populate_existing=True)
        if row is None or row.client_id != client.row.id:
            return None
        if row.family_id is not None:
            end_reused(session, row.family_id)
            return None
        return KnownCode(row) if now() < row.made_at + CODE_LASTS else None

    def authenticate_user(self, authorization_code: KnownCode) -> Holder | None:
        """Return the code's person, if the session still lives, and begin the family of its tokens."""
        session, row = self.server.session, authorization_code.row
        live = live_sign_in(session, row.session_id)
        if live is None:
            return None
        family, token = begin_family(session, row, *live)
        row.family_id = family.id
        return Holder(*live, family, token)

    def delete_authorization_code(self, authorization_code: KnownCode) -> None:
        """Keep the used code: only so a second use is known for one."""


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """A refresh token for tokens, once; the next one comes with them."""

    TOKEN_ENDPOINT_AUTH_METHODS = (*WITH_SECRET_OR_KEY, "none")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> KnownFamily | None:
        """Return the family of a token that is its newest."""
        session = self.server.session
        family = family_of(session, refresh_token)
        if family is None or family.client_id != self.request.client.row.id:
            return None
        return KnownFamily(family) if is_newest(session, family, refresh_token) else None

    def authenticate_user(self, refresh_token: KnownFamily) -> Holder:
        """Return the family's person with the next token; a session that is over ends the family."""
        family = refresh_token.row
        live = live_sign_in(self.server.session, family.session_id)
        if live is None:
            end_family(family, "session")
            raise InvalidGrantError("The session is over.")
        return Holder(*live, family, next_token(family, key_of(self.request.form["refresh_token"])))

    def revoke_old_credential(self, refresh_token: KnownFamily) -> None:
        """Do nothing: the next token ended this one."""


class OwnNameGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """A client's own secret or key for a token in its own name."""

    TOKEN_ENDPOINT_AUTH_METHODS = WITH_SECRET_OR_KEY


def give_tokens(database: Database, issuer: str, asked: Asked) -> Answer:
    """Answer a request at the token endpoint."""
    by = signer(database)
    with database.writing(EVERY_SCHOOL) as session:
        server = Server(session, by, issuer)
        try:
            asked.check()
            answer: Answer = server.create_token_response(AskedRequest(asked, "POST"))
        except OAuth2Error as error:
            answer = server.handle_error_response(None, error)
    return answer
