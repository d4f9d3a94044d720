"""Thematic plans brought as tables (clause 3.4.1) and taken away again."""

import io
from time import perf_counter
from uuid import UUID

import pytest
import xlsxwriter

from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from tests.journal.makers import published, tell
from tests.journal.planning import follow, laid, make, take, topic_ids

TABLE = """КТП на 2026/27 учебный год
№ урока;Раздел;Тема урока;Кол-во часов;Тип урока;Вид контроля;Д/З;Дата план
;Повторение;;;;;;
1;;Натуральные числа;2;повторение;нет;§ 1;07.09.2026
2;;Входная работа;;контроль;контрольная работа;;
3;Дроби;Доли;3;;;§ 2, № 5;
"""


def bring(api, text, *, name="ktp.csv", encoding="utf-8", as_operator=False, **asked):
    file = (io.BytesIO(text if isinstance(text, bytes) else text.encode(encoding)), name)
    who = {"person": new_id(), "roles": ("operator",)} if as_operator else {}
    asked = {"subject_id": str(api.world.subject_id), "grade": 5} | asked
    asked = {key: value for key, value in asked.items() if value is not None}
    return api("POST", "/imports/plans", data={"file": file}, query_string=asked, **who)


def numbers(done):
    return tuple(done.json[name] for name in ("rows", "created", "changed", "unchanged"))


def plans(api):
    return api("GET", "/plans").json["items"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_plan_is_read_from_a_table_as_teachers_keep_it(api, encoding):
    done = bring(api, TABLE, encoding=encoding, name="План.csv")

    assert numbers(done) == (4, 1, 0, 0)
    [listed] = plans(api)
    assert (listed["name"], listed["hours"], listed["owner"]) == ("Рабочая программа", 6, "Иванова М. П.")
    topics = api("GET", f"/plans/{listed['id']}").json["topics"]
    assert [(one["section"], one["topic"], one["hours"], one["control"]) for one in topics] == [
        ("Повторение", "Натуральные числа", 2, ""),
        ("Повторение", "Входная работа", 1, "контрольная работа"),
        ("Дроби", "Доли", 3, ""),
    ]
    assert (topics[0]["planned_on"], topics[0]["homework"], topics[0]["kind"]) == (
        "2026-09-07", "§ 1", "повторение"
    )  # fmt: skip


AS_TYPED = """Календарно-тематическое планирование
№;Тема урока;Кол-во часов;Дата;;Д/З
;;;план;факт;
1;2;3;4;5;6
Раздел 1. Числа;;12;;;
1;Ряд чисел;2 ч;07.09 – 11.09;;§ 1
2;Шкалы;1 час;14.01;;
Раздел 2. Дроби;;;;;
3;Доли;;11.01.27;;
;Итого;4;;;
Всего часов;;68;;;
"""


def topics_of(api):
    [listed] = plans(api)
    found = api("GET", f"/plans/{listed['id']}").json["topics"]
    return [(one["section"], one["topic"], one["hours"], one["planned_on"]) for one in found]


def test_headings_in_two_rows_sections_across_the_table_and_sums_are_no_topics(api):
    assert bring(api, AS_TYPED, encoding="cp1251").json["created"] == 1

    assert topics_of(api) == [
        ("Раздел 1. Числа", "Ряд чисел", 2, "2026-09-07"),
        ("Раздел 1. Числа", "Шкалы", 1, "2027-01-14"),
        ("Раздел 2. Дроби", "Доли", 1, "2027-01-11"),
    ]


OF_THE_CONSTRUCTOR = """№ п/п;Тема урока;Количество часов;;;Дата изучения;Электронные образовательные ресурсы
;;Всего;Контрольные работы;Практические работы;;
1;Десятичная система счисления;1;;;02.09.2026;https://m.edsoo.ru/f2a0cc0c
2;Ряд натуральных чисел;2;0;1;03.09.2026;
3;Контрольная работа № 1;1;1;;04.09.2026;
ОБЩЕЕ КОЛИЧЕСТВО ЧАСОВ ПО ПРОГРАММЕ;;4;1;1;;
"""
BY_SECTIONS = """№ п/п;Наименование разделов и тем программы;Количество часов;;;Ресурсы
;;Всего;Контрольные работы;Практические работы;
Раздел 1. Числа;;;;;
1.1;Ряд чисел;3;;;
Итого по разделу;;3;;;
Раздел 2. Дроби;;;;;
2.1;Доли;1;1;;
Итого по разделу;;1;;;
ОБЩЕЕ КОЛИЧЕСТВО ЧАСОВ ПО ПРОГРАММЕ;;4;1;0;
"""


def as_workbook(table, merged):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Планирование")
        for number, line in enumerate(table.splitlines()):
            sheet.write_row(number, 0, [int(cell) if cell.isdecimal() else cell for cell in line.split(";")])
        for cells, text in merged.items():
            sheet.merge_range(cells, text)
    return content.getvalue()


@pytest.mark.parametrize("is_workbook", [False, True])
def test_the_tables_of_the_ministrys_constructor_are_read(api, is_workbook):
    merged = {
        "A1:A2": "№ п/п", "B1:B2": "Тема урока", "C1:E1": "Количество часов", "F1:F2": "Дата изучения",
        "A6:B6": "ОБЩЕЕ КОЛИЧЕСТВО ЧАСОВ ПО ПРОГРАММЕ",
    }  # fmt: skip
    table = as_workbook(OF_THE_CONSTRUCTOR, merged) if is_workbook else OF_THE_CONSTRUCTOR
    assert bring(api, table, name="k.xlsx").json["created"] == 1

    [listed] = plans(api)
    topics = api("GET", f"/plans/{listed['id']}").json["topics"]
    assert [(one["topic"], one["hours"], one["control"], one["planned_on"]) for one in topics] == [
        ("Десятичная система счисления", 1, "", "2026-09-02"),
        ("Ряд натуральных чисел", 2, "", "2026-09-03"),
        ("Контрольная работа № 1", 1, "контрольная работа", "2026-09-04"),
    ]


def test_the_constructors_table_by_sections_is_read(api):
    assert bring(api, BY_SECTIONS).json["created"] == 1

    assert [one[:3] for one in topics_of(api)] == [
        ("Раздел 1. Числа", "Ряд чисел", 3),
        ("Раздел 2. Дроби", "Доли", 1),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "№ урока;Наименование разделов и тем;Кол-во часов\n1;Числа;2\n",
        "№ урока;Тема урока;Кол-во часов;Планируемая дата;Фактическая дата\n1;Числа;2;01.09;\n",
        "№;Тема;Практика;Количество часов;;\n;;;Теория;Всего;\n1;Числа;1;1;2;\n",
        "№ п/п;Дата;Тема урока;Часы\n1 четверть (18 ч);;;\n1;01.09;Числа;2\n",
        "№ п/п;Тема урока;Часы\n1;Числа;2\nОбщее количество часов;;2\n",
        "№ п/п;Тема урока;Часы\n1;Числа;2\n;Общее количество часов: 2;\n",
    ],
)
def test_columns_and_sums_are_known_by_the_names_that_schools_give_them(api, table):
    assert bring(api, table).json["created"] == 1

    assert [one[1:3] for one in topics_of(api)] == [("Числа", 2)]


