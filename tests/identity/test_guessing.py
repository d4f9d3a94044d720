"""SECURITY 3, 4, 5: guessing is slow for whoever guesses, and for nobody else; all failures look alike."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import func, select

from services.identity.actions.signing_in.blocking import block_account
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.limits import TooManyFailures, forget_failures, raise_alarm
from services.identity.actions.signing_in.passwords import WrongPassword
from services.identity.actions.signing_in.sign_in import TooManyAttempts, sign_in
from services.identity.models import FailedSignIn
from services.identity.rules.credentials import ADDRESS_FAILURES, ALARM_FAILURES
from services.identity.rules.devices import Visit, device_title, network_of
from shared.clock import now
from shared.db import EVERY_SCHOOL
from shared.errors import Refusal
from tests.identity.makers import (
    MEMORY,
    PASSWORD,
    make_class,
    make_login,
    make_person,
    make_pupil,
    make_school,
    told,
)
from tests.identity.statements import statements_of

SCHOOL_NAT = Visit("198.51.100.1", "Firefox")
ATTACKER = Visit("203.0.113.66", "curl")


def attempt(database, login, password=PASSWORD, visit=ATTACKER):
    try:
        sign_in(database, login, password, MEMORY, visit)
    except Refusal as refused:
        return type(refused)
    return "in"


def logins(database, school, number):
    with database.writing(school) as session:
        group = make_class(session)
        people = [make_pupil(session, group, family=f"Ученик{n}") for n in range(number)]
        return [make_login(session, person) for person in people]


def guess(database, times, visit=ATTACKER):
    """Try another login each time, so that no account's own delay stands in the way."""
    return [attempt(database, f"nobody{visit.address}{n}", "мимо", visit) for n in range(times)]


def test_fifty_failures_at_an_address_keep_it_out_for_five_minutes(database, school):
    (login,) = logins(database, school, 1)
    with time_machine.travel(now(), tick=False) as clock:
        tried = guess(database, ADDRESS_FAILURES)
        with pytest.raises(TooManyFailures) as refused:
            sign_in(database, login, PASSWORD, MEMORY, ATTACKER)
        clock.shift(timedelta(minutes=5, seconds=1))
        later = attempt(database, login)

    assert set(tried) == {WrongPassword}
    assert refused.value.facts["seconds"] == 300
    assert later == "in"


def test_others_sign_in_meanwhile_from_elsewhere(database, school):
    (login,) = logins(database, school, 1)
    guess(database, ADDRESS_FAILURES)

    assert attempt(database, login) is TooManyFailures
    assert attempt(database, login, visit=SCHOOL_NAT) == "in"


def test_a_class_that_knows_the_address_signs_in_beside_the_attacker_who_shares_it(either_database):
    """One pupil guesses in the middle of a lesson; the other thirty are let in, all at once."""
    school = make_school(either_database)
    known = logins(either_database, school, 30)
    for login in known:
        assert attempt(either_database, login, visit=SCHOOL_NAT) == "in"
    guess(either_database, ADDRESS_FAILURES, SCHOOL_NAT)

    with ThreadPoolExecutor(10) as pool:
        attacks = [pool.submit(attempt, either_database, f"x{n}", "мимо", SCHOOL_NAT) for n in range(30)]
        entries = [pool.submit(attempt, either_database, one, visit=SCHOOL_NAT) for one in known]

    assert {one.result() for one in entries} == {"in"}
    assert {one.result() for one in attacks} == {TooManyFailures}


def test_a_class_with_new_codes_is_let_in_beside_the_attacker_too(database, school):
    with database.writing(school) as session:
        group = make_class(session)
        pupils = [make_pupil(session, group, family=f"Новый{n}").id for n in range(30)]
        codes = issue_codes(session, pupils)
    guess(database, ADDRESS_FAILURES, SCHOOL_NAT)

    assert {attempt(database, *code, SCHOOL_NAT) for code in codes.values()} == {"in"}


def test_sixty_sign_ins_a_minute_pass_from_one_school(database, school):
    known = logins(database, school, 60)

    assert {attempt(database, login, visit=SCHOOL_NAT) for login in known} == {"in"}


def test_strangers_who_guess_do_not_keep_the_owner_out(database, school):
    """No lock by strangers: the owner's own place has a count of its own."""
    (login,) = logins(database, school, 1)
    attempt(database, login, visit=SCHOOL_NAT)
    guesses = [attempt(database, login, "мимо") for _ in range(8)]

    assert guesses[-1] is TooManyAttempts
    assert attempt(database, login) is TooManyAttempts  # From where the attacker is.
    assert attempt(database, login, visit=SCHOOL_NAT) == "in"


def test_guessing_the_present_password_of_an_open_session_is_slowed_as_well(api, database, school):
    with database.writing(school) as session:
        teacher = make_person(session, role="teacher").id
    with database.writing(school) as session:
        from services.identity.actions.signing_in.passwords import set_password

        set_password(session, teacher, PASSWORD, MEMORY)
    body = {"password": "мимо", "new_password": "три ржавых гвоздя"}

    answers = [
        api("PUT", "/me/password", person=teacher, roles=("teacher",), json=body).status_code
        for _ in range(7)
    ]

    assert answers == [422] * 5 + [429] * 2


