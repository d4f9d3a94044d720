"""Access tokens as identity would give them, signed with a key of the tests' own."""

import time
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared.auth import ISSUER, KeyRing

KEY = ECKey.generate_key("P-256", auto_kid=True)


def key_ring() -> KeyRing:
    """Return the keys a service under test trusts."""
    return KeyRing(fetch=lambda: KeySet([KEY]).as_dict(private=False))


def token(
    audience: str,
    *,
    school_id: UUID | None = None,
    person_id: UUID | None = None,
    roles: tuple[str, ...] = (),
    scope: str = "",
    client_id: str | None = None,
    lives_seconds: int = 300,
    key: ECKey = KEY,
    **claims: object,
) -> str:
    """Return a token for one service; a person without an id gets a new one."""
    person = person_id or (uuid4() if roles else None)
    at = int(time.time())
    body = {
        "iss": ISSUER,
        "aud": audience,
        "sub": str(person or client_id),
        "person": str(person) if person else None,
        "school": str(school_id) if school_id else None,
        "roles": list(roles),
        "scope": scope,
        "client_id": client_id,
        "auth_time": at,  # Just proven, unless a test says otherwise.
        "amr": ["pwd"],
        "iat": at,
        "nbf": at,
        "exp": at + lives_seconds,
        **claims,
    }
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, body, key)


def bearer(audience: str, **given: object) -> dict[str, str]:
    """Return the Authorization header of such a token."""
    return {"Authorization": f"Bearer {token(audience, **given)}"}  # type: ignore[arg-type]
