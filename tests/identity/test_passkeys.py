"""Passkeys (SECURITY 8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes

from shared.clock import now
from tests.identity.authenticator import Authenticator
from tests.identity.conftest import Api
from tests.identity.makers import make_school, told
from tests.identity.people_at_work import ORIGIN, make_somebody


@pytest.fixture
def parent(api, database, school):
    return make_somebody(api, database, school, "parent").sign_in()


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


def challenge(api, path="/sessions/passkey/challenge", **given):
    answer = api.anonymously("POST", path, **given)
    assert answer.status_code == 200, answer.json
    return answer.json["options"]


def enter(api, credential, **more):
    return api.anonymously("POST", "/sessions/passkey", json={"credential": credential, **more})


def refused(answer):
    return (answer.status_code, answer.json["type"]) == (401, "urn:parta:problem:passkey-refused")


def test_a_passkey_alone_signs_in_without_a_login(api, parent):
    """SECURITY 8: device and its owner's finger are two factors."""
    parent.add_passkey()

    begun = enter(api, parent.device.answer(challenge(api)))

    assert begun.status_code == 201
    assert begun.json["person"]["id"] == str(parent.id)
    parent.session_token = begun.json["session_token"]
    assert parent("GET", "/me/factors").json["passkeys"][0]["used_at"]


def test_the_options_ask_for_the_owner_and_hold_a_long_challenge(api, parent):
    """SECURITY 8: user verification, at least 64 bits, never the same twice."""
    made = parent("POST", "/me/passkeys/challenge").json["options"]
    asked = [challenge(api) for _ in range(2)]

    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["rp"]["id"] == "school.example"
    assert base64url_to_bytes(made["user"]["id"]) == parent.id.bytes
    assert {one["userVerification"] for one in asked} == {"required"}
    assert asked[0]["challenge"] != asked[1]["challenge"]
    assert all(len(base64url_to_bytes(one["challenge"])) >= 64 for one in asked)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://school.example"},
        {"rp_id": "evil.example"},
        {"verified": False},
    ],
    ids=str,
)
def test_an_answer_for_another_site_or_without_the_owner_is_refused(api, parent, wrong):
    """SECURITY 8."""
    parent.add_passkey()

    assert refused(enter(api, parent.device.answer(challenge(api), **wrong)))


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"verified": False}], ids=str)
def test_a_passkey_for_another_site_or_without_the_owner_is_not_added(parent, wrong):
    """SECURITY 8. Not by 401: whoever asks is signed in, and stays so."""
    options = parent("POST", "/me/passkeys/challenge").json["options"]
    body = {"credential": parent.device.make(options, **wrong), "name": "Чужой"}

    answer = parent("POST", "/me/passkeys", json=body)

    assert (answer.status_code, answer.json["type"]) == (422, "urn:parta:problem:passkey-not-made")
    assert parent("GET", "/me/factors").json["passkeys"] == []


def test_an_answer_is_taken_once_and_within_five_minutes(clock, api, parent):
    """SECURITY 8."""
    parent.add_passkey()
    answer = parent.device.answer(challenge(api))
    first, again = enter(api, answer), enter(api, answer)
    old = challenge(api)
    clock.shift(timedelta(minutes=6))

    assert first.status_code == 201
    assert refused(again)
    assert refused(enter(api, parent.device.answer(old)))


def test_a_challenge_is_worth_nothing_for_what_it_was_not_made_for(api, parent):
    """SECURITY 8."""
    parent.add_passkey()
    for_proof = parent("POST", "/me/proof/challenge").json["options"]
    own = parent.device.answer({**challenge(api), "challenge": "c2VsZi1tYWRlLXNlbGYtbWFkZQ"})

    assert refused(enter(api, parent.device.answer(for_proof)))
    assert refused(enter(api, own))


def test_a_counter_that_runs_backwards_is_refused_and_reported(api, database, parent):
    """SECURITY 8."""
    parent.add_passkey()
    parent.device.count = 7
    assert enter(api, parent.device.answer(challenge(api))).status_code == 201

    parent.device.count = 4  # As that of a copy made in between.
    answer = enter(api, parent.device.answer(challenge(api)))

    assert (answer.status_code, answer.json["type"]) == (401, "urn:parta:problem:passkey-copied")
    assert told(database, "identity.security.noticed")[-1].what == "passkey_copied"


