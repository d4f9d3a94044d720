"""The file of all that is held of a person: a paper that can be read, and the files themselves."""

import io
import zipfile
from datetime import date
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from services.portal.actions.subject_file import path_of, write_subject_file
from services.portal.actions.subject_paper import TABLES, Gathered, subject_paper
from shared.service import SERVICES
from shared.subject import names_person

ON = date(2026, 11, 20)


def words(pdf):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def gathered(files=(), **held):
    return Gathered(
        "7", ON, ZoneInfo("Asia/Omsk"), {"journal": {"held": held}}, (), {"pupil": "ученик"}, files
    )


def paper_of(**held):
    return words(subject_paper(gathered(**held), ()))


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_that_names_people_has_a_name_on_paper(service):
    tables = import_module(f"services.{service}.models").Base.metadata.tables.values()
    named = {of.name for of in tables if any(names_person(column) for column in of.columns)}

    assert named - {"access_circles"} <= TABLES.keys()


def test_the_longest_text_breaks_no_page():
    told = paper_of(answers=[{"text": "очень длинное сочинение " * 800, "given_at": "2026-11-19"}] * 3)

    assert "Ответы на задания" in told
    assert "19.11.2026" in told


def test_what_only_programs_need_is_not_printed():
    told = paper_of(remarks=[{"page_id": "0199aaaa", "seq": 7, "made_on": "2026-11-18"}], matters=[{"x": 1}])

    assert "18.11.2026" in told
    assert "0199aaaa" not in told
    assert "Записей: 1" in told


def test_days_instants_and_codes_are_written_in_words():
    told = paper_of(sign_ins=[{"started_at": "2026-11-19T20:30:00.123+00:00"}], roles=[{"role": "pupil"}])

    assert "20.11.2026 02:30" in told  # In the school's zone.
    assert "ученик" in told


def test_hostile_words_are_printed_as_they_are():
    assert "<b>Вася</b> & <img src=x>" in paper_of(answers=[{"text": "<b>Вася</b> & <img src=x>"}])


def test_files_lie_in_the_archive_and_those_that_could_not_be_had_are_named():
    out = io.BytesIO()
    files = [("001-Доклад.pdf", [b"%PDF", b"-1.7"]), ("002-Пропал.jpg", None)]

    write_subject_file(out, gathered(files))

    archive = zipfile.ZipFile(out)
    assert archive.namelist() == ["journal.json", "files/001-Доклад.pdf", "personal-data.pdf"]
    assert archive.read("files/001-Доклад.pdf") == b"%PDF-1.7"
    assert "002-Пропал.jpg" in words(archive.read("personal-data.pdf"))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Доклад.pdf", "001-Доклад.pdf"),
        ("../../etc/passwd", "001-_.._etc_passwd"),
        ("C:\\x.exe", "001-C__x.exe"),
        ("a\x00b\u202ecod.pdf", "001-a_b_cod.pdf"),
        ("...", "001-file"),
    ],
)
def test_no_name_leads_out_of_the_archive(name, path):
    assert path_of(1, name) == path