@pytest.mark.parametrize(
    "said", ["Итого", "Всего: 68 ч.", "ИТОГО за год", "Всего часов", "Итого по разделу «Дроби»: 12"]
)
def test_a_sum_is_no_topic(api, said):
    assert bring(api, f"№;Тема;Часы\n1;Доли;2\n;{said};2\n").json["created"] == 1

    assert [topic for _, topic, *_ in topics_of(api)] == ["Доли"]


def test_a_topic_that_begins_like_a_sum_is_a_topic(api):
    assert bring(api, "№;Тема;Часы\n1;Всего лишь повесть;2\n").json["created"] == 1

    assert [topic for _, topic, *_ in topics_of(api)] == ["Всего лишь повесть"]


def test_merged_cells_of_a_workbook_are_read_alike(api):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(AS_TYPED.splitlines()):
            sheet.write_row(number, 0, [int(cell) if cell.isdecimal() else cell for cell in line.split(";")])
        for cells, text in (("A1:F1", "КТП"), ("D2:E2", "Дата"), ("A5:B5", "Раздел 1. Числа"),
                            ("A8:F8", "Раздел 2. Дроби")):  # fmt: skip
            sheet.merge_range(cells, text)

    assert bring(api, content.getvalue(), name="КТП.xlsx").json["created"] == 1
    assert [one[:3] for one in topics_of(api)] == [
        ("Раздел 1. Числа", "Ряд чисел", 2),
        ("Раздел 1. Числа", "Шкалы", 1),
        ("Раздел 2. Дроби", "Доли", 1),
    ]


