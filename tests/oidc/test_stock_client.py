"""A client library that is not ours signs in by our pages, over real HTTP."""

import re
from datetime import timedelta
from html import unescape

import pytest
import requests
import time_machine
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.identity.actions.programs.leaving import tell_clients
from services.identity.actions.programs.outbound import Outbound
from shared.clock import now
from tests.identity.makers import PASSWORD
from tests.identity.programs import make_client
from tests.oidc.listener import listening
from tests.support.instance import led_to

BACK = "https://diary.example.org/back"
AFTER = "https://diary.example.org/bye"


class Stock:
    """The library set up by what the deployment says of itself, as its manual has it."""

    def __init__(self, instance, client_id, secret=None, **given):
        self.told = requests.get(f"{instance.issuer}/.well-known/openid-configuration", timeout=10).json()
        self.session = OAuth2Session(
            client_id,
            secret,
            scope="openid profile school journal:read",
            redirect_uri=BACK,
            code_challenge_method="S256",
            **given,
        )
        self.session.trust_env = False
        self.verifier = "v" * 60

    def address(self, **given):
        address, self.state = self.session.create_authorization_url(
            self.told["authorization_endpoint"], code_verifier=self.verifier, nonce="once", **given
        )
        return address

    def fetch(self, location):
        self.token = self.session.fetch_token(
            self.told["token_endpoint"],
            authorization_response=location,
            state=self.state,
            code_verifier=self.verifier,
        )
        return self.token

    def claims(self):
        keys = KeySet.import_key_set(requests.get(self.told["jwks_uri"], timeout=10).json())
        read = jwt.decode(self.token["id_token"], keys, algorithms=["ES256"])
        wanted = {"iss": {"value": self.told["issuer"]}, "aud": {"value": self.session.client_id}}
        params = {"nonce": "once", "access_token": self.token["access_token"]}
        claims = CodeIDToken(read.claims, read.header, options=wanted, params=params)
        claims.validate()
        return claims


@pytest.fixture
def stock(instance):
    return Stock(instance, *make_client(instance.database, instance.school, post_logout_uris=[AFTER]))


def let_in(browser, stock, login, **given):
    """Sign in and say yes; return where the browser is sent."""
    page = browser.sign_in(browser.open(stock.address(**given)), login)
    assert "Впустить программу?" in page.text
    return led_to(consent(browser, page, "allow"))


def consent(browser, page, decision):
    fields = dict(re.findall(r'<input type="hidden" name="(query|since)" value="([^"]*)"', page.text))
    fields = {name: unescape(value) for name, value in fields.items()}
    return browser.send(page, "/oauth/consent", decision=decision, **fields)


def test_a_stock_client_signs_a_person_in_reads_about_them_and_refreshes(instance, teacher, browser, stock):
    location = let_in(browser, stock, teacher[1])

    assert location.startswith(BACK)
    token = stock.fetch(location)
    claims = stock.claims()
    about = stock.session.get(stock.told["userinfo_endpoint"]).json()
    renewed = stock.session.refresh_token(stock.told["token_endpoint"])

    assert (claims["sub"], claims["amr"]) == (str(teacher[0]), ["pwd"])
    assert (about["sub"], about["family_name"]) == (str(teacher[0]), "Иванова")
    assert about["school"] == {"id": str(instance.school), "name": "Школа № 1"}
    assert renewed["refresh_token"] != token["refresh_token"]


def test_who_is_signed_in_and_said_yes_before_is_sent_on_at_once(teacher, browser, stock):
    let_in(browser, stock, teacher[1])

    answer = browser.open(stock.address(prompt="none"))

    assert answer.status_code == 302
    assert stock.fetch(answer.headers["Location"])["id_token"]


def test_a_no_is_told_to_the_program(teacher, browser, stock):
    page = browser.sign_in(browser.open(stock.address()), teacher[1])

    location = led_to(consent(browser, page, "deny"))

    assert "error=access_denied" in location
    assert f"state={stock.state}" in location


def test_prompt_login_asks_a_signed_in_person_for_a_proof_and_goes_on(teacher, browser, stock):
    let_in(browser, stock, teacher[1])

    page = browser.open(stock.address(prompt="login"))
    assert "Подтвердите, что это вы" in page.text
    path = unescape(re.search(r'name="path" value="([^"]*)"', page.text)[1])
    onward = browser.send(page, "/proof", path=path, method="GET", password=PASSWORD)

    assert stock.fetch(led_to(onward))["id_token"]


