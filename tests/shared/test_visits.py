"""SECURITY 5 and 47: whose address counts. Only the portal may say it is another than the caller's."""

from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import web
from shared.app import create_app
from shared.auth import SPEAKS_FOR_VISITORS
from shared.db import Database
from shared.peers import Peers
from shared.service import Runtime, Service
from shared.settings import Settings
from shared.visits import PROOF, plain
from tests.support.tokens import key_ring, token

here = web.blueprint("here", "Where from.")


@here.route("/here", methods=["GET"])
@web.public
@here.response(200)
def get_here() -> dict[str, str]:
    return {"address": web.client_address(), "device": web.device()}


@pytest.fixture
def app(tmp_path) -> Flask:
    service = Service(name="toys", metadata=None, blueprints=[here])  # type: ignore[arg-type]
    settings = Settings("toys", "")
    return create_app(
        Runtime(service, settings, Database(f"sqlite:///{tmp_path}/t.db"), Peers({}), key_ring())
    )


def seen(app: Flask, proof: str = "", forwarded: str = "203.0.113.7", peer: str = "10.0.0.9") -> str:
    headers = {"X-Forwarded-For": forwarded, **({PROOF: proof} if proof else {})}
    answer = app.test_client().get(
        "/api/toys/v1/here", headers=headers, environ_overrides={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == 200
    return str(answer.json["address"])


def test_the_portal_passes_on_the_browsers_address(app):
    proof = token("toys", client_id="service-portal", scope=SPEAKS_FOR_VISITORS)

    assert seen(app, proof) == "203.0.113.7"


@pytest.mark.parametrize(
    "given",
    [
        {"audience": "journal", "scope": SPEAKS_FOR_VISITORS, "client_id": "service-portal"},
        {"audience": "toys", "scope": "events:read", "client_id": "service-journal"},
        {"audience": "toys", "roles": ("operator",), "school_id": uuid4()},
        {
            "audience": "toys",
            "scope": SPEAKS_FOR_VISITORS,
            "client_id": "service-portal",
            "lives_seconds": -1,
        },
    ],
    ids=["for another service", "of another client", "of a person", "that has expired"],
)
def test_a_token_that_proves_no_portal_passes_nothing_on(app, given):
    assert seen(app, token(**given)) == "10.0.0.9"


def test_without_a_proof_or_with_rubbish_the_callers_own_address_counts(app):
    assert seen(app) == seen(app, "rubbish") == "10.0.0.9"


def test_what_is_no_address_is_not_believed_even_of_the_portal(app):
    proof = token("toys", client_id="service-portal", scope=SPEAKS_FOR_VISITORS)

    assert seen(app, proof, forwarded="<img>") == "10.0.0.9"
    assert seen(app, proof, forwarded="1.2.3.4, 5.6.7.8") == "10.0.0.9"


def test_a_known_number_of_proxies_is_believed_and_no_further_one(app):
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)

    assert seen(app, forwarded="6.6.6.6, 203.0.113.7") == "203.0.113.7"


def test_the_device_is_what_the_browser_says_cut_to_size_and_printable(app):
    agent = "Mozilla/5.0 (X11; Linux) \x85" + "x" * 500
    answer = app.test_client().get("/api/toys/v1/here", headers={"User-Agent": agent})

    assert answer.json["device"].startswith("Mozilla/5.0 (X11; Linux) x")
    assert len(answer.json["device"]) == 200


def test_addresses_are_written_in_one_way():
    written = [plain(one) for one in ("::ffff:10.1.2.3", "2001:DB8:0:0::1", "fe80::1%eth0", "", "x")]

    assert written == ["10.1.2.3", "2001:db8::1", "fe80::1", "", ""]