@pytest.mark.parametrize("grade", ["5А", "5 «А»", "5-А", "5 класс", "5 параллель", "5 А класс"])
def test_a_parallel_is_known_by_its_class_too(api, grade):
    assert bring(api, f"Тема;Класс\nДоли;{grade}\n", grade=None).json["created"] == 1
    assert plans(api)[0]["grade"] == 5


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Часов", "0"), ("Часов", "1,5"), ("Часов", "-1"), ("Часов", "9999"), ("Часов", "٣"),
        ("Дата", "31.02"), ("Дата", "сентябрь"), ("Дата", "31 ноября"), ("Дата", "7 сектября"),
        ("Дата", "31.08"), ("Дата", "12.10.2025"), ("Дата", "26 мая 2027 г."),
        ("Дата", "07.13.2026"), ("Дата", "2026-02-30"),
        ("Класс", "13"), ("Класс", "А"), ("Класс", "5 АБ"),
    ],
)  # fmt: skip
def test_what_no_cell_may_say_is_named(api, column, value):
    answer = bring(api, f"№;Тема;{column}\n1;Доли;{value}\n")

    [row] = answer.json["errors"]["rows"]
    assert (row["line"], row["value"]) == (2, value)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("12 октября", "2026-10-12"), ("12 окт.", "2026-10-12"), ("2 - 6 НОЯБРЯ", "2026-11-02"),
        ("1 мая", "2027-05-01"), ("3 марта 2027 г.", "2027-03-03"), ("25.05", "2027-05-25"),
    ],
)  # fmt: skip
def test_days_are_read_as_they_are_said(api, said, day):
    assert bring(api, f"№;Тема;Дата\n1;Доли;{said}\n").json["created"] == 1

    assert [one[3] for one in topics_of(api)] == [day]


def test_a_day_out_of_the_academic_year_is_told_with_the_year(api):
    [row] = bring(api, "№;Тема;Дата\n1;Доли;12.10.2025\n").json["errors"]["rows"]

    assert "Дата вне учебного года (01.09.2026–25.05.2027)" in row["reason"]


def test_a_note_beside_a_missing_topic_makes_it_no_section(api):
    answer = bring(api, "№;Тема;Часов;Примечание\n1;Доли;1;\n2;;1;перенос\n")

    [row] = answer.json["errors"]["rows"]
    assert (row["line"], row["column"]) == (3, "Тема")


@pytest.mark.parametrize(
    "rows",
    [
        "2;Раздел Два;;3",  # the last
        "2;Раздел Два;;3\n3;Раздел Три;Доли;3",
        "2;Раздел Два;;3\n3;Раздел Три;;4\n4;;Доли;4",
        "2;Раздел Один;;3\n3;;Доли;1",
        "2;Раздел Два;;3\n3;;Доли;4",
        "2;Раздел Два;;много\n3;;Доли;3",
        "2;—;;3\n3;;Доли;3",
        "2;;;3\n3;;Доли;3",
        "Экскурсия;;;3",
    ],
)
def test_hours_without_a_topic_are_never_dropped(api, rows):
    answer = bring(api, f"№;Раздел;Тема;Часы\n1;Раздел Один;Числа;2\n{rows}\n")

    assert answer.status_code == 422
    assert {(one["line"], one["column"]) for one in answer.json["errors"]["rows"]} >= {(3, "Тема")}
    assert plans(api) == []


def test_topics_all_typed_as_sections_are_refused_at_once(api):
    """They took the cube of their number: a thousand rows half a minute."""
    rows = "".join(f"Раздел {number};;2\n" for number in range(1000))
    started = perf_counter()

    answer = bring(api, f"Раздел;Тема;Часы\n{rows}")

    assert (answer.status_code, plans(api)) == (422, [])
    assert perf_counter() - started < 10


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("1;Числа;Ряд;1\n2;Дроби;;3\n3;;Доли;3", [3]),
        ("1;Числа;Ряд;\n2;Дроби;;\n3;;Доли;", [3]),
        ("1.;Числа;Ряд;2\n№ 3;Дроби;;4\n7.;;Доли;4", [3]),  # Numbered by lessons.
        ("1;Дроби;;3\n2;;Доли;3", [2]),
        ("1;Числа;Ряд;1\n2;Дроби;;3\n3;Степени;;3\n4;;Доли;3", [3, 4]),
        ("1;Числа;;3\n1;;Ряд;1\n2;;Шкалы;2\n2;Дроби;;3\n3;;Доли;3", []),  # Sections have numbers, too.
        ("1;Числа;;1\n1;;Ряд;1\n2;Дроби;;3\n2;;Доли;3", []),
        ("1;Числа;Ряд;2\n2;Дроби;;3\n1;;Доли;3", []),  # Counted anew in each.
        ("1;Числа;Ряд;2\n2;Дроби;;3\n3;;Доли;3", []),  # Of lessons: none is passed over.
        ("1;Числа;Ряд;1\n;Дроби;;3\n3;;Доли;3", []),
        ("1;Числа;Ряд;1\n3;Дроби;;3\n5;;Доли;3", []),
    ],
)
def test_a_section_whose_number_the_topics_pass_over_is_a_topic(api, rows, lines):
    """Though its hours happen to be those of the topics below it."""
    answer = bring(api, f"№;Раздел;Тема;Часы\n{rows}\n")

    told = answer.json.get("errors", {"rows": []})["rows"]
    assert [(one["line"], one["column"]) for one in told] == [(line, "Тема") for line in lines]
    assert all("уберите его номер" in one["reason"] for one in told)


