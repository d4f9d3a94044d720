"""Signing keys change under load, and nobody is turned away."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.identity.actions.programs.keys import KeyTooNew, ensure_keys, rotate_now
from services.identity.models import SigningKey
from shared.auth import BadToken, KeyRing
from shared.clock import now
from shared.db import EVERY_SCHOOL
from tests.identity.makers import PASSWORD
from tests.support.waiting import eventually

SERVICES = 4


def rotate(database, **given):
    with database.writing(EVERY_SCHOOL) as session:
        rotate_now(session, **given)


def token_of(api, session_token, audience="journal"):
    asked = {"grant_type": "session", "session_token": session_token, "audience": audience}
    return api.anonymously("POST", "/tokens", json=asked).json["access_token"]


@pytest.fixture
def session_token(api, teacher):
    given = {"login": teacher[1], "password": PASSWORD}
    return api.anonymously("POST", "/sessions", json=given).json["session_token"]


def ring_of(api):
    return KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)


def test_keys_rotated_under_load_turn_nobody_away(api, database, session_token):
    """Services that read the keys long ago, and never again, know the next one already. SECURITY 21."""
    ensure_keys(database)
    refused, checked, stop = [], [], threading.Event()

    def work():
        ring = ring_of(api)
        while not stop.is_set():
            try:
                ring.actor(token_of(api, session_token), "journal")
                checked.append(1)
            except BadToken as wrong:
                refused.append(str(wrong))

    threads = [threading.Thread(target=work) for _ in range(SERVICES)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(checked) > 20)
    with database.writing(EVERY_SCHOOL) as session:
        aged = update(SigningKey).values(signs_from=now() - timedelta(minutes=11))
        session.execute(aged, execution_options={"synchronize_session": False})
    rotate(database)
    before = len(checked)
    eventually(lambda: len(checked) > before + 20)
    stop.set()
    for thread in threads:
        thread.join()

    assert refused == []


def test_a_key_that_services_may_not_know_yet_does_not_sign(api, database):
    ensure_keys(database)

    with pytest.raises(KeyTooNew):
        rotate(database)


def test_a_stolen_key_goes_at_once_with_all_it_signed(api, database, session_token):
    before = token_of(api, session_token)
    ring = ring_of(api)
    assert ring.actor(before, "journal")

    rotate(database, is_compromised=True)

    with pytest.raises(BadToken):
        ring_of(api).actor(before, "journal")
    assert ring_of(api).actor(token_of(api, session_token), "journal")
