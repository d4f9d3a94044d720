"""Signing in by password and a second step (SECURITY 6 and 7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select, text, update

from services.identity.commands import commands
from services.identity.models import Account, RecoveryCode, TotpSeed
from shared.clock import now
from tests.identity.conftest import Api
from tests.identity.makers import PASSWORD, make_school, told
from tests.identity.people_at_work import make_somebody

STEP = timedelta(seconds=30)


@pytest.fixture
def teacher(api, database, school):
    return make_somebody(api, database, school).sign_in()


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


def at_once(number, call):
    """Let threads call at the same moment; return what each got."""
    gate = Barrier(number)

    def one(_):
        gate.wait()
        return call()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def test_who_has_an_app_signs_in_by_password_and_code(clock, teacher):
    """SECURITY 6: the password alone begins no session."""
    teacher.add_totp()
    clock.shift(STEP)

    waiting = teacher.try_password()
    done = teacher.second(waiting.json["pending_token"], way="totp", code=teacher.code())

    assert waiting.status_code == 202
    assert waiting.json["ways"] == ["totp", "recovery"]
    assert "session_token" not in waiting.json
    assert (done.status_code, done.json["must_enrol_factor"]) == (201, False)
    teacher.session_token = done.json["session_token"]
    assert teacher("GET", "/me").status_code == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 201), (0, 201), (1, 201), (2, 401)])
def test_the_phones_clock_may_be_one_step_off_and_no_more(clock, teacher, steps, status):
    """SECURITY 7."""
    teacher.add_totp()
    clock.shift(10 * STEP)

    answer = teacher.second(teacher.wait_for_second_step(), way="totp", code=teacher.code(steps))

    assert answer.status_code == status


def test_a_code_serves_once_even_the_one_that_connected_the_app(clock, teacher):
    """SECURITY 7: nor does an older one serve after it."""
    teacher.add_totp()
    first = teacher.second(teacher.wait_for_second_step(), way="totp", code=teacher.code())
    clock.shift(2 * STEP)
    code, older = teacher.code(), teacher.code(-1)

    used = [
        teacher.second(teacher.wait_for_second_step(), way="totp", code=one) for one in (code, code, older)
    ]

    assert first.status_code == 401
    assert [one.status_code for one in used] == [201, 401, 401]


def parallel_somebody(app_of, database):
    school = make_school(database)
    return make_somebody(Api(app_of(database), school), database, school).sign_in()


@pytest.fixture
def many(app_of, either_database):
    """Somebody whose requests come in parallel, each on a connection of its own."""
    return parallel_somebody(app_of, either_database)


def fresh_api(app_of, database, somebody):
    """Return the same person before a client of this thread's own."""
    return type(somebody)(
        Api(app_of(database), somebody.api.school),
        somebody.id,
        somebody.login,
        somebody.session_token,
        somebody.secret,
    )


def test_of_ten_same_codes_in_parallel_one_signs_in(clock, app_of, either_database, many):
    """SECURITY 7."""
    many.add_totp()
    clock.shift(2 * STEP)
    waiting = [many.wait_for_second_step() for _ in range(4)]
    code = many.code()
    clients = [fresh_api(app_of, either_database, many) for _ in range(4)]
    taken = iter(zip(clients, waiting, strict=True))

    def use():
        somebody, pending = next(taken)
        return somebody.second(pending, way="totp", code=code)

    assert statuses(at_once(4, use)) == [201, 401, 401, 401]


def test_of_ten_proofs_by_one_code_in_parallel_one_is_taken(clock, app_of, either_database, many):
    """SECURITY 7 and 11."""
    many.add_totp()
    clock.shift(2 * STEP)
    code = many.code()
    callers = iter([fresh_api(app_of, either_database, many) for _ in range(10)])
    tokens = many.token().json["access_token"]
    headers = {"Authorization": f"Bearer {tokens}"}

    def prove():
        caller = next(callers)
        body = {"way": "totp", "code": code}
        return caller.api.anonymously("POST", "/me/proof", json=body, headers=headers)

    found = statuses(at_once(10, prove))

    assert found.count(200) == 1
    assert set(found) <= {200, 422, 429}  # The rest are wrong, or wait as after wrong ones.


def test_of_ten_uses_of_one_recovery_code_in_parallel_one_signs_in(clock, app_of, either_database, many):
    """SECURITY 7."""
    many.add_totp()
    waiting = iter([many.wait_for_second_step() for _ in range(4)])
    clients = iter([fresh_api(app_of, either_database, many) for _ in range(4)])

    def use():
        return next(clients).second(next(waiting), way="recovery", code=many.codes[0])

    assert statuses(at_once(4, use)) == [201, 401, 401, 401]


