"""Absences and substitutions (clause 3.7.3): what is needed, who may stand in, what becomes of lessons."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from services.schedule.actions.calendar import all_years
from services.schedule.actions.conflicts import Decision
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.substitutions import decide, withdraw
from services.schedule.models import (
    Enrolment,
    Group,
    Lesson,
    Load,
    Person,
    Room,
    Subject,
    Substitution,
    table,
)
from shared.auth import Actor
from shared.ids import new_id
from tests.schedule.makers import told

TODAY = date(2026, 11, 23)  # a Monday
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


def deputy(staff):
    return {"roles": ("deputy",), "person": staff["deputy"]}


def lesson_at(database, school, staff, group="5А", on=TUESDAY, number=1):
    with database.reading(school) as session:
        found = select(Lesson).where(
            Lesson.group_id == staff[group], Lesson.lesson_on == on, Lesson.number == number
        )
        return session.scalars(found.order_by(Lesson.is_cancelled)).first()


def fall_ill(api, staff, from_on=TUESDAY, until_on=TUESDAY, who="sick"):
    body = {
        "teacher_id": str(staff[who]),
        "from_on": str(from_on),
        "until_on": str(until_on),
        "reason": "illness",
    }
    answer = api("POST", "/absences", json=body, **deputy(staff))
    assert answer.status_code == 201, answer.text
    return answer.json


def needs(api, staff, from_on=TUESDAY, until_on=TUESDAY):
    days = {"from": str(from_on), "until": str(until_on)}
    answer = api("GET", "/substitutions/needs", query_string=days, **deputy(staff))
    assert answer.status_code == 200, answer.text
    return answer.json


def post(api, staff, *items):
    return api("POST", "/substitutions", json={"items": list(items)}, **deputy(staff))


def wish(lesson, kind="teacher", **given):
    return {"lesson_id": str(lesson.id), "kind": kind, **{name: str(value) for name, value in given.items()}}


def test_an_absence_lists_the_lessons_in_need_with_candidates_the_best_first(api, staff):
    fall_ill(api, staff)

    found = needs(api, staff)["items"]

    assert [(one["group"]["name"], one["number"]) for one in found] == [("5А", 1), ("5А", 2)]
    first = [one["teacher"]["name"].split()[0] for one in found[0]["candidates"]]
    assert first == ["Алгебраистова", "Свободная"]  # The busy one teaches at that hour.
    best = found[1]["candidates"][0]
    assert best["is_of_subject"]
    assert not best["adds_gap"]  # Hour 2 stands right before her own at hour 3.
    assert found[0]["candidates"][0]["adds_gap"]


def test_who_is_away_is_no_candidate(api, staff):
    fall_ill(api, staff)
    fall_ill(api, staff, who="maths")

    names = [one["teacher"]["name"] for lesson in needs(api, staff)["items"] for one in lesson["candidates"]]

    assert names
    assert not any(name.startswith(("Алгебраистова", "Больная")) for name in names)


def test_the_proposal_gives_nobody_two_lessons_at_one_hour_and_can_be_accepted_at_once(
    api, staff, database, school
):
    fall_ill(api, staff)
    proposed = needs(api, staff)["proposal"]
    items = [
        {"lesson_id": one["lesson_id"], "kind": one["kind"], "stand_in_id": one["stand_in"]["id"]}
        for one in proposed
    ]

    answer = post(api, staff, *items)

    assert answer.status_code == 201, answer.text
    after = needs(api, staff)
    assert all(one["substitution"] for one in after["items"])
    assert after["proposal"] == []


def test_the_lesson_goes_to_the_stand_in_and_is_told(api, staff, database, school):
    fall_ill(api, staff)
    lesson = lesson_at(database, school, staff)

    answer = post(api, staff, wish(lesson, stand_in_id=staff["maths"]))

    assert answer.status_code == 201, answer.text
    now = lesson_at(database, school, staff)
    assert (now.id, now.teacher_ids, now.is_substituted) == (lesson.id, [str(staff["maths"])], True)
    [row] = told(database, school, "schedule.lessons.planned")[-1].lessons
    assert (row.lesson_id, row.teacher_ids, row.is_substituted) == (lesson.id, [staff["maths"]], True)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"stand_in_id": "busy"}, "stand-in-busy"),
        ({"stand_in_id": "maths", "kind": "joint"}, "nothing-to-join"),
        ({}, "incomplete-decision"),
        ({"kind": "move", "on": TUESDAY, "number": 2}, "class-busy"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(api, staff, database, school, given, problem):
    lesson = lesson_at(database, school, staff)
    named = {name: staff.get(value, value) for name, value in given.items()}
    body = wish(lesson, named.pop("kind", "teacher"), **named)
    body = body | ({"number": int(body["number"])} if "number" in body else {})

    answer = post(api, staff, body)

    assert answer.json["type"] == f"urn:parta:problem:{problem}", answer.text
    assert lesson_at(database, school, staff).teacher_ids == lesson.teacher_ids
    with database.reading(school) as session:
        assert session.scalars(select(Substitution)).all() == []


def test_what_a_decision_lacks_is_told_in_words(api, staff, database, school):
    lesson = lesson_at(database, school, staff)

    answer = post(api, staff, wish(lesson, "move"))

    assert answer.json["detail"] == "Укажите: день, номер урока."


@pytest.mark.parametrize("on", ["2020-01-01", "2026-07-01", "2026-11-06", "2026-12-31", "2099-01-01"])
def test_a_lesson_does_not_move_out_of_the_periods_of_its_class_or_far_back(api, staff, database, school, on):
    lesson = lesson_at(database, school, staff)

    answer = post(api, staff, wish(lesson, "move", on=on) | {"number": 4})

    assert answer.json["type"] == "urn:parta:problem:no-lessons-then", answer.text
    assert lesson_at(database, school, staff, on=date.fromisoformat(on), number=4) is None


def test_a_lesson_does_not_move_to_a_day_on_which_its_teacher_is_away(api, staff, database, school):
    thursday = TUESDAY + timedelta(days=2)
    fall_ill(api, staff, thursday, thursday)
    move = wish(lesson_at(database, school, staff), "move", on=thursday) | {"number": 4}

    assert post(api, staff, move).json["type"] == "urn:parta:problem:stand-in-away"
    assert post(api, staff, move | {"stand_in_id": str(staff["free"])}).status_code == 201


def test_two_lessons_of_a_class_do_not_move_to_one_hour(api, staff, database, school):
    lessons = [lesson_at(database, school, staff, number=number) for number in (1, 2)]
    wishes = [wish(one, "move", on=TUESDAY + timedelta(days=2)) | {"number": 4} for one in lessons]

    assert post(api, staff, *wishes).json["type"] == "urn:parta:problem:class-busy"
    assert not lesson_at(database, school, staff, number=1).is_cancelled


def test_a_stranger_stands_in_for_nobody(api, staff, database, school):
    elsewhere, stranger = new_id(), new_id()
    with database.writing(elsewhere) as session:
        names = {"family_name": "Чужая", "given_name": "Анна", "patronymic": ""}
        session.add(Person(id=stranger, school_id=elsewhere, **names))
    lesson = lesson_at(database, school, staff)

    answers = [post(api, staff, wish(lesson, stand_in_id=one)) for one in (stranger, new_id())]

    assert [one.status_code for one in answers] == [404, 404]
    assert lesson_at(database, school, staff).teacher_ids == lesson.teacher_ids


def test_what_a_kind_does_not_ask_for_is_not_kept(api, staff, database, school):
    lesson = lesson_at(database, school, staff)
    more = {"stand_in_id": staff["free"], "subject_id": staff["История"], "on": "2026-11-26"}

    answer = post(api, staff, wish(lesson, "cancel", **more) | {"number": 4})

    assert answer.status_code == 201, answer.text
    with database.reading(school) as session:
        one = session.scalars(select(Substitution)).one()
        assert (one.stand_in_id, one.to_subject_id, one.to_on, one.to_number) == (None, None, None, None)


def test_one_of_two_decisions_refused_refuses_both(api, staff, database, school):
    first, second = (lesson_at(database, school, staff, number=number) for number in (1, 2))

    answer = post(api, staff, wish(second, stand_in_id=staff["free"]), wish(first, stand_in_id=staff["busy"]))

    assert answer.status_code == 409
    assert lesson_at(database, school, staff, number=2).teacher_ids == second.teacher_ids


def test_one_stand_in_is_not_given_two_lessons_at_one_hour(api, staff, database, school):
    first = lesson_at(database, school, staff)
    other = lesson_at(database, school, staff, group="5Б")

    answer = post(api, staff, wish(first, stand_in_id=staff["free"]), wish(other, stand_in_id=staff["free"]))

    assert answer.json["type"] == "urn:parta:problem:stand-in-busy"


def test_groups_are_joined_under_the_one_who_teaches_at_that_hour(api, staff, database, school):
    lesson = lesson_at(database, school, staff)

    assert post(api, staff, wish(lesson, "joint", stand_in_id=staff["busy"])).status_code == 201
    assert lesson_at(database, school, staff).teacher_ids == [str(staff["busy"])]


def test_another_subject_takes_the_hour(api, staff, database, school):
    lesson = lesson_at(database, school, staff)

    answer = post(api, staff, wish(lesson, "subject", stand_in_id=staff["free"], subject_id=staff["История"]))

    assert answer.status_code == 201, answer.text
    now = lesson_at(database, school, staff)
    assert (now.subject_id, now.teacher_ids) == (staff["История"], [str(staff["free"])])
    assert told(database, school, "schedule.lessons.cancelled")[-1].lesson_ids == [lesson.id]


def test_a_lesson_moves_with_its_bell(api, staff, database, school):
    lesson = lesson_at(database, school, staff)
    wednesday = TUESDAY + timedelta(days=1)

    answer = post(api, staff, wish(lesson, "move", on=wednesday) | {"number": 2})

    assert answer.status_code == 201, answer.text
    moved = lesson_at(database, school, staff, on=wednesday, number=2)
    assert (moved.starts, moved.teacher_ids) == ("09:25", lesson.teacher_ids)
    assert lesson_at(database, school, staff).is_cancelled


def test_a_room_is_changed_unless_it_is_taken(api, staff, database, school):
    lesson = lesson_at(database, school, staff)
    with database.writing(school) as session:
        rooms = [Room(school_id=school, name=name, capacity=None, building="") for name in ("1", "2")]
        session.add_all(rooms)
        session.flush()
        free, taken = (room.id for room in rooms)
        busy = Lesson.group_id == staff["5Б"]
        session.execute(update(Lesson).where(busy, Lesson.number == 1).values(room_id=taken))

    refused = post(api, staff, wish(lesson, "room", room_id=taken))
    assert refused.json["type"] == "urn:parta:problem:room-taken"
    assert post(api, staff, wish(lesson, "room", room_id=free)).status_code == 201
    now = lesson_at(database, school, staff)
    assert (now.room_id, now.teacher_ids, now.is_substituted) == (free, lesson.teacher_ids, False)


def test_todays_lesson_is_substituted_and_one_of_last_week_but_not_of_last_month(
    api, staff, database, school
):
    for on, status in ((TODAY, 201), (TODAY - timedelta(days=7), 201), (TODAY - timedelta(days=35), 409)):
        lesson = lesson_at(database, school, staff, on=on)
        answer = post(api, staff, wish(lesson, stand_in_id=staff["maths"]))
        assert answer.status_code == status, answer.text
        now = lesson_at(database, school, staff, on=on)
        assert now.teacher_ids == ([str(staff["maths"])] if status == 201 else lesson.teacher_ids)


def test_a_lesson_is_decided_about_once_and_again_after_the_decision_is_withdrawn(
    api, staff, database, school
):
    lesson = lesson_at(database, school, staff)
    [made] = post(api, staff, wish(lesson, stand_in_id=staff["maths"])).json["ids"]

    again = post(api, staff, wish(lesson, stand_in_id=staff["free"]))
    assert again.json["type"] == "urn:parta:problem:already-substituted"

    assert api("DELETE", f"/substitutions/{made}", **deputy(staff)).status_code == 204
    assert lesson_at(database, school, staff).teacher_ids == [str(staff["sick"])]
    assert api("DELETE", f"/substitutions/{made}", **deputy(staff)).status_code == 404
    assert post(api, staff, wish(lesson, stand_in_id=staff["free"])).status_code == 201


def test_a_new_timetable_keeps_what_was_decided(api, staff, database, school):
    lesson = lesson_at(database, school, staff)
    post(api, staff, wish(lesson, stand_in_id=staff["maths"]))

    with database.writing(school) as session:
        [year] = all_years(session, for_change=True)
        tally = plan_lessons(session, year, today=TODAY)

    assert (tally.created, tally.changed, tally.cancelled) == (0, 0, 0)
    assert lesson_at(database, school, staff).teacher_ids == [str(staff["maths"])]


def test_an_absence_with_substitutions_is_not_taken_back_before_them(api, staff, database, school):
    absence = fall_ill(api, staff)
    [made] = post(api, staff, wish(lesson_at(database, school, staff), stand_in_id=staff["maths"])).json[
        "ids"
    ]

    path = f"/absences/{absence['id']}"
    assert api("DELETE", path, **deputy(staff)).json["type"] == "urn:parta:problem:absence-in-use"
    api("DELETE", f"/substitutions/{made}", **deputy(staff))
    assert api("DELETE", path, **deputy(staff)).status_code == 204


def test_the_register_and_the_hours_name_who_stood_in(api, staff, database, school):
    fall_ill(api, staff)
    post(
        api,
        staff,
        wish(lesson_at(database, school, staff), "joint", stand_in_id=staff["busy"]),
        wish(lesson_at(database, school, staff, number=2), stand_in_id=staff["maths"]),
    )
    days = {"from": "2026-11-01", "until": "2026-11-30"}

    with time_machine.travel("2026-11-25T07:00:00+00:00"):  # Only lessons held are paid.
        hours = api("GET", "/substitutions/hours", query_string=days, **deputy(staff)).json["items"]
    register = api("GET", "/substitutions", query_string=days, roles=("teacher",), person=staff["free"])

    shown = [
        (one["absent"][0]["name"], one["substitution"]["stand_in"]["name"]) for one in register.json["items"]
    ]
    assert shown == [("Больная А. П.", "Занятая А. П."), ("Больная А. П.", "Алгебраистова А. П.")]
    assert [(one["teacher"]["name"], one["hours"]) for one in hours] == [
        ("Алгебраистова А. П.", {"teacher": 1, "joint": 0, "subject": 0}),
        ("Занятая А. П.", {"teacher": 0, "joint": 1, "subject": 0}),
    ]


def test_the_needs_of_a_week_take_as_many_statements_as_those_of_a_day(api, staff, database):
    fall_ill(api, staff, until_on=TUESDAY + timedelta(days=20))

    def statements(until_on):
        asked = []

        def count(*args):
            asked.extend([args[2]] * args[2].startswith("SELECT"))

        event.listen(database.engine, "before_cursor_execute", count)
        needs(api, staff, until_on=until_on)
        event.remove(database.engine, "before_cursor_execute", count)
        return len(asked)

    day = statements(TUESDAY)
    assert day == statements(TUESDAY + timedelta(days=20)) <= 12


def room_of(database, school):
    """Return a room that nothing is held in."""
    with database.writing(school) as session:
        room = session.scalars(select(Room)).first()
        if room is None:
            room = Room(school_id=school, name="1", capacity=None, building="")
            session.add(room)
            session.flush()
        return room.id


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_decision_and_its_withdrawal_leave_the_lessons_as_they_were(database, school, staff, data):
    actor = Actor(subject="deputy", school_id=school, person_id=staff["deputy"], roles=frozenset({"deputy"}))
    day = data.draw(st.sampled_from([TUESDAY, TODAY - timedelta(days=6)]))
    number = data.draw(st.sampled_from([1, 2]))
    lesson = lesson_at(database, school, staff, on=day, number=number)
    joint = Decision(lesson.id, "joint", stand_in_id=staff["busy"])  # Who teaches at the first hour.
    decision = data.draw(
        st.sampled_from(
            [
                Decision(lesson.id, "teacher", stand_in_id=staff["free"]),
                Decision(lesson.id, "subject", stand_in_id=staff["free"], subject_id=staff["История"]),
                joint if number == 1 else Decision(lesson.id, "cancel"),
                Decision(lesson.id, "room", room_id=room_of(database, school)),
                Decision(lesson.id, "cancel"),
                Decision(lesson.id, "move", on=day + timedelta(days=2), number=1),
            ]
        )
    )

    def standing():
        own = table(Lesson).c
        with database.reading(school) as session:
            rows = session.execute(select(table(Lesson)).where(~own.is_cancelled).order_by(own.id))
            return [tuple(map(str, row)) for row in rows]

    before = standing()
    with database.writing(school) as session:
        [made] = decide(session, actor, [decision])
        session.flush()
        made_id = made.id
    assert standing() != before
    with database.writing(school) as session:
        withdraw(session, made_id)

    assert standing() == before


def test_the_subjects_of_others_schools_are_not_found(api, staff, database, school):
    lesson = lesson_at(database, school, staff)
    with database.writing(stranger := new_id()) as session:
        foreign = Subject(school_id=stranger, name="Чужая")
        session.add(foreign)
        session.flush()
        foreign_id = foreign.id

    answer = post(api, staff, wish(lesson, "subject", stand_in_id=staff["free"], subject_id=foreign_id))

    assert answer.status_code == 404


def test_decisions_are_told_by_class_and_day_with_the_pupils_of_that_day(api, staff, database, school):
    here, gone, subgroup = new_id(), new_id(), new_id()
    with database.writing(school) as session:
        session.add(Group(id=subgroup, school_id=school, kind="group", name="5А-1", grade=5,
                          parent_id=staff["5А"]))  # fmt: skip
        for group, pupil, until in (
            ("5А", here, None),
            ("5А", gone, TODAY),
            ("5Б", new_id(), None),
        ):
            stay = {"group_id": staff[group], "pupil_id": pupil, "from_on": date(2026, 9, 1)}
            session.add(Enrolment(**stay, until_on=until, school_id=school))
        stay = {"group_id": subgroup, "pupil_id": here, "from_on": date(2026, 9, 1)}
        session.add(Enrolment(**stay, until_on=None, school_id=school))
    first, second = (lesson_at(database, school, staff, number=number) for number in (1, 2))

    ids = post(api, staff, wish(second, "cancel"), wish(first, stand_in_id=staff["maths"])).json["ids"]

    [event_] = told(database, school, "schedule.lessons.substituted")
    assert (event_.group, event_.on, event_.pupil_ids) == ("5А", TUESDAY, [here])
    shown = [
        (one.number, one.kind, one.was_teacher_ids, one.teacher_ids, str(one.substitution_id))
        for one in event_.lessons
    ]
    assert shown == [
        (1, "teacher", [staff["sick"]], [staff["maths"]], ids[1]),
        (2, "cancel", [staff["sick"]], [], ids[0]),
    ]

    api("DELETE", f"/substitutions/{ids[0]}", **deputy(staff))

    [back] = told(database, school, "schedule.substitution.withdrawn")
    assert (str(back.substitution_id), back.lesson_id, back.group_id, back.on) == (
        ids[0],
        second.id,
        staff["5А"],
        TUESDAY,
    )


def test_each_criterion_ranks_candidates_in_its_turn(api, staff, database, school):
    """Free at that hour; then subject, class, no new gap, few lessons that week; the reasons are told."""
    subgroup = new_id()
    with database.writing(school) as session:
        session.add(
            Group(id=subgroup, school_id=school, kind="group", name="5А-1", grade=5, parent_id=staff["5А"])
        )
        load = table(Load)
        session.execute(update(load).where(load.c.subject_id == staff["История"]).values(group_id=subgroup))
    fall_ill(api, staff)

    second = needs(api, staff)["items"][1]["candidates"]

    shown = [
        (
            one["teacher"]["name"].split()[0],
            one["is_of_subject"],
            one["knows_class"],
            one["adds_gap"],
            one["lessons_in_week"],
        )
        for one in second
    ]
    assert shown == [
        ("Алгебраистова", True, False, False, 1),
        ("Свободная", False, True, True, 1),  # Who teaches a part of the class knows the class.
        ("Занятая", False, False, False, 1),
    ]


def test_groups_may_be_joined_under_those_who_teach_at_that_hour(api, staff):
    fall_ill(api, staff)

    first, second = needs(api, staff)["items"]

    assert [(one["teacher"]["name"], one["group"]["name"]) for one in first["joinable"]] == [
        ("Занятая А. П.", "5Б")
    ]
    assert second["joinable"] == []
