"""What must hold under attack and under load: walls, equal time, parallel guesses."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from services.identity.actions.people.people import grant_role
from services.identity.actions.programs.keys import current_key, ensure_keys, published_keys
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.passwords import WrongPassword, close_account, is_right
from services.identity.actions.signing_in.sign_in import TooManyAttempts, sign_in
from services.identity.models import (
    SignIn,
)
from shared.db import EVERY_SCHOOL
from shared.errors import Conflict, Refusal
from tests.identity.makers import (
    FIRST_DAY,
    MEMORY,
    PASSWORD,
    make_class,
    make_login,
    make_person,
    make_pupil,
    make_school,
    told,
)


def test_each_kind_of_failed_sign_in_costs_one_verification_of_the_same_strength(
    database, school, monkeypatch
):
    with database.writing(school) as session:
        person = make_person(session, role="teacher")
        login = make_login(session, person)
        silent = make_person(session, family="Молчанов").id
        silent_login = issue_codes(session, [silent])[silent][0]
        session.execute(
            text("UPDATE accounts SET password_hash = NULL WHERE login = :l"), {"l": silent_login}
        )
    spent, verify = [], PasswordHasher.verify

    def counted(self, hash, password):
        spent.append(hash.split("$")[2:4])
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in (login, silent_login, "nobody"):
        with pytest.raises(WrongPassword):
            sign_in(database, name, "нет", MEMORY)

    assert spent == [["v=19", f"m={MEMORY},t=2,p=1"]] * 3


def test_guesses_in_parallel_get_no_more_tries_than_guesses_in_a_row(either_database):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        login = make_login(session, make_person(session, role="teacher"))
    together = threading.Barrier(8)

    def guess(number):
        together.wait()
        try:
            sign_in(either_database, login, f"догадка {number}", MEMORY)
        except Refusal as refused:
            return type(refused)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(8)))

    assert answers.count(WrongPassword) == 5
    assert answers.count(TooManyAttempts) == 3


def test_a_password_voided_while_it_is_checked_begins_no_session(either_database, monkeypatch):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        person_id = (person := make_person(session, role="teacher")).id
        login = make_login(session, person)

    def checked_slowly(*given):
        right = is_right(*given)
        with either_database.writing(school) as session:
            close_account(session, person_id)
        return right

    monkeypatch.setattr("services.identity.actions.signing_in.sign_in.is_right", checked_slowly)

    with pytest.raises(WrongPassword):
        sign_in(either_database, login, PASSWORD, MEMORY)
    with either_database.reading(school) as session:
        assert session.scalars(select(SignIn)).all() == []


def test_a_class_of_thirty_signs_in_together(either_database):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        group = make_class(session)
        pupils = [make_pupil(session, group, family=f"Ученик{n}") for n in range(30)]
        codes = issue_codes(session, [pupil.id for pupil in pupils])

    with ThreadPoolExecutor(10) as pool:
        begun = list(pool.map(lambda code: sign_in(either_database, *code, MEMORY), codes.values()))

    assert len({one.session_token for one in begun}) == 30
    assert all(one.must_change_password for one in begun)


def test_two_processes_that_start_at_once_make_one_pair_of_keys(either_database):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ensure_keys, [either_database] * 4))

    with either_database.reading(EVERY_SCHOOL) as session:
        assert len(published_keys(session)["keys"]) == 2
        assert current_key(session).number == 1


def test_a_pupil_put_into_two_classes_at_once_ends_up_in_one(either_database):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        pupil = make_person(session).id
        groups = [make_class(session, name=name).id for name in ("5А", "5Б")]

    def put(group):
        try:
            with either_database.writing(school) as session:
                enrol(session, group, pupil, FIRST_DAY)
        except Conflict as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(put, groups))

    assert sorted(answers, key=str) == ["InAnotherClass", None]
    assert len(told(either_database, "identity.enrolments.changed")) == 1


def test_a_role_granted_twice_at_once_is_granted_once(either_database):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        person = make_person(session).id
    before = len(told(either_database))

    def grant(_):
        with either_database.writing(school) as session:
            grant_role(session, person, "teacher")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(grant, range(4)))

    assert len(told(either_database)) == before + 1
