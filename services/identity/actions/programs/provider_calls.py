"""Talking to another identity provider: its description, its keys, a code for an id token.

Only the host of the configured issuer is called, whatever its description says.
"""

import time
from base64 import b64encode
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx2
from authlib.oauth2.rfc7523.assertion import private_key_jwt_sign
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet

from services.identity.actions.programs.outbound import Outbound, OutboundFailed
from services.identity.models import Provider, ProviderVisit
from services.identity.rules.providers import (
    ALGORITHMS,
    DESCRIPTION_KEPT_SECONDS,
    KEYS_REFETCHED_SECONDS,
    SKEW_SECONDS,
)
from shared.errors import Invalid, Text, Unavailable

LONGEST_SUBJECT = 300

_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = Lock()


class ProviderSilent(Unavailable):
    """The provider does not answer, or not as it should."""

    title = Text("Провайдер не отвечает", "The provider does not answer")
    detail = Text(
        "Войдите по логину и паролю или повторите через несколько минут.",
        "Sign in with login and password, or try again in a few minutes.",
    )


class NotVouched(Invalid):
    """The provider did not say who it is, or what it said is not for us."""

    title = Text("Провайдер не подтвердил, кто вы", "The provider did not say who you are")
    detail = Text("Начните вход сначала.", "Begin the sign-in again.")


def description(outbound: Outbound, issuer: str) -> dict[str, Any]:
    """Return what a provider says of itself; kept for ten minutes."""
    told = _fetched(outbound, issuer, f"{issuer}/.well-known/openid-configuration")
    if str(told.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderSilent
    return told


def _fetched(
    outbound: Outbound, issuer: str, url: str, at_most: float = DESCRIPTION_KEPT_SECONDS
) -> dict[str, Any]:
    with _lock:
        at, told = _kept.get(url, (0.0, {}))
    if told and time.monotonic() - at < at_most:
        return told
    answer = _call(outbound, issuer, "GET", url)
    told = _object(answer)
    with _lock:
        _kept[url] = time.monotonic(), told
    return told


def _call(outbound: Outbound, issuer: str, method: str, url: str, **given: Any) -> httpx2.Response:
    if urlsplit(url).netloc != urlsplit(issuer).netloc:
        raise ProviderSilent
    try:
        return outbound.send(method, url, **given)
    except OutboundFailed as wrong:
        raise ProviderSilent from wrong


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as wrong:
        raise ProviderSilent from wrong
    if answer.status_code != 200 or not isinstance(told, dict):
        raise ProviderSilent
    return told


def vouched(
    outbound: Outbound, provider: Provider, secret: str, visit: ProviderVisit, code: str, back: str
) -> str:
    """Trade a code for the provider's word and return the subject it names; NotVouched when it does not."""
    told = description(outbound, provider.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": visit.verifier,
    }
    headers = _proof(provider, secret, told, form)
    answer = _call(outbound, provider.issuer, "POST", told["token_endpoint"], data=form, headers=headers)
    if 400 <= answer.status_code < 500:
        raise NotVouched
    given = _object(answer)
    claims = _read(outbound, provider.issuer, told["jwks_uri"], str(given.get("id_token", "")))
    return _subject(claims, provider, visit.nonce)


def _proof(provider: Provider, secret: str, told: dict[str, Any], form: dict[str, str]) -> dict[str, str]:
    """Put our own proof into the form, or return the header that holds it."""
    if provider.auth_method != "private_key_jwt":
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    form["client_assertion_type"] = ASSERTION_TYPE
    form["client_assertion"] = private_key_jwt_sign(
        ECKey.import_key(secret), provider.client_id, told["token_endpoint"], alg="ES256", expires_in=120
    )
    return {}


def _read(outbound: Outbound, issuer: str, jwks_uri: str, token: str) -> dict[str, Any]:
    for kept in (DESCRIPTION_KEPT_SECONDS, KEYS_REFETCHED_SECONDS):
        try:
            keys = KeySet.import_key_set(_fetched(outbound, issuer, jwks_uri, kept))  # type: ignore[arg-type]
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            continue  # It may have taken a new key since.
        except (JoseError, ValueError, TypeError, KeyError) as wrong:
            raise NotVouched from wrong
    raise NotVouched


def _subject(claims: dict[str, Any], provider: Provider, nonce: str) -> str:
    wanted: dict[str, Any] = {
        "iss": {"essential": True},
        "aud": {"essential": True, "values": [provider.client_id]},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    try:
        jwt.JWTClaimsRegistry(leeway=SKEW_SECONDS, **wanted).validate(claims)
    except JoseError as wrong:
        raise NotVouched from wrong
    audience, subject = claims["aud"], claims["sub"]
    ours = audience in (provider.client_id, [provider.client_id]) or claims.get("azp") == provider.client_id
    if str(claims["iss"]).rstrip("/") != provider.issuer or not ours:
        raise NotVouched
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotVouched
    return subject
