"""Curriculum and load brought in and taken away as tables: every bad row told, all or nothing."""

import pytest
import time_machine

from shared.grids import read_grids
from tests.schedule.makers import told
from tests.schedule.planning import approved, load_row, make_school, seen

PLAN = """Учебный план школы;;;;;
Предмет;Параллель/Класс;Часов в неделю;Часов в год;Групп;Часть
алгебра;5;3;102;;
Английский язык;5 параллель;1,5;;2;
Шахматы;5 «а»;0,5;;;формируемая
Алгебра;5-А;4;;1;обязательная
"""
LOAD = """Учитель;Предмет;Класс/Группа;Часов
Иванова М.П.;Алгебра;5а;3
Орлов Пётр Ильич;Алгебра;5 "Б";2,5
Щукина Анна Львовна;Алгебра;5Б;2,5
вакансия;Музыка;5А;1
"""


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


@pytest.fixture
def ids(database, school):
    return make_school(database, school)


def bring(api, what, text, *, encoding="utf-8", dry_run=False, **given):
    path = f"/imports/{what}" + ("?dry_run=true" if dry_run else "")
    return api.upload(path, text.encode(encoding), "список.csv", **given)


def problems(answer):
    assert answer.status_code == 422, answer.json
    return [(row["line"], row["column"]) for row in answer.json["errors"]["rows"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_curriculum_comes_as_drafts_and_the_same_again_changes_nothing(api, ids, encoding):
    rehearsed = bring(api, "curriculum", PLAN, encoding=encoding, dry_run=True)
    assert rehearsed.json["curricula"]["created"] == 2
    assert api("GET", "/curricula").json["items"] == []

    done = bring(api, "curriculum", PLAN, encoding=encoding).json

    assert (done["rows"], done["curricula"]["created"], done["subjects"]["created"]) == (4, 2, 1)
    whole, own = api("GET", "/curricula").json["items"]
    assert [(one["name"], one["status"]) for one in (whole, own)] == [
        ("5 параллель", "draft"),
        ("5А", "draft"),
    ]
    facts = {(one["subject"]["name"], one["hours_per_week"], one["group_count"]) for one in whole["items"]}
    assert facts == {("Алгебра", 3, 1), ("Английский язык", 1.5, 2)}
    assert [one["part"] for one in own["items"]] == ["required", "formed"]
    again = bring(api, "curriculum", PLAN, encoding=encoding).json
    assert (again["curricula"]["unchanged"], again["curricula"]["changed"]) == (2, 0)


def test_what_is_in_force_gets_a_new_edition_where_the_table_differs(api, ids):
    approved(api, ids)
    same = "Предмет;Параллель;Часов в неделю;Групп\nАлгебра;5;3;1\nАнглийский язык;5;1.5;2\n"

    assert bring(api, "curriculum", same).json["curricula"]["unchanged"] == 1
    assert bring(api, "curriculum", same.replace(";3;", ";4;")).json["curricula"]["changed"] == 1
    assert [one["status"] for one in api("GET", "/curricula").json["items"]] == ["approved", "draft"]


def test_every_bad_row_of_a_curriculum_is_told(api, ids):
    wrong = (
        "Предмет;Класс;Часов в неделю;Часов в год;Групп;Часть\n"
        "Алгебра;5;3;;;\nАлгебра;5;2;;;\n;5;2;;;\nМузыка;15Я;1;;;\nМузыка;5;много;;;\n"
        "Химия;5;1;сто;4;третья\nХимия;5А, 99;1;;;\n"
    )

    found = problems(bring(api, "curriculum", wrong))

    assert {line for line, _ in found} == {3, 4, 5, 6, 7, 8}
    assert {(7, "Часов в год"), (7, "Групп"), (7, "Часть"), (5, "Параллель/Класс")} <= set(found)
    assert api("GET", "/curricula").json["items"] == []
    assert problems(bring(api, "curriculum", "Имя;Класс\nа;б\n")) == [(1, "Предмет"), (1, "Часов в неделю")]
    assert api.upload("/imports/curriculum", b"%PDF-1.7", "план.xlsx").status_code == 422


def test_a_load_comes_once_and_leaves_other_groups_alone(api, ids, database, school):
    own = [load_row(ids, "5А Английский 1", "Английский язык", 2, "Щукина")]
    api("PUT", "/loads/table", json={"items": own}, headers=seen(0))

    assert bring(api, "loads", LOAD, dry_run=True).json["loads"]["created"] == 3
    assert bring(api, "loads", LOAD).json["loads"]["created"] == 3
    assert bring(api, "loads", LOAD, encoding="cp1251").json["loads"]["unchanged"] == 3

    assert len(api("GET", "/loads/table").json["items"]) == 4
    events = told(database, school, "schedule.load.assigned")
    assert {(len(one.teacher_ids), one.hours_per_week, one.quarters_off) for one in events} == {
        (1, 2, 0), (1, 3, 0), (2, 3, 2), (0, 1, 0),
    }  # fmt: skip


def test_every_bad_row_of_a_load_is_told(api, ids):
    wrong = (
        "Учитель;Предмет;Класс;Часы\nИванова М. П.;Алгебра;5А;3\nНикто Н. Н.;Алгебра;5Б;3\n"
        "Орлов П. И.;Физика;5Б;3\nОрлов П. И.;Музыка;7В;3\nОрлов П. И.;Музыка;5Б;0\n"
        "Орлов П. И.;Алгебра;5А;2\nИванова М. П.;Алгебра;5А;3\n"
    )

    found = problems(bring(api, "loads", wrong))

    assert found == [
        (3, "Учитель"), (4, "Предмет"), (5, "Класс/Группа"), (6, "Часов"), (7, "Часов"), (8, "Учитель"),
    ]  # fmt: skip
    assert api("GET", "/loads/table").json["items"] == []


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_taken_away_and_brought_back_changes_nothing(api, ids, kind):
    bring(api, "curriculum", PLAN)
    bring(api, "loads", LOAD)
    for what, count in (("curriculum", 4), ("loads", 4)):
        taken = api("GET", f"/exports/{what}", query_string={"format": kind})
        [grid] = read_grids(taken.data, f"a.{kind}")
        assert len(grid.lines) == 1 + count

        back = api.upload(f"/imports/{what}", taken.data, f"a.{kind}").json

        tally = back["curricula" if what == "curriculum" else "loads"]
        assert (tally["created"], tally["changed"], tally["cancelled"]) == (0, 0, 0)


def test_tables_are_for_those_who_keep_or_read_them(api, ids):
    for role in ("deputy", "director", "teacher"):
        assert bring(api, "loads", LOAD, roles=(role,)).status_code == 403
        assert bring(api, "curriculum", PLAN, roles=(role,)).status_code == 403
    for what in ("curriculum", "loads"):
        assert api("GET", f"/exports/{what}", roles=("deputy",)).status_code == 200
        assert api("GET", f"/exports/{what}", roles=("teacher",)).status_code == 403