def test_a_device_that_does_not_count_is_no_copy(api, parent):
    parent.device = Authenticator(ORIGIN, counts=False)
    parent.add_passkey()

    assert [enter(api, parent.device.answer(challenge(api))).status_code for _ in range(2)] == [201, 201]


def test_of_ten_same_answers_in_parallel_one_signs_in(app_of, either_database):
    """SECURITY 8: whatever the counter, which a device may not have."""
    school = make_school(either_database)
    api = Api(app_of(either_database), school)
    somebody = make_somebody(api, either_database, school).sign_in()
    somebody.device = Authenticator(ORIGIN, counts=False)
    somebody.add_passkey()
    answer, gate = somebody.device.answer(challenge(api)), Barrier(10)

    def use(one):
        gate.wait()
        return enter(one, answer).status_code

    with ThreadPoolExecutor(10) as pool:
        clients = [Api(app_of(either_database), school) for _ in range(10)]
        found = sorted(pool.map(use, clients))

    assert found == [201] + [401] * 9


def test_a_removed_passkey_and_one_of_a_closed_account_open_nothing(api, parent, database, school):
    other = make_somebody(api, database, school, "pupil").sign_in().add_passkey()
    parent.add_passkey()
    [mine] = parent("GET", "/me/factors").json["passkeys"]

    foreign = other("DELETE", f"/me/passkeys/{mine['id']}").status_code
    removed = parent("DELETE", f"/me/passkeys/{mine['id']}").status_code
    api("DELETE", f"/people/{other.id}/credentials")

    assert (foreign, removed) == (404, 204)
    for somebody in (parent, other):
        assert refused(enter(api, somebody.device.answer(challenge(api))))


def test_a_passkey_proves_its_owner_in_the_middle_of_a_session_and_nobody_else(
    clock, api, database, school, parent
):
    """SECURITY 11."""
    other = make_somebody(api, database, school, "pupil").sign_in().add_passkey()
    parent.add_passkey()
    clock.shift(timedelta(minutes=6))

    def prove(device):
        options = parent("POST", "/me/proof/challenge").json["options"]
        shown = {"way": "passkey", "credential": device.answer(options)}
        return parent("POST", "/me/proof", json=shown)

    stranger, owner = prove(other.device), prove(parent.device)

    assert (stranger.status_code, stranger.json["type"]) == (422, "urn:parta:problem:proof-wrong")
    assert owner.status_code == 200
    assert parent("GET", "/me/proof").json["is_fresh"] is True
    assert parent("GET", "/me/proof").json["ways"] == ["password", "passkey"]


def test_a_family_with_a_passkey_may_go_on_with_its_password(parent):
    parent.add_passkey()

    assert parent.try_password().status_code == 201


def test_a_leaders_password_needs_the_passkey_beside_it(api, database, school):
    """SECURITY 6."""
    database.info = {**database.info, "second_factor": ("leaders", timedelta(days=7))}
    deputy = make_somebody(api, database, school, "deputy").sign_in().add_passkey()
    pending = deputy.wait_for_second_step()

    options = challenge(api, "/sessions/factor/challenge", json={"pending_token": pending})
    done = deputy.second(pending, way="passkey", credential=deputy.device.answer(options))

    assert options["allowCredentials"]
    assert done.status_code == 201


def test_a_second_step_is_not_taken_with_somebody_elses_passkey(api, database, school, parent):
    database.info = {**database.info, "second_factor": ("leaders", timedelta(days=7))}
    deputy = make_somebody(api, database, school, "deputy").sign_in().add_passkey()
    parent.add_passkey()
    pending = deputy.wait_for_second_step()

    options = challenge(api, "/sessions/factor/challenge", json={"pending_token": pending})
    done = deputy.second(pending, way="passkey", credential=parent.device.answer(options))

    assert refused(done)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature"]), junk=JUNK)
def test_whatever_a_browser_sends_is_refused_and_breaks_nothing(api, parent, field, junk):
    if not parent("GET", "/me/factors").json["passkeys"]:
        parent.add_passkey()
    answer = parent.device.answer(challenge(api))
    holder = answer["response"] if field in ("clientDataJSON", "signature") else answer
    holder[field] = junk

    assert enter(api, answer).status_code in (401, 422)
