"""Sessions that end: told once, of those alone that may still have a token, and refused here at once."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from services.identity.actions.programs import tokens
from services.identity.actions.programs.tokens import SessionOver, session_token
from services.identity.actions.signing_in.passwords import end_sessions
from services.identity.actions.signing_in.sign_in import sign_in, sign_out
from shared.bus import ended_session
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database
from shared.ended import prune_ended
from tests.identity.makers import MEMORY, PASSWORD, make_login, make_person, make_school, told

ENDED = "identity.sessions.ended"


def signed_in(database: Database, school, *, times: int = 1):
    with database.writing(school) as session:
        person = make_person(session, role="teacher")
        person_id, login = person.id, make_login(session, person)
    return person_id, [sign_in(database, login, PASSWORD, MEMORY).session_token for _ in range(times)]


def kept(database: Database) -> int:
    with database.reading(EVERY_SCHOOL) as session:
        return session.scalar(select(func.count()).select_from(ended_session))


def test_of_each_person_the_sessions_that_end_are_told_in_one_event(either_database):
    school = make_school(either_database)
    first, _ = signed_in(either_database, school, times=2)
    second, _ = signed_in(either_database, school)

    for _again in range(2):
        with either_database.writing(school) as session:
            end_sessions(session, [first, second])

    events = told(either_database, ENDED)
    assert {event.person_id: len(event.session_ids) for event in events} == {first: 2, second: 1}
    assert kept(either_database) == 3


def test_a_session_without_a_living_token_ends_in_silence(database, school):
    person_id, _ = signed_in(database, school)

    with time_machine.travel(now() + timedelta(minutes=8)), database.writing(school) as session:
        end_sessions(session, [person_id])

    assert told(database, ENDED) == []
    assert kept(database) == 0


def test_who_signs_out_takes_the_tokens_along(api, database, school):
    person_id, [own] = signed_in(database, school)
    token = {"Authorization": f"Bearer {session_token(database, own, 'identity')}"}
    assert api.anonymously("GET", "/me", headers=token).status_code == 200

    sign_out(database, own)

    assert api.anonymously("GET", "/me", headers=token).status_code == 401
    assert [event.person_id for event in told(database, ENDED)] == [person_id]


@pytest.mark.parametrize("method", ["credentials", "sessions"])
def test_a_blocked_person_s_next_request_is_refused(api, database, school, method):
    """SECURITY 16, 22."""
    person_id, [own] = signed_in(database, school)
    token = {"Authorization": f"Bearer {session_token(database, own, 'identity')}"}
    assert api.anonymously("GET", "/me", headers=token).status_code == 200

    assert api("DELETE", f"/people/{person_id}/{method}").status_code == 204

    answer = api.anonymously("GET", "/me", headers=token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_one_s_other_sessions_end_and_the_present_one_goes_on(api, database, school):
    _, sessions = signed_in(database, school, times=2)
    one, other = ({"Authorization": f"Bearer {session_token(database, s, 'identity')}"} for s in sessions)
    [away] = [
        row["id"]
        for row in api.anonymously("GET", "/me/sessions", headers=one).json["items"]
        if not row["is_current"]
    ]

    assert api.anonymously("DELETE", f"/me/sessions/{away}", headers=one).status_code == 204

    assert api.anonymously("GET", "/me", headers=one).status_code == 200
    assert api.anonymously("GET", "/me", headers=other).status_code == 401


def test_a_token_asked_for_while_the_session_ends_is_not_given(database, school, monkeypatch):
    person_id, [own] = signed_in(database, school)
    find = tokens._live_session

    def found_and_ended(*given):
        found = find(*given)
        with database.writing(school) as session:
            end_sessions(session, [person_id])
        return found

    monkeypatch.setattr(tokens, "_live_session", found_and_ended)

    with time_machine.travel(now() + timedelta(minutes=8)), pytest.raises(SessionOver):
        session_token(database, own, "journal")


def test_what_no_token_can_belong_to_any_more_is_forgotten(either_database):
    school = make_school(either_database)
    person_id, _ = signed_in(either_database, school)
    with either_database.writing(school) as session:
        end_sessions(session, [person_id])

    for minutes, left in ((10, 1), (12, 0)):
        with (
            time_machine.travel(now() + timedelta(minutes=minutes)),
            either_database.writing(EVERY_SCHOOL) as session,
        ):
            prune_ended(session)
        assert kept(either_database) == left


def test_who_loses_a_role_loses_the_tokens_that_name_it(api, database, school):
    """SECURITY 28."""
    person_id, [own] = signed_in(database, school)
    token = {"Authorization": f"Bearer {session_token(database, own, 'identity')}"}
    assert api.anonymously("GET", "/me", headers=token).status_code == 200

    assert api("DELETE", f"/people/{person_id}/roles/deputy").status_code == 204
    assert api.anonymously("GET", "/me", headers=token).status_code == 200  # It was never had.
    assert api("DELETE", f"/people/{person_id}/roles/teacher").status_code == 204

    assert api.anonymously("GET", "/me", headers=token).status_code == 401
    assert [event.person_id for event in told(database, ENDED)] == [person_id]
    with pytest.raises(SessionOver):
        session_token(database, own, "identity")
