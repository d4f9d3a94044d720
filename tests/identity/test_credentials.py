"""SECURITY 9: first access by one-time codes on slips; hand-over (3.5.4), blocking (3.5.8)."""

import io
import re
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
import zxingcpp
from pypdf import PdfReader
from sqlalchemy import select

from services.identity.actions.people.people import grant_role
from services.identity.actions.signing_in.blocking import block_account
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.models import Account, ActivationCode, Person
from services.identity.rules.credentials import code_text, plain_code
from shared.clock import now
from tests.identity.makers import (
    PASSWORD,
    make_class,
    make_login,
    make_parent,
    make_person,
    make_pupil,
    told,
)
from tests.identity.statements import statements_of

CODE = re.compile(r"[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{5}")


class Class:
    """A class with its teacher, two pupils and a parent of the first."""

    def __init__(self, session):
        teacher = make_person(session, family="Смирнова", role="teacher")
        group = make_class(session, teacher=teacher)
        pupils = [make_pupil(session, group, family=family) for family in ("Белов", "Ветров")]
        parent = make_parent(session, pupils[0], family="Белова")
        self.teacher, self.group = teacher.id, group.id
        self.pupil, self.other, self.parent = pupils[0].id, pupils[1].id, parent.id
        self.everybody = [self.pupil, self.parent, self.other]


@pytest.fixture
def cls(database, school):
    with database.writing(school) as session:
        return Class(session)


def as_teacher(api, cls, method, path, **given):
    return api(method, path, person=cls.teacher, roles=("teacher", "class_teacher"), **given)


def slips(api, cls, people):
    return as_teacher(api, cls, "POST", "/slips", json={"person_ids": [str(one) for one in people]})


def texts(answer):
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]


def sign_in(api, login, password, **environ):
    return api.anonymously(
        "POST", "/sessions", json={"login": login, "password": password}, environ_overrides=environ
    )


def accounts(api, cls):
    listed = as_teacher(api, cls, "GET", f"/groups/{cls.group}/accounts").json
    return {one["id"]: one for one in listed["items"]}


def test_a_code_has_80_random_bits_and_survives_being_read_from_paper():
    codes = {code_text(number) for number in (0, 1, 2**80 - 1)}

    assert len(codes) == 3
    assert all(CODE.fullmatch(code) for code in codes)
    typed = code_text(2**80 - 1).upper().replace("-", " ")
    assert plain_code(typed) == code_text(2**80 - 1).replace("-", "")
    assert plain_code("соловей поёт 17 раз") is None


def test_a_code_is_kept_only_hashed(database, school, cls):
    with database.writing(school) as session:
        code = issue_codes(session, [cls.pupil])[cls.pupil][1]
        (row,) = session.scalars(select(ActivationCode).where(ActivationCode.person_id == cls.pupil))
        kept = str(vars(row))

    assert "code_sha256" in kept
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_slips_carry_all_that_is_needed_and_the_qr_code_signs_in(api, database, school, cls):
    answer = slips(api, cls, cls.everybody)

    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    (page,) = texts(answer)
    for text in (
        "Белов Иван",
        "родитель: Белов Иван, 5А",
        "Школа № 1",
        "Адрес: school.example",
        "Код действует до",
    ):
        assert text in page, text
    assert len(CODE.findall(page)) == 3
    picture = pypdfium2.PdfDocument(answer.data)[0].render(scale=3).to_pil()
    addresses = sorted(found.text for found in zxingcpp.read_barcodes(picture))
    assert len(addresses) == 3
    start, fragment = addresses[0].split("#")  # Never a query: what follows # reaches no log.
    login, code = fragment.split(":")
    assert (start, login) == ("https://school.example/sign-in", "belov.i")
    assert sign_in(api, login, code).json["must_change_password"] is True


def test_ten_slips_fill_a_page(api, database, school, cls):
    with database.writing(school) as session:
        group = make_class(session, name="6Б")
        pupils = [make_pupil(session, group, family=f"Очень{'длинная' * 6}{n}").id for n in range(11)]

    answer = api("POST", "/slips", json={"person_ids": [str(one) for one in pupils]})

    assert [len(CODE.findall(page)) for page in texts(answer)] == [10, 1]


def test_class_teachers_give_codes_to_their_own_class_and_not_to_staff(api, database, school, cls):
    with database.writing(school) as session:
        stranger = make_pupil(session, make_class(session, name="5Б")).id
        colleague = make_parent(session, session.get_one(Person, cls.other)).id
        grant_role(session, colleague, "director")

    assert slips(api, cls, [cls.pupil, stranger]).status_code == 404
    assert slips(api, cls, [cls.pupil, colleague]).status_code == 403
    with database.reading(school) as session:
        issued = select(ActivationCode).where(ActivationCode.person_id == cls.pupil)
        assert session.scalars(issued).all() == []  # All or nothing.


