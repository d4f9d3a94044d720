"""Movements by HTTP: what each does to rosters, what is refused, and the reports made of them."""

import io
from datetime import date

import pytest
import python_calamine
import time_machine

from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from tests.identity.makers import FIRST_DAY, make_class, make_person, make_pupil, told

NOW = "2026-11-16 09:00"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def classes(database, school):
    """5А with its teacher, an English group and two pupils; 5Б with an English group."""
    with database.writing(school) as session:
        teacher = make_person(session, family="Белова", given="Анна", role="teacher")
        first, second = make_class(session, teacher=teacher), make_class(session, name="5Б")
        groups = [
            open_group(session, kind="group", name=f"Английский {group.name}", parent_id=group.id)
            for group in (first, second)
        ]
        pupil = make_pupil(session, first)
        other = make_pupil(session, first, family="Сидорова", given="Анна")
        enrol(session, groups[0].id, pupil.id, FIRST_DAY)
        ids = (teacher, first, second, *groups, pupil, other)
        return dict(
            zip(
                ("teacher", "а", "б", "англ а", "англ б", "pupil", "other"),
                (one.id for one in ids),
                strict=True,
            )
        )


def move(api, kind, pupil, moved_on, number="17-у", **given):
    body = {"moved_on": moved_on, "order_number": number, "order_on": "2026-10-09"}
    return api("POST", f"/people/{pupil}/movements/{kind}", json=body | {k: str(v) for k, v in given.items()})


def transfer(api, pupil, into, moved_on="2026-10-12", groups=()):
    body = {"moved_on": moved_on, "order_number": "17-у", "order_on": "2026-10-09", "class_id": str(into)}
    body["group_ids"] = [str(group) for group in groups]
    return api("POST", f"/people/{pupil}/movements/transfer", json=body)


def roster(api, group, on):
    return [one["name"] for one in api("GET", f"/groups/{group}/roster?on={on}").json["items"]]


def test_a_transfer_ends_the_old_classs_groups_and_names_the_new_ones(api, database, classes):
    pupil = classes["pupil"]

    answer = transfer(api, pupil, classes["б"], groups=[classes["англ б"]])

    assert answer.status_code == 201, answer.text
    for group in ("а", "англ а"):
        assert "Петров Иван" in roster(api, classes[group], "2026-10-11")
        assert "Петров Иван" not in roster(api, classes[group], "2026-10-12")
    for group in ("б", "англ б"):
        assert roster(api, classes[group], "2026-10-11") == []
        assert roster(api, classes[group], "2026-10-12") == ["Петров Иван"]
        assert roster(api, classes[group], "2031-01-01") == ["Петров Иван"]
    left = [e for e in told(database, "identity.enrolments.changed") if e.group_id == classes["а"]][-1]
    assert [(e.ended_as, e.order_number, e.order_on) for e in left.enrolments] == [
        ("transfer", "17-у", date(2026, 10, 9))
    ]


def test_who_leaves_is_there_on_the_last_day_and_the_list_remembers_by_which_order(api, classes):
    assert move(api, "departure", classes["pupil"], "2026-10-12", place="Омск, школа № 3").status_code == 201

    assert roster(api, classes["а"], "2026-10-12") == ["Петров Иван", "Сидорова Анна"]
    shown = api("GET", f"/groups/{classes['а']}/roster").json
    assert [one["name"] for one in shown["items"]] == ["Сидорова Анна"]
    [left] = shown["left"]
    assert (left["until_on"], left["went"]["kind"], left["went"]["order_number"]) == (
        "2026-10-12", "departure", "17-у",
    )  # fmt: skip
    assert roster(api, classes["англ а"], "2026-10-13") == []


def test_who_left_returns_anew_and_the_list_marks_when(api, classes):
    pupil = classes["pupil"]
    move(api, "departure", pupil, "2026-10-12")

    early = move(api, "return", pupil, "2026-10-12", class_id=classes["б"])
    back = move(api, "return", pupil, "2026-11-02", "21-у", class_id=classes["б"])

    assert early.status_code == 409
    assert back.status_code == 201, back.text
    [came] = api("GET", f"/groups/{classes['б']}/roster").json["items"]
    assert (came["came"]["kind"], came["came"]["moved_on"]) == ("return", "2026-11-02")
    kinds = [one["kind"] for one in api("GET", f"/people/{pupil}/movements").json["items"]]
    assert kinds == ["return", "departure"]


