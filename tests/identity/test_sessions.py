"""Signing in, sessions, tokens and keys, by HTTP."""

from datetime import timedelta
from uuid import UUID

import time_machine
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import update

from services.identity.actions.programs.clients import ensure_client
from services.identity.actions.programs.keys import rotate_keys
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.models import Account
from shared.auth import KeyRing
from shared.clock import now
from shared.db import EVERY_SCHOOL
from tests.identity.makers import MEMORY, PASSWORD, make_login, make_person

SECRET = "s" * 40


def teacher_login(database, school):
    with database.writing(school) as session:
        teacher = make_person(session, role="teacher")
        return teacher.id, make_login(session, teacher)


def sign_in(api, login, password=PASSWORD):
    return api.anonymously("POST", "/sessions", json={"login": login, "password": password})


def token_for(api, session_token, audience="identity"):
    asked = {"grant_type": "session", "session_token": session_token, "audience": audience}
    return api.anonymously("POST", "/tokens", json=asked)


def test_who_knows_the_password_signs_in_and_gets_a_token_services_believe(api, database, school):
    teacher_id, login = teacher_login(database, school)

    answer = sign_in(api, login.upper())

    assert answer.status_code == 201
    body = answer.json
    assert body["person"]["id"] == str(teacher_id)
    assert (body["school"]["id"], body["roles"]) == (str(school), ["teacher"])
    assert body["must_change_password"] is False
    token = token_for(api, body["session_token"], "journal").json["access_token"]
    ring = KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)
    actor = ring.actor(token, "journal")
    assert (actor.person_id, actor.school_id, actor.roles) == (teacher_id, school, {"teacher"})


def test_wrong_password_and_unknown_login_are_refused_alike(api, database, school):
    _, login = teacher_login(database, school)

    wrong, unknown = sign_in(api, login, "нет"), sign_in(api, "nobody")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json["type"] == unknown.json["type"] == "urn:parta:problem:wrong-password"
    assert wrong.json["detail"] == unknown.json["detail"]


def test_after_five_failures_the_right_password_has_to_wait_its_second(api, database, school):
    _, login = teacher_login(database, school)
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(5):
            assert sign_in(api, login, "нет").status_code == 401

        early = sign_in(api, login)
        clock.shift(timedelta(seconds=1))
        in_time = sign_in(api, login)

    assert (early.status_code, early.headers["Retry-After"]) == (429, "1")
    assert early.json["type"] == "urn:parta:problem:too-many-attempts"
    assert in_time.status_code == 201


def test_an_unknown_login_is_slowed_down_too(api):
    answers = [sign_in(api, "nobody").status_code for _ in range(6)]

    assert answers == [401] * 5 + [429]


def test_a_one_time_password_opens_only_its_own_change(api, database, school):
    with database.writing(school) as session:
        pupil = make_person(session)
        login, code = issue_codes(session, [pupil.id])[pupil.id]

    begun = sign_in(api, login, code).json
    token = token_for(api, begun["session_token"]).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    groups = api.anonymously("GET", "/groups", headers=headers)
    me = api.anonymously("GET", "/me", headers=headers)
    changed = api.anonymously(
        "PUT", "/me/password", headers=headers, json={"password": code, "new_password": PASSWORD}
    )

    assert begun["must_change_password"] is True
    assert groups.status_code == 403
    assert (me.status_code, me.json["must_change_password"]) == (200, True)
    assert changed.status_code == 204
    assert sign_in(api, login, code).status_code == 401
    assert sign_in(api, login).json["must_change_password"] is False


def test_an_old_one_time_password_is_refused_with_advice(api, database, school):
    with database.writing(school) as session:
        pupil = make_person(session)
        login, code = issue_codes(session, [pupil.id])[pupil.id]

    with time_machine.travel(now() + timedelta(days=11)):
        answer = sign_in(api, login, code)

    assert answer.status_code == 401
    assert answer.json["type"] == "urn:parta:problem:password-expired"


def test_signing_out_ends_the_session(api, database, school):
    _, login = teacher_login(database, school)
    session_token = sign_in(api, login).json["session_token"]

    out = api.anonymously("DELETE", "/sessions", json={"session_token": session_token})

    assert out.status_code == 204
    assert token_for(api, session_token).json["type"] == "urn:parta:problem:session-over"


def test_a_teachers_session_ends_after_half_an_hour_of_silence_a_pupils_does_not(api, database, school):
    _, login = teacher_login(database, school)
    with database.writing(school) as session:
        pupil = make_person(session)
        pupil_login = make_login(session, pupil)
    tokens = [sign_in(api, name).json["session_token"] for name in (login, pupil_login)]

    with time_machine.travel(now() + timedelta(minutes=31)):
        answers = [token_for(api, token).status_code for token in tokens]

    assert answers == [401, 200]


