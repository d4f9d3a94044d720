"""Composing a timetable in the portal: asked for, watched while a worker is at it, its draft opened."""

from shutil import which

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from services.schedule.actions.composing.working import claim_next, compose_next
from services.schedule.actions.directories import name_subjects
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.models import Composition
from tests.conftest import need
from tests.portal.conftest import forms_token
from tests.portal.world import served, small_world
from tests.schedule.makers import make_year


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school of its own, with a year and a load to place."""
    with small_world(tmp_path_factory.mktemp("compositions")) as made, served(made):
        with made.runtimes["schedule"].database.writing(made.school_id) as session:
            year, group = make_year(session), made.people["class"]
            subjects, _ = name_subjects(session, ["Алгебра", "Физика"])
            teaching = Teaching((str(made.people["teacher"]),), 4)
            assign_loads(session, year, {(group, one): teaching for one in subjects.values()}, {group})
        yield made


@pytest.fixture
def schedule(world):
    database = world.runtimes["schedule"].database
    yield database
    with database.writing(world.school_id) as session:
        session.execute(delete(Composition))


def begin(client, **form):
    usual = {"name": "Проба", "timetable_id": "", "minutes": "1", "keep_locked": "1"}
    return client.post("/compositions", data={**usual, **form, "csrf_token": forms_token(client)})


def test_the_page_shows_a_run_live_and_leads_to_its_draft(open_as, schedule):
    need(which("fet-cl"), "fet")
    page = open_as("operator", "/compositions")
    page.get_by_label("Название черновика").fill("Весна")
    page.get_by_role("button", name="Составить", exact=True).click()
    run = page.get_by_role("listitem").filter(has_text="Весна").filter(has_text="по нагрузке")
    expect(run.get_by_role("status")).to_have_text("в очереди")

    compose_next(schedule)

    expect(run.get_by_role("status")).to_have_text("готово")
    run.get_by_text("Что сказал FET").click()
    expect(run.get_by_text("Simulation successful")).to_be_visible()
    run.get_by_role("link", name="Открыть черновик").click()
    expect(page.get_by_role("heading", name="Весна")).to_be_visible()
    assert page.complaints == []


def test_a_run_is_stopped_and_taken_off_the_list(sign_in, schedule):
    operator = sign_in("operator")
    assert begin(operator).status_code == 302
    again = begin(operator)
    assert again.status_code == 409
    assert "Расписание уже составляется" in again.text
    held = claim_next(schedule)

    path, token = f"/compositions/{held.composition_id}", {"csrf_token": forms_token(operator)}
    assert operator.post(f"{path}/stop", data=token).status_code == 302
    assert "останавливается" in operator.get("/compositions/runs").text
    assert operator.post(f"{path}/removal", data=token).status_code == 409
    with schedule.writing(held.school_id) as session:
        session.get_one(Composition, held.composition_id).status = "stopped"
    assert operator.post(f"{path}/removal", data=token).status_code == 302
    assert "ещё не составлялось" in operator.get("/compositions/runs").text


@pytest.mark.parametrize("minutes", ["", "0", "900", "скоро"])
def test_a_limit_out_of_bounds_is_told(sign_in, schedule, minutes):
    assert begin(sign_in("operator"), minutes=minutes).status_code == 422


def test_the_deputy_takes_files_and_starts_nothing(sign_in):
    deputy = sign_in("deputy")

    shown = deputy.get("/compositions").text
    file = deputy.get("/compositions/load.fet")

    assert "Новая работа" not in shown
    assert file.data.startswith(b"<?xml")
    assert "parta.fet" in file.headers["Content-Disposition"]
    assert begin(deputy).status_code == 403


def test_who_may_not_see_the_page_is_told_whom_to_ask(sign_in):
    refused = sign_in("director").get("/compositions")

    assert refused.status_code == 403
    assert "Ваша роль этого не позволяет" in refused.text
