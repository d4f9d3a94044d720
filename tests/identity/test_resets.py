"""SECURITY 4, 5, 9, 12, 46: a forgotten password is replaced through the own e-mail, and nothing is told."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select, update

from services.identity.actions.signing_in.blocking import block_account
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.reset_letters import send_due
from services.identity.actions.signing_in.resets import (
    LinkOver,
    TooManyLetters,
    forget_resets,
    request_reset,
    reset_password,
)
from services.identity.actions.signing_in.sign_in import sign_in
from services.identity.models import Person, ResetRequest
from services.identity.rules.credentials import RESETS_PER_ADDRESS
from services.identity.rules.devices import Visit
from shared.clock import now
from shared.db import EVERY_SCHOOL
from shared.settings import Settings
from tests.identity.makers import MEMORY, make_login, make_person, make_school, told
from tests.identity.statements import statements_of

NEW = "три ржавых гвоздя"
HOME = Visit("198.51.100.20", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


def settings(smtp=None):
    return Settings(
        service="identity",
        database_url="",
        public_url="https://parta.example",
        smtp_url=f"smtp://{smtp.host}:{smtp.port}" if smtp else "",
        mail_from="school@parta.example",
    )


def someone(database, school, email="olga@example.org"):
    with database.writing(school) as session:
        person = make_person(session, family="Абрамова", given="Ирина", role="parent")
        person.email = email
        return person.id, make_login(session, person)


def token_of(letter):
    link = re.search(r"https://\S+", letter.get_content())[0]
    assert urlsplit(link).query == ""  # Nothing for logs and referrers (SECURITY 46).
    assert link.startswith("https://parta.example/reset/new#")
    return urlsplit(link).fragment


def asked(database, smtp, login):
    request_reset(database, login, HOME)
    send_due(database, settings(smtp))
    return token_of(smtp.letters[-1])


def test_the_letter_leads_to_a_new_password_that_ends_all_sessions(database, school, smtp):
    person_id, login = someone(database, school)
    token = asked(database, smtp, login.upper())

    reset_password(database, token, NEW, MEMORY, HOME)

    assert sign_in(database, login, NEW, MEMORY).person_id == person_id
    (letter,) = smtp.letters
    assert (letter["To"], letter["Subject"]) == ("olga@example.org", "Новый пароль для входа в журнал")
    assert f"логином {login}" in letter.get_content().replace("\n", " ")
    (warned,) = told(database, "identity.security.noticed")
    assert (warned.what, warned.device) == ("password_reset", "Firefox, Linux")


def test_the_token_is_made_at_sending_random_and_kept_hashed(database, school, smtp):
    _, login = someone(database, school)
    request_reset(database, login, HOME)
    with database.reading(EVERY_SCHOOL) as session:
        assert session.scalars(select(ResetRequest.token_sha256)).all() == [None]

    send_due(database, settings(smtp))
    token = token_of(smtp.letters[0])

    assert len(token) >= 43  # 256 bits
    with database.reading(EVERY_SCHOOL) as session:
        (row,) = session.scalars(select(ResetRequest))
        assert token not in str(vars(row))
        assert row.login == ""  # What was typed is not kept.


def test_a_link_works_once_even_for_many_at_once(either_database, smtp):
    school = make_school(either_database)
    _, login = someone(either_database, school)
    token = asked(either_database, smtp, login)

    def use(number):
        try:
            reset_password(either_database, token, f"{NEW} номер {number}", MEMORY, HOME)
        except LinkOver:
            return "over"
        return "set"

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(use, range(5)))

    assert sorted(results) == ["over"] * 4 + ["set"]


def test_a_link_dies_after_half_an_hour(database, school, smtp):
    _, login = someone(database, school)
    token = asked(database, smtp, login)

    with time_machine.travel(now() + timedelta(minutes=31)), pytest.raises(LinkOver):
        reset_password(database, token, NEW, MEMORY, HOME)


@pytest.mark.parametrize("what", ["a code", "another letter's use", "a block"])
def test_a_link_dies_when_the_account_changes_otherwise(database, school, smtp, what):
    person_id, login = someone(database, school)
    token = asked(database, smtp, login)
    other = asked(database, smtp, login)
    if what == "another letter's use":
        reset_password(database, other, NEW, MEMORY, HOME)
    else:
        with database.writing(school) as session:
            if what == "a code":
                issue_codes(session, [person_id])
            else:
                block_account(session, person_id, None, "проверка")

    with pytest.raises(LinkOver):
        reset_password(database, token, NEW, MEMORY, HOME)


def test_a_weak_password_leaves_the_link_good(api, database, school, smtp):
    _, login = someone(database, school)
    token = asked(database, smtp, login)

    def complete(password):
        body = {"token": token, "new_password": password}
        return api.anonymously("POST", "/password-resets/completion", json=body)

    weak, strong, again = complete("коротко"), complete(NEW), complete(NEW)

    assert (weak.status_code, strong.status_code, again.status_code) == (422, 204, 422)
    assert weak.json["errors"]["new_password"]
    assert again.json["type"] == "urn:parta:problem:link-over"


def test_asking_tells_nothing_and_costs_the_same_for_every_login(api, database, school):
    _, known = someone(database, school)
    with database.writing(school) as session:
        person = make_person(session, family="Безпочты")
        unreachable = make_login(session, person)
    seen = []
    for login in (known, unreachable, "nobody"):
        with statements_of(database) as ran:
            answer = api.anonymously("POST", "/password-resets", json={"login": login})
        seen.append((answer.status_code, answer.data, [one[:40] for one in ran]))

    assert seen[0] == seen[1] == seen[2], seen
    assert seen[0][0] == 202


def test_nobody_else_gets_a_letter(database, school, smtp):
    with database.writing(school) as session:
        silent = make_person(session, family="Безпочты")
        blocked = make_person(session, family="Закрытый")
        blocked.email = "blocked@example.org"
        names = [make_login(session, silent), make_login(session, blocked), "nobody"]
        block_account(session, blocked.id, None, "проверка")
    for name in names:
        request_reset(database, name, HOME)

    send_due(database, settings(smtp))

    assert smtp.letters == []
    with database.reading(EVERY_SCHOOL) as session:
        assert set(session.scalars(select(ResetRequest.state))) == {"nobody"}


def test_one_person_gets_three_letters_an_hour_at_most(database, school, smtp):
    _, login = someone(database, school)
    for number in range(6):
        request_reset(database, login, Visit(f"198.51.100.{number}"))
        send_due(database, settings(smtp))

    assert len(smtp.letters) == 3


def test_one_address_asks_thirty_times_an_hour_at_most(database, school):
    for number in range(RESETS_PER_ADDRESS):
        request_reset(database, f"user{number}", HOME)

    with pytest.raises(TooManyLetters):
        request_reset(database, "one more", HOME)
    request_reset(database, "from elsewhere", Visit("198.51.100.99"))


def test_a_server_that_is_away_gets_the_letter_later_or_never(database, school, smtp):
    _, login = someone(database, school)
    request_reset(database, login, HOME)
    smtp.stop()
    send_due(database, settings(smtp))
    smtp.start()

    with time_machine.travel(now() + timedelta(minutes=1)):
        send_due(database, settings(smtp))
    assert len(smtp.letters) == 1

    request_reset(database, login, HOME)
    with time_machine.travel(now() + timedelta(minutes=31)):
        send_due(database, settings(smtp))
    assert len(smtp.letters) == 1


def test_an_address_no_header_can_hold_stops_nobodys_letter(database, school, smtp):
    _, bad = someone(database, school)
    with database.writing(school) as session:
        session.execute(update(Person).where(Person.email.is_not(None)).values(email="a\nb@example.org"))
    _, good = someone(database, school, "good@example.org")
    for login in (bad, good):
        request_reset(database, login, HOME)

    send_due(database, settings(smtp))

    assert [letter["To"] for letter in smtp.letters] == ["good@example.org"]


def test_requests_are_forgotten_after_a_day(database, school):
    request_reset(database, "nobody", HOME)

    with database.writing(EVERY_SCHOOL) as session:
        forget_resets(session, now() + timedelta(hours=25))
        assert session.scalars(select(ResetRequest)).all() == []


def test_forgetting_a_password_does_not_open_what_is_blocked(database, school, smtp):
    person_id, login = someone(database, school)
    token = asked(database, smtp, login)
    with database.writing(school) as session:
        block_account(session, person_id, None, "проверка")

    with pytest.raises(LinkOver):
        reset_password(database, token, NEW, MEMORY, HOME)