def test_a_pending_token_begins_one_session_however_often_it_is_sent(clock, app_of, either_database, many):
    """Each request has a code of its own that would be right: the token is what serves once."""
    many.add_totp()
    pending, codes = many.wait_for_second_step(), iter(many.codes[:4])
    clients = iter([fresh_api(app_of, either_database, many) for _ in range(4)])

    answers = at_once(4, lambda: next(clients).second(pending, way="recovery", code=next(codes)))

    assert statuses(answers) == [201, 401, 401, 401]
    assert {a.json["type"] for a in answers if a.status_code == 401} == {"urn:parta:problem:second-step-over"}
    with either_database.reading(many.api.school) as session:
        used = session.scalars(select(RecoveryCode).where(RecoveryCode.used_at.is_not(None))).all()
    assert len(used) == 1


def test_ten_recovery_codes_are_shown_once_stored_hashed_and_serve_once_each(clock, database, teacher):
    """SECURITY 7."""
    teacher.add_totp()

    answers = [
        teacher.second(teacher.wait_for_second_step(), way="recovery", code=code)
        for code in (teacher.codes[0], teacher.codes[0], teacher.codes[1].upper().replace("-", " "))
    ]

    assert len(set(teacher.codes)) == 10
    assert [one.status_code for one in answers] == [201, 401, 201]
    with database.reading("*") as session:
        stored = str(session.execute(text("SELECT * FROM recovery_codes")).all())
    assert not [code for code in teacher.codes if code in stored]
    assert teacher("GET", "/me/factors").json["recovery_codes_left"] == 8


def test_new_recovery_codes_void_the_old_ones(clock, teacher):
    teacher.add_totp()
    old = teacher.codes[0]

    new = teacher("POST", "/me/recovery-codes").json["recovery_codes"]
    answers = [
        teacher.second(teacher.wait_for_second_step(), way="recovery", code=code) for code in (old, new[0])
    ]

    assert [one.status_code for one in answers] == [401, 201]


def test_the_seed_lies_sealed_in_the_database(database, teacher):
    """SECURITY 7."""
    teacher.add_totp()

    with database.reading(teacher.api.school) as session:
        row = session.get(TotpSeed, teacher.id)
    assert row.next_seed is None
    assert teacher.secret not in row.seed


def test_a_pending_sign_in_lasts_five_minutes_and_five_wrong_codes(clock, database, teacher):
    """SECURITY 5: wrong codes are counted as wrong passwords are, and their owner is told."""
    teacher.add_totp()
    late = teacher.wait_for_second_step()
    clock.shift(timedelta(minutes=6))
    over = teacher.second(late, way="totp", code=teacher.code())
    clock.shift(timedelta(hours=1))
    pending, answers = teacher.wait_for_second_step(), []
    for _ in range(6):
        clock.shift(timedelta(minutes=1) - STEP * 1.5)
        answers.append(teacher.second(pending, way="totp", code="000000"))

    assert (over.status_code, over.json["type"]) == (401, "urn:parta:problem:second-step-over")
    kinds = [answer.json["type"].rpartition(":")[2] for answer in answers]
    assert kinds == ["second-step-wrong"] * 5 + ["second-step-over"]
    noticed = [event.what for event in told(database, "identity.security.noticed")]
    assert noticed[-1] == "second_step_failed"


def test_guessing_codes_is_slowed_down_as_guessing_passwords_is(clock, teacher):
    """SECURITY 5."""
    teacher.add_totp()
    pending = [teacher.wait_for_second_step() for _ in range(3)]

    answers = [teacher.second(token, way="totp", code="000000").status_code for token in (*pending, *pending)]

    assert 429 in answers


def test_a_new_password_by_a_code_on_paper_does_not_go_round_the_second_step(clock, api, database, teacher):
    """SECURITY 9."""
    teacher.add_totp()

    given = api("POST", f"/people/{teacher.id}/credentials").json

    assert teacher.try_password(given["one_time_password"]).status_code == 202


def test_a_sign_in_that_waits_ends_with_the_password_it_began_with(clock, api, teacher):
    teacher.add_totp()
    pending = teacher.wait_for_second_step()
    clock.shift(2 * STEP)

    api("POST", f"/people/{teacher.id}/credentials")
    answer = teacher.second(pending, way="totp", code=teacher.code())

    assert (answer.status_code, answer.json["type"]) == (401, "urn:parta:problem:second-step-over")


