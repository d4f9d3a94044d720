"""Substitutions on paper: the sheet of a day, the register of a month, the hours that are paid."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import event, update

from services.schedule.models import Group, Lesson
from shared.ids import new_id
from tests.schedule.test_substitutions import (
    TUESDAY,
    deputy,
    fall_ill,
    lesson_at,
    post,
    wish,
)
from tests.support.papers import words_of

MONTH = {"from": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-23T07:00:00+00:00") as traveller:
        yield traveller


@pytest.fixture
def decided(api, staff, database, school):
    """Tuesday: hour 1 is joined with another group, hour 2 of class 5А is given by the one of maths."""
    fall_ill(api, staff)
    joint = wish(lesson_at(database, school, staff), "joint", stand_in_id=staff["busy"])
    plain = wish(lesson_at(database, school, staff, number=2), stand_in_id=staff["maths"])
    assert post(api, staff, joint, plain | {"note": "=1+1"}).status_code == 201
    return staff


def get(api, staff, path, **query):
    answer = api("GET", path, query_string=query, **deputy(staff))
    assert answer.status_code == 200, answer.text
    return answer


def sheets_of(answer):
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_the_sheet_of_a_day_says_who_gives_what_and_nothing_of_illness(api, decided):
    answer = get(api, decided, "/substitutions/sheet", on=TUESDAY)

    words = words_of(answer.data)
    assert "Замены уроков на 24.11.2026, вторник" in words
    assert "Занятая А. П. (объединение групп)" in words
    assert "болезнь" not in words
    assert answer.data == get(api, decided, "/substitutions/sheet", on=TUESDAY).data
    assert "все уроки по расписанию" in words_of(
        get(api, decided, "/substitutions/sheet", on="2026-11-25").data
    )


def test_the_sheet_is_a_workbook_without_formulas(api, decided):
    answer = get(api, decided, "/substitutions/sheet", on=TUESDAY, format="xlsx")

    [head, *rows] = sheets_of(answer)[0]
    assert head[:3] == ["Урок", "Класс", "Предмет"]
    assert [row[:5] for row in rows] == [
        [1, "5А", "Алгебра", "Больная А. П.", "Занятая А. П. (объединение групп)"],
        [2, "5А", "Алгебра", "Больная А. П.", "Алгебраистова А. П.; =1+1"],
    ]


def test_only_lessons_really_held_are_paid(api, decided, database, school, november):
    def codes():
        items = get(api, decided, "/substitutions/hours", **MONTH).json["items"]
        return {one["teacher"]["name"]: one["codes"] for one in items}

    assert codes() == {}

    november.move_to("2026-11-24T06:20:00+00:00")  # 09:20 in Moscow: the first lesson is over.
    assert codes() == {"Занятая А. П.": {"ЗН": 0, "ЗС": 0, "совмещение": 1}}

    november.move_to("2026-11-25T07:00:00+00:00")
    assert codes()["Алгебраистова А. П."] == {"ЗН": 0, "ЗС": 1, "совмещение": 0}

    with database.writing(school) as session:
        held = (Lesson.lesson_on == TUESDAY, Lesson.number == 2)
        session.execute(update(Lesson).where(*held).values(is_cancelled=True))
    assert "Алгебраистова А. П." not in codes()


def test_a_part_of_a_third_form_is_counted_with_the_primary_ones(
    api,
    decided,
    database,
    school,
    november,
):
    november.move_to("2026-11-25T07:00:00+00:00")
    with database.writing(school) as session:
        parent = new_id()
        session.add(Group(id=parent, school_id=school, kind="class", name="3А", grade=3, parent_id=None))
        group = session.get(Group, decided["5А"])
        group.grade, group.parent_id = None, parent

    items = get(api, decided, "/substitutions/hours", **MONTH).json["items"]

    assert [one["codes"]["ЗН"] for one in items] == [1, 0]


def test_the_register_of_a_month_names_reasons_and_sums_up(api, decided, database, school, november):
    third = lesson_at(database, school, decided, on=TUESDAY - timedelta(days=7))
    assert post(api, decided, wish(third, "cancel")).status_code == 201
    subject = lesson_at(database, school, decided, on=TUESDAY - timedelta(days=7), number=2)
    other = {"stand_in_id": decided["free"], "subject_id": decided["История"]}
    assert post(api, decided, wish(subject, "subject", **other)).status_code == 201
    november.move_to("2026-11-30T07:00:00+00:00")

    answer = get(api, decided, "/substitutions/register", **MONTH)
    words = words_of(answer.data)
    register, totals = sheets_of(get(api, decided, "/substitutions/register", format="xlsx", **MONTH))

    assert answer.data == get(api, decided, "/substitutions/register", **MONTH).data
    assert "Журнал учёта пропущенных и замещённых уроков" in words
    assert "болезнь" in words
    shown = [row[1:10] for row in register[1:]]
    sick, lesson = "Больная А. П.", (date(2026, 11, 17), date(2026, 11, 24))
    assert shown == [
        [lesson[0], 1, "5А", "Алгебра", sick, "", "урок не проведён", "", 0],
        [lesson[0], 2, "5А", "История", sick, "", "Свободная А. П.", "ЗС", 1],
        [lesson[1], 1, "5А", "Алгебра", sick, "болезнь", "Занятая А. П.", "совмещение", 1],
        [lesson[1], 2, "5А", "Алгебра", sick, "болезнь", "Алгебраистова А. П.", "ЗС", 1],
    ]
    assert totals[1:] == [
        ["Алгебраистова А. П.", 0, 1, 0, 1],
        ["Занятая А. П.", 0, 0, 1, 1],
        ["Свободная А. П.", 0, 1, 0, 1],
        ["Всего", 0, 2, 1, 3],
    ]


def test_the_register_takes_as_many_statements_however_many_rows(api, decided, database, school, november):
    november.move_to("2026-11-25T07:00:00+00:00")

    def statements():
        asked = []

        def count(*args):
            asked.extend([args[2]] * args[2].startswith("SELECT"))

        event.listen(database.engine, "before_cursor_execute", count)
        get(api, decided, "/substitutions/register", **MONTH)
        event.remove(database.engine, "before_cursor_execute", count)
        return len(asked)

    few = statements()
    for number in (1, 2):
        lesson = lesson_at(database, school, decided, on=TUESDAY - timedelta(days=7), number=number)
        assert post(api, decided, wish(lesson, stand_in_id=decided["free"])).status_code == 201

    assert statements() == few <= 14


@pytest.mark.parametrize("role", ["teacher", "operator", "pupil", "parent"])
def test_the_register_is_for_leaders(api, decided, role):
    answer = api("GET", "/substitutions/register", query_string=MONTH, roles=(role,), person=decided["free"])

    assert answer.status_code == 403
