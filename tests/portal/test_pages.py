import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.rosters.enrolments import enrol
from shared.clock import now
from tests.portal.conftest import enter, forms_token
from tests.portal.world import PASSWORD, TODAY, small_world

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
PAGES = {
    "teacher": [
        "/substitutions",
        "/timetable",
        "/timetable?group_id={class}",
        "/timetable/day",
        "/journal",
        "/journal/{page}",
        "/notices",
        "/password",
        "/deadlines",
        "/corrections",
    ],
    "colleague": [
        "/journal",
        "/classes/{class}",
        "/diary?pupil_id={pupil}",
        "/diary/period?pupil_id={pupil}",
    ],
    "director": ["/access-log", "/data-requests", "/consents"],
    "deputy": [
        "/access-log",
        "/consents",
        "/substitutions",
        "/substitutions?group_id={class}",
        "/substitutions/hours",
        "/staff-room",
        "/staff-room/screens",
        "/journal",
        "/journal/{page}",
        "/periods",
        "/notices",
        "/deadlines",
        "/contradictions",
        "/corrections",
    ],
    "operator": [
        "/people",
        "/people/{pupil}",
        "/people/{pupil}/movements",
        "/groups",
        "/groups/{class}",
        "/movements",
        "/headcount",
        "/new-year",
    ],
    "parent": [
        "/data",
        "/data/{pupil}",
        "/timetable",
        "/diary",
        "/diary?week=2026-09-01",
        "/diary/period",
        "/notices",
        "/password",
    ],
    "pupil": ["/data", "/diary", "/notices"],
}
EVERY_PAGE = [(who, path) for who, paths in PAGES.items() for path in paths]


class Handlers(HTMLParser):
    """Gathers what a browser would run or draw of inline scripts and styles."""

    @classmethod
    def of(cls, page):
        reader = cls()
        reader.found = []
        reader.feed(page)
        return reader.found

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        bare = tag == "style" or (tag == "script" and "src" not in names)
        if bare or any(name == "style" or name.startswith("on") for name in names):
            self.found.append((tag, attrs))


def address(world, path):
    return path.format(page=world.pages["Математика"], **{k: world.people[k] for k in ("class", "pupil")})


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("who", "path"), EVERY_PAGE)
def test_every_page_opens_in_both_languages_with_nothing_inline(sign_in, world, who, path, language):
    client = sign_in(who)
    client.set_cookie("language", language)

    answer = client.get(address(world, path))

    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}">' in answer.text
    assert not Handlers.of(answer.text)
    assert "Сейчас недоступно" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/sign-in", "/password"])
def test_in_english_no_russian_is_left(sign_in, client, path):
    browser = client if path == "/sign-in" else sign_in("operator")
    browser.set_cookie("language", "en")

    shown = re.sub(r'lang="ru">Русский|Оператор|Школа № 57', "", browser.get(path).text)

    assert not CYRILLIC.search(shown), CYRILLIC.findall(shown)


def test_the_language_is_the_browsers_until_somebody_chooses(client):
    assert '<html lang="ru">' in client.get("/sign-in").text
    assert '<html lang="en">' in client.get("/sign-in", headers={"Accept-Language": "en-GB"}).text

    client.post("/language/en", data={"csrf_token": forms_token(client), "next": "/sign-in"})

    assert '<html lang="en">' in client.get("/sign-in").text
    assert client.post("/language/xx", data={"csrf_token": forms_token(client)}).status_code == 404


@pytest.mark.parametrize(
    ("who", "first"),
    [
        ("teacher", "/journal"),
        ("deputy", "/journal"),
        ("operator", "/people"),
        ("parent", "/diary"),
        ("pupil", "/diary"),
    ],
)
def test_everybody_starts_with_what_they_came_for(sign_in, who, first):
    assert sign_in(who).get("/").location == first


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("stranger", "/journal/{page}"),
        ("parent", "/journal/{page}"),
        ("stranger", "/diary?pupil_id={pupil}"),
        ("teacher", "/nowhere"),
        ("teacher", "/journal/00000000-0000-4000-8000-000000000000"),
        ("teacher", "/diary?pupil_id=nonsense"),
        ("parent", "/diary?week=nonsense"),
        ("stranger", "/people"),
    ],
)
def test_what_is_not_yours_is_refused_with_a_page_that_leads_on(sign_in, world, who, path):
    answer = sign_in(who).get(address(world, path))

    assert answer.status_code in (400, 403, 404)
    assert "На главную" in answer.text