def test_an_account_closed_meanwhile_is_not_opened_by_the_second_step(clock, api, teacher):
    teacher.add_totp()
    pending = teacher.wait_for_second_step()
    clock.shift(2 * STEP)

    api("DELETE", f"/people/{teacher.id}/credentials")

    assert teacher.second(pending, way="totp", code=teacher.code()).status_code == 401


def test_the_app_is_replaced_only_when_the_new_one_has_shown_a_code(clock, teacher):
    teacher.add_totp()
    before = teacher.secret
    teacher.secret = teacher("POST", "/me/totp").json["secret"]
    wrong = teacher("PUT", "/me/totp", json={"code": "000000"})
    clock.shift(2 * STEP)
    new, teacher.secret = teacher.secret, before
    old_serves = teacher.second(teacher.wait_for_second_step(), way="totp", code=teacher.code())

    teacher.secret = new
    assert teacher("PUT", "/me/totp", json={"code": teacher.code()}).status_code == 200
    clock.shift(2 * STEP)
    done = teacher.second(teacher.wait_for_second_step(), way="totp", code=teacher.code())

    assert (wrong.status_code, wrong.json["type"]) == (422, "urn:parta:problem:code-wrong")
    assert (old_serves.status_code, done.status_code) == (201, 201)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/me/totp"),
        ("PUT", "/me/totp"),
        ("DELETE", "/me/totp"),
        ("POST", "/me/recovery-codes"),
        ("POST", "/me/passkeys/challenge"),
        ("POST", "/me/passkeys"),
    ],
)
def test_second_factors_are_changed_with_a_fresh_proof_alone(clock, teacher, method, path):
    """SECURITY 11."""
    clock.shift(timedelta(minutes=6))

    answer = teacher(method, path, json={"code": "000000"})

    assert (answer.status_code, answer.json["type"]) == (403, "urn:parta:problem:proof-needed")


def test_adding_and_removing_a_factor_is_told_to_its_owner(clock, database, teacher):
    """SECURITY 12."""
    teacher.add_totp()
    assert teacher("DELETE", "/me/totp").status_code == 204

    told_of = [event.what for event in told(database, "identity.security.noticed")]

    assert told_of[-2:] == ["factor_added", "factor_removed"]
    assert teacher.try_password().status_code == 201


def test_the_operator_resets_lost_factors_and_sees_no_secret(clock, api, database, teacher):
    """SECURITY 9: what is left is the password, and the person is told."""
    teacher.add_totp()

    answer = api("DELETE", f"/people/{teacher.id}/factors")

    assert (answer.status_code, answer.data) == (204, b"")
    assert teacher.token().status_code == 401
    assert teacher.try_password().status_code == 201
    assert told(database, "identity.security.noticed")[-1].what == "factors_reset"


def test_nobody_resets_the_own_factors(api, database, school):
    operator = make_somebody(api, database, school, "operator").sign_in().add_totp()

    answer = operator("DELETE", f"/people/{operator.id}/factors")

    assert (answer.status_code, answer.json["type"]) == (409, "urn:parta:problem:own-factors")


def test_the_director_s_factors_are_reset_by_no_operator_but_at_the_machine(
    api, database, school, monkeypatch
):
    """SECURITY 30: with a code issued besides, the operator would be the second person, too."""
    director = make_somebody(api, database, school, "director").sign_in().add_totp()

    answer = api("DELETE", f"/people/{director.id}/factors")
    assert (answer.status_code, answer.json["type"]) == (403, "urn:parta:problem:grave-factors")
    assert director.try_password().status_code == 202

    monkeypatch.setattr("services.identity.commands._opened", lambda: (None, database))
    said = CliRunner().invoke(commands, ["password", director.login, "--factors"])
    assert said.exit_code == 0
    assert director.try_password(said.output.strip()).status_code == 201


@pytest.fixture
def strict(database):
    database.info = {**database.info, "second_factor": ("leaders", timedelta(days=7))}


@pytest.mark.parametrize("role", ["operator", "director", "deputy"])
def test_leaders_have_to_have_a_second_factor_when_the_grace_is_over(
    clock, strict, api, database, school, role
):
    """SECURITY 6: until then they are asked; after that their token opens enrolment alone."""
    leader = make_somebody(api, database, school, role).sign_in()
    asked = leader("GET", "/me").json["factor_due_at"]
    during = leader("GET", "/people").status_code
    clock.shift(timedelta(days=8))

    begun = leader.try_password().json
    leader.session_token = begun["session_token"]
    shut = {path: leader("GET", path).status_code for path in ("/people", "/school", "/me/sessions")}
    me = leader("GET", "/me").status_code
    leader.add_totp()

    assert asked
    assert (during, begun["must_enrol_factor"]) == (200, True)
    assert (set(shut.values()), me) == ({403}, 200)
    assert leader("GET", "/people").status_code == 200
    assert leader("GET", "/me").json["factor_due_at"] is None