@pytest.mark.parametrize(
    ("kind", "given", "problem"),
    [
        ("enrolment", {"class_id": "б"}, "still-in-a-class"),
        ("transfer", {"class_id": "а"}, "same-class"),
        ("transfer", {"class_id": "англ б"}, "only-into-a-class"),
    ],
)
def test_what_makes_no_sense_is_refused(api, classes, kind, given, problem):
    answer = move(api, kind, classes["pupil"], "2026-10-12", class_id=classes[given["class_id"]])

    assert answer.status_code in (409, 422)
    assert answer.json["type"] == f"urn:parta:problem:{problem}"


def test_a_stranger_to_the_school_can_neither_leave_nor_return(api, database, school, classes):
    with database.writing(school) as session:
        newcomer = make_person(session, family="Новиков").id

    left = move(api, "departure", newcomer, "2026-10-12")
    returned = move(api, "return", newcomer, "2026-10-12", class_id=classes["а"])
    enrolled = move(api, "enrolment", newcomer, "2026-10-12", class_id=classes["а"], place="Курск")
    teacher = move(api, "enrolment", classes["teacher"], "2026-10-12", class_id=classes["а"])

    assert [one.json.get("type") for one in (left, returned, teacher)] == [
        f"urn:parta:problem:{name}" for name in ("not-in-a-class", "never-here", "not-a-pupil")
    ]
    assert enrolled.status_code == 201


def test_a_group_of_another_class_is_refused_and_nothing_changes(api, database, classes):
    before = len(told(database))

    answer = transfer(api, classes["pupil"], classes["б"], groups=[classes["англ а"]])

    assert answer.status_code == 422
    assert "Английский 5А" in answer.json["detail"]
    assert len(told(database)) == before


def test_an_order_of_an_earlier_day_is_refused_while_a_later_one_stands(api, classes):
    pupil = classes["pupil"]
    later = transfer(api, pupil, classes["б"], "2026-11-09").json["id"]

    refused = move(api, "departure", pupil, "2026-10-12")
    reversed_ = api("POST", f"/people/{pupil}/movements/{later}/reversal", json={"reason": "Передумали"})
    departed = move(api, "departure", pupil, "2026-10-12")

    assert refused.status_code == 409
    assert "09.11.2026" in refused.json["detail"]
    assert (reversed_.status_code, departed.status_code) == (201, 201)


def test_a_reversal_restores_every_stay_and_both_stay_on_record(api, database, classes):
    pupil = classes["pupil"]
    moved = transfer(api, pupil, classes["б"], groups=[classes["англ б"]]).json["id"]

    answer = api("POST", f"/people/{pupil}/movements/{moved}/reversal", json={"reason": "Не тот класс"})
    again = api("POST", f"/people/{pupil}/movements/{moved}/reversal", json={"reason": "Не тот класс"})

    assert (answer.status_code, again.status_code) == (201, 409)
    assert roster(api, classes["а"], "2026-10-12") == ["Петров Иван", "Сидорова Анна"]
    assert roster(api, classes["англ а"], "2026-10-12") == ["Петров Иван"]
    assert roster(api, classes["б"], "2026-10-12") == []
    shown = api("GET", f"/people/{pupil}/movements").json["items"]
    assert {(one["kind"], one["is_reversed"], one["reversible"]) for one in shown} == {
        ("reversal", False, False),
        ("transfer", True, False),
    }
    last = [e for e in told(database, "identity.enrolments.changed") if e.group_id == classes["а"]][-1]
    assert [(e.until_on, e.ended_as) for e in last.enrolments] == [(None, None)]


def test_a_reversal_is_refused_when_the_groups_were_changed_since(api, classes):
    pupil = classes["pupil"]
    moved = transfer(api, pupil, classes["б"], groups=[classes["англ б"]]).json["id"]
    body = {"pupil_id": str(pupil), "until_on": "2026-10-20"}
    api("POST", f"/groups/{classes['англ б']}/enrolments/end", json=body)

    answer = api("POST", f"/people/{pupil}/movements/{moved}/reversal", json={"reason": "Не тот класс"})

    assert answer.status_code == 409
    assert "Петров Иван" in answer.json["detail"]


