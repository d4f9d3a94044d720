"""Consents, the access log, one's own data and requests about it, as people meet them in the portal."""

import io
import zipfile

import orjson
from markupsafe import escape
from pypdf import PdfReader
from sqlalchemy import select

from shared import policy
from shared.bus import event_log
from shared.db import EVERY_SCHOOL
from shared.events import read
from shared.ids import new_id
from shared.noting import tell_noted
from tests.journal.documents import PDF
from tests.portal.conftest import forms_token
from tests.support.seeding import hear


def post(client, address, **form):
    return client.post(address, data={"csrf_token": forms_token(client), **form})


def test_a_parent_consents_and_withdraws_for_a_child_and_sees_who_looked(sign_in, world):
    """SECURITY 50, 51; regulation 3.5.5."""
    parent, deputy = sign_in("parent"), sign_in("deputy")
    child = world.pupils[0]
    assert deputy.get(f"/people/{child}").status_code == 200

    assert "не дано" in parent.get(f"/data/{child}").text
    given = post(parent, f"/data/{child}/consents", kind="photo")
    page = parent.get(f"/data/{child}").text
    taken = post(parent, f"/data/{child}/consents/photo/withdrawal")

    assert (given.status_code, taken.status_code) == (302, 302)
    assert "подписал(а) Абрамова Ирина Львовна" in page
    assert "Морозова Елена Викторовна" in page
    assert parent.get(f"/data/{world.pupils[7]}").status_code == 404


def test_the_class_teacher_prints_forms_and_marks_those_received(sign_in, world):
    """Regulation 3.5.5."""
    teacher, group, child = sign_in("colleague"), world.people["class"], world.pupils[1]
    lead = teacher.get("/consents")
    assert lead.headers["Location"] == f"/consents/{group}"

    forms = teacher.get(f"/consents/{group}/forms.pdf?kind=portfolio")
    noted = post(
        teacher, "/consents", group_id=group, kind="portfolio", signed=f"{child}:{world.people['parent']}"
    )
    after = teacher.get(f"/consents/{group}/forms.pdf?kind=portfolio")

    assert noted.status_code == 302, noted.text
    pages = [len(PdfReader(io.BytesIO(answer.data)).pages) for answer in (forms, after)]
    assert pages[0] - pages[1] == 1
    assert "Белова" in sign_in("deputy").get(f"/consents/{group}").text


def test_everything_held_of_a_child_is_one_file_from_all_services(sign_in, world):
    """SECURITY 51: JSON and PDF from all services by fan-out."""
    world.record("teacher", 2, ["5"])
    parent, child = sign_in("parent"), world.pupils[0]

    answer = parent.get(f"/data/{child}/file.zip")

    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert set(archive.namelist()) >= {
        "identity.json", "journal.json", "schedule.json", "notify.json", "personal-data.pdf"
    }  # fmt: skip
    assert orjson.loads(archive.read("identity.json"))["card"]["family_name"] == "Абрамов"
    assert "5" in {one["value"] for one in orjson.loads(archive.read("journal.json"))["held"]["entries"]}
    words = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(archive.read("personal-data.pdf"))).pages
    )
    for needed in ("Сведения о персональных данных", "Карточка", "Отметки и посещаемость", "Математика"):
        assert needed in words, needed
    assert parent.get(f"/data/{world.pupils[7]}/file.zip").status_code == 404


def test_documents_of_the_family_lie_in_the_file(sign_in, world):
    """SECURITY 51."""
    parent, child = sign_in("parent"), world.pupils[0]
    form = {"section": "olympiad", "level": "regional", "title": "Олимпиада", "result": "призёр"}
    form |= {"held_on": "2026-02-03", "description": "", "key": str(new_id()), "pupil_id": str(child)}
    form["files"] = (io.BytesIO(PDF), "Диплом.pdf")
    added = parent.post(
        f"/diary/portfolio?pupil_id={child}", data={"csrf_token": forms_token(parent), **form},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert added.status_code == 302, added.text

    archive = zipfile.ZipFile(io.BytesIO(parent.get(f"/data/{child}/file.zip").data))

    [diploma] = [name for name in archive.namelist() if name.endswith("-Диплом.pdf")]
    assert archive.read(diploma) == PDF


def test_a_service_that_is_down_is_named_in_the_file(sign_in, world):
    parent = sign_in("parent")
    world.stop_service("notify")
    try:
        answer = parent.get(f"/data/{world.pupils[0]}/file.zip")
    finally:
        world.start_service("notify")

    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert "notify.json" not in archive.namelist()
    words = PdfReader(io.BytesIO(archive.read("personal-data.pdf"))).pages[-1].extract_text()
    assert "Не ответили" in words


def test_the_operators_file_holds_no_marks(sign_in, world):
    """SECURITY 31."""
    answer = sign_in("operator").get(f"/data/{world.pupils[0]}/file.zip")

    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert "refused" in orjson.loads(archive.read("journal.json"))
    assert "Карточка" in PdfReader(io.BytesIO(archive.read("personal-data.pdf"))).pages[0].extract_text()


def test_the_deputy_finds_in_the_log_who_saw_a_pupil_and_the_operator_does_not(sign_in, world):
    """SECURITY 47."""
    child = world.pupils[3]
    deputy = sign_in("deputy")
    deputy.get(f"/people/{child}")

    shown = deputy.get(f"/access-log?person_id={child}").text

    assert "Карточка человека" in shown
    assert "Гаврилова Софья" in shown
    assert sign_in("operator").get("/access-log").status_code == 403


def told_of_access(database):
    """Return what a service has told of requests so far."""
    with database.reading(EVERY_SCHOOL) as session:
        told = select(event_log.c.type, event_log.c.data).where(event_log.c.stream.contains("-access/"))
        return [read(row.type, orjson.loads(row.data)) for row in session.execute(told)]


def test_the_deputy_finds_who_opened_a_class_page_and_the_parent_does_too(sign_in, world):
    """SECURITY 47, 51: the log has what the other services showed."""
    child, parent = world.pupils[0], sign_in("parent")
    assert parent.get("/diary").status_code == 200
    page = world.pages["Математика"]
    assert sign_in("colleague").get(f"/journal/{page}").status_code == 200
    identity = world.runtimes["identity"].database
    tell_noted(world.runtimes["journal"])
    hear(identity, "identity", world.school_id, told_of_access(world.runtimes["journal"].database))

    shown = sign_in("deputy").get(f"/access-log?person_id={child}&service=journal").text

    assert "Страница класса" in shown
    assert "Просмотр дневника" in shown
    assert "Карточка человека" not in shown.split("</form>")[1]
    assert "Страница класса" in parent.get(f"/data/{child}").text


def test_the_access_log_calls_everything_by_a_name_of_its_own(sign_in):
    page = sign_in("deputy").get("/access-log").text

    for service, action in policy.RULES:
        if service != "portal":
            assert f'<option value="{escape(action)}"' in page, action
            assert f">{escape(action)}<" not in page, action


def test_a_request_is_sent_by_the_family_and_answered_by_the_director(sign_in, world):
    """SECURITY 51."""
    parent, director, child = sign_in("parent"), sign_in("director"), world.pupils[1]
    assert post(parent, f"/data/{child}/requests", kind="access").status_code == 302

    listed = director.get("/data-requests").text
    request_id = listed.split("/data-requests/")[1].split("/")[0]
    answered = post(director, f"/data-requests/{request_id}/outcome", outcome="Выдано лично 25 ноября.")

    assert "Белова Анна" in listed
    assert answered.status_code == 302
    assert "Выдано лично 25 ноября." in parent.get(f"/data/{child}").text
