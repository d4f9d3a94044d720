"""One school for all tests of the portal; each test keeps to lessons or people of its own."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page

from tests.portal.world import PASSWORD, World, served, small_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A school of real services, its portal served on a port."""
    with small_world(tmp_path_factory.mktemp("portal")) as made, served(made):
        yield made


def forms_token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/sign-in").text)
    if not found:  # Who is signed in already is sent on; the token is on every page.
        found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/notices").text)
    assert found
    return found[1]


def enter(client: FlaskClient, login: str, password: str = PASSWORD, **more: str) -> object:
    form = {"login": login, "password": password, "csrf_token": forms_token(client), **more}
    return client.post("/sign-in", data=form)


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser without scripts, in which nobody is signed in."""
    return world.portal.test_client()


@pytest.fixture
def sign_in(world: World) -> Callable[[str], FlaskClient]:
    """Returns a browser without scripts in which this person is signed in."""

    def of(who: str) -> FlaskClient:
        client = world.portal.test_client()
        assert enter(client, world.logins[who]).status_code == 302
        return client

    return of


@pytest.fixture
def open_as(
    world: World, person: Callable[..., BrowserContext], sign_in: Callable[[str], FlaskClient]
) -> Callable[..., Page]:
    """Returns a page of a real browser, a person signed in, at an address; scripts must not complain."""

    def of(who: str, address: str = "/", *, phone: bool = False) -> Page:
        context = person(phone=phone)
        cookie = sign_in(who).get_cookie("parta")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": world.url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(world.url + address)
        return page

    return of
