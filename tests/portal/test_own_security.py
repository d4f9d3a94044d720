"""The second step of signing in and the page «Безопасность», by forms and in a real browser."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
import time_machine

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.signing_in.passwords import set_password
from shared.clock import now
from tests.portal.conftest import enter, forms_token
from tests.portal.test_proofs import grow_stale, kept_fields
from tests.portal.world import MEMORY, PASSWORD

PIN_OR_FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def somebody(world):
    """Makes a person of a role with a login of their own, known to the world by their name."""

    def make(name, role):
        with world.runtimes["identity"].database.writing(world.school_id) as session:
            person = enter_person(session, family_name=name, given_name="Инна", patronymic="Львовна")
            grant_role(session, person.id, role)
            world.people[name] = person.id
            world.logins[name] = set_password(session, person.id, PASSWORD, MEMORY)
        return world.logins[name]

    return make


def post(client, path, **form):
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/security").text)
    return client.post(path, data={"csrf_token": token[1], **form})


def add_totp(client):
    """Connect an app; return its secret and the spare codes."""
    page = post(client, "/security/totp")
    fields = kept_fields(page)
    assert "<svg" in page.text
    assert "style=" not in page.text
    shown = client.post("/security/totp/confirm", data=fields | {"code": pyotp.TOTP(fields["secret"]).now()})
    assert shown.status_code == 200, shown.text
    return fields["secret"], re.findall(r"<li><code>([^<]+)</code>", shown.text)


def code(secret, steps=1):
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def test_an_app_is_connected_by_its_qr_code_and_asked_for_at_the_next_sign_in(client, world, somebody):
    login = somebody("Кодова", "teacher")
    enter(client, login)
    secret, codes = add_totp(client)
    second = world.portal.test_client()

    waits = enter(second, login, next="/notices")
    page = second.get(waits.location)
    wrong = second.post("/sign-in/second-step", data=kept_fields(page) | {"code": "000000"})
    done = second.post("/sign-in/second-step", data=kept_fields(page) | {"code": code(secret)})

    assert len(codes) == 10
    assert waits.location == "/sign-in/second-step"
    assert second.get("/notices").status_code == 200
    assert (wrong.status_code, "Код не подошёл" in wrong.text) == (401, True)
    assert (done.status_code, done.location) == (302, "/notices")


def test_a_wrong_first_code_shows_the_same_qr_code_again(client, somebody):
    enter(client, somebody("Ошибкина", "teacher"))
    fields = kept_fields(post(client, "/security/totp"))

    again = client.post("/security/totp/confirm", data=fields | {"code": "12"})

    assert again.status_code == 422
    assert kept_fields(again)["secret"] == fields["secret"]
    assert "Код не подходит" in again.text


def test_a_spare_code_signs_in_and_the_page_says_how_many_are_left(client, world, somebody):
    login = somebody("Запасова", "teacher")
    enter(client, login)
    _, codes = add_totp(client)
    second = world.portal.test_client()
    enter(second, login)

    page = second.get("/sign-in/second-step?way=recovery")
    done = second.post("/sign-in/second-step", data=kept_fields(page) | {"code": codes[3]})

    assert done.status_code == 302
    assert "Осталось: 9 из 10" in second.get("/security").text


def test_a_second_step_that_took_too_long_begins_anew(client, world, somebody):
    login = somebody("Медленнова", "teacher")
    enter(client, login)
    secret, _ = add_totp(client)
    second = world.portal.test_client()
    fields = kept_fields(second.get(enter(second, login).location))

    with time_machine.travel(now() + timedelta(minutes=6)):
        late = second.post("/sign-in/second-step", data=fields | {"code": code(secret)})

    assert late.status_code == 401
    assert 'name="password"' in late.text
    assert second.get("/sign-in/second-step").location == "/sign-in"


def test_the_grid_signs_in_again_with_a_second_step_and_stays_where_it_is(client, world, somebody):
    login = somebody("Сеткина", "teacher")
    enter(client, login)
    secret, _ = add_totp(client)
    second = world.portal.test_client()
    headers = {"Accept": "application/json", "X-CSRFToken": forms_token(second)}

    asked = second.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=headers)
    headers["X-CSRFToken"] = asked.json["csrf"]
    form = {"way": "totp", "code": "000000"}
    wrong = second.post("/sign-in/second-step", data=form, headers=headers)
    done = second.post("/sign-in/second-step", data=form | {"code": code(secret)}, headers=headers)

    assert asked.json["second_step"] == ["totp", "recovery"]
    assert wrong.status_code == 401
    assert done.json["person"] == str(world.people["Сеткина"])


def test_while_a_second_factor_is_due_nothing_else_opens(client, world, somebody):
    """SECURITY 6."""
    login = somebody("Завучева", "deputy")
    database = world.runtimes["identity"].database
    policy = database.info["second_factor"]
    database.info = {**database.info, "second_factor": ("leaders", timedelta())}
    try:
        enter(world.portal.test_client(), login)  # The grace of no days begins, and is over.
        enter(client, login)
        before = client.get_cookie("parta").value
        shut = [client.get(path).location for path in ("/journal", "/people", "/notices")]
        page = client.get("/security")
        add_totp(client)
        opened = client.get("/journal").status_code
    finally:
        database.info = {**database.info, "second_factor": policy}

    assert shut == ["/security"] * 3
    assert "одного пароля мало" in page.text
    assert 'class="menu"' not in page.text
    assert opened == 200
    assert client.get_cookie("parta").value != before  # SECURITY 14


def test_during_the_grace_every_page_says_until_when(client, somebody):
    """SECURITY 6."""
    enter(client, somebody("Отсрочкина", "director"))

    page = client.get("/journal")

    assert page.status_code == 200
    assert "подключите второй шаг входа" in page.text


def test_on_a_shared_computer_the_session_ends_with_the_browser_and_after_ten_minutes(
    client, world, somebody
):
    """SECURITY 15."""
    login = somebody("Гостева", "parent")

    answer = enter(client, login, is_shared="on")
    shared = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("parta=")]
    at = {}
    for minutes in (9, 20):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            at[minutes] = client.get("/notices").status_code

    assert "Max-Age" not in shared[0]
    assert at == {9: 200, 20: 302}


def test_sessions_are_seen_and_ended(client, world, somebody):
    """SECURITY 16."""
    login = somebody("Сеансова", "teacher")
    others = [world.portal.test_client() for _ in range(2)]
    for one in (*others, client):
        enter(one, login)
    page = client.get("/security").text
    first = re.search(r"/security/sessions/([0-9a-f-]{36})/end", page)[0]

    post(client, first)
    left = [one.get("/journal").status_code for one in others]
    post(client, "/security/sessions/end-others")
    after = [one.get("/journal").status_code for one in others]

    assert page.count("этот сеанс") == 1
    assert sorted(left) == [200, 302]
    assert after == [302, 302]
    assert client.get("/journal").status_code == 200


def test_the_operator_resets_a_lost_second_step_and_ends_sessions(client, sign_in, world, somebody):
    """SECURITY 9 and 16."""
    login = somebody("Потерева", "teacher")
    enter(client, login)
    add_totp(client)
    operator, person = sign_in("operator"), world.people["Потерева"]

    reset = post(operator, f"/people/{person}/second-step/reset")
    again = world.portal.test_client()
    entered = enter(again, login)
    post(operator, f"/people/{person}/sessions/end")

    assert reset.status_code == 302
    assert client.get("/journal").location.startswith("/sign-in")
    assert entered.location == "/"
    assert again.get("/journal").location.startswith("/sign-in")


def test_a_code_of_the_app_proves_in_the_middle_of_the_work(client, world, somebody):
    """SECURITY 11."""
    enter(client, somebody("Доказова", "teacher"))
    secret, _ = add_totp(client)
    grow_stale(world, "Доказова")

    asked = post(client, "/security/codes")
    fields = {name: value for name, value in kept_fields(asked).items() if name != "credential"}
    shown = client.post("/proof", data=fields | {"way": "totp", "code": code(secret)})

    assert asked.status_code == 403
    assert "Запасные коды" in shown.text
    assert len(re.findall(r"<li><code>", shown.text)) == 10


@pytest.fixture
def named_site(world):
    """The portal under a name: passkeys belong to one, not to a bare address."""
    runtime = world.runtimes["identity"]
    before = runtime.settings
    url = f"http://localhost:{urlsplit(world.url).port}"
    runtime.settings = replace(before, public_url=url)
    yield url
    runtime.settings = before


@pytest.fixture
def with_device(person, named_site):
    """Returns a page of a browser with a device that keeps passkeys; scripts must not complain."""

    def of(**options):
        page = person().new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": {**PIN_OR_FINGER, **options}})
        return page

    return of


def sign_in_at(page, url, login):
    page.goto(f"{url}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("form button:has-text('Войти') >> nth=0")
    page.wait_for_url(lambda at: "/sign-in" not in at)


def add_passkey(page, url):
    page.goto(f"{url}/security")
    page.click("text=Добавить ключ доступа")
    page.fill("#key-name", "Мой телефон")
    page.click("button:has-text('Добавить ключ доступа')")


def test_a_passkey_is_added_and_signs_in_without_a_password(with_device, named_site, somebody):
    """SECURITY 8, with Chromium's own authenticator."""
    page, login = with_device(), somebody("Ключева", "parent")
    sign_in_at(page, named_site, login)
    add_passkey(page, named_site)
    page.wait_for_selector(".codes")
    page.goto(f"{named_site}/security")
    page.wait_for_selector("text=Мой телефон")
    page.context.clear_cookies()

    page.goto(f"{named_site}/sign-in?next=/security")
    page.click("text=Войти по ключу доступа")
    page.wait_for_selector("text=Где вы вошли")

    assert page.url == f"{named_site}/security"
    assert page.complaints == []