def test_a_class_page_shows_marks_works_and_averages(sign_in, world):
    control = [{"slot": 1, "type": "control", "weight": 5, "title": "Дроби"}]
    world.record("colleague", 0, ["4", "5"], works=control, subject="Русский язык")
    world.record("colleague", 1, ["5", None], subject="Русский язык")
    world.record("colleague", 1, [None, "н"], slot=0, subject="Русский язык")

    page = sign_in("colleague").get(f"/journal/{world.pages['Русский язык']}").text

    assert 'title="контрольная работа: Дроби"' in page
    assert "4,17" in page  # (4·5 + 5·1) / 6
    assert "<i>н</i>" in page
    assert page.count("<tr><th") == len(world.pupils)


def test_hostile_names_are_only_text(tmp_path):
    hostile = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
    with small_world(tmp_path) as world:
        with world.runtimes["identity"].database.writing(world.school_id) as session:
            pupil = enter_person(
                session, family_name=hostile, given_name="\u202eаксилА", patronymic="Ж" * 120
            )
            session.flush()
            grant_role(session, pupil.id, "pupil")
            pupil_id = pupil.id
            enrol(session, world.people["class"], pupil_id, world.lessons["Математика"][0].on)
        world.tell("identity")

        seen_by = {
            f"/people/{pupil_id}": "operator",
            "/groups/{class}": "operator",
            "/journal/{page}": "teacher",
        }
        for path, who in seen_by.items():
            client = world.portal.test_client()
            enter(client, world.logins[who])
            page = client.get(address(world, path)).text
            assert "onerror=alert(1)" in page
            assert not Handlers.of(page)
            assert "49&" not in page  # 7 · 7, had a template taken the name for its own.


def test_when_one_service_is_down_the_rest_of_the_page_shows(sign_in, world):
    client = sign_in("parent")
    world.stop_service("notify")
    try:
        answer = client.get("/diary")
    finally:
        world.start_service("notify")

    assert answer.status_code == 200
    assert "Сейчас недоступно: уведомления" in answer.text
    assert "Абрамов Лев" in answer.text


def test_when_the_journal_is_down_its_pages_say_so_and_the_grid_gets_a_problem(sign_in, world):
    client = sign_in("teacher")
    lesson = world.lessons["Математика"][0].lesson_id
    token = forms_token(client)
    world.stop_service("journal")
    try:
        page = client.get("/journal")
        answer = client.post(
            f"/journal/{world.pages['Математика']}/lessons/{lesson}/entries",
            json={"entries": []},
            headers={"Accept": "application/json", "X-CSRFToken": token, "If-Match": '"0"'},
        )
    finally:
        world.start_service("journal")

    assert page.status_code == 503
    assert "журнал" in page.text
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "urn:parta:problem:service-unavailable"


def test_a_refusal_of_the_journal_reaches_the_grid_as_it_is(sign_in, world):
    client = sign_in("teacher")
    lesson = world.lessons["Математика"][0].lesson_id
    body = {"entries": [{"pupil_id": str(world.pupils[0]), "slot": 1, "value": "9"}]}
    answer = client.post(
        f"/journal/{world.pages['Математика']}/lessons/{lesson}/entries",
        json=body,
        headers={"Accept": "application/json", "X-CSRFToken": forms_token(client), "If-Match": '"0"'},
    )

    assert answer.status_code == 422
    assert answer.json["errors"]["entries.0.value"]


def test_the_journal_gets_the_visitors_language_and_the_request_id(sign_in, world):
    client = sign_in("teacher")
    client.set_cookie("language", "en")
    given = {"Accept": "application/json", "X-Request-ID": "abc-17"}

    answer = client.get(f"/journal/{uuid4()}/data", headers=given)

    assert answer.json["title"] == "Not found"
    assert answer.json["request_id"] == "abc-17"


def test_the_printed_spread_comes_through(sign_in, world):
    answer = sign_in("teacher").get(f"/journal/{world.pages['Математика']}/spread.pdf")

    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


def test_a_period_that_has_not_begun_is_not_offered_to_be_closed(sign_in, world):
    client = sign_in("deputy")
    first, second = re.findall(r"/periods/([0-9a-f-]+)/closing", client.get("/periods").text)[:2]

    with time_machine.travel(now() - timedelta(days=TODAY + 2)):
        client = sign_in("deputy")
        page = client.get("/periods").text
        overview = client.get(f"/finals?period_id={second}").text
        form = {"csrf_token": forms_token(client), "reason": "Так решили"}
        refused = client.post(f"/periods/{second}/closing", data=form)

    assert (f"/{first}/closing" in page, f"/{second}/closing" in page) == (True, False)
    assert "ещё не начался" in page
    assert "Период ещё не начался: он начнётся" in overview
    assert "Закрыть период" not in overview
    assert (refused.status_code, "Период начнётся" in refused.text) == (409, True)


