"""A school's timetable written as each program would, and read back: the same lessons; and bad files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.schedule.imports.cell_lessons import Part, parts_of
from services.schedule.imports.kinds import read_timetable
from shared.errors import Invalid
from shared.imports import BadRows
from tests.schedule.makers import make_fet, zipped
from tests.schedule.timetable_files import (
    BELLS,
    LIST_HEAD,
    ROOMS,
    SUBJECTS,
    TEACHERS,
    Given,
    asc_file,
    facts,
    facts_of,
    gpu,
    list_rows,
    nika_data,
    nika_file,
    school,
    table_rows,
    untis_files,
    untis_zip,
    workbook,
)

SEEDS = range(5)


def told(content, name="upload.bin"):
    with pytest.raises(BadRows) as refused:
        read_timetable(content, name)
    return [(row.file, row.line, row.column, row.reason.ru) for row in refused.value.rows]


def check(content, kind, lessons):
    upload = read_timetable(content, "upload.bin")

    assert upload.kind == kind
    assert facts_of(upload.timetable) == facts(lessons)
    return upload.timetable


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8"])
def test_asc_comes_back_with_weeks_parts_and_what_has_no_place(seed, encoding):
    lessons = school(seed, weeks=True, unplaced=True)

    timetable = check(asc_file(lessons, encoding), "asc", lessons)

    assert [(hour.number, hour.starts, hour.ends) for hour in timetable.hours] == [
        (number, *times) for number, times in BELLS.items()
    ]
    assert timetable.rooms[0].capacity == 30


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("encoding", "delimiter"), [("cp1251", ";"), ("utf-8-sig", ",")])
def test_untis_comes_back_from_files_of_any_name(seed, encoding, delimiter):
    lessons = school(seed, unplaced=True)

    check(untis_zip(lessons, encoding, delimiter), "untis", lessons)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_nika_comes_back(seed, encoding):
    lessons = school(seed)
    data = nika_data(lessons)

    timetable = check(nika_file(data, encoding), "nika", lessons)

    assert timetable.institution == "Школа"
    assert timetable.hours[0].starts == "08:30"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_list_comes_back_with_weeks_parts_and_what_has_no_place(seed):
    lessons = school(seed, weeks=True, unplaced=True)

    check(workbook(list_rows(lessons)), "xlsx", lessons)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_of_classes_comes_back(seed):
    lessons = school(seed)

    timetable = check(workbook(table_rows(lessons)), "xlsx", lessons)

    assert [hour.ends for hour in timetable.hours] == [ends for _, ends in BELLS.values()]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_a_list_may_be_a_csv(encoding):
    lessons = [one for one in school(1) if one.weekday]

    check(gpu(list_rows(lessons), encoding), "xlsx", lessons)


def test_fet_is_known_among_the_others():
    assert read_timetable(make_fet(), "x").kind == "fet"
    assert read_timetable(zipped(a__fet=make_fet()), "x").kind == "fet"


def test_a_double_lesson_and_a_joint_one_of_asc():
    content = asc_file([Given("5А", "Алгебра", TEACHERS[0], "12", 1, 2)]).decode("cp1251")
    content = content.replace('classids="*1"', 'classids="*1,*2"')
    content = content.replace(
        'periodspercard="1" periodsperweek="1.0"', 'periodspercard="2" periodsperweek="2,0"'
    )

    timetable = read_timetable(content.encode("cp1251"), "x").timetable

    [activity] = timetable.activities.values()
    assert (activity.students, activity.duration) == (("5А", "5Б"), 2)
    assert [timetable.hours[at].number for at in timetable.places[activity.id].hours] == [2, 3]


def test_rows_of_untis_that_differ_in_the_class_alone_are_a_joint_lesson():
    rows = [(7, class_, "У1", "Алг", "12", 1, 2, "") for class_ in ("5А", "5Б")]

    timetable = read_timetable(gpu(rows), "GPU001.TXT").timetable

    assert [one.students for one in timetable.activities.values()] == [("5А", "5Б")]


def test_umlauts_alone_are_no_cyrillic():
    rows = [(7, "5a", "Müller", "Französisch", "12", 1, 2, "")]

    timetable = read_timetable(gpu(rows, "cp1252"), "GPU001.TXT").timetable

    assert (timetable.teachers, timetable.subjects) == (("Müller",), ("Französisch",))


def test_what_is_decided_day_by_day_stays_behind():
    data = nika_data(school(1)) | {"CLASS_EXCHANGE": {"001": {"24.11.2026": {"2": {"s": "F"}}}}}
    substitutions = [(1, "20261124", 2, *[""] * 17)]

    nika = read_timetable(nika_file(data), "x").timetable
    untis = read_timetable(zipped(**untis_files(school(1)), g__txt=gpu(substitutions)), "x").timetable

    assert {one.what: one.count for one in nika.ignored} == {"PERIODS": 1, "CLASS_EXCHANGE": 1}
    assert {one.what: one.count for one in untis.ignored} == {"g.txt": 1}


def test_every_fault_of_an_asc_file_is_told():
    content = asc_file([Given("5А", "Алгебра", TEACHERS[0], "12", 1, 2)]).decode("cp1251")
    wrong = content.replace('subjectid="*4"', 'subjectid="*99"').replace('days="10000"', 'days="0000001"')
    lines = [at for at, line in enumerate(wrong.splitlines(), 1) if "*99" in line or "0000001" in line]

    found = told(wrong.encode("cp1251"), "школа.xml")

    assert [(file, line, column) for file, line, column, _ in found] == [
        ("школа.xml", lines[0], "subjectid"),
        ("школа.xml", lines[1], ""),
    ]
    assert "«*99» не значится в subjects" in found[0][3]


def test_a_list_of_asc_without_its_column_is_told():
    content = asc_file([]).decode("cp1251").replace("lessonid,period,days,weeks", "lessonid,period,weeks")

    [(_, line, column, reason)] = told(content.encode("cp1251"))

    assert (column, "cards" in content.splitlines()[line - 1]) == ("days", True)
    assert "В списке cards нет столбца days" in reason


def test_every_fault_of_a_list_is_told():
    rows = [
        LIST_HEAD,
        ("Пн", 1, "", "5А", "", "", "Алгебра", "Иванова М. П.", "12"),
        ("Дзень", "первый", "", "", "", "С", "Алгебра", "", ""),
        ("Вт", 99, "", "5А", "", "", "Алгебра", "", ""),
    ]

    found = told(workbook(rows), "список.xlsx")

    assert [(line, column) for _, line, column, _ in found] == [
        (3, "Класс"), (3, "День"), (3, "Урок"), (3, "Неделя"), (4, ""),
    ]  # fmt: skip
    assert {file for file, *_ in found} == {"Расписание"}


def test_faults_of_a_table_name_the_class():
    rows = [["День", "Урок", "5А", "5Б"], ["", 1, "Алгебра", ""], ["Пн", 2, "", "12"]]

    assert [(line, column) for _, line, column, _ in told(workbook(rows))] == [(2, "День"), (3, "5Б")]


def test_bad_rows_of_untis_are_told_with_their_lines():
    rows = [(7, "5А", "У1", "Алг", "12", 1, number, "") for number in range(1, 9)]
    content = gpu([*rows, (7, "5А", "У1", "Алг", "12", 7, 1, ""), (7, "5А", "У1", "", "12", 1, 1, "")])

    first, second = told(content, "GPU001.TXT")

    assert (first[:3], second[:3]) == (("GPU001.TXT", 9, ""), ("GPU001.TXT", 10, "subject"))
    assert "дни бывают с 1 по 6" in first[3]


def test_nika_with_a_number_where_a_list_belongs_is_read():
    data = nika_data(school(1)) | {"HOLIDAY_TRANSFER": 5}

    assert not any(
        one.what == "HOLIDAY_TRANSFER" for one in read_timetable(nika_file(data), "x").timetable.ignored
    )


def test_nika_names_what_points_nowhere():
    data = nika_data([Given("5А", "Алгебра", TEACHERS[0], "12", 1, 2)])
    data["SUBJECTS"] = {}

    [(_, _, column, reason)] = told(nika_file(data))

    assert column == "CLASS_SCHEDULE.7.001.102.s"
    assert "«001» не значится в SUBJECTS" in reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<html></html>",
        b"<timetable/>",
        b"PK\x03\x04broken",
        b"%PDF-1.4",
        b"\xd0\xcf\x11\xe0old",
        b"var NIKA={};alert(1)",
        b"var NIKA={a:1};",
        b'var NIKA={"CLASSES":[]};',
        b"var NIKA=" + b'{"a":' * 3000,
        b'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "b">]><timetable>&a;</timetable>',
        b"a;b;c\r\n1;2;3\r\n",
        bytes(range(256)),
    ],
)
def test_what_is_no_timetable_is_refused(content):
    with pytest.raises(Invalid):
        read_timetable(content, "file")


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("Алгебра", [Part("Алгебра")]),
        ("Алгебра / Иванова М. П. / 12", [Part("Алгебра", "Иванова М. П.", "12")]),
        ("Алгебра\nИванова М.П.\nкаб. 12", [Part("Алгебра", "Иванова М.П.", "12")]),
        ("Алгебра Иванова М.П. 12", [Part("Алгебра", "Иванова М.П.", "12")]),
        ("Алгебра (Иванова М.П.), каб. 12а", [Part("Алгебра", "Иванова М.П.", "12а")]),
        ("Алгебра / Смит / 12", [Part("Алгебра", "Смит", "12")]),
        ("Физкультура / с/з", [Part("Физкультура", "", "с/з")]),
        ("Англ. яз. / Информатика", [Part("Англ. яз."), Part("Информатика")]),
        (
            "Англ. яз. / Ли А. Б. / 21 / Сидорова В. Г. / 22",
            [Part("Англ. яз.", "Ли А. Б.", "21"), Part("Англ. яз.", "Сидорова В. Г.", "22")],
        ),
        ("Алгебра / —", [Part("Алгебра")]),
        ("—", []),
    ],
)
def test_a_cell_is_read_as_people_write_it(cell, parts):
    assert parts_of(cell) == parts


PARTS = st.builds(Part, st.sampled_from(SUBJECTS), st.sampled_from(TEACHERS), st.sampled_from(ROOMS))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from([" / ", "/", "\n"]),
    st.sampled_from(["\n", " / "]),
)
def test_any_cell_comes_back(parts, between, after):
    cell = after.join(between.join((one.subject, one.teacher, one.room)) for one in parts)

    assert parts_of(cell) == parts


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="АБаб /\n.,;|12№с/з—", max_size=60))
def test_no_cell_breaks_the_reader(cell):
    for part in parts_of(cell):
        assert "\n" not in f"{part.subject}{part.teacher}{part.room}"


@pytest.mark.parametrize(
    "content",
    [
        b"<??>" * 900,
        "".join(f"<!--{n}-->" for n in range(300)).encode(),
        asc_file([]).replace(
            b"</lessons>", b'<lesson id="L" subjectid="*4" classids="*1" periodsperweek="9999999"/></lessons>'
        ),
        asc_file([Given("5А", "Алгебра", TEACHERS[0], "12", 1, 2)]).replace(
            b'"10000"', b'"' + b"1" * 9999 + b'"'
        ),
        workbook([["День", "Урок", "5А", "5Б"], ["Пн", 1, "зал" * 1000, "Аа" * 1900]]),
    ],
    ids=["instructions", "comments", "hours", "days", "words"],
)
def test_a_file_made_to_do_harm_is_refused_at_once(content):
    with pytest.raises(Invalid):
        read_timetable(content, "file")
