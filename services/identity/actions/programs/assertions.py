"""Clients that prove themselves by a key (RFC 7523): ES256, meant for us, short-lived, good once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from sqlalchemy.dialects import postgresql, sqlite

from services.identity.actions.programs.clients import WrongSecret
from services.identity.actions.programs.known import BY_KEY, KnownClient
from services.identity.actions.signing_in.hashing import hashed
from services.identity.models import Client, UsedAssertion, table
from services.identity.rules.clients import ASSERTION_LASTS
from shared.auth import ISSUER
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Invalid, Text

SKEW = timedelta(seconds=60)


class BadKeys(Invalid):
    """What was given as a client's public keys is none."""

    title = Text("Ключ программы не подходит", "The program's key will not do")
    detail = Text(
        "Нужен открытый ключ P-256: PEM или набор JWK без закрытой части.",
        "It takes a public key on P-256: PEM, or a JWK set without private parts.",
    )


class ClientAssertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """`private_key_jwt` at the token endpoint."""

    CLIENT_AUTH_METHOD = BY_KEY

    def __init__(self, session: SchoolSession, issuer: str) -> None:
        super().__init__(leeway=int(SKEW.total_seconds()))
        self._session, self._issuer = session, issuer

    def get_audiences(self) -> list[str]:
        """Return our names: services know us by the short one, wherever we are."""
        return [self._issuer, f"{self._issuer}/oauth/token", ISSUER]

    def resolve_client_public_key(self, client: KnownClient) -> KeySet | ECKey:
        """Return the client's keys."""
        if not client.row.public_keys:
            raise InvalidClientError(description="The client has no key.")
        keys = KeySet.import_key_set(client.row.public_keys)  # type: ignore[arg-type]
        # A proof need not name the only key there is.
        return keys.keys[0] if len(keys.keys) == 1 else keys  # type: ignore[return-value]

    def extract_assertion(self, assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read it, unproven yet."""
        try:
            header, claims = super().extract_assertion(assertion)
        except (ValueError, TypeError) as wrong:
            raise InvalidClientError(description="Invalid JWT assertion.") from wrong
        return header, claims

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet | ECKey) -> dict[str, Any]:
        """Check signature and claims."""
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=["ES256"])
        except (JoseError, ValueError, TypeError, KeyError) as wrong:
            raise InvalidClientError(description="The proof is not signed by the client.") from wrong
        self.verify_claims(token.claims)
        return token.claims

    def validate_jti(self, claims: dict[str, Any], jti: Any) -> bool:
        """Use the proof up; False when it was before, or would be good for too long to remember."""
        until = datetime.fromtimestamp(claims["exp"], UTC)
        if not isinstance(jti, str) or until > now() + ASSERTION_LASTS + SKEW:
            return False
        build: Any = (
            postgresql.insert if self._session.get_bind().dialect.name == "postgresql" else sqlite.insert
        )
        row = {"proof_sha256": hashed(f"{claims['sub']} {jti}"), "expires_at": until + SKEW}
        used = build(table(UsedAssertion)).values(row).on_conflict_do_nothing()
        return self._session.scalar(used.returning(table(UsedAssertion).c.proof_sha256)) is not None


def proven_by_key(session: SchoolSession, issuer: str, client_id: str, assertion: str) -> Client:
    """Return the client that signed this proof, which is used up by it; WrongSecret for any other."""
    row = session.get(Client, client_id) if client_id.isprintable() else None
    if row is None or not row.is_enabled or not row.public_keys:
        raise WrongSecret
    client, checks = KnownClient(row), ClientAssertion(session, issuer)
    try:
        claims = checks.process_assertion_claims(assertion, checks.resolve_client_public_key(client))
    except InvalidClientError as wrong:
        raise WrongSecret from wrong
    if claims["sub"] != client_id:
        raise WrongSecret
    return row


def public_keys(given: str | dict[str, Any]) -> dict[str, Any]:
    """Return public keys as a JWK set, from PEM or a set; BadKeys for what is neither."""
    try:
        if isinstance(given, str) and not given.lstrip().startswith("{"):
            keys = [ECKey.import_key(given)]
        else:
            found = orjson.loads(given) if isinstance(given, str) else given
            keys = [ECKey.import_key(one) for one in found["keys"]]
        wrong = any(key.is_private or key.curve_name != "P-256" for key in keys)
    except (JoseError, ValueError, TypeError, KeyError) as refused:
        raise BadKeys from refused
    if wrong or not keys:
        raise BadKeys
    return {"keys": [key.as_dict(private=False) for key in keys]}