def test_a_session_in_use_lives_on_until_its_last_hour(api, database, school):
    _, login = teacher_login(database, school)
    token, begun = sign_in(api, login).json["session_token"], now()

    with time_machine.travel(begun, tick=False) as clock:
        answers = []
        for _ in range(25):
            clock.shift(timedelta(minutes=29))
            answers.append(token_for(api, token).status_code)

    assert answers == [200] * 24 + [401]  # 24 × 29 min = 11 h 36 min, and then past 12 h


def test_new_credentials_end_the_sessions_and_void_the_password(api, database, school):
    teacher_id, login = teacher_login(database, school)
    session_token = sign_in(api, login).json["session_token"]

    given = api("POST", f"/people/{teacher_id}/credentials")

    assert given.status_code == 201
    assert given.json["login"] == login
    assert token_for(api, session_token).status_code == 401
    assert sign_in(api, login).status_code == 401
    assert sign_in(api, login, given.json["one_time_password"]).status_code == 201


def test_a_hash_made_with_other_parameters_is_renewed_at_sign_in(api, database, school):
    teacher_id, login = teacher_login(database, school)
    with database.writing(school) as session:
        from services.identity.actions.signing_in.passwords import hash_password

        older = hash_password(PASSWORD, MEMORY * 2)
        session.execute(update(Account).where(Account.person_id == teacher_id).values(password_hash=older))

    assert sign_in(api, login).status_code == 201

    with database.reading(school) as session:
        assert f"m={MEMORY}," in session.get(Account, teacher_id).password_hash


def test_a_client_gets_its_scopes_and_a_wrong_secret_gets_nothing(api, database, school):
    with database.writing(EVERY_SCHOOL) as session:
        ensure_client(session, "service-journal", SECRET)
        ensure_client(session, "importer", SECRET, scopes=("import",), school_id=school)
    asked = {"grant_type": "client_credentials", "audience": "identity", "client_secret": SECRET}

    good = api.anonymously("POST", "/tokens", json=asked | {"client_id": "service-journal"})
    bound = api.anonymously("POST", "/tokens", json=asked | {"client_id": "importer"})
    wrong = api.anonymously(
        "POST", "/tokens", json=asked | {"client_id": "importer", "client_secret": "x" * 40}
    )
    unknown = api.anonymously("POST", "/tokens", json=asked | {"client_id": "nobody"})

    assert _claims(api, good)["scope"] == "events:read"
    assert _claims(api, good)["school"] is None
    assert (_claims(api, bound)["school"], _claims(api, bound)["scope"]) == (str(school), "import")
    assert wrong.status_code == unknown.status_code == 401
    assert good.json["expires_in"] == 300


def _claims(api, answer):
    keys = KeySet.import_key_set(api.anonymously("GET", "/jwks.json").json)
    return jwt.decode(answer.json["access_token"], keys, algorithms=["ES256"]).claims


def test_a_token_request_without_its_parts_names_them(api):
    answer = api.anonymously("POST", "/tokens", json={"grant_type": "session", "audience": "journal"})

    assert answer.status_code == 422
    assert "session_token" in answer.json["errors"]["json"]


def test_no_token_is_made_for_an_audience_that_is_no_service(api):
    asked = {"grant_type": "session", "session_token": "x", "audience": "portal"}

    assert api.anonymously("POST", "/tokens", json=asked).status_code == 422


def test_published_keys_hold_no_private_part_and_the_next_one_is_there(api):
    answer = api.anonymously("GET", "/jwks.json")

    assert len(answer.json["keys"]) == 2
    assert all("d" not in key and key["alg"] == "ES256" for key in answer.json["keys"])
    assert "max-age" in answer.headers["Cache-Control"]


def test_tokens_outlive_a_rotation_and_the_next_key_was_known_before(api, database, school):
    _, login = teacher_login(database, school)
    session_token = sign_in(api, login).json["session_token"]
    before = token_for(api, session_token).json["access_token"]
    cached = api.anonymously("GET", "/jwks.json").json

    with database.writing(EVERY_SCHOOL) as session:
        assert rotate_keys(session, at_once=True)
    after = token_for(api, session_token).json["access_token"]

    old_ring = KeyRing(fetch=lambda: cached)
    new_ring = KeyRing(fetch=lambda: api.anonymously("GET", "/jwks.json").json)
    for token in (before, after):
        assert old_ring.actor(token, "identity").school_id == school
        assert new_ring.actor(token, "identity").school_id == school
    assert (
        jwt.decode(before, KeySet.import_key_set(cached), algorithms=["ES256"]).header["kid"]
        != (jwt.decode(after, KeySet.import_key_set(cached), algorithms=["ES256"]).header["kid"])
    )


