"""The timetable: everybody's views of it, and the editor in which it is composed."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.actions.year_plans import BellTime
from services.schedule.rules import Span, monday_of
from shared.clock import today
from tests.portal.conftest import forms_token
from tests.portal.world import ZONE, served, small_world
from tests.schedule.makers import make_slot, make_year, set_timetable

MONDAY = monday_of(today(ZONE)) + timedelta(days=7)  # Of the week to come: all of it may be changed.
ROOM = "12"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """7А: on Mondays algebra and physics, on Tuesdays algebra."""
    with small_world(tmp_path_factory.mktemp("timetable")) as made, served(made):
        _plan(made)
        yield made


def _plan(world):
    first, last = MONDAY - timedelta(days=28), MONDAY + timedelta(days=60)
    group = world.people["class"]
    maths, physics = (str(world.people[who]) for who in ("teacher", "colleague"))
    with world.runtimes["schedule"].database.writing(world.school_id) as session:
        bells = [BellTime(number, f"{7 + number:02}:30", f"{8 + number:02}:15") for number in (1, 2, 3, 4)]
        year = make_year(
            session,
            starts_on=first,
            ends_on=last,
            periods=[Span("Четверть", first, last)],
            holidays=[],
            bells=bells,
        )
        subjects, _ = name_subjects(session, ["Алгебра", "Физика"])
        rooms, _ = name_rooms(session, [RoomFacts(ROOM)])
        slots = [
            make_slot(group, subjects["Алгебра"], number=1, room_id=rooms[ROOM], teacher_ids=[maths]),
            make_slot(group, subjects["Физика"], number=2, teacher_ids=[physics]),
            make_slot(group, subjects["Алгебра"], weekday=2, number=1, teacher_ids=[maths]),
        ]
        world.people["room"] = rooms[ROOM]
        set_timetable(session, year, slots, {group}, from_on=first, today=first - timedelta(days=1))
        loads = {(group, subjects["Алгебра"]): (maths,), (group, subjects["Физика"]): (physics,)}
        assign_loads(session, year, {page: Teaching(who, 2) for page, who in loads.items()}, {group})


def week(client, **asked):
    answer = client.get("/timetable", query_string={"week": str(MONDAY)} | asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def lessons_of(page):
    return re.findall(r"<b>([^<]+)</b>", page)


def decide(world, kind, day, hour=1, **given):
    schedule, headers = world.peers.client("schedule"), world.token("deputy", "schedule")
    asked = {"from": str(day), "until": str(day)}
    [lesson] = [
        one
        for one in schedule.get("/api/schedule/v1/agenda", params=asked, headers=headers).json()["items"]
        if one["number"] == hour
    ]
    item = {"lesson_id": lesson["id"], "kind": kind, **given}
    answer = schedule.post("/api/schedule/v1/substitutions", json={"items": [item]}, headers=headers)
    assert answer.status_code in (200, 201), answer.text


def test_a_class_a_teacher_and_a_room_lead_to_one_another(sign_in, world):
    client = sign_in("deputy")
    ids = {name: world.people[name] for name in ("class", "teacher", "room")}

    of_class = week(client, group_id=ids["class"])
    of_teacher = week(client, teacher_id=ids["teacher"])
    of_room = week(client, room_id=ids["room"])

    assert lessons_of(of_class) == ["Алгебра", "Алгебра", "Физика"]  # Hour by hour.
    assert f"teacher_id={ids['teacher']}" in of_class
    assert f"room_id={ids['room']}" in of_class
    assert lessons_of(of_teacher) == ["Алгебра", "Алгебра"]
    assert f"group_id={ids['class']}" in of_teacher
    assert lessons_of(of_room) == ["Алгебра"]


def test_a_teacher_begins_with_the_own_week(sign_in):
    assert lessons_of(week(sign_in("teacher"))) == ["Алгебра", "Алгебра"]


def test_a_family_sees_its_own_week_without_ways_to_others(sign_in, world):
    for who in ("pupil", "parent"):
        page = week(sign_in(who))
        assert lessons_of(page) == ["Алгебра", "Алгебра", "Физика"]
        assert "teacher_id=" not in page
        assert sign_in(who).get("/timetable/day").status_code == 403
    assert sign_in("stranger").get(f"/timetable?group_id={world.people['class']}").status_code == 200


def test_a_refused_decision_says_why_and_keeps_what_was_chosen(sign_in, world):
    deputy, group = sign_in("deputy"), world.people["class"]
    page = deputy.get(f"/substitutions?on={MONDAY}&group_id={group}").text
    physics = re.search(r'<option value="([0-9a-f-]{36})">2 · [^<]+ · Физика', page)[1]
    form = {
        "csrf_token": forms_token(deputy),
        "day": str(MONDAY),
        "lesson_id": physics,
        "note": "урок & гость",
    }

    refused = deputy.post(
        f"/substitutions/other?group_id={group}",
        data=form | {"kind": "move", "on": str(MONDAY), "number": "1"},
    )

    assert refused.status_code in (409, 422)
    assert 'role="alert"' in refused.text
    assert f'<option value="{physics}" selected>' in refused.text
    assert '<option value="move" selected>' in refused.text
    for name, value in ("on", MONDAY), ("number", 1), ("note", "урок &amp; гость"):
        assert re.search(f'name="{name}"[^>]* value="{value}"', refused.text), name
    gone = deputy.post("/substitutions/other", data=form | {"kind": "cancel", "lesson_id": str(group)})
    assert gone.status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-01", "завтра"])
def test_a_day_that_no_school_has_is_refused(sign_in, day):
    for path in ("/timetable?on=", "/timetable?week=", "/timetable/day?on=", "/substitutions?on="):
        assert sign_in("deputy").get(path + day).status_code == 400


def test_today_is_marked_by_a_word(sign_in, world):
    page = sign_in("deputy").get(f"/timetable?group_id={world.people['class']}").text

    assert ("сегодня" in page) == (today(ZONE).isoweekday() <= 5)


def test_the_day_of_the_school_has_a_column_for_each_class(sign_in):
    page = sign_in("director").get(f"/timetable/day?on={MONDAY}").text

    assert re.findall(r'<th scope="col"><a[^>]+>([^<]+)</a>', page) == ["7А"]
    assert lessons_of(page) == ["Алгебра", "Физика"]


def test_what_was_decided_is_said_in_words(sign_in, world):
    later = MONDAY + timedelta(days=14)
    decide(world, "cancel", later)
    decide(world, "teacher", later, hour=2, stand_in_id=str(world.people["stranger"]))
    decide(world, "move", later + timedelta(days=1), on=str(later + timedelta(days=2)), number=3)

    page = " ".join(week(sign_in("pupil"), week=str(later)).split())

    assert "✕</span> отменён" in page
    assert "замена, вместо: Кузнецов А. И." in page
    assert re.search(r"перенесён на [^,]+, 3 урок", page)
    assert re.search(r"перенесён с [^,]+, 1 урока", page)
    replaced = week(sign_in("deputy"), week=str(later), teacher_id=world.people["colleague"])
    assert "Чужой О." in replaced


def test_a_phone_shows_a_day_at_a_time(open_as, world):
    page = open_as("pupil", f"/timetable?on={MONDAY}", phone=True)

    expect(page.get_by_role("columnheader", name="Понедельник")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Вторник")).to_be_hidden()
    page.get_by_role("link", name=re.compile("вторник")).click()
    expect(page.get_by_role("columnheader", name="Вторник")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.complaints


def make_draft(client, name, source="current"):
    form = {"csrf_token": forms_token(client), "name": name, "copy_of": source}
    return client.post("/timetables", data=form).location


def test_a_reader_sees_the_draft_and_cannot_change_it(sign_in):
    draft = make_draft(sign_in("operator"), "Для чтения")
    deputy = sign_in("deputy")

    page = deputy.get(draft)
    refused = deputy.post(f"{draft}/end", data={"csrf_token": forms_token(deputy)})

    assert page.status_code == 200
    assert "card-dialog" not in page.text
    assert refused.status_code == 403
    assert "Для чтения" in deputy.get("/timetables").text
    assert sign_in("teacher").get("/timetables").status_code == 403


def test_a_draft_is_named_anew_and_thrown_away(sign_in):
    client = sign_in("operator")
    draft = make_draft(client, "Лишний", source="")
    form = {"csrf_token": forms_token(client), "name": "Ненужный", "version": "1"}

    listed = client.post(f"{draft}/name", data=form, follow_redirects=True).text
    assert "Черновик и все его уроки (0) будут удалены." in listed
    assert client.post(f"{draft}/end", data=form).status_code == 412
    form["version"] = "2"
    assert "Ненужный" not in client.post(f"{draft}/end", data=form, follow_redirects=True).text


def test_who_comes_late_is_told_what_has_changed(sign_in, open_as):
    client = sign_in("operator")
    draft = make_draft(client, "Вдвоём")
    page = open_as("operator", draft)
    cards = client.get(f"{draft}/data", headers={"Accept": "application/json"})
    first = next(one for one in cards.json["cards"] if one["weekday"] == 2)
    moved = {**{name: value for name, value in first.items() if name != "id"}, "weekday": 5, "number": 4}
    headers = {
        "Accept": "application/json",
        "If-Match": cards.headers["ETag"],
        "X-CSRFToken": forms_token(client),
    }
    assert client.put(f"{draft}/cards/{first['id']}", json=moved, headers=headers).status_code == 200

    page.locator("#board").get_by_role("button", name="Физика").focus()
    page.keyboard.press("Delete")

    expect(page.locator("#say")).to_contain_text("Алгебра, 7А: Вторник, 1 урок → Пятница, 4 урок")
    expect(page.locator('td[data-key="/5/4"]')).to_contain_text("Алгебра")
    expect(page.locator('td[data-key="/1/2"]')).to_contain_text("Физика")


def test_a_timetable_is_composed_and_published_in_the_browser(sign_in, open_as):
    page = open_as("operator", make_draft(sign_in("operator"), "Новая четверть"))
    physics = page.locator("#board").get_by_role("button", name="Физика")
    saved = page.locator('#sync[data-state="saved"]')
    counts = page.locator("#counts")

    physics.drag_to(page.locator('td[data-key="/1/1"]'))
    expect(counts).to_contain_text("Ошибок: 1")
    expect(page.locator("#conflicts")).to_contain_text("Понедельник, 1 урок: У класса два урока")

    page.keyboard.press("Control+z")
    expect(counts).to_contain_text("Ошибок: 0")
    expect(page.locator('td[data-key="/1/2"]')).to_contain_text("Физика")

    physics.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_contain_text("Понедельник, 2 урок")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#say")).to_contain_text("Алгебра")  # What stands against it is read out.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#say")).to_contain_text("Среда, 1 урок")
    page.keyboard.press("Enter")
    expect(page.locator('td[data-key="/3/1"]')).to_contain_text("Физика")
    expect(saved).to_be_visible()

    later = MONDAY + timedelta(days=28)
    page.locator("#publish").click()
    page.locator("[name=from_on]").fill(str(later))
    page.get_by_role("button", name="Опубликовать", exact=True).click()
    expect(page.get_by_role("heading", name="Расписание опубликовано")).to_be_visible()
    assert not page.complaints

    shown = week(sign_in("pupil"), on=str(later + timedelta(days=2)), week="")
    assert lessons_of(shown) == ["Алгебра", "Алгебра", "Физика"]
    assert "Физика" in re.search(r'<th scope="row">.*?</tr>', shown, re.DOTALL)[0]  # Now in the first hour.


def test_a_finger_takes_a_lesson_and_puts_it_down(sign_in, open_as):
    page = open_as("operator", make_draft(sign_in("operator"), "Пальцем"), phone=True)

    page.locator("#board").get_by_role("button", name="Физика").tap()
    expect(page.locator("#carry-actions")).to_be_visible()
    page.locator('td[data-key="/1/3"]').tap()

    expect(page.locator('td[data-key="/1/3"]')).to_contain_text("Физика")
    expect(page.locator('#sync[data-state="saved"]')).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["at a desk", "on a phone"])
def test_the_pages_are_accessible_and_fit_the_screen(sign_in, open_as, world, phone):
    draft = make_draft(sign_in("operator"), f"Доступный {phone}")
    for path in (f"/timetable?group_id={world.people['class']}", "/timetable/day", "/timetables", draft):
        page = open_as("operator", path, phone=phone)
        found = Axe().run(page)
        assert found.violations_count == 0, path + found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
        assert not page.complaints


def test_a_publication_with_errors_needs_a_tick(sign_in):
    client = sign_in("operator")
    draft = make_draft(client, "С ошибкой")
    told = client.get(f"{draft}/data", headers={"Accept": "application/json"})
    first, second = (next(one for one in told.json["cards"] if one["weekday"] == day) for day in (1, 2))
    body = {name: value for name, value in first.items() if name != "id"}
    body |= {"weekday": second["weekday"], "number": second["number"]}
    token = forms_token(client)
    headers = {"Accept": "application/json", "If-Match": told.headers["ETag"], "X-CSRFToken": token}
    assert client.put(f"{draft}/cards/{first['id']}", json=body, headers=headers).json["errors"] > 0
    form = {"csrf_token": token, "from_on": str(MONDAY + timedelta(days=42)), "version": "1"}

    late = client.post(f"{draft}/publication", data=form | {"accept_conflicts": "on"})
    form["version"] = "2"
    refused = client.post(f"{draft}/publication", data=form)
    taken = client.post(f"{draft}/publication", data=form | {"accept_conflicts": "on"})
    withdrawn = client.post(f"{draft}/withdrawal", data=form, follow_redirects=True)

    assert (late.status_code, refused.status_code) == (412, 409)
    assert "Расписание опубликовано" in taken.text
    assert "отозвано" in withdrawn.text


def test_the_norms_are_shown_and_the_operator_changes_them(sign_in):
    client = sign_in("operator")
    page = client.get("/timetable-limits").text
    fields = dict(re.findall(r'name="([a-z_]+-\d+)" value="(\d+)"', page))
    kinds = dict(re.findall(r'<select[^>]+name="(kind-\w+)">.*?value="(\w+)" selected', page))
    form = {**fields, **kinds, "csrf_token": forms_token(client), "from_on": str(today(ZONE)), "version": "0"}
    form |= {"grade": [str(grade) for grade in range(1, 12)], "per_day-7": "8", "kind-teacher_gap": "off"}

    changed = client.post("/timetable-limits", data=form, follow_redirects=True).text
    late = client.post("/timetable-limits", data=form)

    assert 'name="per_day-7" value="8"' in changed
    assert re.search(r'name="kind-teacher_gap">.*?value="off" selected', changed)
    assert late.status_code == 412
    assert "disabled" in sign_in("deputy").get("/timetable-limits").text