def ways_to_fail(database, school):
    with database.writing(school) as session:
        wrong = make_login(session, make_person(session, role="teacher"))
        blocked = make_person(session, family="Закрытый", role="teacher")
        blocked_login = make_login(session, blocked)
        block_account(session, blocked.id, None, "проверка")
    return {
        "unknown login": ("nobody", "мимо"),
        "wrong password": (wrong, "мимо"),
        "blocked, wrong password": (blocked_login, "мимо"),
        "blocked, right password": (blocked_login, PASSWORD),
    }


def test_every_failure_costs_the_same_work_and_says_the_same(either_database, monkeypatch):
    """SECURITY 4, without a clock: one verification of one strength, and the very same statements."""
    school = make_school(either_database)
    ways = ways_to_fail(either_database, school)
    spent, verify = [], PasswordHasher.verify

    def counted(self, hash, password):
        spent.append(hash.split("$")[2:4])
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    seen = {}
    for name, given in ways.items():
        spent.clear()
        with statements_of(either_database) as ran, pytest.raises(WrongPassword) as refused:
            sign_in(either_database, *given, MEMORY, ATTACKER)
        seen[name] = (type(refused.value), list(spent), [without_values(one) for one in ran])

    assert all(one == seen["unknown login"] for one in seen.values()), seen
    assert len(seen["unknown login"][1]) == 1


def without_values(statement):
    """A person_id nobody has is asked for as IS NULL; the work is the same."""
    return " ".join(statement.replace("IS NULL", "= ?").replace("%(person_id_1)s", "?").split())[:60]


def test_failures_are_written_down_for_the_record_with_address_and_device(database, school):
    """SECURITY 47: every failed sign-in, of whoever; no password is kept."""
    (login,) = logins(database, school, 1)
    attempt(database, login, "секрет-который-не-хранят")
    attempt(database, "nobody", "мимо")

    with database.reading(EVERY_SCHOOL) as session:
        rows = session.scalars(select(FailedSignIn).order_by(FailedSignIn.failed_at)).all()

    assert [(one.school_id, one.address, one.device, one.why) for one in rows] == [
        (school, "203.0.113.66", "curl", "wrong"),
        (None, "203.0.113.66", "curl", "wrong"),
    ]
    assert "секрет" not in str([vars(one) for one in rows])


def test_many_failures_from_everywhere_raise_an_alarm_once_an_hour(database, school):
    with time_machine.travel(now(), tick=False) as clock:
        with database.writing(EVERY_SCHOOL) as session:
            for number in range(ALARM_FAILURES):
                where = f"10.0.{number // 200}.{number % 200}"
                given = {"failed_at": now(), "network": where, "address": where, "device": "", "why": "wrong"}
                session.add(FailedSignIn(school_id=None, person_id=None, **given))
        raised = [raise_alarm(database), raise_alarm(database)]
        clock.shift(timedelta(minutes=6))
        raised.append(raise_alarm(database))

    assert raised == [True, False, False]
    (warned,) = told(database, "identity.security.noticed")
    assert warned.what == "attack"


def test_failures_are_forgotten_after_a_quarter_of_a_year(database, school):
    guess(database, 2)

    with database.writing(EVERY_SCHOOL) as session:
        forget_failures(session, now() + timedelta(days=89))
        kept = session.scalar(select(func.count()).select_from(FailedSignIn))
        forget_failures(session, now() + timedelta(days=91))
        left = session.scalar(select(func.count()).select_from(FailedSignIn))

    assert (kept, left) == (2, 0)


def test_an_ipv6_home_counts_as_one_address():
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::9")
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert (network_of("203.0.113.7"), network_of("")) == ("203.0.113.7", "")


@pytest.mark.parametrize(
    ("agent", "title"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140 Safari/537.36",
            "Chrome, Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 YaBrowser/24.1 Safari/537.36", "Яндекс Браузер, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("python-httpx", ""),
    ],
    ids=["chrome", "yandex", "iphone", "android", "firefox", "program"],
)
def test_a_device_is_called_as_people_call_it(agent, title):
    assert device_title(agent) == title


STORM = """
import resource
from concurrent.futures import ThreadPoolExecutor
from services.identity.actions.signing_in.passwords import hash_password, is_right
kept = hash_password("соловей", 19456)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with ThreadPoolExecutor(200) as pool:
    assert not any(pool.map(lambda n: is_right(kept, f"мимо {n}", 19456), range(200)))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_two_hundred_sign_ins_at_once_take_the_memory_of_four():
    """SECURITY 3: 19 MiB each; all at once would take 3.8 GiB."""
    grown = subprocess.run([sys.executable, "-c", STORM], capture_output=True, text=True, check=True).stdout

    assert int(grown) < 4 * 19 + 60, f"{grown} MiB"