def test_a_teacher_is_offered_a_second_factor_and_has_to_have_one_where_the_school_says_so(
    clock, api, database, school
):
    """SECURITY 6."""
    found = {}
    for who in ("leaders", "staff", "offered"):
        database.info = {**database.info, "second_factor": (who, timedelta())}
        teacher = make_somebody(api, database, school).sign_in()
        clock.shift(timedelta(seconds=1))
        found[who] = teacher.try_password().json["must_enrol_factor"]

    assert found == {"leaders": False, "staff": True, "offered": False}


def test_who_has_to_have_a_factor_cannot_take_the_last_one_away(clock, strict, api, database, school):
    """SECURITY 6."""
    deputy = make_somebody(api, database, school, "deputy").sign_in().add_totp()

    last = deputy("DELETE", "/me/totp")
    deputy.add_passkey()
    not_last = deputy("DELETE", "/me/totp")
    passkeys = deputy("GET", "/me/factors").json["passkeys"]
    the_other = deputy("DELETE", f"/me/passkeys/{passkeys[0]['id']}")

    assert (last.status_code, last.json["type"]) == (409, "urn:parta:problem:last-factor")
    assert not_last.status_code == 204
    assert the_other.status_code == 409
    assert deputy.try_password().json["ways"] == ["passkey", "recovery"]


def test_a_session_on_a_computer_of_many_ends_after_ten_minutes_of_silence(clock, api, database, school):
    """SECURITY 15: also that of a pupil, which would last for weeks."""
    pupil = make_somebody(api, database, school, "pupil")
    own, shared = [pupil.sign_in(is_shared=flag).session_token for flag in (False, True)]
    found = []
    for minutes in (9, 11):
        clock.shift(timedelta(minutes=minutes))
        for token in (own, shared):
            pupil.session_token = token
            found.append(pupil.token().status_code)

    assert found == [200, 200, 200, 401]


def test_people_see_where_they_are_signed_in_and_end_all_other_sessions(clock, api, database, school):
    """SECURITY 16."""
    teacher = make_somebody(api, database, school)
    tokens = []
    for is_shared in (True, False):
        clock.shift(timedelta(minutes=1))
        tokens.append(teacher.sign_in(is_shared=is_shared).session_token)

    listed = teacher("GET", "/me/sessions").json["items"]
    ended = teacher("DELETE", "/me/sessions").status_code
    found = []
    for token in tokens:
        teacher.session_token = token
        found.append(teacher.token().status_code)

    assert [(one["is_current"], one["is_shared"]) for one in listed] == [(True, False), (False, True)]
    assert all(one["address"] == "127.0.0.1" for one in listed)
    assert (ended, found) == (204, [401, 200])


def test_people_see_their_last_twenty_sign_ins_and_failures_and_nobody_elses(clock, api, database, school):
    """SECURITY 12: whoever looks sees that somebody tries."""
    other, teacher = (make_somebody(api, database, school) for _ in range(2))
    other.try_password("нет")
    teacher.try_password("нет")
    for _ in range(25):
        clock.shift(timedelta(minutes=1))
        teacher.sign_in()
    clock.shift(timedelta(minutes=1))
    teacher.try_password("нет")

    items = teacher("GET", "/me/sign-ins").json["items"]
    theirs = other.sign_in()("GET", "/me/sign-ins").json["items"]

    assert [one["outcome"] for one in items] == ["wrong"] + ["done"] * 19
    assert [one["outcome"] for one in theirs] == ["done", "wrong"]


def test_no_factor_survives_in_another_school(clock, api, database, stranger, teacher):
    teacher.add_totp()

    answer = api("DELETE", f"/people/{teacher.id}/factors", school=stranger)

    assert answer.status_code == 404


def test_the_right_password_of_a_blocked_account_asks_for_no_code(clock, database, teacher):
    """SECURITY 4."""
    teacher.add_totp()
    with database.writing(teacher.api.school) as session:
        session.execute(update(Account).where(Account.person_id == teacher.id).values(blocked_at=now()))

    answer = teacher.try_password(PASSWORD)

    assert (answer.status_code, answer.json["type"]) == (401, "urn:parta:problem:wrong-password")