def test_a_key_is_rotated_when_it_is_ninety_days_old_and_not_before(api, database):
    api.anonymously("GET", "/jwks.json")

    def rotated(days):
        with time_machine.travel(now() + timedelta(days=days)), database.writing(EVERY_SCHOOL) as session:
            return rotate_keys(session)

    assert [rotated(89), rotated(91), rotated(92)] == [False, True, False]


def test_me_says_who_where_and_whose_parent(api, database, school):
    from tests.identity.makers import make_class, make_parent, make_pupil

    with database.writing(school) as session:
        group = make_class(session)
        child = make_pupil(session, group)
        parent_id, child_id, group_id = make_parent(session, child).id, child.id, group.id

    answer = api("GET", "/me", person=parent_id, roles=("parent",))

    assert answer.status_code == 200
    assert answer.json["school"]["time_zone"] == "Europe/Moscow"
    assert answer.json["children"] == [
        {"id": str(child_id), "name": "Петров Иван", "group": {"id": str(group_id), "name": "5А"}}
    ]
    assert UUID(answer.json["person"]["id"]) == parent_id


def test_a_weak_new_password_is_refused_with_its_reason(api, database, school):
    teacher_id, _ = teacher_login(database, school)

    def change(new):
        body = {"password": PASSWORD, "new_password": new}
        return api("PUT", "/me/password", person=teacher_id, roles=("teacher",), json=body)

    for weak in ("коротко", "Иванова1234", "aaaaaaaaaaaaaaaa", "пароль123456", PASSWORD):
        answer = change(weak)
        assert answer.status_code == 422, weak
        assert answer.json["errors"]["new_password"]
    assert change("три ржавых гвоздя").status_code == 204


def test_who_types_the_present_password_wrong_is_told_so_and_stays_signed_in(api, database, school):
    _, login = teacher_login(database, school)
    session_token = sign_in(api, login).json["session_token"]
    token = token_for(api, session_token).json["access_token"]

    body = {"password": "не тот", "new_password": "три ржавых гвоздя"}
    answer = api.anonymously("PUT", "/me/password", headers={"Authorization": f"Bearer {token}"}, json=body)

    # Not 401: that says of the token that it is no good.
    assert (answer.status_code, answer.json["type"]) == (422, "urn:parta:problem:present-password-wrong")
    assert token_for(api, session_token).status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(api, database, school):
    _, login = teacher_login(database, school)
    here, there = (sign_in(api, login).json["session_token"] for _ in range(2))
    token = token_for(api, here).json["access_token"]

    body = {"password": PASSWORD, "new_password": "три ржавых гвоздя"}
    answer = api.anonymously("PUT", "/me/password", headers={"Authorization": f"Bearer {token}"}, json=body)

    assert answer.status_code == 204
    assert [token_for(api, one).status_code for one in (here, there)] == [200, 401]


def test_people_see_and_end_their_own_sessions_and_nobody_elses(api, database, school):
    _, login = teacher_login(database, school)
    first, second = (sign_in(api, login).json["session_token"] for _ in range(2))
    token = token_for(api, second).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    listed = api.anonymously("GET", "/me/sessions", headers=headers).json["items"]
    by_another = api("DELETE", f"/me/sessions/{listed[1]['id']}", person=None)
    ended = [
        api.anonymously("DELETE", f"/me/sessions/{listed[1]['id']}", headers=headers).status_code
        for _ in range(2)
    ]

    assert [one["is_current"] for one in listed] == [True, False]
    assert by_another.status_code == 404
    assert ended == [204, 404]
    assert [token_for(api, one).status_code for one in (first, second)] == [401, 200]


def test_the_operator_ends_sessions_and_closes_accounts(api, database, school):
    teacher_id, login = teacher_login(database, school)
    token = sign_in(api, login).json["session_token"]

    ended = api("DELETE", f"/people/{teacher_id}/sessions").status_code
    after = (token_for(api, token).status_code, sign_in(api, login).status_code)
    closed = api("DELETE", f"/people/{teacher_id}/credentials").status_code

    assert (ended, after, closed) == (204, (401, 201), 204)
    assert sign_in(api, login).status_code == 401
    new = api("POST", f"/people/{teacher_id}/credentials").json["one_time_password"]
    assert sign_in(api, login, new).status_code == 201
