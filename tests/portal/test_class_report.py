"""The class teacher's own class at a glance, and the files that prove the journal."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from services.journal.actions.seals import seal_day
from shared.clock import today
from tests.portal.world import TODAY, ZONE, served, small_world

MARKS = ["5", "4", "3", "2"] + ["5"] * 4


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school of this module's own: eight pupils with marks, one ill."""
    with small_world(tmp_path_factory.mktemp("classes")) as made, served(made):
        made.record("teacher", TODAY, MARKS)
        made.record("teacher", TODAY - 1, ["5", "5", "5"])
        made.record("teacher", TODAY - 1, [None, None, None, "б"], slot=0)
        with made.runtimes["journal"].database.writing(made.school_id) as session:
            seal_day(session, made.school_id, today(ZONE))
        yield made


def test_the_class_teacher_is_led_to_the_own_class(open_as):
    page = open_as("colleague", "/class-report")

    expect(page.get_by_role("heading", level=1)).to_contain_text("7А")
    # Of eight pupils six have fives and fours: 5 ×5, 4.5 → 5, then 4 (3 and 5), and a two.
    expect(page.locator(".class-sums")).to_contain_text("87,5 %")
    risk = page.locator(".names.wide")
    expect(risk).to_contain_text("Математика: выходит «2»")
    expect(page.locator(".pupil-group", has_text="с одной «4»").locator("li")).to_have_count(1)
    expect(page.get_by_role("region", name="Пропуски")).to_contain_text("по болезни")
    assert page.complaints == []


def test_the_director_chooses_and_a_teacher_is_told_why_not(sign_in, world):
    director = sign_in("director")

    shown = director.get("/class-report", follow_redirects=True)
    assert "7А" in shown.text
    assert director.get(f"/class-report/{world.people['class']}").status_code == 200
    assert sign_in("teacher").get("/class-report").status_code == 403
    assert sign_in("parent").get(f"/class-report/{world.people['class']}").status_code == 403


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("who", "path"), [("colleague", "/class-report"), ("director", "/evidence")])
def test_everybody_can_use_the_pages(open_as, who, path, theme):
    page = open_as(who, path)
    page.emulate_media(color_scheme=theme)
    page.reload()

    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_director_takes_out_a_day_of_evidence(sign_in, world):
    director = sign_in("director")

    shown = director.get("/evidence")
    file = director.get(f"/evidence/heads.json?day={today(ZONE)}")

    assert file.json["digest"] in shown.text
    assert file.headers["Content-Disposition"] == f'attachment; filename="parta-heads-{today(ZONE)}.json"'
    assert {page["page_id"] for page in file.json["pages"]} == {str(world.pages["Математика"])}
    assert director.get("/evidence/heads.json?day=2020-01-01").status_code == 404
    assert sign_in("teacher").get("/evidence").status_code == 403
