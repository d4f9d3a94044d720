"""Valid requests about second factors, for which the caller first has to have one."""

import time
from typing import Any

import orjson
import pyotp

from tests.access.stage import Stage, Things
from tests.access.world import PASSWORD, PEOPLE
from tests.identity.authenticator import Authenticator

Given = dict[str, Any]
SITE = "http://127.0.0.1:8000"


def _api(stage: Stage, caller: str, method: str, path: str, **given: Any) -> Any:
    headers = {"Authorization": f"Bearer {stage.token(caller, 'identity')}"}
    client = stage.world.apps["identity"].test_client()
    return client.open(f"/api/identity/v1{path}", method=method, headers=headers, **given).json


def _open(stage: Stage, path: str, **body: Any) -> Any:
    return stage.world.apps["identity"].test_client().post(f"/api/identity/v1{path}", json=body).json


def _has_factors(caller: str) -> bool:
    return caller in PEOPLE and caller != "newcomer"


def _begun(stage: Stage, caller: str) -> dict[str, str]:
    """Begin to connect an app; return what confirms it, and nothing for whom nothing is confirmed."""
    if not _has_factors(caller):
        return {"code": "000000"}
    told = _api(stage, caller, "POST", "/me/totp")
    return told | {"code": pyotp.TOTP(told["secret"]).at(int(time.time()))}


def _connected(stage: Stage, caller: str) -> list[str]:
    if not _has_factors(caller):
        return []
    code = {"code": _begun(stage, caller)["code"]}
    codes: list[str] = _api(stage, caller, "PUT", "/me/totp", json=code)["recovery_codes"]
    # Only a first factor brings codes with it; a test may prepare several requests of one caller.
    return codes or list(_api(stage, caller, "POST", "/me/recovery-codes")["recovery_codes"])


def _made(stage: Stage, caller: str) -> Given:
    """Return a passkey just made, not yet added."""
    if not _has_factors(caller):
        return {"id": "AA", "response": {}}
    options = _api(stage, caller, "POST", "/me/passkeys/challenge")["options"]
    return Authenticator(SITE).make(options)


def _answer(stage: Stage) -> Given:
    """Return the answer of the teacher's passkey to the challenge of a sign-in."""
    device = Authenticator(SITE)
    made = device.make(_api(stage, "teacher", "POST", "/me/passkeys/challenge")["options"])
    _api(stage, "teacher", "POST", "/me/passkeys", json={"credential": made, "name": "Ключ"})
    return device.answer(_open(stage, "/sessions/passkey/challenge")["options"])


def _pending(stage: Stage, things: Things) -> tuple[str, str]:
    """Return the token of the teacher's sign-in that waits, and a code that ends the wait."""
    codes = _connected(stage, "teacher")
    waiting = _open(stage, "/sessions", login=stage.world.first.logins["teacher"], password=PASSWORD)
    return waiting["pending_token"], codes[0]


def _second_step(stage: Stage, caller: str, things: Things) -> Given:
    token, code = _pending(stage, things)
    return {"json": {"pending_token": token, "way": "recovery", "code": code}}


def _prepared(stage: Stage, caller: str, things: Things) -> Given:
    _connected(stage, caller)
    return {}


def _form(fields: Given) -> Given:
    return {"data": {name: orjson.dumps(v) if isinstance(v, dict) else v for name, v in fields.items()}}


def _passkey(stage: Stage, caller: str) -> Given:
    return {"credential": _made(stage, caller), "name": "Ключ"}


BODIES = {
    "identity POST /sessions/factor": _second_step,
    "identity POST /sessions/factor/challenge": lambda stage, _, things: {
        "json": {"pending_token": _pending(stage, things)[0]}
    },
    "identity POST /sessions/passkey": lambda stage, *_: {"json": {"credential": _answer(stage)}},
    "identity PUT /me/totp": lambda stage, caller, _: {"json": {"code": _begun(stage, caller)["code"]}},
    "identity POST /me/passkeys": lambda stage, caller, _: {"json": _passkey(stage, caller)},
    "portal POST /sign-in/passkey": lambda stage, *_: _form({"credential": _answer(stage)}),
    "portal POST /security/totp/confirm": lambda stage, caller, _: _form(_begun(stage, caller)),
    "portal POST /security/totp/remove": _prepared,
    "portal POST /security/codes": _prepared,
    "portal POST /security/passkeys": lambda stage, caller, _: _form(_passkey(stage, caller)),
}