def test_a_code_works_until_the_own_password_is_set_and_not_longer(api, database, school, cls):
    with database.writing(school) as session:
        login, code = issue_codes(session, [cls.pupil])[cls.pupil]

    first, again = sign_in(api, login, code), sign_in(api, login, code.upper())
    token = api.anonymously(
        "POST",
        "/tokens",
        json={"grant_type": "session", "session_token": again.json["session_token"], "audience": "identity"},
    ).json["access_token"]
    changed = api.anonymously(
        "PUT",
        "/me/password",
        headers={"Authorization": f"Bearer {token}"},
        json={"new_password": PASSWORD},  # Without the code: it was typed a moment ago.
    )

    assert [first.status_code, again.status_code, changed.status_code] == [201, 201, 204]
    assert sign_in(api, login, code).status_code == 401
    assert sign_in(api, login, PASSWORD).json["must_change_password"] is False


def test_a_code_dies_after_ten_days_and_by_a_newer_one(api, database, school, cls):
    with database.writing(school) as session:
        login, old = issue_codes(session, [cls.pupil])[cls.pupil]
    with database.writing(school) as session:
        code = issue_codes(session, [cls.pupil])[cls.pupil][1]

    assert sign_in(api, login, old).status_code == 401
    with time_machine.travel(now() + timedelta(days=10, minutes=1)):
        late = sign_in(api, login, code)
        assert accounts(api, cls)[str(cls.pupil)]["state"] == "expired"
    assert late.json["type"] == "urn:parta:problem:password-expired"


def test_a_code_opens_no_other_account(api, database, school, cls):
    with database.writing(school) as session:
        issued = issue_codes(session, [cls.pupil, cls.other])

    assert sign_in(api, issued[cls.pupil][0], issued[cls.other][1]).status_code == 401


def test_who_handed_which_code_to_whom_is_kept(api, cls):
    slips(api, cls, [cls.pupil])
    path = f"/people/{cls.pupil}/credentials"

    to_stranger = as_teacher(api, cls, "PUT", f"{path}/hand-over", json={"to_id": str(cls.other)})
    given = as_teacher(api, cls, "PUT", f"{path}/hand-over", json={"to_id": str(cls.parent)})
    as_teacher(api, cls, "PUT", f"{path}/hand-over", json={})  # Noted once.
    (log,) = as_teacher(api, cls, "GET", path).json["items"]

    assert (to_stranger.status_code, given.status_code) == (422, 204)
    assert (log["issued_by"], log["handed_by"], log["handed_to"]) == (
        "Смирнова Мария",
        "Смирнова Мария",
        "Белова Ольга",
    )
    assert log["handed_at"]
    assert not log["used_at"]
    assert accounts(api, cls)[str(cls.pupil)]["state"] == "handed_over"
    nothing = as_teacher(api, cls, "PUT", f"/people/{cls.other}/credentials/hand-over", json={})
    assert nothing.status_code == 404


def test_the_class_list_tells_who_has_signed_in_and_who_never(api, database, school, cls):
    with database.writing(school) as session:
        login = make_login(session, session.get_one(Person, cls.other))
        issue_codes(session, [cls.parent])
    sign_in(api, login, PASSWORD)
    with database.writing(school) as session:
        block_account(session, cls.pupil, None, "проверка")

    listed = as_teacher(api, cls, "GET", f"/groups/{cls.group}/accounts").json["items"]

    assert [(one["name"], one["state"]) for one in listed] == [
        ("Белов Иван", "blocked"),
        ("Белова Ольга", "issued"),
        ("Ветров Иван", "active"),
    ]
    assert [bool(one["last_signed_in_at"]) for one in listed] == [False, False, True]
    assert [one["pupil_id"] for one in listed] == [None, str(cls.pupil), None]


def test_failed_sign_ins_under_ones_login_are_shown_to_the_class_teacher(api, database, school, cls):
    with database.writing(school) as session:
        login = make_login(session, session.get_one(Person, cls.pupil))
    for _ in range(5):
        sign_in(api, login, "мимо", REMOTE_ADDR="203.0.113.9")

    (seen,) = as_teacher(api, cls, "GET", f"/groups/{cls.group}/accounts").json["suspicious"]

    assert (seen["name"], seen["failures"], seen["address"]) == ("Белов Иван", 5, "203.0.113.9")


