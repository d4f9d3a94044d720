"""What of a table of plans was read, and what was not: nothing is lost without a word (clause 3.4.1)."""

import io
from datetime import date

import pytest
import xlsxwriter

from services.journal.rules.plan_days import out_of_order
from shared.events.identity import GroupChanged
from shared.ids import new_id
from tests.journal.makers import tell
from tests.journal.test_plan_tables import bring, plans

HEAD = ["№", "Тема", "Часы"]


def workbook(sheets, merged=()):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for cells, value in merged:
                sheet.merge_range(cells, value)
    return content.getvalue()


def two_sheets(*names):
    return workbook({name: [HEAD, [1, f"Числа {name}", 1], [2, "Дроби", 1]] for name in names})


def topics(api):
    return {
        one["name"]: [each["topic"] for each in api("GET", f"/plans/{one['id']}").json["topics"]]
        for one in plans(api)
    }


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_what_was_read_is_told_and_what_was_not(api, dry_run):
    table = (
        "№ п/п;Тема;Часы;Дата;;УУД;Ресурсы;Факт;;\n"
        "1;Числа;2;07.09;;считать;https://a.ru;;;x\n"
        "2;Дроби;;;;;;;;\n"
    )
    done = bring(api, table, dry_run=dry_run).json

    assert done["plans"] == [
        {"subject": "Математика", "grade": 5, "name": "Рабочая программа",
         "topics": 2, "hours": 3, "assumed": 1, "dated": 1, "out_of_order": []}
    ]  # fmt: skip
    assert [one["column"] for one in done["unused"]] == ["УУД", "Ресурсы", "J"]


def test_days_out_of_order_are_told_when_a_plan_is_brought_saved_and_read(api):
    done = bring(api, "Тема;Часы;Дата\nА;10;01.09\nБ;10;20.05\nВ;10;02.09\nГ;10;03.09\n").json
    assert done["plans"][0]["out_of_order"] == [2]
    path = f"/plans/{plans(api)[0]['id']}"
    shown = api("GET", path).json
    assert shown["out_of_order"] == [2]

    known = ("id", "topic", "hours", "planned_on")
    topics = [{name: one[name] for name in known} for one in shown["topics"]]
    for day, told in (("2026-09-01", []), ("2026-08-31", [1])):
        topics[1]["planned_on"] = day
        seen = api("GET", path).json["version"]
        body = {"name": shown["name"], "topics": topics}
        assert api("PUT", path, seen=seen, json=body).json["out_of_order"] == told


@pytest.mark.parametrize(
    ("days", "numbers"),
    [("", []), ("1", []), ("1 1 2", []), ("1 - 3 2 - 4", [3]), ("9 1 2 3", [1]), ("1 2 9 3 8 4 5", [3, 5]),
     ("3 4 1 5", [3])],
)  # fmt: skip
def test_out_of_order_are_the_fewest_days_to_mend(days, numbers):
    found = [None if day == "-" else date(2026, 9, int(day)) for day in days.split()]

    assert out_of_order(found) == numbers


def test_parts_of_a_heading_in_two_rows_are_told_by_both(api):
    table = "№;Тема;Количество часов;\n;;Всего;Практические\n1;Числа;2;1\n"

    assert [one["column"] for one in bring(api, table).json["unused"]] == ["Практические"]


def test_hours_merged_over_two_topics_are_told_as_assumed(api):
    table = workbook({"КТП": [HEAD, [1, "Числа", ""], [2, "Дроби", ""]]}, [("C2:C3", 2)])

    [read] = bring(api, table, name="k.xlsx").json["plans"]
    assert (read["hours"], read["assumed"]) == (3, 1)


def test_a_sheet_without_topics_is_told_as_not_read(api):
    table = workbook({"КТП": [HEAD, [1, "Числа", 1]], "Титул": [["Школа № 1"]]})

    assert bring(api, table, name="k.xlsx").json["unused"] == [{"file": "Титул", "column": ""}]


@pytest.mark.parametrize("by_column", [False, True])
def test_sheets_or_rows_of_classes_become_a_plan_for_each(api, database, world, by_column):
    tell(database, world, GroupChanged(group_id=new_id(), kind="class", name="5Б", grade=5))
    table, name = two_sheets("5А", "5 «б»"), "k.xlsx"
    if by_column:
        table, name = "Класс;Тема\n5А;Числа 5А\n5А;Дроби\n5Б;Числа 5 «б»\n5Б;Дроби\n", "k.csv"
    assert bring(api, table, name=name).json["created"] == 2

    assert topics(api) == {
        "Рабочая программа, 5А": ["Числа 5А", "Дроби"],
        "Рабочая программа, 5Б": ["Числа 5 «б»", "Дроби"],
    }
    assert bring(api, table, name=name).json["unchanged"] == 2


@pytest.mark.parametrize("names", [("5А", "5Я"), ("Лист1", "Лист2"), ("5А", "Лист2"), ("5А", "5-А класс")])
def test_sheets_that_would_double_a_plan_are_refused(api, names):
    [row] = bring(api, two_sheets(*names), name="k.xlsx").json["errors"]["rows"]

    assert (row["file"], row["column"]) == (names[1], "Программа")
    assert f"«{names[0]}», «{names[1]}»" in row["reason"]
    assert plans(api) == []


def test_a_plan_of_a_class_takes_no_other_s_place(api, database, world):
    tell(database, world, GroupChanged(group_id=new_id(), kind="class", name="5Б", grade=5))
    table = "Класс;Программа;Тема\n5А;П;Числа\n5Б;П;Дроби\n5;П, 5А;Доли\n"

    assert "«5А», «5Б»" in bring(api, table).json["errors"]["rows"][0]["reason"]


def test_sheets_of_the_parts_of_a_year_make_up_one_plan(api):
    assert bring(api, two_sheets("1 четверть", "2 четверть"), name="k.xlsx").json["created"] == 1

    assert len(topics(api)["Рабочая программа"]) == 4