@pytest.mark.parametrize(
    ("rows", "sections"),
    [
        ("Дроби;;5\n;Доли;2\n;Сравнение;3", ["Дроби"] * 2),
        ("Дроби;;5 ч\nДроби;Доли;2\nДроби;Сравнение;3", ["Дроби"] * 2),
        ("Числа;;6\nДроби;;5\n;Доли;5\nСтепени;;1\n;Квадрат;", ["Дроби", "Степени"]),
        ("Дроби;;—\n;Доли;2", ["Дроби"]),
    ],
    ids=["once", "named_again", "chapters_of_a_part", "a_dash"],
)
def test_a_section_may_tell_the_sum_of_its_topics_hours(api, rows, sections):
    assert bring(api, f"Раздел;Тема;Часы\n{rows}\n").json["created"] == 1

    assert [section for section, *_ in topics_of(api)] == sections


def test_a_rehearsal_changes_nothing_and_a_repeat_neither(api, database, world):
    assert bring(api, TABLE, dry_run="true").json["created"] == 1
    assert plans(api) == []
    bring(api, TABLE)

    assert numbers(bring(api, TABLE)) == (4, 0, 0, 1)
    assert len(published(database, world, "journal.plan.set")) == 1


def test_a_corrected_table_keeps_what_lessons_are_bound_to(api, database, world):
    bring(api, TABLE)
    [listed] = plans(api)
    page = follow(database, world, UUID(listed["id"]))
    take(database, world, world.lessons[0], topic_ids(database, world, UUID(listed["id"]))[2], "Доли")

    assert bring(api, TABLE.replace("Входная работа;;", "Входная диагностика;2;")).json["changed"] == 1

    assert laid(database, world, page)[0] == (3, 1, True)


def test_every_bad_row_is_named_and_nothing_is_taken_over(api):
    wrong = "Тема;Часов;Дата план;Предмет;Параллель\nДроби;много;;;\n;1;;;\nДоли;1;вчера;Химия;40\n"
    answer = bring(api, wrong)

    assert (answer.status_code, answer.json["type"]) == (422, "urn:parta:problem:bad-rows")
    assert [(one["line"], one["column"], one["value"]) for one in answer.json["errors"]["rows"]] == [
        (2, "Часов", "много"),
        (3, "Тема", ""),
        (4, "Предмет", "Химия"),
        (4, "Параллель", "40"),
        (4, "Дата по плану", "вчера"),
    ]
    assert plans(api) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"subject_id": None, "grade": None}, "предмет и параллель в таблице"),
        ({"subject_id": None}, "предмет в таблице"),
        ({"grade": None}, "параллель в таблице"),
    ],
)
def test_a_subject_or_parallel_that_nobody_named_is_asked_for_once(api, given, said):
    answer = bring(api, "Тема;Часы\nДроби;2\nДоли;1\nСтепени;1\n", **given)

    [row] = answer.json["errors"]["rows"]
    assert (row["line"], row["value"]) == (2, "")
    assert row["reason"] == f"Назовите {said} или выберите в форме."


def test_a_subject_left_out_in_some_rows_is_asked_for_in_each(api):
    table = "Предмет;Тема\n;Дроби\nМатематика;Доли\n;Степени\n"
    answer = bring(api, table, subject_id=None)

    assert [(one["line"], one["column"]) for one in answer.json["errors"]["rows"]] == [
        (2, "Предмет"),
        (4, "Предмет"),
    ]