def test_the_deputy_reads_the_page_closes_the_period_and_opens_it_again(sign_in, world):
    client = sign_in("deputy")
    assert 'aria-readonly="true" data-grid' in client.get(f"/journal/{world.pages['Математика']}").text
    page = client.get("/periods").text
    period = re.findall(r"/periods/([0-9a-f-]+)/closing", page)[1]  # That of today, in which much lacks.

    form = {"csrf_token": forms_token(client)}
    refused = client.post(f"/periods/{period}/closing", data=form)
    assert (refused.status_code, "закройте период, указав причину" in refused.text) == (409, True)
    form["reason"] = "Остальное допишут."
    closed = client.post(f"/periods/{period}/closing", data=form, follow_redirects=True)
    assert "Открыть снова" in closed.text
    overview = client.get(f"/finals?period_id={period}").text
    assert "закрыт с причиной: «Остальное допишут.»" in overview
    assert "период можно закрыть" not in overview
    assert "Открыть период снова" in overview

    form["reason"] = "   "
    blank = client.post(f"/periods/{period}/reopening", data=form)
    assert (blank.status_code, 'role="alert"' in blank.text, "Открыть снова" in blank.text) == (
        422,
        True,
        True,
    )

    form["reason"] = "Опечатка в журнале"
    again = client.post(f"/periods/{period}/reopening", data=form, follow_redirects=True)
    assert "Открыть снова" not in again.text
    overview = client.get(f"/finals?period_id={period}").text
    assert "Закрыть период" in overview
    assert "«Опечатка в журнале»" in overview
    refused = client.post(f"/periods/{period}/reopening", data=form)
    assert (refused.status_code, "и так открыт" in refused.text) == (409, True)


def test_the_operator_finds_a_person_and_gives_a_password_that_is_shown_once(sign_in, world):
    client = sign_in("operator")
    found = client.post("/people/search", data={"csrf_token": forms_token(client), "q": "Яковл"}).text
    assert "Яковлева" in found
    assert "Абрамова" not in found
    pupil = world.pupils[-1]

    issued = client.post(f"/people/{pupil}/password", data={"csrf_token": forms_token(client)})

    password = re.findall(r"<code>([^<]+)</code>", issued.text)[1]
    assert password not in client.get(f"/people/{pupil}").text
    assert password != PASSWORD


def test_letters_can_be_turned_off_where_the_letters_say_so(sign_in):
    client = sign_in("parent")
    form = {"csrf_token": forms_token(client), "language": "en"}

    page = client.post("/notices/preferences", data=form, follow_redirects=True).text

    assert not re.search(r'name="email" checked', page)
    assert '<option value="en" lang="en" selected>' in page
    client.post("/notices/preferences", data={**form, "language": "ru", "email": "on"})
    assert 'name="email" checked' in client.get("/notices").text


def test_a_class_teacher_gives_out_passwords_in_the_own_class(sign_in, world):
    client = sign_in("colleague")
    page = client.get(address(world, "/classes/{class}")).text
    assert f'href="/people/{world.pupils[-2]}"' in page

    issued = client.post(f"/people/{world.pupils[-2]}/password", data={"csrf_token": forms_token(client)})

    assert issued.text.count("<code>") == 2
    assert (
        f"/people/{world.pupils[-2]}" not in sign_in("teacher").get(address(world, "/classes/{class}")).text
    )


def test_scripts_and_styles_may_be_kept_by_the_browser_for_ever(client):
    page = client.get("/sign-in").text
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        with client.get(asset) as answer:
            assert answer.status_code == 200, asset
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_script_is_reached_and_none_is_missing():
    folder = Path("services/portal/static")
    named = set()
    for page in Path("services/portal/templates").glob("*.html"):
        named |= set(re.findall(r"asset\('([\w-]+\.js)'\)", page.read_text()))
    for script in folder.glob("*.js"):
        named |= set(re.findall(r'from "\./([\w-]+\.js)"', script.read_text()))

    assert named == {script.name for script in folder.glob("*.js")}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_its_health_can_be_asked_without_signing_in(client, path):
    assert client.get(path).status_code == 200