def test_a_leader_takes_the_second_step_with_a_passkey_and_proves_with_it(
    with_device, named_site, somebody, world
):
    """SECURITY 6, 8 and 11."""
    page, login = with_device(), somebody("Ключарёва", "director")
    sign_in_at(page, named_site, login)
    add_passkey(page, named_site)
    page.wait_for_selector(".codes")
    page.context.clear_cookies()

    page.goto(f"{named_site}/sign-in?next=/security")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("form button:has-text('Войти') >> nth=0")
    page.click("text=Подтвердить ключом доступа")
    page.wait_for_selector("text=Где вы вошли")
    grow_stale(world, "Ключарёва")
    page.click("text=Выдать новые")
    page.click("text=Подтвердить ключом доступа")
    page.wait_for_selector(".codes")

    assert page.locator(".codes li").count() == 10
    assert [said for said in page.complaints if "403" not in said] == []


def test_a_device_that_cannot_tell_its_owner_adds_no_passkey(with_device, named_site, somebody):
    """SECURITY 8."""
    page = with_device(isUserVerified=False)
    sign_in_at(page, named_site, somebody("Чужакова", "parent"))

    add_passkey(page, named_site)

    page.wait_for_selector("form[data-passkey] .alert:visible")
    assert "Отменено" in page.inner_text("form[data-passkey] .alert")


def test_at_a_bare_address_nobody_is_offered_a_passkey(open_as):
    page = open_as("parent", "/security/passkeys/new")

    assert page.locator("[data-without-passkeys]").is_visible()
    assert page.locator("form[data-passkey]").is_hidden()
