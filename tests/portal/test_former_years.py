"""Staff find the journal of a former year (clauses 2.2.3, 3.7.2, 3.8.1)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from shared.clock import today
from shared.events.identity import GroupChanged
from shared.events.schedule import LessonsPlanned, LoadAssigned, Period, PlannedLesson, YearPlanned
from shared.ids import new_id
from tests.portal.conftest import enter, forms_token
from tests.portal.world import ZONE, served, small_world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school that has a year behind it, in which the teacher taught 6А, led by the colleague."""
    with small_world(tmp_path_factory.mktemp("portal")) as made, served(made):
        made.then, made.former_class = new_id(), new_id()
        _keep_former_year(made)
        yield made


def _keep_former_year(world):
    first = today(ZONE) - timedelta(days=400)
    last = first + timedelta(days=200)
    lesson_day, group = first + timedelta(days=10), world.former_class
    subject = UUID(world.page_as("deputy")["page"]["subject"]["id"])
    ids = {"year_id": world.then, "group_id": group, "subject_id": subject}
    teacher = [world.people["teacher"]]
    lesson = {"lesson_id": new_id(), "on": lesson_day, "number": 1, "starts": "08:30", "room": "12"}
    period = Period(period_id=new_id(), name="Год", starts_on=first, ends_on=last)
    led = {"grade": 6, "class_teacher_id": world.people["colleague"]}
    world.hear(
        [
            YearPlanned(year_id=world.then, name="2025/26", starts_on=first, ends_on=last, periods=[period]),
            GroupChanged(group_id=group, kind="class", name="6А", **led),
            LoadAssigned(**ids, teacher_ids=teacher, hours_per_week=4),
            LessonsPlanned(**ids, lessons=[PlannedLesson(**lesson, teacher_ids=teacher)]),
        ]
    )


@pytest.mark.parametrize("who", ["teacher", "colleague", "deputy", "director"])
def test_2_2_3_a_page_of_a_former_year_is_three_clicks_away(open_as, world, who):
    page = open_as(who, "/journal")
    assert page.get_by_role("heading", name="6А").count() == 0

    page.get_by_label("Учебный год").get_by_role("link", name="2025/26").click()
    assert "2025/26" in page.get_by_role("heading", level=1).inner_text()
    assert page.locator(".classes h2").all_inner_texts() == ["6А"]
    assert page.get_by_role("heading", name="Уроки сегодня").count() == 0
    page.locator(".classes").get_by_role("link", name="Математика").click()

    title = page.get_by_role("heading", level=1).inner_text()
    assert title.startswith("6А · Математика")
    assert str((today(ZONE) - timedelta(days=200)).year) in title
    assert page.complaints == []


def test_of_a_year_without_own_pages_it_is_said_so(sign_in, world):
    told = sign_in("stranger").get(f"/journal?year_id={world.then}").text

    assert "В этом учебном году у вас страниц не было." in told


@pytest.mark.parametrize("path", ["/periods", "/finals", "/fulfilment"])
def test_3_7_2_lists_of_a_former_year_stay_in_it(open_as, world, path):
    page = open_as("deputy", path)
    page.get_by_label("Учебный год").get_by_role("link", name="2025/26").click()

    assert "2025/26" in page.get_by_role("heading", level=1).inner_text()
    shown = page.locator("main").inner_text()
    assert "6А" in shown or "Год" in shown
    assert "II четверть" not in shown
    assert "7А" not in shown


def test_a_period_of_a_former_year_is_closed_and_the_list_stays_in_that_year(sign_in, world):
    deputy = sign_in("deputy")
    shown = deputy.get(f"/periods?year_id={world.then}").text
    form = re.search(rf'action="(/periods/(?!{world.then})[^"]+/closing[^"]*)"', shown)
    said = {"csrf_token": forms_token(deputy), "reason": "Остальное допишут."}
    answer = deputy.post(form[1], data=said)

    assert answer.status_code == 302
    assert answer.location.endswith(f"/periods?year_id={world.then}")
    assert "закрыт" in deputy.get(answer.location).text


def test_5_3_the_summary_of_a_former_year_is_printed_of_that_year(sign_in, world):
    world.tell("journal")
    deputy = sign_in("deputy")
    shown = deputy.get(f"/finals/classes/{world.former_class}?year_id={world.then}").text
    printed = re.search(r'href="([^"]+summary\.pdf[^"]*)"', shown)[1]

    assert printed.endswith(f"?year_id={world.then}")
    assert deputy.get(printed).content_type == "application/pdf"
    assert deputy.get(printed.replace(str(world.then), str(new_id()))).status_code == 404


def test_where_there_is_one_year_none_is_to_be_chosen(tmp_path):
    with small_world(tmp_path) as lone:
        client = lone.portal.test_client()
        enter(client, lone.logins["deputy"])
        for path in ("/journal", "/periods", "/finals", "/fulfilment"):
            assert "year-tabs" not in client.get(path).text


def test_a_year_that_never_was_is_not_found(sign_in, world):
    for path in ("/journal", "/periods", "/finals", "/fulfilment"):
        assert sign_in("deputy").get(f"{path}?year_id={new_id()}").status_code == 404
