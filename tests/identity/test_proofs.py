"""Proving again who one is (SECURITY 11)."""

from datetime import timedelta

import pytest
import time_machine

from shared.clock import now
from tests.identity.makers import PASSWORD, make_login, make_person


@pytest.fixture
def operator(database, school):
    with database.writing(school) as session:
        person = make_person(session, family="Осипова", role="operator")
        return person.id, make_login(session, person)


def signed_in(api, login):
    begun = api.anonymously("POST", "/sessions", json={"login": login, "password": PASSWORD})
    return begun.json["session_token"]


def as_session(api, session_token):
    """Return a caller with an access token just got for the session."""

    def call(method, path, **given):
        asked = {"grant_type": "session", "session_token": session_token, "audience": "identity"}
        token = api.anonymously("POST", "/tokens", json=asked).json["access_token"]
        headers = {"Authorization": f"Bearer {token}"} | given.pop("headers", {})
        return api.anonymously(method, path, headers=headers, **given)

    return call


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/people/{}/credentials", None),
        ("DELETE", "/people/{}/credentials", None),
        ("POST", "/people/{}/roles", {"role": "educator"}),
        ("DELETE", "/people/{}/roles/teacher", None),
    ],
)
def test_grave_things_need_a_proof_no_older_than_five_minutes(api, database, school, method, path, body):
    """SECURITY 11."""
    with database.writing(school) as session:
        teacher = make_person(session, role="teacher")
        make_login(session, teacher)
        path = path.format(teacher.id)
    given = {"json": body} if body else {}

    def proven(seconds):
        return {"auth_time": int((now() - timedelta(seconds=seconds)).timestamp())}

    stale = api(method, path, claims=proven(301), **given)
    never = api(method, path, claims={"auth_time": None}, **given)
    fresh = api(method, path, claims=proven(299), **given)

    assert (stale.status_code, stale.json["type"]) == (403, "urn:parta:problem:proof-needed")
    assert never.status_code == 403
    assert fresh.status_code < 300


def test_an_open_computer_links_nobody_s_account_elsewhere(api):
    """SECURITY 11: who is linked signs in by it ever after; whoever has just signed in is asked nothing."""
    kept = {"state": "s", "browser_key": "b"}

    def link(minutes):
        proven = {"auth_time": int((now() - timedelta(minutes=minutes)).timestamp())}
        return api("POST", "/me/links/known", json=kept, claims=proven).json["type"].rpartition(":")[2]

    assert (link(6), link(1)) == ("proof-needed", "not-vouched")


def test_another_address_for_letters_needs_a_fresh_proof_and_the_rest_of_a_card_does_not(
    api, database, school
):
    """SECURITY 11: by a letter to that address the password is reset."""
    with database.writing(school) as session:
        path = f"/people/{make_person(session, family='Щукина', given='Анна').id}"
    stale = {"auth_time": int((now() - timedelta(minutes=6)).timestamp())}
    card = {"family_name": "Щукина", "given_name": "Алла"}

    def put(version, claims, **more):
        headers = {"If-Match": f'"{version}"'}
        return api("PUT", path, json=card | more, headers=headers, claims=claims)

    assert put(1, stale).status_code == 200
    moved = put(2, stale, email="me@example.org")
    assert (moved.status_code, moved.json["type"]) == (403, "urn:parta:problem:proof-needed")
    assert put(2, {}, email="anna@example.org").status_code == 200
    assert put(3, stale, email="anna@example.org", position="учитель").status_code == 200


def test_signing_in_is_a_proof_and_typing_the_password_again_renews_it(api, database, school, operator):
    """SECURITY 11."""
    _, login = operator
    with database.writing(school) as session:
        pupil_id = make_person(session).id
    with time_machine.travel(now(), tick=False) as clock:
        call = as_session(api, signed_in(api, login))
        grave = ("POST", f"/people/{pupil_id}/credentials")

        at_once = call(*grave).status_code
        clock.shift(timedelta(minutes=6))
        late = call(*grave)
        asked = call("GET", "/me/proof").json
        proof = call("POST", "/me/proof", json={"password": PASSWORD})
        again = call(*grave).status_code

    assert (at_once, late.status_code, again) == (201, 403, 201)
    assert asked["is_fresh"] is False
    assert (proof.status_code, proof.json["is_fresh"]) == (200, True)


def test_a_wrong_password_proves_nothing_and_counts_as_a_failure(api, database, school, operator):
    """SECURITY 5 and 11: the way round the sign-in is no wider than the sign-in."""
    _, login = operator
    with time_machine.travel(now(), tick=False) as clock:
        call = as_session(api, signed_in(api, login))
        clock.shift(timedelta(minutes=6))

        wrong = [call("POST", "/me/proof", json={"password": "нет"}) for _ in range(5)]
        early = call("POST", "/me/proof", json={"password": PASSWORD})
        asked = call("GET", "/me/proof")

    assert {one.status_code for one in wrong} == {422}
    assert wrong[0].json["type"] == "urn:parta:problem:proof-wrong"
    assert early.status_code == 429
    assert (asked.status_code, asked.json["is_fresh"]) == (200, False)


def test_a_token_without_a_living_session_cannot_be_proven_anew(api, database, school, operator):
    person_id, _ = operator

    answer = api("POST", "/me/proof", person=person_id, json={"password": PASSWORD})

    assert answer.status_code == 404
