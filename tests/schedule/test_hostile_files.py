"""Files built to do harm: refused with a reason, or taken for the harmless text they are."""

import csv
import io
import zipfile

import pytest
import time_machine

from services.schedule.imports.kinds import read_timetable
from shared.errors import Invalid
from shared.grids import read_grids
from tests.schedule.makers import make_fet, zipped
from tests.schedule.planning import make_school
from tests.schedule.timetable_files import workbook

ENTITY = b'<!DOCTYPE fet [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FORMULA = '=HYPERLINK("http://example.com";"Алгебра")'
HEAD = ["Класс", "День", "Урок", "Предмет"]


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


def with_entity(content):
    return content.replace(b"<fet ", ENTITY + b"<fet ").replace("Алгебра".encode(), b"&a;")


def book_with_entity():
    with zipfile.ZipFile(io.BytesIO(workbook([HEAD, ["5А", "Пн", 1, "Алгебра"]]))) as book:
        parts = {name.replace(".", "__"): book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1__xml"
    return zipped(**parts | {sheet: parts[sheet].replace(b"<worksheet", ENTITY + b"<worksheet", 1)})


@pytest.mark.parametrize(
    "content",
    [
        with_entity(make_fet()),
        zipped(a__fet=with_entity(make_fet())),
        zipped(a__fet=make_fet() + b" " * 90_000_000),
        zipped(a__zip=zipped(a__fet=b" " * 9_000_000)),
        zipped(**{"../a__fet": make_fet()}),
        book_with_entity(),
    ],
    ids=["entity", "entity in a ZIP", "bomb", "bomb in a bomb", "path out", "entity in a workbook"],
)
def test_what_would_do_harm_is_refused(content):
    with pytest.raises(Invalid):
        read_timetable(content, "file")


def test_a_formula_is_a_name_like_any_other_and_leaves_as_a_text(api, database, school):
    make_school(database, school)
    quoted = '"' + FORMULA.replace('"', '""') + '"'
    lessons = f"{';'.join(HEAD)}\n5А;Пн;1;{quoted}\n"
    read = read_timetable(lessons.encode(), "уроки.csv").timetable
    assert [one.subject for one in read.activities.values()] == [FORMULA]
    table = f"Учитель;Предмет;Класс;Часов\nвакансия;{quoted};5А;1\n"
    api("POST", "/subjects", json={"name": FORMULA})
    brought = api.upload("/imports/loads", table.encode(), "нагрузка.csv")
    assert brought.status_code == 200, brought.text

    book = api("GET", "/exports/loads", query_string={"format": "xlsx"}).data
    text = api("GET", "/exports/loads", query_string={"format": "csv"}).data.decode("utf-8-sig")

    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert any(FORMULA in line.cells for line in read_grids(book, "нагрузка.xlsx")[0].lines)
    cells = [cell for line in csv.reader(io.StringIO(text), delimiter=";") for cell in line]
    assert f"'{FORMULA}" in cells
    assert FORMULA not in cells