@pytest.mark.parametrize("rows", ["", "Дроби;;\n", ";Итого;68\n"])
def test_a_table_without_a_single_topic_is_refused_as_empty(api, rows):
    [row] = bring(api, f"Раздел;Тема;Часы\n{rows}").json["errors"]["rows"]

    assert (row["line"], row["reason"]) == (0, "В таблице нет ни одной темы.")


def test_a_table_without_topics_is_told_which_column_is_missing(api):
    [row] = bring(api, "Раздел;Часов\nДроби;2\n").json["errors"]["rows"]

    assert row["column"] == "Тема"


def test_the_operator_brings_plans_of_many_subjects_at_once(api, database, world):
    tell(database, world, SubjectChanged(subject_id=new_id(), name="Химия"))
    rows = "Математика;5 класс;ФГОС;Дроби\nХимия;8;ФГОС;Атом\nХимия;8;ФГОС;Ион\n"
    table = f"Предмет;Параллель;Программа;Тема\n{rows}"

    assert bring(api, table, as_operator=True, subject_id=None, grade=None).json["created"] == 2

    found = api("GET", "/plans", person=new_id(), roles=("operator",)).json["items"]
    assert [(one["subject"]["name"], one["grade"], one["topic_count"], one["owner"]) for one in found] == [
        ("Математика", 5, 1, None),
        ("Химия", 8, 2, None),
    ]


def test_a_teacher_brings_no_plan_of_another_subject(api, database, world):
    tell(database, world, SubjectChanged(subject_id=new_id(), name="Химия"))

    answer = bring(api, "Предмет;Тема\nХимия;Атом\n")
    assert [(one["line"], one["column"]) for one in answer.json["errors"]["rows"]] == [(2, "Предмет")]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_taken_away_and_brought_back_changes_nothing(api, database, world, kind):
    plan_id = make(database, world)
    listed = api("GET", f"/plans/{plan_id}").json
    more = [*listed["topics"], {"topic": "Без раздела"}, {"topic": "=1+1", "section": "-x"}]
    known = ("id", "section", "topic", "hours", "kind", "control", "homework", "planned_on")
    topics = [{name: one[name] for name in known if name in one} for one in more]
    api("PUT", f"/plans/{plan_id}", seen=1, json={"name": "ФГОС", "topics": topics})

    table = api("GET", f"/plans/{plan_id}/export?format={kind}").data

    done = bring(api, table, name=f"ktp.{kind}", subject_id=None, grade=None)
    assert numbers(done) == (5, 0, 0, 1)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_can_be_brought_as_it_is(api, kind):
    table = api("GET", f"/imports/plans/template?format={kind}").data

    assert bring(api, table, name=f"t.{kind}", subject_id=None, grade=None).json["created"] == 1


def test_a_file_that_is_no_table_is_refused(api):
    assert bring(api, b"%PDF-1.4", name="plan.pdf").status_code == 422


def test_plans_over_http(api, world):
    made = api("POST", "/plans", json={"subject_id": str(world.subject_id), "grade": 5, "name": "ФГОС"})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    path = f"/plans/{made.json['id']}"
    body = {"name": "ФГОС", "topics": [{"topic": " Дроби  и доли "}]}

    assert api("PUT", path, json=body).status_code == 428
    saved = api("PUT", path, seen=1, json=body)
    assert (saved.status_code, saved.json["version"], len(saved.json["topic_ids"])) == (200, 2, 1)
    assert api("PUT", path, seen=1, json=body).status_code == 412
    shown = api("GET", path)
    assert (shown.headers["ETag"], shown.json["topics"][0]["topic"]) == ('"2"', "Дроби и доли")
    copy = api("POST", f"{path}/copies", json={"name": "Копия"})
    assert copy.status_code == 201
    assert [one["name"] for one in plans(api)] == ["Копия", "ФГОС"]
    for bad in ({"topic": ""}, {"topic": "x" * 1001}, {"topic": "a\u0007"}, {"topic": "x", "hours": 0}, {}):
        assert api("PUT", path, seen=2, json={"name": "ФГОС", "topics": [bad]}).status_code == 422
    twice = [{"topic": "а", "id": made.json["id"]}, {"topic": "б", "id": made.json["id"]}]
    assert api("PUT", path, seen=2, json={"name": "ФГОС", "topics": twice}).status_code == 422
    assert api("DELETE", path, seen=2).status_code == 204
    assert api("GET", path).status_code == 404
