"""Programs that ask identity for tokens, as the tests play them."""

import time
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.identity.actions.programs.registry import register_client
from shared.db import Database
from shared.ids import new_id
from tests.identity.makers import PASSWORD

BACK = "https://diary.example.org/back"
SCOPES = ["openid", "profile", "email", "school", "journal:read"]
ISSUER = "https://school.example/api/identity/v1"


def make_client(database: Database, school: UUID | str, **given: Any) -> tuple[str, str | None]:
    """Register a program of a school and return its id and secret."""
    described = {
        "name": "Дневник в кармане",
        "is_public": False,
        "is_enabled": True,
        "is_preapproved": False,
        "scopes": SCOPES,
        "redirect_uris": [BACK],
        "post_logout_uris": [],
        "logout_uri": "",
    } | given
    with database.writing(school) as session:
        client, secret = register_client(session, described)
        return client.id, secret


class Program:
    """A program and a person before its browser page, without a browser."""

    def __init__(self, api: Any, client_id: str, secret: str | None = None) -> None:
        self.api, self.client_id, self.secret = api, client_id, secret
        self.verifier = generate_token(48)

    def query(self, **given: Any) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": " ".join(SCOPES),
            "state": "st",
            "nonce": "no",
            "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
        } | given
        return urlencode({name: value for name, value in asked.items() if value is not None})

    def authorize(self, bearer: dict[str, str], decision: str = "allow", **given: Any) -> Any:
        body = {"query": self.query(**given), "decision": decision}
        return self.api.anonymously("POST", "/oauth/authorizations", json=body, headers=bearer)

    def code(self, bearer: dict[str, str], **given: Any) -> str:
        answer = self.authorize(bearer, **given)
        assert answer.status_code == 200, answer.text
        return answered(answer.json["redirect_to"])["code"]

    def ask(self, path: str = "/oauth/token", **form: Any) -> Any:
        headers = {}
        if self.secret:
            pair = b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        else:
            form.setdefault("client_id", self.client_id)
        return self.api.anonymously("POST", path, data=form, headers=headers)

    def trade(self, code: str, **given: Any) -> Any:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": self.verifier,
        }
        return self.ask(**(form | given))

    def refresh(self, token: str, **given: Any) -> Any:
        return self.ask(grant_type="refresh_token", refresh_token=token, **given)


def answered(address: str) -> dict[str, str]:
    """Return what an address a browser is sent to says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def proof_of(client_id: str, key: ECKey, **given: Any) -> str:
    """Return a proof (RFC 7523) that a client signs with its key."""
    at = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "iat": at,
        "exp": at + 60,
        "jti": str(new_id()),
    }
    header = {"alg": given.pop("alg", "ES256")}
    return jwt.encode(header, claims | given, key, algorithms=[header["alg"]])


def claims_of(api: Any, token: str) -> Any:
    """Return a token of ours, its signature checked."""
    keys = KeySet.import_key_set(api.anonymously("GET", "/jwks.json").json)
    return jwt.decode(token, keys, algorithms=["ES256"])


def signed_in(api: Any, login: str) -> dict[str, str]:
    """Sign a person in as the portal does and return the header of their token."""
    begun = api.anonymously("POST", "/sessions", json={"login": login, "password": PASSWORD}).json
    asked = {"grant_type": "session", "session_token": begun["session_token"], "audience": "identity"}
    token = api.anonymously("POST", "/tokens", json=asked).json["access_token"]
    return {"Authorization": f"Bearer {token}"}
