"""Signing in through another provider: a second deployment of our own stands for ЕСИА."""

import re
from html import unescape

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select

from services.identity.actions.programs import provider_calls
from services.identity.actions.programs.providers import configure_provider
from services.identity.models import ProviderLink, SignIn
from shared.db import EVERY_SCHOOL
from tests.identity.makers import make_login, make_person
from tests.identity.programs import make_client
from tests.support.instance import Browser, Instance, led_to, open_instance

SET_OUT = "/sign-in/provider/esia"


@pytest.fixture
def esia(tmp_path):
    provider_calls._kept.clear()
    with open_instance(tmp_path / "there") as made:
        yield made


@pytest.fixture
def citizen(esia):
    """Somebody as the other provider knows them."""
    with esia.database.writing(esia.school) as session:
        person = make_person(session, family="Гражданкина", role="parent")
        return str(person.id), make_login(session, person)


def trust(here: Instance, there: Instance, **given):
    """Register us there and the provider here."""
    keys = given.pop("public_keys", None)
    back = f"{here.url}/sign-in/provider"
    client_id, secret = make_client(
        there.database,
        there.school,
        name="Парта",
        redirect_uris=[back],
        is_preapproved=True,
        scopes=["openid"],
        public_keys=keys,
    )
    described = {
        "title": "Госуслуги",
        "issuer": there.issuer,
        "client_id": client_id,
        "auth_method": "client_secret_basic",
        "secret": secret,
        "scopes": ["openid"],
        "counts_as": ["fed"],
        "is_enabled": True,
    } | given
    with here.database.writing(EVERY_SCHOOL) as session:
        configure_provider(session, "esia", described)


class Person:
    """One person before two deployments; cookies know no ports, so each has a browser of its own."""

    def __init__(self, here: Instance, there: Instance, citizen: str) -> None:
        self.here, self.there, self.citizen = Browser(here), Browser(there), citizen

    def vouched(self, page=None, action=SET_OUT):
        """Go to the provider, sign in there if asked, and return where it sends the browser back to."""
        sent = self.here.send(page or self.here.open("/sign-in"), action)
        answer = self.there.open(led_to(sent))
        if 'name="password"' in answer.text:
            answer = self.there.sign_in(answer, self.citizen)
        return led_to(answer)

    def link(self, login):
        """Be refused as unknown, sign in by a password and link."""
        unknown = self.here.open(self.vouched())
        assert (unknown.status_code, "ещё не связана" in unknown.text) == (409, True)
        onward = unescape(re.search(r'href="(/sign-in\?next=[^"]*)"', unknown.text)[1])
        page = self.here.sign_in(self.here.open(onward), login)
        return self.here.send(page, "/connected/known")


@pytest.fixture
def person(instance, esia, citizen):
    return Person(instance, esia, citizen[1])


def links(instance):
    with instance.database.reading(EVERY_SCHOOL) as session:
        return {link.subject: link.person_id for link in session.scalars(select(ProviderLink))}


def last_amr(instance):
    with instance.database.reading(EVERY_SCHOOL) as session:
        return session.scalars(select(SignIn).order_by(SignIn.started_at.desc())).first().amr


def test_the_sign_in_page_offers_the_provider(instance, esia, person):
    trust(instance, esia)

    assert "Войти через Госуслуги" in person.here.open("/sign-in").text


def test_an_unknown_subject_is_told_how_to_link_and_then_signs_in(instance, esia, person, citizen, teacher):
    trust(instance, esia)

    assert "Связано" in person.link(teacher[1]).text
    assert links(instance) == {citizen[0]: teacher[0]}
    person.here.send(person.here.open("/connected"), "/sign-out")
    answer = person.here.client.get(person.vouched())

    assert answer.status_code == 302
    assert "Иванова М." in person.here.open("/connected").text
    assert last_amr(instance) == ["fed"]


def test_who_is_signed_in_links_and_unlinks(instance, esia, person, citizen, teacher):
    trust(instance, esia, counts_as=["hwk", "mfa"])
    page = person.here.sign_in(person.here.open("/sign-in"), teacher[1])
    page = person.here.open("/connected")

    linked = person.here.open(person.vouched(page, "/connected/providers/esia/link"))
    assert links(instance) == {citizen[0]: teacher[0]}
    person.here.send(linked, "/connected/providers/esia/end")

    assert links(instance) == {}


def test_a_provider_that_knows_us_by_a_key(instance, esia, person, teacher):
    key = ECKey.generate_key("P-256", auto_kid=True)
    trust(
        instance,
        esia,
        public_keys={"keys": [key.as_dict(private=False)]},
        auth_method="private_key_jwt",
        secret=key.as_pem(private=True).decode(),
    )

    assert "Связано" in person.link(teacher[1]).text


def test_an_answer_serves_once_and_in_its_own_browser_alone(instance, esia, person, teacher):
    trust(instance, esia)
    person.link(teacher[1])
    person.here.send(person.here.open("/connected"), "/sign-out")
    back = person.vouched()

    answers = [browser.client.get(back) for browser in (Browser(instance), person.here, person.here)]

    assert [answer.status_code for answer in answers] == [400, 302, 400]


@pytest.mark.parametrize("altered", ["code", "state", "iss"])
def test_an_answer_altered_on_its_way_lets_nobody_in(instance, esia, person, teacher, altered):
    trust(instance, esia)
    person.link(teacher[1])
    person.here.send(person.here.open("/connected"), "/sign-out")

    answer = person.here.open(re.sub(rf"([?&]{altered}=)[^&]*", r"\1http://evil.example", person.vouched()))

    assert answer.status_code in (400, 422)
    assert "Вход в журнал" in person.here.open("/notices").text


def test_a_subject_linked_to_one_person_is_not_linked_to_another(instance, esia, person, citizen, teacher):
    trust(instance, esia)
    person.link(teacher[1])
    with instance.database.writing(instance.school) as session:
        other = make_login(session, make_person(session, family="Другая", role="teacher"))
    second = Person(instance, esia, citizen[1])
    page = second.here.sign_in(second.here.open("/sign-in"), other)
    page = second.here.open("/connected")

    answer = second.here.open(second.vouched(page, "/connected/providers/esia/link"))

    assert answer.status_code == 409
    assert links(instance) == {citizen[0]: teacher[0]}


def test_a_blocked_person_is_not_let_in_by_a_provider_either(instance, esia, person, teacher):
    from services.identity.models import Account
    from shared.clock import now

    trust(instance, esia)
    person.link(teacher[1])
    person.here.send(person.here.open("/connected"), "/sign-out")
    with instance.database.writing(instance.school) as session:
        session.get(Account, teacher[0]).blocked_at = now()

    assert person.here.open(person.vouched()).status_code == 422


def test_a_silent_provider_is_said_to_be_silent(instance, esia, person):
    trust(instance, esia, issuer="http://127.0.0.1:1")

    assert person.here.send(person.here.open("/sign-in"), SET_OUT).status_code in (502, 503)
