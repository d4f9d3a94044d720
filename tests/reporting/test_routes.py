"""Reporting over HTTP: who gets what, and the public page that verifies a sheet."""

import re

import pypdfium2
import pytest
import zxingcpp
from openapi_spec_validator import validate

from tests.reporting.makers import (
    FIRST,
    LEADER,
    PAGE,
    SCHOOL,
    SECOND,
    TEACHER,
    UUID,
    apply,
    apply_all,
    described,
    head_after,
)
from tests.support.tokens import bearer

PAGES = "/api/reporting/v1/pages"
STRANGER = UUID(int=77)


def as_(role, person_id=STRANGER, school_id=SCHOOL):
    return bearer("reporting", school_id=school_id, person_id=person_id, roles=(role,))


def test_the_page_comes_as_data(database, client):
    apply_all(database)

    answer = client.get(f"{PAGES}/{PAGE}?period_id={FIRST}", headers=as_("teacher", TEACHER))

    body = answer.get_json()
    assert answer.status_code == 200
    assert body["page"]["subject"]["name"] == "Математика"
    assert body["period"]["name"] == "I четверть"
    assert [pupil["name"] for pupil in body["pupils"]] == ["Ёлкин Пётр", "Жуков Лев", "Яшина Анна"]
    assert body["entries"][0] == [0, 0, 0, "н"]
    assert body["lessons"][1]["works"] == [{"slot": 1, "type": "control", "weight": 5, "title": "Дроби"}]
    assert body["pupils"][1]["stays"] == [{"from_on": "2026-09-01", "until_on": "2026-09-05"}]
    assert (body["seq"], body["head"]) == (9, head_after(9))


def test_the_spread_comes_as_pdf_and_its_code_verifies(database, client):
    apply_all(database)

    answer = client.get(f"{PAGES}/{PAGE}/spread.pdf?period_id={FIRST}", headers=as_("deputy"))

    assert answer.content_type == "application/pdf"
    assert "I%20%D1%87%D0%B5%D1%82" in answer.headers["Content-Disposition"]
    sheet = pypdfium2.PdfDocument(answer.data)[0]
    (code,) = zxingcpp.read_barcodes(sheet.render(scale=2).to_pil())
    assert code.text.startswith("https://parta.example/verify/")
    page = client.get(code.text.removeprefix("https://parta.example"))
    assert page.status_code == 200
    assert "Лист подлинный" in page.text


@pytest.mark.parametrize(
    ("role", "person", "status"),
    [
        ("teacher", TEACHER, 200),
        ("class_teacher", LEADER, 200),
        ("deputy", STRANGER, 200),
        ("director", STRANGER, 200),
        ("teacher", STRANGER, 404),
        ("class_teacher", STRANGER, 404),
        ("operator", STRANGER, 403),
        ("pupil", STRANGER, 403),
        ("parent", STRANGER, 403),
    ],
)
@pytest.mark.parametrize("path", ["", "/spread.pdf"])
def test_only_those_it_concerns_read_a_page(database, client, role, person, status, path):
    apply_all(database)

    answer = client.get(f"{PAGES}/{PAGE}{path}", headers=as_(role, person))

    assert answer.status_code == status
    if status != 200:
        assert answer.content_type == "application/problem+json"


def test_other_schools_and_strangers_find_nothing(database, client):
    apply_all(database)

    assert client.get(f"{PAGES}/{PAGE}").status_code == 401
    assert client.get(f"{PAGES}/{PAGE}", headers=as_("director", school_id=STRANGER)).status_code == 404
    assert client.get(f"{PAGES}/{STRANGER}", headers=as_("director")).status_code == 404
    assert client.get(f"{PAGES}/{PAGE}?period_id={STRANGER}", headers=as_("director")).status_code == 404
    assert client.get(f"{PAGES}/{PAGE}?period_id=I", headers=as_("director")).status_code == 422


def verify(client, seq, digest, language="ru", page=PAGE):
    return client.get(f"/verify/{page}/{seq}/{digest}", headers={"Accept-Language": language})


def test_an_old_sheet_is_genuine_and_says_how_much_has_changed(database, client):
    apply_all(database)
    apply(database, described(12, topic="Кратные"))

    old = verify(client, 5, head_after(5)[:16])
    new = verify(client, 12, head_after(12)[:16].upper())

    assert old.status_code == new.status_code == 200
    assert "Лист подлинный" in old.text
    assert re.search(r"Изменений после этого состояния:\s*<strong>7</strong>", old.text)
    assert "страница не менялась" in new.text
    for fact in ("Школа № 17", "5А", "Математика", "08.09.2026 15:30"):
        assert fact in old.text


def test_the_public_page_names_nobody(database, client):
    apply_all(database)

    text = verify(client, 9, head_after(9)[:16]).text

    for family in ("Яшина", "Ёлкин", "Жуков", "Кузнецова"):
        assert family not in text


@pytest.mark.parametrize(
    ("page", "seq", "digest"),
    [
        (PAGE, 9, "0" * 16),
        (PAGE, 5, head_after(9)[:16]),
        (PAGE, 4, head_after(4)[:16]),
        (PAGE, 9, head_after(9)[:8]),
        (PAGE, 9, head_after(9)[:15] + "%"),
        (PAGE, "девять", head_after(9)[:16]),
        (PAGE, "9" * 40, head_after(9)[:16]),
        (PAGE, -9, head_after(9)[:16]),
        (STRANGER, 9, head_after(9)[:16]),
        ("страница", 9, head_after(9)[:16]),
    ],
)
def test_a_sheet_that_is_not_the_registers_is_told_apart(database, client, page, seq, digest):
    apply_all(database)

    answer = verify(client, seq, digest, page=page)
    data = client.get(f"/api/reporting/v1/verifications/{page}/{seq}/{digest}")

    assert answer.status_code == data.status_code == 404
    assert "Такой свёртки нет" in answer.text
    assert data.get_json()["type"] == "urn:parta:problem:digest-unknown"


def test_the_public_page_speaks_english_and_forbids_scripts(database, client):
    apply_all(database)

    good = verify(client, 9, head_after(9)[:16], "en-GB,en;q=0.9")
    bad = client.get("/verify/whatever/else", headers={"Accept-Language": "en"})

    assert "The sheet is genuine" in good.text
    assert "There is no such digest" in bad.text
    for page in (good, bad):
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert not re.search(r"<script|<style|style=|onload=|https?://", page.text)
    style = re.search(r'href="([^"]+\.css)"', good.text)[1]
    with client.get(style) as sheet:
        assert sheet.content_type == "text/css; charset=utf-8"


def test_verification_comes_as_data_too(database, client):
    apply_all(database)

    body = client.get(f"/api/reporting/v1/verifications/{PAGE}/5/{head_after(5)}").get_json()

    assert (body["group"], body["subject"], body["changes_since"]) == ("5А", "Математика", 4)
    assert body["stood_at"] == "2026-09-08T15:30:00+06:00"


def test_without_a_period_the_present_one_is_printed(database, client, time_machine):
    apply_all(database)
    time_machine.move_to("2026-11-20T12:00:00+06:00", tick=True)

    body = client.get(f"{PAGES}/{PAGE}", headers=as_("director")).get_json()

    assert body["period"]["id"] == str(SECOND)


def test_the_api_describes_itself(client):
    validate(client.get("/api/reporting/v1/openapi.json").get_json())
