"""What a program is told of a person: id tokens, user info, and that a session is over."""

import time
from typing import Any
from uuid import UUID

from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from services.identity.actions.programs.families import proven_at
from services.identity.actions.programs.keys import Signer
from services.identity.actions.programs.known import Holder, KnownClient, KnownCode
from services.identity.actions.programs.oauth_requests import AskedRequest
from services.identity.models import LogoutNotice, Person, Role, School
from services.identity.rules.clients import ID_TOKEN_SECONDS, LOGOUT_LASTS_SECONDS
from shared.db import SchoolSession
from shared.ids import new_id
from shared.names import full_name

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class IdTokens(OpenIDCode):  # type: ignore[misc]
    """Gives an id token with a code's or a refresh token's answer when `openid` was allowed."""

    def __init__(self, session: SchoolSession, by: Signer, issuer: str) -> None:
        super().__init__(require_nonce=False)
        self._session, self._by, self._issuer = session, by, issuer

    def exists_nonce(self, nonce: str, request: AskedRequest) -> bool:  # noqa: ARG002
        """Leave replay to the code, which serves once: a page that is reloaded sends its nonce again."""
        return False

    def resolve_client_private_key(self, client: KnownClient) -> ECKey:  # noqa: ARG002
        """Return what signs."""
        return self._by.key

    def get_client_algorithm(self, client: KnownClient) -> str:  # noqa: ARG002
        """Return how it signs."""
        return "ES256"

    def get_encode_header(self, client: KnownClient) -> dict[str, str]:  # noqa: ARG002
        """Name the key. The type is plain JWT, which no service takes for an access token."""
        return {"alg": "ES256", "typ": "JWT", "kid": self._by.kid}

    def get_compatible_claims(self, request: AskedRequest) -> dict[str, Any]:
        """Return what is so of every id token; a refreshed one tells of the same sign-in."""
        holder: Holder = request.user
        at = int(time.time())
        return {
            "iss": self._issuer,
            "aud": request.client.get_client_id(),
            "iat": at,
            "exp": at + ID_TOKEN_SECONDS,
            "auth_time": int(proven_at(holder.sign_in).timestamp()),
            "amr": holder.sign_in.amr,
            "sid": str(holder.sign_in.id),
        }

    def get_authorization_code_claims(self, authorization_code: KnownCode) -> dict[str, Any]:
        """Return the nonce, if there was one."""
        nonce = authorization_code.row.nonce
        return {"nonce": nonce} if nonce else {}

    def generate_user_info(self, user: Holder, scope: str) -> dict[str, Any]:
        """Return what the scopes tell of the person."""
        return person_claims(self._session, user.sign_in.person_id, frozenset(scope.split()))


def person_claims(session: SchoolSession, person_id: UUID, scopes: frozenset[str]) -> dict[str, Any]:
    """Return the claims about a person that these scopes open, under their standard names."""
    person = session.get_one(Person, person_id)
    claims: dict[str, Any] = {"sub": str(person_id)}
    if "profile" in scopes:
        claims |= {
            "name": full_name(person.family_name, person.given_name, person.patronymic),
            "family_name": person.family_name,
            "given_name": person.given_name,
            "middle_name": person.patronymic,
            "locale": person.language,
        }
    if "email" in scopes and person.email:
        claims |= {"email": person.email, "email_verified": False}
    if "school" in scopes:
        school = session.get_one(School, person.school_id)
        roles = session.scalars(select(Role.role).where(Role.person_id == person_id).order_by(Role.role))
        claims |= {"school": {"id": str(school.id), "name": school.name}, "roles": list(roles)}
    return claims


def logout_token(by: Signer, issuer: str, notice: LogoutNotice) -> str:
    """Return what tells a program that a session is over (OpenID Connect Back-Channel Logout, 2.4)."""
    at = int(time.time())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": notice.client_id,
        "sub": str(notice.person_id),
        "sid": str(notice.session_id),
        "iat": at,
        "exp": at + LOGOUT_LASTS_SECONDS,
        "jti": str(new_id()),
        "events": {LOGOUT_EVENT: {}},
    }
    return jwt.encode({"alg": "ES256", "typ": "logout+jwt", "kid": by.kid}, claims, by.key)
