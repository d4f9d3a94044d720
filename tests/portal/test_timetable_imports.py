"""The import desk of timetables in the browser: brought, understood, taken over as a draft, undone."""

import io

import pytest
from sqlalchemy import select

from services.schedule.models import Load, Subject, Timetable
from tests.portal.conftest import forms_token
from tests.portal.test_directories import submit
from tests.schedule.timetable_files import LIST_HEAD, gpu, workbook

DESK = "/timetable-imports"
ROWS = [
    LIST_HEAD,
    ("Пн", 1, "", "6Ю", "", "", "Астрономия", "Звездин П. П.", "99"),
    ("Вт", 2, "", "6Ю", "", "", "Астрономия", "Звездин П. П.", "99"),
]


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


def bring(client, *files):
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(DESK, data={"file": sent, "csrf_token": forms_token(client)})


def kept(world):
    with world.runtimes["schedule"].database.reading(world.school_id) as session:
        drafts = session.scalars(select(Timetable.id).where(Timetable.source == "xlsx")).all()
        names = session.scalars(select(Subject.name)).all()
        return len(drafts), "Астрономия" in names, len(session.scalars(select(Load.id)).all())


def test_a_file_is_understood_taken_over_as_a_draft_and_undone(operator, world):
    before = kept(world)
    page = bring(operator, ("список.xlsx", workbook(ROWS))).headers["Location"]
    shown = operator.get(page).text
    assert "Звездин П. П." in shown
    assert "новое — будет заведено" in shown
    assert kept(world) == before

    taken = submit(operator, page, f"{page}/names", wish="draft", with_loads="1")
    assert taken.status_code == 200
    taken = operator.post(
        f"{page}/application", data={"wish": "draft", "with_loads": "1", "csrf_token": forms_token(operator)}
    )

    assert taken.headers["Location"] == page
    assert "Открыть расписание" in operator.get(page).text
    assert kept(world) == (before[0] + 1, True, before[2] + 1)

    undone = operator.post(f"{page}/withdrawal", data={"csrf_token": forms_token(operator)})
    assert undone.headers["Location"] == DESK
    assert kept(world) == before
    assert "отменён" in operator.get(DESK).text


def test_a_name_that_is_none_is_asked_for_again(operator, world):
    page = bring(operator, ("список.xlsx", workbook(ROWS))).headers["Location"]

    answer = submit(operator, page, f"{page}/names", **{"name-0": "Никто Н. Н."})

    assert answer.status_code == 422
    assert "Нет в школе: Никто Н. Н." in answer.text


def test_several_files_are_one_timetable(operator, world):
    places = [(1, "6Ю", "Зв", "Астр", "99", 1, 1, "")]
    teachers = [("Зв", "Звездин П. П.", *[""] * 27)]

    page = bring(operator, ("a.txt", gpu(places)), ("a.txt", gpu(teachers))).headers["Location"]

    assert "Звездин П. П." in operator.get(page).text
    assert "из Untis" in operator.get(page).text


def test_every_bad_row_is_shown_on_the_desk(operator, world):
    answer = bring(operator, ("список.xlsx", workbook([*ROWS, ("Пн", "", "", "", "", "", "", "", "1")])))

    assert answer.status_code == 422
    assert answer.text.count("Ячейка пуста") == 2
    assert "не номер урока" in answer.text


def test_other_staff_has_no_desk(sign_in):
    assert sign_in("teacher").get(DESK).status_code == 403
