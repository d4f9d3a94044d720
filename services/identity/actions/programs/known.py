"""Our clients, codes and people as Authlib wants to see them."""

import hmac
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.util import scope_to_list
from authlib.oidc.core import AuthorizationCodeMixin

from services.identity.actions.signing_in.hashing import hashed
from services.identity.models import AuthorizationCode, Client, RefreshFamily, SignIn
from services.identity.rules.clients import HOUSE_SCOPES, OWN_SCOPES, PERSON_SCOPES

BY_SECRET = frozenset({"client_secret_basic", "client_secret_post"})
BY_KEY = "private_key_jwt"


@dataclass(frozen=True)
class KnownClient(ClientMixin):  # type: ignore[misc]
    """A client that may ask."""

    row: Client

    @property
    def client_metadata(self) -> dict[str, list[str]]:
        """What the end-session endpoint asks for."""
        return {"post_logout_redirect_uris": self.row.post_logout_uris}

    def get_client_id(self) -> str:
        """Return its id."""
        return self.row.id

    def get_default_redirect_uri(self) -> None:
        """Return nothing: a request says where it wants its answer (OpenID Connect Core, 3.1.2.1)."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the part of the scopes asked for that the client may have; None when there is none."""
        asked = scope_to_list(scope) if scope else self.row.scopes
        return " ".join(one for one in asked if one in self.row.scopes) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether it is registered, to the letter."""
        return redirect_uri in self.row.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether it is the secret."""
        kept = self.row.secret_sha256
        return kept is not None and hmac.compare_digest(kept, hashed(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        """Whether the client may prove itself like this: whoever has a key or a secret must use it."""
        if method in BY_SECRET:
            return self.row.secret_sha256 is not None
        if method == BY_KEY:
            return bool(self.row.public_keys)
        return method == "none" and self.row.is_public

    def check_response_type(self, response_type: str) -> bool:
        """Whether the authorization page may answer like this."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may ask in this way."""
        if grant_type == "client_credentials":
            return not self.row.is_public and bool(own_scopes(self.row))
        return bool(self.row.redirect_uris) and grant_type in ("authorization_code", "refresh_token")


def own_scopes(client: Client) -> list[str]:
    """Return what a client may do in its own name."""
    return [scope for scope in client.scopes if scope in (*OWN_SCOPES, *HOUSE_SCOPES)]


def person_scopes(scope: str) -> list[str]:
    """Return the scopes of a list that concern a person."""
    return [one for one in scope_to_list(scope) if one in PERSON_SCOPES]


@dataclass(frozen=True)
class KnownCode(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that is good."""

    row: AuthorizationCode
    code_challenge_method: str = "S256"

    @property
    def code_challenge(self) -> str:
        """What the verifier must hash to."""
        return self.row.code_challenge

    def get_redirect_uri(self) -> str:
        """Return where it was sent."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """Return what was allowed."""
        return " ".join(self.row.scopes)


@dataclass(frozen=True)
class KnownFamily(TokenMixin):  # type: ignore[misc]
    """The family of a refresh token that is good."""

    row: RefreshFamily

    def check_client(self, client: KnownClient) -> bool:
        """Whether the token was given to this client."""
        return self.row.client_id == client.row.id

    def get_scope(self) -> str:
        """Return what was allowed."""
        return " ".join(self.row.scopes)


@dataclass(frozen=True)
class Holder:
    """Whom a program gets tokens for: a session of a person, and the family the tokens belong to."""

    sign_in: SignIn
    roles: list[str]
    family: RefreshFamily
    refresh_token: str
