"""The lessons of some days as people look at them: parts of a class, decisions, who may see which."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import event

from services.schedule.actions.calendar import all_years
from services.schedule.actions.directories import name_subjects
from services.schedule.models import Enrolment, Group, Person, Subject
from shared.ids import new_id
from tests.schedule.makers import make_slot, set_timetable

TUESDAY = date(2026, 11, 24)
DAY = {"from": "2026-11-24", "until": "2026-11-24"}


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


@pytest.fixture
def tuesday(database, school, house):
    """5А: algebra at 1, English of its half at 2; another teacher is free."""
    house |= {"half": new_id(), "free": new_id(), "deputy": new_id()}
    with database.writing(school) as session:
        [year] = all_years(session)
        session.add(Group(id=house["half"], school_id=school, kind="group", name="5А, группа 1", grade=5,
                          parent_id=house["class"]))  # fmt: skip
        names = {"family_name": "Свободная", "given_name": "Анна", "patronymic": "Петровна"}
        session.add(Person(id=house["free"], school_id=school, **names))
        session.flush()
        subjects, _ = name_subjects(session, ["Английский язык", "История"])
        algebra = session.query(Subject).filter_by(name="Алгебра").one().id
        teachers = [str(house["teacher"])]
        slots = [
            make_slot(house["class"], algebra, weekday=2, number=1, teacher_ids=teachers),
            make_slot(house["half"], subjects["Английский язык"], weekday=2, number=2, teacher_ids=teachers),
        ]
        mine = {house["class"], house["half"]}
        set_timetable(session, year, slots, mine, from_on=year.starts_on, today=date(2026, 8, 31))
    return house


def agenda(api, **query):
    as_ = query.pop("as_", {"roles": ("deputy",)})
    answer = api("GET", "/agenda", query_string=DAY | query, **as_)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["items"]


def decide(api, tuesday, lesson, kind, **given):
    body = {"items": [{"lesson_id": lesson["id"], "kind": kind, **given}]}
    answer = api("POST", "/substitutions", json=body, roles=("deputy",), person=tuesday["deputy"])
    assert answer.status_code in (200, 201), answer.text


def test_a_class_s_day_holds_the_lessons_of_its_groups_too(api, tuesday):
    shown = agenda(api, group_id=tuesday["class"])

    assert [one["number"] for one in shown] == [1, 2]
    assert [one["class_ids"] for one in shown] == [[str(tuesday["class"])]] * 2
    assert not any(one["change"] for one in shown)


def test_a_group_that_is_part_of_no_class_is_of_the_class_its_pupils_are_in(api, database, school, tuesday):
    with database.writing(school) as session:
        session.get(Group, tuesday["half"]).parent_id = None
        session.add(Enrolment(group_id=tuesday["half"], pupil_id=tuesday["pupil"], school_id=school,
                              from_on=date(2026, 9, 1), until_on=None))  # fmt: skip

    shown = agenda(api, group_id=tuesday["class"])

    assert [(one["number"], one["class_ids"]) for one in shown] == [
        (1, [str(tuesday["class"])]),
        (2, [str(tuesday["class"])]),
    ]


def test_who_is_replaced_sees_by_whom_and_the_class_sees_instead_of_whom(api, tuesday):
    [algebra, _english] = agenda(api, group_id=tuesday["class"])
    decide(api, tuesday, algebra, "teacher", stand_in_id=str(tuesday["free"]))

    [own] = [one for one in agenda(api, teacher_id=tuesday["teacher"]) if one["id"] == algebra["id"]]
    [stood_in] = agenda(api, teacher_id=tuesday["free"])

    assert own == stood_in
    assert [one["name"] for one in own["teachers"]] == ["Свободная А. П."]
    assert own["change"]["kind"] == "teacher"
    assert [one["name"] for one in own["change"]["teachers"]] == ["Иванова М. П."]


def test_a_cancelled_lesson_stays_in_sight_and_a_moved_one_is_seen_at_both_places(api, tuesday):
    [algebra, english] = agenda(api, group_id=tuesday["class"])
    decide(api, tuesday, algebra, "cancel")
    decide(api, tuesday, english, "move", on="2026-11-25", number=3)

    on_tuesday = agenda(api, group_id=tuesday["class"])
    on_wednesday = agenda(api, group_id=tuesday["class"], **{"from": "2026-11-25", "until": "2026-11-25"})

    assert [(one["is_held"], one["change"]["kind"]) for one in on_tuesday] == [
        (False, "cancel"),
        (False, "move"),
    ]
    assert on_tuesday[1]["change"]["on"] == "2026-11-25"
    moved = [one for one in on_wednesday if one["change"]]
    assert [(one["number"], one["change"]["kind"], one["change"]["on"]) for one in moved] == [
        (3, "move_in", "2026-11-24")
    ]


def test_a_pupil_and_a_parent_see_their_own_groups_only(api, tuesday):
    as_ = {"roles": ("pupil",), "person": tuesday["pupil"]}

    assert [one["number"] for one in agenda(api, as_=as_)] == [1]
    assert [one["number"] for one in agenda(api, group_id=tuesday["class"], as_=as_)] == [1]
    query = DAY | {"group_id": tuesday["other"]}
    assert api("GET", "/agenda", query_string=query, **as_).status_code == 404


def test_the_whole_school_is_shown_for_one_day_and_not_for_a_week(api, tuesday):
    assert len(agenda(api)) == 2
    week = {"from": "2026-11-23", "until": "2026-11-29"}
    assert api("GET", "/agenda", query_string=week).status_code == 422


def test_its_statements_do_not_grow_with_the_lessons(api, database, tuesday):
    counted = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))

    agenda(api, group_id=tuesday["half"])
    of_one = len(counted)
    agenda(api, group_id=tuesday["class"], until="2026-12-20")

    assert len(counted) == 2 * of_one


def test_teachers_are_those_the_load_names(api, tuesday):
    answer = api("GET", "/teachers", roles=("teacher",), person=tuesday["teacher"])

    assert [one["name"] for one in answer.get_json()["items"]] == ["Иванова М. П."]
    assert api("GET", "/teachers", roles=("pupil",), person=tuesday["pupil"]).status_code == 403
