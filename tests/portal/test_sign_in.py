from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from sqlalchemy import select, update

from services.identity.models import SignIn
from services.portal.app import create_portal
from services.portal.models import BrowserSession
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database
from shared.settings import Settings
from tests.portal.conftest import enter, forms_token
from tests.support.databases import sqlite_url


def newest_session(world, who):
    database = world.portal.extensions["portal"].database
    newest = select(BrowserSession).order_by(BrowserSession.opened_at.desc())
    with database.reading(EVERY_SCHOOL) as session:
        return session.scalars(newest.filter_by(person_id=world.people[who])).first()


def is_kept(world, browser_session):
    database = world.portal.extensions["portal"].database
    with database.reading(EVERY_SCHOOL) as session:
        return session.get(BrowserSession, browser_session.id) is not None


def test_nobody_sees_a_page_without_signing_in_and_comes_back_to_it_afterwards(client, world):
    sent = client.get("/diary?week=2026-11-23")

    assert sent.status_code == 302
    assert sent.location == "/sign-in?next=/diary?week%3D2026-11-23"
    back = "/diary?week=2026-11-23"
    assert enter(client, world.logins["parent"], next=back).location == back


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "nowhere"]
)
def test_signing_in_never_leads_to_another_site(client, world, target):
    assert enter(client, world.logins["parent"], next=target).location == "/"


def test_a_wrong_password_says_what_to_do_and_keeps_the_login(client, world):
    answer = enter(client, world.logins["parent"], "не тот")

    assert answer.status_code == 401
    assert world.logins["parent"] in answer.text
    assert "alert" in answer.text
    assert "parta=" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_browser_gets_an_opaque_cookie_that_scripts_cannot_read(client, world):
    """SECURITY 13."""
    answer = enter(client, world.logins["teacher"])

    given = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("parta="))
    cookie = SimpleCookie(given)["parta"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]  # A teacher's session ends with the browser.
    assert len(cookie.value) >= 40
    assert "." not in cookie.value  # No token with a payload.


def test_by_https_the_cookies_insist_on_it(world, tmp_path):
    """SECURITY 13."""
    url = sqlite_url("portal", tmp_path)
    settings = Settings(
        service="portal", database_url=url, secret_key="k", public_url="https://school.example"
    )
    client = create_portal(settings, Database(url), world.peers).test_client()
    page = client.get("/sign-in", base_url="https://school.example")

    assert page.headers["Strict-Transport-Security"]
    [forms] = page.headers.getlist("Set-Cookie")
    assert forms.startswith("__Host-forms=")
    assert "Secure" in forms


def test_without_a_secret_key_the_portal_does_not_start(world):
    settings = Settings(service="portal", database_url="sqlite://")
    with pytest.raises(SystemExit, match="PARTA_PORTAL_SECRET_KEY"):
        create_portal(settings, Database("sqlite://"), world.peers)


def test_a_copy_of_the_database_lets_nobody_in(sign_in, world):
    client = sign_in("deputy")
    cookie = client.get_cookie("parta").value
    kept = newest_session(world, "deputy")

    assert cookie not in repr(vars(kept))
    thief = world.portal.test_client()
    for stolen in (kept.id, kept.sealed_token):
        thief.set_cookie("parta", stolen)
        assert thief.get("/").location.startswith("/sign-in")


def test_signing_out_ends_the_session_here_and_at_identity(sign_in, world):
    client = sign_in("stranger")
    cookie = client.get_cookie("parta").value
    kept = newest_session(world, "stranger")

    client.post("/sign-out", data={"csrf_token": forms_token(client)})

    assert not is_kept(world, kept)
    again = world.portal.test_client()
    again.set_cookie("parta", cookie)
    assert again.get("/").location == "/sign-in"
    with world.runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        newest = select(SignIn).order_by(SignIn.started_at.desc()).filter_by(person_id=kept.person_id)
        assert session.scalars(newest).first().ended_at


