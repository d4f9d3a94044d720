"""«Доступ» for class teachers, slips that sign in by QR code, forgotten passwords (SECURITY 9, 46)."""

import re

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.passwords import set_password
from services.identity.actions.signing_in.reset_letters import send_due
from services.identity.models import Person, SignIn
from shared.db import EVERY_SCHOOL
from shared.settings import Settings
from tests.portal.conftest import enter, forms_token
from tests.portal.world import MEMORY, PASSWORD

OWN = "берёза шумит 23 ночи"


def accounts_of(world, client):
    return client.get(f"/access/{world.people['class']}").text


def post(client, path, **form):
    return client.post(path, data={"csrf_token": forms_token(client), **form})


def identity(world):
    return world.runtimes["identity"].database


def test_the_class_teacher_is_led_to_the_own_class(sign_in, world):
    client = sign_in("colleague")

    led = client.get("/access")

    assert led.location == f"/access/{world.people['class']}"
    page = accounts_of(world, client)
    assert "Доступ · 7А" in page
    assert page.index("Абрамов Лев") < page.index("Абрамова Ирина") < page.index("Белова Анна")
    assert "свой пароль" in page  # The pupil and the parent have theirs,
    assert "нет кода" in page  # the others wait for a slip.


def test_the_operator_sees_all_classes_and_the_staff(sign_in, world):
    client = sign_in("operator")

    assert "7А" in client.get("/access").text
    assert "Смирнова Ольга" in client.get("/access/staff").text


def test_slips_come_as_a_sheet_and_handing_over_is_ticked(sign_in, world):
    client = sign_in("colleague")
    pupil, here = world.pupils[5], f"/access/{world.people['class']}"

    sheet = post(client, "/access/slips", person_id=str(pupil), here=here)
    given = post(client, f"/access/people/{pupil}/hand-over", here=here)

    assert (sheet.status_code, sheet.content_type, given.location) == (200, "application/pdf", here)
    assert sheet.data.startswith(b"%PDF")
    assert "no-store" in sheet.headers["Cache-Control"]
    assert "код вручён" in accounts_of(world, client)


def test_nothing_ticked_prints_nothing(sign_in, world):
    client = sign_in("colleague")

    assert post(client, "/access/slips", here="/access/staff").location == "/access/staff"


def test_blocking_asks_for_a_reason_and_shows_it(sign_in, world):
    client = sign_in("colleague")
    pupil, here = world.pupils[6], f"/access/{world.people['class']}"

    post(client, f"/access/people/{pupil}/block", reason="Потерян телефон", here=here)
    blocked = accounts_of(world, client)
    post(client, f"/access/people/{pupil}/unblock", here=here)

    assert "Потерян телефон" in blocked
    assert "Потерян телефон" not in accounts_of(world, client)


def test_the_browsers_address_and_kind_reach_identity(client, world):
    headers = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    form = {"login": world.logins["stranger"], "password": PASSWORD, "csrf_token": forms_token(client)}

    client.post("/sign-in", data=form, headers=headers, environ_overrides={"REMOTE_ADDR": "203.0.113.44"})

    with identity(world).reading(EVERY_SCHOOL) as session:
        newest = session.scalars(select(SignIn).order_by(SignIn.started_at.desc())).first()
    assert (newest.address, newest.device) == ("203.0.113.44", headers["User-Agent"])


@pytest.mark.parametrize("phone", [True, False])
def test_the_qr_code_signs_in_and_leaves_no_trace_of_the_code_in_the_address(world, person, phone):
    pupil = world.pupils[8 + phone]
    with identity(world).writing(world.school_id) as session:
        login, code = issue_codes(session, [pupil])[pupil]
    page = person(phone=phone).new_page()
    asked = []
    page.on("request", lambda request: asked.append((request.url, dict(request.headers).get("referer", ""))))

    page.goto(f"{world.url}/sign-in#{login}:{code}")
    page.wait_for_url("**/password")

    assert "Придумайте свой пароль" in page.content()
    assert not any(code in text for one in asked for text in one)
    page.fill("#new", OWN)
    page.fill("#again", OWN)
    page.click("text=Сохранить")
    page.wait_for_url("**/diary**")
    assert enter(world.portal.test_client(), login, OWN).status_code == 302


def test_a_printed_qr_code_holds_the_portals_address(sign_in, world):
    client = sign_in("colleague")

    sheet = post(client, "/access/slips", person_id=str(world.pupils[7]), here="/")

    picture = pypdfium2.PdfDocument(sheet.data)[0].render(scale=3).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in#[a-z0-9.]+:[2-9a-z-]{20}", found.text)


def test_a_forgotten_password_is_replaced_by_the_link_of_a_letter(world, person, smtp):
    with identity(world).writing(world.school_id) as session:
        session.get_one(Person, world.people["stranger"]).email = "chuzhoy@example.org"
    page = person().new_page()
    page.goto(f"{world.url}/sign-in")
    page.click("text=Забыли пароль?")
    page.fill("#login", world.logins["stranger"])
    page.click("text=Прислать ссылку")
    page.wait_for_selector("text=письмо уже в пути")
    mail = Settings("identity", "", public_url=world.url, smtp_url=f"smtp://{smtp.host}:{smtp.port}")
    send_due(identity(world), mail)
    (letter,) = smtp.to("chuzhoy@example.org")

    page.goto(re.search(r"http\S+", letter.get_content())[0])
    page.wait_for_selector("#by-hand", state="hidden")
    assert "#" not in page.url
    page.fill("#new", OWN)
    page.fill("#again", OWN)
    page.click("text=Сохранить")
    page.wait_for_selector("text=Новый пароль сохранён")

    world_client = world.portal.test_client()
    assert enter(world_client, world.logins["stranger"], OWN).status_code == 302
    with world.runtimes["identity"].database.writing(world.school_id) as session:
        set_password(session, world.people["stranger"], PASSWORD, MEMORY)  # As other tests know it.


def test_without_scripts_the_whole_link_may_be_pasted(client, world):
    form = {"token": "https://x.example/reset/new#none", "new_password": OWN, "again": OWN}

    answer = post(client, "/reset/new", **form)

    assert answer.status_code == 422
    assert "Ссылка больше не действует" in answer.text
    assert 'value="none"' in answer.text


def test_asking_says_the_same_of_any_login(client, world):
    pages = [post(client, "/reset", login=login).text for login in ("nobody", world.logins["deputy"])]

    assert re.sub(r'content="[^"]+"|value="[^"]+"', "", pages[0]) == re.sub(
        r'content="[^"]+"|value="[^"]+"', "", pages[1]
    )
    assert "письмо уже в пути" in pages[0]
