"""The staff-room screen: what it shows, to whom, and until when."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import event

from services.schedule.actions.calendar import current_year
from services.schedule.models import Enrolment, Holiday, SpecialDay
from shared.ids import new_id
from tests.schedule.test_substitutions import (
    TUESDAY,
    deputy,
    fall_ill,
    lesson_at,
    post,
    wish,
)


@pytest.fixture
def database(either_database):
    return either_database


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-24T05:40:00+00:00", tick=False) as traveller:  # 08:40 in Moscow.
        yield traveller


def shown(api, staff):
    answer = api("GET", "/staff-room", roles=("teacher",), person=staff["free"])
    assert answer.status_code == 200, answer.text
    return answer.json


def put_up(api, staff):
    answer = api("POST", "/screens", json={"name": "Учительская"}, **deputy(staff))
    assert answer.status_code == 201, answer.text
    return answer.json


def look(api, token):
    return api.client.get(f"/api/schedule/v1/screens/{token}/staff-room")


def test_the_lessons_of_the_hour_then_those_that_begin_next_then_none(api, staff, november):
    told = shown(api, staff)
    assert (told["at"], told["has_begun"]) == ("08:40", True)
    assert [(one["group"], one["subject"]) for one in told["lessons"]] == [
        ("5А", "Алгебра"),
        ("5Б", "Физика"),
    ]

    november.move_to("2026-11-24T06:17:00+00:00")  # 09:17: a break.
    told = shown(api, staff)
    assert (told["has_begun"], [one["starts"] for one in told["lessons"]]) == (False, ["09:25"])

    november.move_to("2026-11-24T12:00:00+00:00")
    assert shown(api, staff)["lessons"] == []


def test_substitutions_of_today_and_of_the_next_school_day_and_who_is_away_but_not_why(
    api,
    staff,
    database,
    school,
):
    fall_ill(api, staff)
    first, second = (lesson_at(database, school, staff, number=number) for number in (1, 2))
    monday = date(2026, 11, 30)
    note = {"note": "болеет ангиной"}
    assert post(api, staff, wish(first, stand_in_id=staff["free"]) | note).status_code == 201
    assert post(api, staff, wish(second, "move", on=monday) | {"number": 3}).status_code == 201

    told = shown(api, staff)

    today, following = told["days"]
    assert (today["on"], following["on"]) == (str(TUESDAY), str(monday))
    assert [(one["number"], one["kind"], one["stand_in"]) for one in today["changes"]] == [
        (1, "teacher", "Свободная А. П."),
        (2, "move", None),
    ]
    assert [(one["number"], one["kind"], one["other_on"]) for one in following["changes"]] == [
        (3, "moved_in", str(TUESDAY))
    ]
    assert told["absent"] == ["Больная А. П."]
    assert [one["is_substituted"] for one in told["lessons"]] == [True, False]
    assert "ангин" not in str(told)
    assert "illness" not in str(told)


def test_a_screen_on_the_wall_sees_the_same_without_signing_in_until_it_is_taken_down(
    api,
    staff,
    database,
    school,
):
    pupil = new_id()
    with database.writing(school) as session:
        stay = {"group_id": staff["5А"], "pupil_id": pupil, "from_on": date(2026, 9, 1), "until_on": None}
        session.add(Enrolment(school_id=school, **stay))
    given = put_up(api, staff)

    answer = look(api, given["token"])

    assert answer.status_code == 200
    assert answer.json == shown(api, staff)
    assert str(pupil) not in answer.text
    [kept] = api("GET", "/screens", **deputy(staff)).json["items"]
    assert kept["name"] == "Учительская"
    assert kept["read_at"]
    assert given["token"] not in str(kept)

    assert api("DELETE", f"/screens/{given['id']}", **deputy(staff)).status_code == 204
    assert look(api, given["token"]).status_code == 404
    assert look(api, "guessed").status_code == 404


def test_a_screen_of_another_school_is_not_found(api, staff):
    given = put_up(api, staff)
    stranger = {"roles": ("deputy",), "person": new_id(), "school": new_id()}

    assert api("DELETE", f"/screens/{given['id']}", **stranger).status_code == 404
    assert api("GET", "/screens", **stranger).json["items"] == []
    assert look(api, given["token"]).status_code == 200


@pytest.mark.parametrize("role", ["pupil", "parent"])
def test_families_do_not_see_it(api, staff, role):
    assert api("GET", "/staff-room", roles=(role,), person=new_id()).status_code == 403


def test_a_day_full_of_changes_takes_as_many_statements_as_an_empty_one(
    api,
    staff,
    database,
    school,
):
    token = put_up(api, staff)["token"]

    def statements():
        asked = []

        def count(*args):
            asked.extend([args[2]] * args[2].startswith("SELECT"))

        event.listen(database.engine, "before_cursor_execute", count)
        assert look(api, token).status_code == 200
        event.remove(database.engine, "before_cursor_execute", count)
        return len(asked)

    statements()  # The first reading is noted.
    few = statements()
    fall_ill(api, staff)
    for number, who in ((1, "free"), (2, "maths")):
        post(api, staff, wish(lesson_at(database, school, staff, number=number), stand_in_id=staff[who]))

    assert statements() == few <= 27  # On PostgreSQL two of them name the school.


def test_a_day_tells_whether_it_has_lessons_and_what_sets_it_apart(api, staff, database, school, november):
    november.move_to("2026-11-29T09:00:00+00:00")  # A Sunday.
    with database.writing(school) as session:
        year = current_year(session)
        own = {"school_id": school, "year_id": year.id}
        session.add(
            Holiday(
                **own, name="День матери", starts_on=date(2026, 11, 29), ends_on=date(2026, 11, 29), grades=()
            )
        )
        monday = date(2026, 11, 30)
        session.add(SpecialDay(**own, day=monday, kind="remote", name="Мороз", grades=(1, 2)))

    sunday, next_day = shown(api, staff)["days"]

    assert (sunday["has_lessons"], [one["name"] for one in sunday["holidays"]]) == (False, ["День матери"])
    assert (next_day["on"], next_day["has_lessons"], next_day["holidays"]) == ("2026-11-30", True, [])
    assert [(one["kind"], one["grades"]) for one in next_day["special_days"]] == [("remote", [1, 2])]
