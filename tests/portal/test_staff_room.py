"""The staff-room screen: by signing in, by its own address, without a network, and taken back."""

import re

from playwright.sync_api import expect

from tests.portal.conftest import forms_token


def put_up(client, name="Учительская"):
    form = {"name": name, "csrf_token": forms_token(client)}
    shown = client.post("/staff-room/screens", data=form)
    assert shown.status_code == 200, shown.text
    return re.search(r"/screen/[\w-]{32}", shown.text)[0]


def ends_of(client):
    return re.findall(r"/staff-room/screens/[\w-]+/end", client.get("/staff-room/screens").text)


def test_an_address_is_shown_once_opens_without_signing_in_and_ends(sign_in, client):
    deputy = sign_in("deputy")
    path = put_up(deputy)

    page = client.get(path)

    assert page.status_code == 200
    assert "Сегодня в школе" in page.text
    assert "csrf" not in page.text
    assert client.get(f"{path}/now").status_code == 200
    assert path not in deputy.get("/staff-room/screens").text
    for end in ends_of(deputy):
        deputy.post(end, data={"csrf_token": forms_token(deputy)})
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/now", headers={"Accept": "application/json"}).status_code == 404


def test_families_and_strangers_see_no_screen(sign_in, client):
    assert sign_in("parent").get("/staff-room").status_code == 403
    assert client.get("/staff-room").status_code == 302
    assert client.get("/staff-room/now", headers={"Accept": "application/json"}).status_code == 401


def test_without_a_network_the_screen_keeps_the_day_and_says_so(open_as):
    page = open_as("deputy", "/staff-room")
    expect(page.locator("#stale")).to_be_hidden()
    shown = page.locator("#now").inner_text()

    page.route("**/staff-room/now", lambda route: route.abort())
    page.evaluate("window.dispatchEvent(new Event('offline'))")

    expect(page.locator("#stale")).to_be_visible()
    assert page.locator("#now").inner_text() == shown

    page.unroute("**/staff-room/now")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#stale")).to_be_hidden()


def test_who_is_signed_out_meanwhile_sees_nothing_more(open_as):
    page = open_as("deputy", "/staff-room")

    page.context.clear_cookies()
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator("#ended")).to_be_visible()
    expect(page.locator("#now")).to_be_empty()


def test_on_a_phone_a_long_day_is_as_long_as_it_is_and_covers_nothing(open_as):
    page = open_as("deputy", "/staff-room", phone=True)
    page.evaluate("""() => {
        for (const section of document.querySelectorAll('section'))
            for (let line = 0; line < 60; line += 1) section.append(document.createElement('hr'), 'урок');
    }""")

    hidden = page.locator("section").evaluate_all(
        "all => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    )

    assert hidden == 0
    assert page.complaints == []
