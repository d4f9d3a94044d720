"""The portal's calls to the services, made with the rights of the person who is signed in."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import httpx2
import structlog

from services.portal.actions.sessions import Visitor
from shared.peers import Peers
from shared.service_tokens import ServiceTokens
from shared.settings import Settings
from shared.visits import PROOF

TIMEOUT = httpx2.Timeout(15.0, connect=3.0)
RENEW_BEFORE_SECONDS = 30
MAX_TOKENS = 20_000
ASK_AGAIN_SECONDS = 60

log = structlog.get_logger()


class ServiceDown(Exception):
    """A service does not answer, or only with failures."""

    def __init__(self, service: str) -> None:
        """Remember which."""
        super().__init__(service)
        self.service = service


class SignedOut(Exception):
    """Identity no longer knows the session: it ended elsewhere."""


class Proof:
    """The header that goes with every call to identity; empty while identity does not know the portal.

    Visitors are served without it, too: all of them then seem to come from the portal's own address.
    """

    def __init__(self, settings: Settings, peers: Peers) -> None:
        """Ask for tokens by the portal's own client, when it has a secret."""
        self._tokens = ServiceTokens(settings, peers) if settings.client_secret else None
        self._not_before = 0.0

    def headers(self) -> dict[str, str]:
        """Return the header, or nothing."""
        if self._tokens is None or time.monotonic() < self._not_before:
            return {}
        try:
            bearer = self._tokens.headers("identity")["Authorization"]
        except (httpx2.HTTPError, KeyError) as wrong:
            self._not_before = time.monotonic() + ASK_AGAIN_SECONDS
            log.warning("portal is not admitted", error=type(wrong).__name__)
            return {}
        return {PROOF: bearer.removeprefix("Bearer ")}


class Calls:
    """Sends requests to services; keeps each visitor's access tokens, one per service, in memory.

    The browser never sees a token, and no token is ever written down.
    """

    def __init__(self, peers: Peers, proof: Proof) -> None:
        """Reach the services through these peers, and identity with the proof of being the portal."""
        self._peers = peers
        self._proof = proof
        self._tokens: OrderedDict[tuple[str, str], tuple[str, float]] = OrderedDict()
        self._lock = Lock()

    def send(
        self, visitor: Visitor, service: str, method: str, path: str, headers: Mapping[str, str], **given: Any
    ) -> httpx2.Response:
        """Call `/api/<service>/v1<path>`; raises ServiceDown, or SignedOut when no token is to be had."""
        for renewed in (False, True):
            token = self._token(visitor, service, headers, renew=renewed)
            allowed = {**headers, "Authorization": f"Bearer {token}"}
            answer = self.call(service, method, path, allowed, **given)
            if answer.status_code != 401:
                return answer
        raise SignedOut

    def call(
        self, service: str, method: str, path: str, headers: Mapping[str, str], **given: Any
    ) -> httpx2.Response:
        """Call a service without a token; `streamed`, the answer is yet to be read, and to be closed."""
        url = f"/api/{service}/v1{path}"
        sent = {**headers, **(self._proof.headers() if service == "identity" else {})}
        is_streamed, asked = given.pop("streamed", False), {"timeout": TIMEOUT, **given}
        try:
            client = self._peers.client(service)
            request = client.build_request(method, url, headers=sent, **asked)
            answer = client.send(request, stream=is_streamed)
        except (httpx2.HTTPError, KeyError) as wrong:
            log.warning("service does not answer", service=service, error=type(wrong).__name__)
            raise ServiceDown(service) from wrong
        if answer.status_code >= 500:
            log.warning("service fails", service=service, status=answer.status_code)
            raise ServiceDown(service)
        return answer

    def forget(self, visitor: Visitor) -> None:
        """Drop the tokens of a session that ends."""
        with self._lock:
            for known in [key for key in self._tokens if key[0] == visitor.session_id]:
                del self._tokens[known]

    def _token(self, visitor: Visitor, service: str, headers: Mapping[str, str], *, renew: bool) -> str:
        known = (visitor.session_id, service)
        with self._lock:
            token, good_until = self._tokens.get(known, ("", 0.0))
        if token and not renew and time.monotonic() < good_until:
            return token
        wanted = {"grant_type": "session", "session_token": visitor.session_token, "audience": service}
        answer = self.call("identity", "POST", "/tokens", headers, json=wanted)
        if answer.status_code >= 400:
            raise SignedOut
        told = answer.json()
        good_until = time.monotonic() + told["expires_in"] - RENEW_BEFORE_SECONDS
        with self._lock:
            self._tokens[known] = (told["access_token"], good_until)
            while len(self._tokens) > MAX_TOKENS:
                self._tokens.popitem(last=False)
        return str(told["access_token"])