def test_nobody_loses_the_role_of_a_pupil_while_in_a_class(api, classes):
    pupil = classes["pupil"]

    refused = api("DELETE", f"/people/{pupil}/roles/pupil")
    move(api, "departure", pupil, "2026-11-13")
    done = api("DELETE", f"/people/{pupil}/roles/pupil")

    assert refused.status_code == 409
    assert "5А" in refused.json["detail"]
    assert done.status_code == 204


def test_the_schools_movements_as_a_list_and_as_a_report(api, classes):
    move(api, "departure", classes["pupil"], "2026-10-12", place="=1+1", reason="переезд")
    transfer(api, classes["other"], classes["б"], "2026-10-26")

    listed = api("GET", "/movements").json["items"]
    of_b = api("GET", f"/movements?group_id={classes['б']}").json["items"]
    october = api("GET", "/movements?from_on=2026-10-01&until_on=2026-10-20&kind=departure").json["items"]
    answer = api("GET", "/movements?format=xlsx", headers={"Accept-Language": "ru"})

    assert [one["kind"] for one in listed] == ["transfer", "departure"]
    assert [one["pupil"] for one in of_b] == ["Сидорова Анна"]
    assert [one["reason"] for one in october] == ["переезд"]
    head, first, second = sheet(answer)
    assert head[:4] == ["№", "Фамилия, имя, отчество", "Дата рождения", "Движение"]
    assert first[3:10] == ["выбытие", "5А", "", date(2026, 10, 12), "17-у", date(2026, 10, 9), "=1+1"]
    assert second[3:6] == ["перевод в другой класс", "5А", "5Б"]


def sheet(answer):
    assert answer.status_code == 200, answer.text
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_index(0)
        .to_python()
    )


def test_a_class_teacher_sees_the_movements_of_the_own_class_alone(api, database, school, classes):
    with database.writing(school) as session:
        elsewhere = make_pupil(session, make_class(session, name="6А"), family="Чужой").id
    move(api, "departure", elsewhere, "2026-10-12")
    move(api, "departure", classes["pupil"], "2026-10-12")
    me = {"roles": ("class_teacher",), "person": classes["teacher"]}

    assert [one["pupil"] for one in api("GET", "/movements", **me).json["items"]] == ["Петров Иван"]
    assert api("GET", f"/people/{classes['other']}/movements", **me).status_code == 200
    assert api("GET", f"/people/{elsewhere}/movements", **me).status_code == 404


def test_the_headcount_of_a_day_adds_up(api, classes):
    transfer(api, classes["pupil"], classes["б"])
    move(api, "departure", classes["other"], "2026-10-30")

    counted = api("GET", "/headcount").json
    before = api("GET", "/headcount?on=2026-10-01").json
    head, *rows = sheet(api("GET", "/headcount?format=xlsx"))

    numbers = ("at_start", "came", "went", "pupils")
    assert [[one[n] for n in numbers] for one in counted["items"]] == [[2, 0, 2, 0], [0, 1, 0, 1]]
    assert [counted["school"][n] for n in numbers] == [2, 0, 1, 1]
    assert before["school"]["pupils"] == 2
    assert [row[0] for row in rows] == ["5А", "5Б", "Школа"]
    assert len(head) == len(rows[0])


def test_all_rosters_of_a_day_at_once(api, classes):
    transfer(api, classes["pupil"], classes["б"])

    then = api("GET", "/rosters?on=2026-10-01").json["items"]
    now = api("GET", "/rosters").json["items"]

    assert [[p["name"] for p in group["pupils"]] for group in then] == [["Петров Иван", "Сидорова Анна"], []]
    assert [(group["name"], len(group["pupils"])) for group in now] == [("5А", 1), ("5Б", 1)]


def test_a_pupil_joins_one_group_of_a_division(api, database, school, classes):
    with database.writing(school) as session:
        division = {"kind": "group", "parent_id": classes["б"], "division": "немецкий"}
        parts = [open_group(session, name=f"Немецкий {n}", **division).id for n in (1, 2)]

    refused = transfer(api, classes["pupil"], classes["б"], groups=parts)
    done = transfer(api, classes["pupil"], classes["б"], groups=parts[:1])

    assert (refused.status_code, refused.json["type"]) == (409, "urn:parta:problem:two-parts")
    assert done.status_code == 201