def test_a_request_with_a_strange_redirect_stays_here(teacher, browser, stock):
    page = browser.open(stock.address().replace("diary.example.org", "evil.example.org"))

    assert page.status_code == 422
    assert led_to(page) == ""


def test_a_client_with_a_key_needs_no_secret(instance, teacher, browser):
    key = ECKey.generate_key("P-256", auto_kid=True)
    keys = {"keys": [key.as_dict(private=False)]}
    client_id, secret = make_client(instance.database, instance.school, public_keys=keys)
    stock = Stock(instance, client_id, key, token_endpoint_auth_method="private_key_jwt")
    stock.session.register_client_auth_method(PrivateKeyJWT(stock.told["token_endpoint"], alg="ES256"))

    assert secret is None
    assert stock.fetch(let_in(browser, stock, teacher[1]))["id_token"]


def test_signing_out_by_the_programs_wish_leads_back_to_it(teacher, browser, stock):
    stock.fetch(let_in(browser, stock, teacher[1]))
    hint = stock.token["id_token"]
    end = (
        f"{stock.told['end_session_endpoint']}?id_token_hint={hint}&post_logout_redirect_uri={AFTER}&state=s"
    )

    left = browser.open(end)

    assert left.headers["Location"] == f"{AFTER}?state=s"
    assert "Вход в журнал" in browser.open("/notices").text
    refused = stock.session.post(
        stock.told["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": stock.token["refresh_token"]},
        auth=(stock.session.client_id, stock.session.client_secret),
        withhold_token=True,
    )
    assert refused.json()["error"] == "invalid_grant"


def test_without_a_hint_the_person_is_asked_and_goes_nowhere_else(teacher, browser, stock):
    let_in(browser, stock, teacher[1])
    asked = f"client_id={stock.session.client_id}&post_logout_redirect_uri={AFTER}"

    page = browser.open(f"{stock.told['end_session_endpoint']}?{asked}")
    left = browser.send(page, "/oauth/end-session", query=asked)

    assert "Выйти из журнала?" in page.text
    assert "Вход в журнал" in left.text


@pytest.mark.parametrize("address", [f"{AFTER}/", "https://evil.example.org", f"{AFTER}?x"])
def test_nobody_is_led_to_an_address_after_sign_out_that_is_not_registered(teacher, browser, stock, address):
    stock.fetch(let_in(browser, stock, teacher[1]))
    asked = f"id_token_hint={stock.token['id_token']}&post_logout_redirect_uri={address}"

    left = browser.open(f"{stock.told['end_session_endpoint']}?{asked}")

    assert "Вход в журнал" in left.text


def test_programs_are_told_of_a_sign_out_again_and_again_until_they_answer(instance, teacher, browser):
    with listening() as program:
        given = make_client(instance.database, instance.school, logout_uri=program.url)
        stock = Stock(instance, *given)
        stock.fetch(let_in(browser, stock, teacher[1]))
        claims = stock.claims()
        browser.send(browser.open("/notices"), "/sign-out")

        program.status = 503
        _tell(instance)
        program.status = 200
        _tell(instance)  # Too soon for the second try.
        with time_machine.travel(now() + timedelta(minutes=1)):
            _tell(instance)
            _tell(instance)

    assert len(program.came) == 2
    keys = KeySet.import_key_set(requests.get(stock.told["jwks_uri"], timeout=10).json())
    [told] = program.came[0]["logout_token"]
    read = jwt.decode(told, keys, algorithms=["ES256"])
    assert read.header["typ"] == "logout+jwt"
    assert (read.claims["sid"], read.claims["sub"]) == (claims["sid"], claims["sub"])
    assert list(read.claims["events"]) == ["http://schemas.openid.net/event/backchannel-logout"]
    assert "nonce" not in read.claims


def _tell(instance):
    tell_clients(instance.database, instance.issuer, Outbound(may_call_private=True))


def test_people_see_the_program_on_their_page_and_cut_it_off(teacher, browser, stock):
    stock.fetch(let_in(browser, stock, teacher[1]))

    page = browser.open("/connected")
    after = browser.send(page, f"/connected/{stock.session.client_id}/end")

    assert "Дневник в кармане" in page.text
    assert "Дневник в кармане" not in after.text
