"""People who sign in, take the second step, and ask as whoever they are."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pyotp

from tests.identity.authenticator import Authenticator
from tests.identity.makers import PASSWORD, make_login, make_person

ORIGIN = "https://school.example"


@dataclass
class Somebody:
    """A person with a login, signed in or not, and what they hold in their hands."""

    api: Any
    id: UUID
    login: str
    session_token: str = ""
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    device: Authenticator = field(default_factory=lambda: Authenticator(ORIGIN))

    def try_password(self, password: str = PASSWORD, **more: Any) -> Any:
        body = {"login": self.login, "password": password, **more}
        return self.api.anonymously("POST", "/sessions", json=body)

    def sign_in(self, **more: Any) -> "Somebody":
        answer = self.try_password(**more)
        assert answer.status_code == 201, answer.json
        self.session_token = answer.json["session_token"]
        return self

    def token(self) -> Any:
        asked = {"grant_type": "session", "session_token": self.session_token, "audience": "identity"}
        return self.api.anonymously("POST", "/tokens", json=asked)

    def __call__(self, method: str, path: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token().json['access_token']}"}
        return self.api.anonymously(method, path, headers=headers | given.pop("headers", {}), **given)

    def add_totp(self) -> "Somebody":
        """Connect an app; its first code is used up by that."""
        self.secret = self("POST", "/me/totp").json["secret"]
        answer = self("PUT", "/me/totp", json={"code": self.code()})
        assert answer.status_code == 200, answer.json
        self.codes = answer.json["recovery_codes"] or self.codes
        return self

    def add_passkey(self, name: str = "Ноутбук") -> "Somebody":
        options = self("POST", "/me/passkeys/challenge").json["options"]
        body = {"credential": self.device.make(options), "name": name}
        answer = self("POST", "/me/passkeys", json=body)
        assert answer.status_code == 201, answer.json
        self.codes = answer.json["recovery_codes"] or self.codes
        return self

    def code(self, steps: int = 0) -> str:
        """Return what the app shows now, or so many steps of half a minute off."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + 30 * steps)

    def wait_for_second_step(self) -> str:
        answer = self.try_password()
        assert answer.status_code == 202, answer.json
        return str(answer.json["pending_token"])

    def second(self, pending: str, **shown: Any) -> Any:
        return self.api.anonymously("POST", "/sessions/factor", json={"pending_token": pending, **shown})


def make_somebody(api: Any, database: Any, school: UUID, role: str = "teacher") -> Somebody:
    with database.writing(school) as session:
        person = make_person(session, role=role)
        return Somebody(api, person.id, make_login(session, person))