def test_a_session_that_identity_ended_is_over_here_too(sign_in, world):
    client = sign_in("colleague")
    kept = newest_session(world, "colleague")
    with world.runtimes["identity"].database.writing(EVERY_SCHOOL) as session:
        mine = SignIn.person_id == world.people["colleague"]
        session.execute(update(SignIn).where(mine).values(ended_at=now()))

    assert client.get("/journal").location.startswith("/sign-in")
    assert not is_kept(world, kept)


@pytest.mark.parametrize(
    ("who", "minutes", "is_in"),
    [
        ("teacher", 29, True),
        ("teacher", 31, False),
        ("parent", 60 * 24 * 13, True),
        ("parent", 60 * 24 * 15, False),
    ],
)
def test_staff_is_signed_out_after_half_an_hour_and_families_after_two_weeks(sign_in, who, minutes, is_in):
    client = sign_in(who)

    with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
        assert client.get("/").location.startswith("/sign-in") is not is_in


def test_who_works_stays_signed_in_but_no_longer_than_a_day(sign_in):
    client = sign_in("teacher")
    start = now()

    for minutes in range(20, 60 * 12, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get("/").location == "/journal"
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
        assert client.get("/").location.startswith("/sign-in")


def test_a_one_time_password_opens_nothing_but_the_choice_of_an_own_one(client, world):
    assert enter(client, world.logins["newcomer"], world.first_password).location == "/password"
    before = client.get_cookie("parta").value

    assert client.get("/journal").location == "/password"
    page = client.get("/password")
    assert "Придумайте свой пароль" in page.text
    form = {"password": world.first_password, "new_password": "утро вечера мудренее", "again": "утро"}
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    assert "не совпали" in client.post("/password", data={**form, "csrf_token": token}).text
    form["again"] = form["new_password"]
    assert client.post("/password", data={**form, "csrf_token": token}).location == "/"

    assert client.get("/").location == "/journal"
    assert client.get_cookie("parta").value != before
    stale = world.portal.test_client()
    stale.set_cookie("parta", before)
    assert stale.get("/journal").location.startswith("/sign-in")


def test_a_wrong_present_password_is_said_and_signs_nobody_out(sign_in):
    client = sign_in("parent")
    new = "утро вечера мудренее"
    form = {"password": "не тот", "new_password": new, "again": new, "csrf_token": forms_token(client)}

    answer = client.post("/password", data=form)

    assert answer.status_code == 422
    assert "пароль" in answer.text
    assert client.get("/diary").status_code == 200


@pytest.mark.parametrize("path", ["/sign-in?next=//[", "/sign-in?next=http://["])
def test_an_address_that_is_none_leads_home(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/password", "/notices/read", "/language/en"])
def test_no_write_is_taken_without_the_forms_token(sign_in, path):
    answer = sign_in("parent").post(path, data={})

    assert answer.status_code == 400
    assert "Обновите страницу" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://["])
def test_a_form_of_another_site_is_refused(client, world, origin):
    form = {"login": world.logins["parent"], "password": "x", "csrf_token": forms_token(client)}

    assert client.post("/sign-in", data=form, headers={"Origin": origin}).status_code == 400


def test_the_token_of_an_earlier_sign_in_is_worth_nothing(client, world):
    old = forms_token(client)
    enter(client, world.logins["parent"])

    assert client.post("/notices/read", data={"csrf_token": old}).status_code == 400


def test_identity_being_down_is_said_on_the_sign_in_page(client, world):
    token = forms_token(client)
    world.stop_service("identity")
    try:
        answer = client.post("/sign-in", data={"login": "x", "password": "y", "csrf_token": token})
    finally:
        world.start_service("identity")

    assert answer.status_code == 503
    assert "Повторите через минуту" in answer.text


@pytest.mark.parametrize("name", ["X-Request-ID", "If-None-Match", "Idempotency-Key"])
def test_a_header_that_is_no_plain_text_breaks_nothing(sign_in, world, name):
    path = f"/journal/{world.pages['Математика']}/revisions"

    assert sign_in("teacher").get(path, headers={name: "жé".encode().decode("latin-1")}).status_code < 500
