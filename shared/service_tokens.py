"""The tokens by which a service reads the feeds of others, got from identity by its own key or secret."""

import threading
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from shared.auth import ISSUER
from shared.ids import new_id
from shared.peers import Peers
from shared.settings import Settings

PROOF_SECONDS = 60
EARLY_SECONDS = 60  # A new one is asked for before the old one runs out.


class ServiceTokens:
    """Keeps a token for each service it reads from."""

    def __init__(self, settings: Settings, peers: Peers) -> None:
        self._settings = settings
        self._peers = peers
        self._tokens: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def headers(self, audience: str) -> dict[str, str]:
        """Return the header that opens a service's door; httpx2's HTTPError when identity does not answer."""
        with self._lock:
            token, until = self._tokens.get(audience, ("", 0.0))
            if time.monotonic() > until:
                token, until = self._ask(audience)
                self._tokens[audience] = token, until
        return {"Authorization": f"Bearer {token}"}

    def forget(self, audience: str) -> None:
        """Ask anew next time: the token was refused."""
        with self._lock:
            self._tokens.pop(audience, None)

    def _proof(self) -> dict[str, str]:
        """Return what shows who asks: signed anew each time, where the service has a key (RFC 7523)."""
        if not self._settings.client_key:
            return {"client_secret": self._settings.client_secret}
        key, at = ECKey.import_key(self._settings.client_key), int(time.time())
        claims = {
            "iss": self._settings.client_id,
            "sub": self._settings.client_id,
            "aud": ISSUER,
            "iat": at,
            "exp": at + PROOF_SECONDS,
            "jti": str(new_id()),
        }
        return {"client_assertion": jwt.encode({"alg": "ES256"}, claims, key)}

    def _ask(self, audience: str) -> tuple[str, float]:
        asked = time.monotonic()
        body = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "audience": audience,
            **self._proof(),
        }
        answer = self._peers.client("identity").post("/api/identity/v1/tokens", json=body)
        answer.raise_for_status()
        given: dict[str, Any] = answer.json()
        return given["access_token"], asked + max(given["expires_in"] - EARLY_SECONDS, 0)
