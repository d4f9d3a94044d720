"""Class lists, movements and the new year in the portal, as the operator and the deputy use them."""

import io
import re
from datetime import timedelta

import pytest
import python_calamine

from shared.clock import today
from tests.portal.conftest import forms_token
from tests.portal.world import small_world

ZONE = "Europe/Moscow"
ORDER = {"order_number": "17-у", "order_on": "2026-10-09"}


@pytest.fixture
def world(tmp_path):
    """A school of this test's own: movements would show in every other test."""
    with small_world(tmp_path) as made:
        yield made


@pytest.fixture
def pages(world, sign_in):
    """Reads pages and sends forms as somebody."""

    def of(who):
        client = sign_in(who)

        def send(path, **form):
            if not form:
                return client.get(path)
            return client.post(path, data=form | {"csrf_token": forms_token(client)})

        return send

    return of


def test_a_departure_by_order_shows_in_the_list_the_journal_and_the_report(world, pages):
    page, pupil = pages("operator"), world.pupils[2]
    left_on = today(ZONE) - timedelta(days=3)

    done = page(f"/people/{pupil}/movements/departure", **ORDER, moved_on=left_on, place="Омск, школа № 3")
    again = page(f"/people/{pupil}/movements/departure", **ORDER, moved_on=today(ZONE))

    assert done.status_code == 302, done.text
    assert again.status_code == 409
    assert "не числится" in again.text
    assert 'value="17-у"' not in page(f"/people/{pupil}/movements").text
    shown = page(f"/groups/{world.people['class']}").text
    assert "Выбыли в этом учебном году" in shown
    assert "приказ № 17-у от 09.10.2026" in shown
    before = page(f"/groups/{world.people['class']}?on={left_on}").text
    assert "Выбыли в этом учебном году" not in before
    assert "Омск, школа № 3" in pages("deputy")("/movements").text
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(page("/movements.xlsx").data))
    assert len(sheet.get_sheet_by_index(0).to_python()) == 2


def test_a_reversal_leaves_both_on_the_page(world, pages):
    page, pupil = pages("operator"), world.pupils[3]
    page(f"/people/{pupil}/movements/departure", **ORDER, moved_on=today(ZONE))
    [reversal] = re.findall(r'action="([^"]+/reversal)"', page(f"/people/{pupil}/movements").text)

    done = page(reversal, reason="Записано по ошибке")

    shown = page(f"/people/{pupil}/movements").text
    assert done.status_code == 302
    assert "отменено" in shown
    assert "Записано по ошибке" in shown


def test_the_headcount_leads_to_the_lists(world, pages):
    page = pages("deputy")

    assert str(len(world.pupils)) in page("/headcount").text
    assert page("/headcount.xlsx").content_type.startswith("application/vnd.openxml")


def test_the_school_moves_as_shown_and_back(world, pages):
    page = pages("operator")
    on = today(ZONE)
    starts_on = f"{on.year + (on.month >= 10)}-09-01"
    shown = page("/new-year").text
    [seen] = re.findall(r'name="seen" value="([^"]+)"', shown)
    form = {"starts_on": starts_on, "class": str(world.people["class"]), "seen": seen, **ORDER}

    changed = page("/new-year/move", **form, opened="1А")
    moved = page("/new-year/move", **form)
    after = page("/new-year").text
    [undo] = re.findall(r'action="([^"]+/undo)"', after)
    undone = page(undo, sure="yes")

    assert "8А" in shown
    assert changed.status_code == 409
    assert "План изменился" in changed.text
    assert moved.status_code == 302, moved.text
    assert undone.status_code == 302, undone.text
    assert "отменён" in page("/new-year").text


def test_a_move_is_not_undone_once_a_lesson_of_the_new_year_is_written_about(world, pages, monkeypatch):
    page = pages("operator")
    on = today(ZONE)
    form = {"starts_on": f"{on.year + (on.month >= 10)}-09-01", "class": str(world.people["class"])}
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page("/new-year").text)
    page("/new-year/move", **form, seen=seen, **ORDER)
    [undo] = re.findall(r'action="([^"]+/undo)"', page("/new-year").text)
    monkeypatch.setattr("services.portal.routes.new_year.is_begun", lambda _: True)

    refused = page(undo, sure="yes")

    assert refused.status_code == 409
    assert "Новый учебный год уже начался" in refused.text
    assert "/undo" not in page("/new-year").text


def test_who_only_reads_is_offered_no_form(world, pages):
    shown = pages("deputy")(f"/people/{world.pupils[2]}/movements").text

    assert '<form method="post"' not in shown[shown.index("<main") :]
