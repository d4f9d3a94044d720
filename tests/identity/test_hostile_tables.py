"""Tables built to do harm, or just broken: refused in a second, with a reason, and nothing changed."""

import io
import re
import time
import zipfile

import pytest

from tests.identity.archives import zipped
from tests.identity.desk import apply, bring, changes
from tests.identity.makers import told
from tests.identity.russian_school import as_csv, as_xlsx

ROWS = [["ФИО", "Дата рождения", "Класс"], ["Петров Иван", "12.05.2014", "5А"]]
SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def rebuilt(change, more=None):
    """Return a workbook with one part changed, and perhaps one more."""
    with zipfile.ZipFile(io.BytesIO(as_xlsx(ROWS))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[SHEET] = change(parts[SHEET])
    return zipped({**parts, **(more or {})})


def in_corner(part):
    return part.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def a_million_rows(part):
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (at, at) for at in range(3, 1_000_000))
    return part.replace(b"</sheetData>", rows + b"</sheetData>")


def the_same_text_everywhere(part):
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (at, at) for at in range(3, 2_000))
    return part.replace(b"</sheetData>", rows + b"</sheetData>")


LONG_TEXT = (
    b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>%s</t></si></sst>"
    % (b"a" * 30_000)
)


HOSTILE = {
    "bomb": lambda: rebuilt(lambda part: part, {"xl/media/a.xml": b"0" * 90_000_000}),
    "entity": lambda: rebuilt(lambda part: re.sub(rb"<\?xml.*?\?>", ENTITY, part)),
    "utf-16 entity": lambda: rebuilt(
        lambda part: re.sub(rb"<\?xml.*?\?>", ENTITY, part).decode().encode("utf-16")
    ),
    "million rows": lambda: rebuilt(a_million_rows),
    "far corner": lambda: rebuilt(in_corner),
    "one text in all cells": lambda: rebuilt(the_same_text_everywhere, {"xl/sharedStrings.xml": LONG_TEXT}),
    "path out": lambda: rebuilt(lambda part: part, {"../../xl/a.xml": b"<a/>"}),
    "macros": lambda: rebuilt(lambda part: part, {"xl/vbaProject.bin": b"x"}),
    "broken part": lambda: rebuilt(lambda part: part[:-20]),
    "cut off": lambda: as_xlsx(ROWS)[:-200],
    "no workbook": lambda: zipped({"xl/a.xml": b"<a/>"}),
    "old format": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000,
    "pdf": lambda: b"%PDF-1.7\n",
    "bytes": lambda: bytes(range(256)) * 50,
    "empty": lambda: b"",
    "no headings": lambda: as_csv([["раз", "два"], ["три", "четыре"]]),
    "long csv": lambda: as_csv([*ROWS, *([["Иванов Иван", "", "5А"]] * 20_001)]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_list_is_refused_and_changes_nothing(api, database, kind):
    content = HOSTILE[kind]()
    before = len(told(database))

    began = time.perf_counter()
    answer = bring(api, content, "../../список.xlsx")

    assert answer.status_code == 422, answer.text
    assert answer.json["type"].startswith("urn:parta:problem:")
    assert answer.json["detail"]
    assert time.perf_counter() - began < 30
    assert len(told(database)) == before
    assert api("GET", "/imports").json["items"] == []


def test_a_name_that_is_a_formula_is_a_wrong_row(api):
    rows = [ROWS[0], ["=HYPERLINK(A1) Иван", "", "5А"], ["@SUM Иван", "", "5А"], ["Петров Иван", "", "5А"]]

    errors = bring(api, as_csv(rows)).json["errors"]

    assert [one["line"] for one in errors] == [2, 3]


def test_names_that_are_formulas_leave_as_texts(api):
    api("POST", "/people", json={"family_name": "=1+Иванов", "given_name": "-x"})
    person = api("POST", "/people/search", json={"q": "иванов"}).json["items"][0]["id"]
    api("POST", f"/people/{person}/roles", json={"role": "pupil"})

    operator = api("GET", "/people?role=operator").json["items"][0]["id"]
    exported = api("GET", "/exports/people?format=csv", person=operator).data
    table = exported.decode("utf-8-sig").splitlines()

    assert table[1].startswith("'=1+Иванов;'-x;")
    rehearsed = bring(api, exported, "a.csv").json
    assert (rehearsed["errors"], rehearsed["change_count"]) == ([], 0)


def test_a_list_leaves_in_the_encoding_of_old_programs_or_says_who_cannot(api):
    api("POST", "/people", json={"family_name": "Ёжиков", "given_name": "Пётр"})
    person = api("POST", "/people/search", json={"q": "ёжиков"}).json["items"][0]["id"]
    api("POST", f"/people/{person}/roles", json={"role": "pupil"})
    operator = api("GET", "/people?role=operator").json["items"][0]["id"]

    exported = api("GET", "/exports/people?format=csv-cp1251", person=operator).data
    rehearsed = bring(api, exported, "a.csv").json
    api(
        "PUT",
        f"/people/{person}",
        json={"family_name": "Ёжиков", "given_name": "Әлим"},
        headers={"If-Match": '"1"'},
    )
    refused = api("GET", "/exports/people?format=csv-cp1251", person=operator)

    assert exported.decode("cp1251").splitlines()[1].startswith("Ёжиков;Пётр;")
    assert (rehearsed["errors"], rehearsed["change_count"]) == ([], 0)
    assert (refused.status_code, refused.json["type"]) == (422, "urn:parta:problem:not-in-encoding")
    assert "Әлим" in refused.json["detail"]


def test_a_path_in_a_files_name_goes_nowhere(api):
    rehearsed = bring(api, as_csv(ROWS), "..\\..\\etc/passwd").json

    assert rehearsed["file"] == "passwd"
    assert apply(api, rehearsed).status_code == 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("by", [";", ",", "\t"])
def test_encodings_and_delimiters_of_the_wild_are_read(api, encoding, by):
    rehearsed = bring(api, as_csv(ROWS, encoding, by), "a.csv").json

    [person] = changes(api, rehearsed, "?what=person")
    assert (person["name"], rehearsed["created"]["groups"]) == ("Петров Иван", 1)