@pytest.mark.parametrize("pupils", [1, 20])
def test_the_class_list_takes_as_many_statements_for_one_pupil_as_for_twenty(api, database, school, pupils):
    with database.writing(school) as session:
        group = make_class(session, name="6В")
        for number in range(pupils):
            make_parent(session, make_pupil(session, group, family=f"Ученик{number}"))
        group_id = group.id

    api("GET", f"/groups/{group_id}/accounts")  # Keys are made and fetched at the first call.

    with statements_of(database) as ran:
        assert api("GET", f"/groups/{group_id}/accounts").status_code == 200

    assert len([one for one in ran if "access_" not in one]) <= 9, ran


def test_staff_get_slips_from_the_operator_alone(api, cls):
    listed = api("GET", "/accounts/staff").json["items"]
    by_teacher = as_teacher(api, cls, "GET", "/accounts/staff")
    given = api("POST", "/slips", json={"person_ids": [str(cls.teacher)]})

    assert [one["name"] for one in listed] == ["Оператор", "Смирнова Мария"]
    assert by_teacher.status_code == 403
    assert "Смирнова Мария" in texts(given)[0]


def test_who_is_blocked_is_out_at_once_and_comes_back_with_the_old_password(api, database, school, cls):
    with database.writing(school) as session:
        login = make_login(session, session.get_one(Person, cls.parent))
    session_token = sign_in(api, login, PASSWORD).json["session_token"]
    path = f"/people/{cls.parent}/block"

    def token():
        asked = {"grant_type": "session", "session_token": session_token, "audience": "journal"}
        return api.anonymously("POST", "/tokens", json=asked).status_code

    blocked = as_teacher(api, cls, "PUT", path, json={"reason": "Чужой человек с телефоном"})
    refused = sign_in(api, login, PASSWORD)

    assert (blocked.status_code, token()) == (204, 401)
    assert refused.json["type"] == "urn:parta:problem:wrong-password"  # As for a wrong password (SECURITY 4).
    assert as_teacher(api, cls, "DELETE", path).status_code == 204
    assert sign_in(api, login, PASSWORD).status_code == 201
    happened = [one.what for one in told(database, "identity.security.noticed")]
    assert happened == ["blocked", "unblocked"]


def test_the_blocked_get_no_code(api, cls):
    as_teacher(api, cls, "PUT", f"/people/{cls.pupil}/block", json={"reason": "проверка"})

    answer = slips(api, cls, [cls.pupil, cls.other])

    assert answer.json["type"] == "urn:parta:problem:account-blocked"


def test_class_teachers_block_neither_staff_nor_strangers_and_nobody_themselves(api, database, school, cls):
    with database.writing(school) as session:
        stranger = make_pupil(session, make_class(session, name="5Б")).id
        operator = make_person(session, family="Дежурный", role="operator").id
    reason = {"json": {"reason": "проверка"}}

    assert as_teacher(api, cls, "PUT", f"/people/{stranger}/block", **reason).status_code == 404
    assert as_teacher(api, cls, "PUT", f"/people/{cls.teacher}/block", **reason).status_code == 403
    oneself = api("PUT", f"/people/{operator}/block", person=operator, **reason)
    assert oneself.json["type"] == "urn:parta:problem:not-oneself"


def test_giving_out_codes_and_blocking_need_a_fresh_proof(api, cls):
    """SECURITY 11."""
    stale = {"claims": {"auth_time": int((now() - timedelta(minutes=6)).timestamp())}}
    answers = [
        as_teacher(api, cls, "POST", "/slips", json={"person_ids": [str(cls.pupil)]}, **stale),
        as_teacher(api, cls, "PUT", f"/people/{cls.pupil}/block", json={"reason": "нет"}, **stale),
        as_teacher(api, cls, "DELETE", f"/people/{cls.pupil}/block", **stale),
    ]

    assert {one.json["type"] for one in answers} == {"urn:parta:problem:proof-needed"}


def test_a_new_kind_of_device_is_noticed_once_and_the_first_is_not(api, database, school, cls):
    """SECURITY 12."""
    with database.writing(school) as session:
        login = make_login(session, session.get_one(Person, cls.pupil))
    chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/{} Safari/537.36"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1"

    for agent in (chrome.format(140), chrome.format(141), phone, phone):
        body = {"login": login, "password": PASSWORD}
        api.anonymously("POST", "/sessions", json=body, headers={"User-Agent": agent})

    noticed = [(one.what, one.device) for one in told(database, "identity.security.noticed")]
    assert noticed == [("new_device", "Safari, iPhone")]


def test_a_fresh_install_has_no_account_but_the_operators_and_that_opens_by_its_code_alone(database, school):
    """SECURITY 10: no default accounts."""
    with database.reading(school) as session:
        (account,) = session.scalars(select(Account))
        (code,) = session.scalars(select(ActivationCode))

    assert (account.login, account.password_hash, account.must_change) == ("operator", None, True)
    assert code.person_id == account.person_id
