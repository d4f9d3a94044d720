"""A class teacher's own class in a period (clauses 3.5.6, 3.5.9), against numbers counted by hand."""

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from services.journal.actions.entries import Cell, record_entries
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.works import work_of
from services.journal.models import Lesson, Page
from services.journal.queries.class_report import class_report
from shared.events.identity import DatedValue, GroupChanged, ParameterChanged
from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    make_person,
    make_world,
    tell,
)
from tests.journal.test_parameters import told_to

GOLDEN = ["3"] * 2 + ["4"] * 8 + ["5"] * 5
"""9А, algebra (DOMAIN 2.7): 100 % success, 86.7 % quality, 72.3 % degree, average 4.20."""


@pytest.fixture
def golden(database):
    """A class of fifteen whose marks of today are those of the golden numbers."""
    world = make_world(database, pupils=[new_id() for _ in GOLDEN])
    write(database, world, world.today, dict(zip(world.pupils, GOLDEN, strict=True)))
    return world


def write(database, world, lesson_id, marks, slot=1, works=()):
    with database.writing(world.school_id) as session:
        page = select(Page.seq).join(Lesson, Lesson.page_id == Page.id).where(Lesson.id == lesson_id)
        cells = [Cell(pupil, slot, value) for pupil, value in marks.items()]
        record_entries(session, world.actor(), lesson_id, session.scalar(page), cells, works)


def report(database, world):
    with database.reading(world.school_id) as session:
        actor = world.actor(world.class_teacher_id, "class_teacher")
        return class_report(session, actor, world.class_id)


def test_the_golden_numbers_of_a_subject(database, golden):
    [algebra] = report(database, golden)["subjects"]

    assert algebra["subject"]["name"] == "Математика"
    assert (algebra["attested"], algebra["average"]) == (15, "4.20")
    assert (algebra["success"], algebra["quality"], algebra["degree"]) == ("100.0", "86.7", "72.3")
    assert {mark: count for mark, count in algebra["counts"].items() if count} == {"3": 2, "4": 8, "5": 5}


def test_pupils_stand_in_their_groups(database, golden):
    whole = report(database, golden)["whole"]

    sizes = {name: len(its) for name, its in whole["groups"].items()}
    assert sizes == {"excellent": 5, "good": 8, "fair": 2, "failing": 0, "one_four": 8, "one_three": 2}
    assert (whole["attested"], whole["quality"], whole["success"]) == (15, "86.7", "100.0")
    assert whole["groups"]["one_three"][0]["subjects"] == ["Математика"]


def test_the_trend_is_against_the_period_before(database, golden, clock):
    clock.move_to("2026-11-09T07:00:00+00:00")
    second = new_id()
    tell(database, golden, make_lessons(golden, golden.class_id, [date(2026, 11, 9)], [second]))
    write(database, golden, second, dict.fromkeys(golden.pupils, "4") | {golden.pupils[14]: "2"})

    told = report(database, golden)

    assert (told["period"]["name"], told["before"]["name"]) == ("II четверть", "I четверть")
    [maths] = told["subjects"]
    # 14 fours and a two: quality 93.3, success 93.3, degree (14·64+16)/15 = 60.8, average 58/15 = 3.87.
    assert maths["trend"] == {"average": "-0.33", "quality": "+6.6", "success": "-6.7", "degree": "-11.5"}
    assert told["whole"]["trend"] == {"quality": "+6.6", "success": "-6.7"}
    why = {one["id"]: [str(reason.ru) for reason in one["why"]] for one in told["at_risk"]}
    assert why == {golden.pupils[14]: ["Математика: выходит «2»"]}


@pytest.mark.parametrize(
    ("before", "now", "falls"),
    [
        ("444", "333", True),
        ("555", "334", True),
        ("555", "444", False),  # No three.
        ("433", "333", False),  # It was one before.
        ("443", "333", True),
        ("344", "343", False),  # By less than half a mark.
        ("44", "333", False),  # Too few marks to tell.
        ("444", "33", False),
    ],
)
def test_an_average_that_fell_to_a_three_is_a_risk(database, clock, before, now, falls):
    world = make_world(database)
    pupil = world.pupils[0]
    for month, days, marks in ((10, (13, 14, 15), before), (11, (9, 10, 11), now)):
        clock.move_to(f"2026-{month}-16T07:00:00+00:00")
        lessons = [new_id() for _ in marks]
        held_on = [date(2026, month, day) for day in days[: len(marks)]]
        tell(database, world, make_lessons(world, world.class_id, held_on, lessons))
        for lesson, mark in zip(lessons, marks, strict=True):
            write(database, world, lesson, {pupil: mark})

    why = [str(reason.ru) for one in report(database, world)["at_risk"] for reason in one["why"]]

    assert bool(why) == falls
    assert all(reason.startswith("Математика: выходит «3» после «") for reason in why)


def test_percents_are_counted_by_their_own_levels(database, world):
    rows = [{"subject": "Математика", "scale": "percent"}]
    told_to(database, world, "subject_scales", (date(2026, 9, 1), rows))
    write(database, world, world.today, dict(zip(world.pupils, ("95", "10", "72"), strict=True)))

    told = report(database, world)

    [subject] = told["subjects"]
    assert {mark: count for mark, count in subject["counts"].items() if count} == {"5": 1, "4": 1, "2": 1}
    assert [one["id"] for one in told["whole"]["groups"]["failing"]] == [world.pupils[1]]
    assert [one["id"] for one in told["at_risk"]] == [world.pupils[1]]


@pytest.mark.parametrize(("before", "now", "falls"), [("80", "65", True), ("71", "65", False)])
def test_of_percents_an_average_falls_by_ten(database, clock, before, now, falls):
    world = make_world(database)
    rows = [{"subject": "Математика", "scale": "percent"}]
    told_to(database, world, "subject_scales", (date(2026, 9, 1), rows))
    for month, value in ((10, before), (11, now)):
        clock.move_to(f"2026-{month}-16T07:00:00+00:00")
        lessons = [new_id() for _ in range(3)]
        held_on = [date(2026, month, day) for day in (10, 11, 12)]
        tell(database, world, make_lessons(world, world.class_id, held_on, lessons))
        for lesson in lessons:
            write(database, world, lesson, {world.pupils[0]: value})

    assert bool(report(database, world)["at_risk"]) is falls


def test_where_only_passes_are_put_no_average_is_asked_for(database, world):
    write(database, world, world.today, dict.fromkeys(world.pupils, "зач"))

    [subject] = report(database, world)["subjects"]
    assert (subject["attested"], subject["average"]) == (0, None)


def test_absences_are_counted_by_reason_lessons_and_whole_days(database):
    world = make_world(database)
    second = new_id()
    tell(database, world, make_lessons(world, world.class_id, [TODAY], [second]))
    ill, partly, late = world.pupils
    write(database, world, world.today, {ill: "б", partly: "нп", late: "оп"}, slot=0)
    write(database, world, second, {ill: "б"}, slot=0)

    told = report(database, world)["absences"]

    by_id = {one["id"]: one for one in told["pupils"]}
    assert {name: by_id[ill][name] for name in ("lessons", "days", "late", "unexcused", "held")} == {
        "lessons": 2, "days": 1, "late": 0, "unexcused": 0, "held": 3,
    }  # fmt: skip
    assert (by_id[partly]["lessons"], by_id[partly]["days"], by_id[partly]["unexcused"]) == (1, 0, 1)
    assert (by_id[late]["lessons"], by_id[late]["late"]) == (0, 1)
    assert told["total"]["by_sign"] == {"б": 2, "нп": 1}
    assert [one["value"] for one in told["reasons"]] == ["н", "б", "уп", "нп"]
    assert told["trend"] is None  # There is no period before.
    at_risk = {one["id"]: str(one["why"][0].ru) for one in report(database, world)["at_risk"]}
    assert at_risk == {
        ill: "пропущено уроков: 2 из 3, без причины 0",
        partly: "пропущено уроков: 1 из 3, без причины 1",
    }


def test_parts_of_the_class_make_one_subject_and_days_of_their_own(database):
    """English in two groups: its marks are one line, and a pupil misses only the lessons of the own group."""
    world = make_world(database)
    english, groups, lessons = new_id(), [new_id(), new_id()], [new_id(), new_id()]
    told = [SubjectChanged(subject_id=english, name="Английский")]
    for number, group in enumerate(groups):
        told.append(GroupChanged(group_id=group, kind="group", name=f"5А/{number}", parent_id=world.class_id))
        told.append(make_enrolment(group, world.pupils[number]))
        told.append(make_load(world, group, world.teacher_id, subject_id=english))
        told.append(make_lessons(world, group, [FRIDAY], [lessons[number]], subject_id=english))
    tell(database, world, *told)
    write(database, world, lessons[0], {world.pupils[0]: "5"})
    write(database, world, lessons[1], {world.pupils[1]: "3"})
    write(database, world, lessons[0], {world.pupils[0]: "н"}, slot=0)
    write(database, world, world.lessons[0], {world.pupils[0]: "н"}, slot=0)

    found = report(database, world)

    [its] = [one for one in found["subjects"] if one["subject"]["id"] == english]
    assert (its["attested"], its["average"], its["quality"]) == (2, "4.00", "50.0")
    missed = {one["id"]: one for one in found["absences"]["pupils"]}
    assert (missed[world.pupils[0]]["days"], missed[world.pupils[0]]["held"]) == (1, 3)
    assert missed[world.pupils[2]]["held"] == 2  # In neither group: the class's own lessons alone.


def test_of_who_changed_the_class_what_was_got_in_the_former_one_counts(either_database):
    world = make_world(either_database)
    former, elective, french, pupil = new_id(), new_id(), new_id(), new_id()
    there, beside, dropped = new_id(), new_id(), new_id()
    tell(
        either_database,
        world,
        GroupChanged(group_id=former, kind="class", name="5Б", grade=5),
        GroupChanged(group_id=elective, kind="group", name="Олимпиадная"),
        make_enrolment(former, pupil, until_on=FRIDAY),
        make_enrolment(world.class_id, pupil, from_on=TODAY),
        make_enrolment(elective, pupil),
        *(make_load(world, group, world.teacher_id) for group in (former, elective)),
        make_lessons(world, former, [FRIDAY], [there]),
        make_lessons(world, elective, [FRIDAY], [beside]),
        make_load(world, former, world.teacher_id, subject_id=french),
        make_lessons(world, former, [FRIDAY], [dropped], subject_id=french),
    )
    for lesson, mark in ((there, "2"), (beside, "5"), (dropped, "2")):
        write(either_database, world, lesson, {pupil: mark})

    [maths] = report(either_database, world)["subjects"]

    assert {mark: count for mark, count in maths["counts"].items() if count} == {"2": 1}
    write(either_database, world, world.today, {pupil: "5"}, works=[work_of(1, "control")])
    [maths] = report(either_database, world)["subjects"]
    assert {mark: count for mark, count in maths["counts"].items() if count} == {"5": 1}  # 27/6.


def test_only_pupils_of_the_day_count(database, golden):
    gone, last = golden.pupils[0], golden.pupils[1]
    tell(database, golden, make_enrolment(golden.class_id, gone, until_on=TODAY - timedelta(days=1)))

    told = report(database, golden)

    assert told["pupils"] == 14
    assert told["subjects"][0]["counts"]["3"] == 1
    assert last in {one["id"] for one in told["whole"]["groups"]["fair"]}


def test_what_does_not_count_in_the_average_does_not_count_here(database, golden):
    works = [work_of(2, "answer", 1, counts=False)]
    write(database, golden, golden.today, dict.fromkeys(golden.pupils, "2"), slot=2, works=works)

    assert report(database, golden)["subjects"][0]["average"] == "4.20"


def test_marks_of_the_period_stand_for_what_they_came_to(database, golden):
    """What is put counts, «н/а» and «осв» as the formulas want; the others still by their marks."""
    first, second, third = golden.pupils[:3]  # Two threes and a four.
    with database.writing(golden.school_id) as session:
        page, seq = session.execute(select(Page.id, Page.seq)).one()
        put = [(first, "н/а"), (second, "осв"), (third, "5")]
        cells = [FinalCell(pupil, value) for pupil, value in put]
        record_finals(session, golden.actor(), page, str(golden.quarters[0]), seq, cells, "Педсовет")

    [its] = report(database, golden)["subjects"]

    counts = {mark: count for mark, count in its["counts"].items() if count}
    assert counts == {"4": 7, "5": 6, "н/а": 1, "осв": 1}
    # D = 14: success 13/14, quality 13/14, degree (6·100 + 7·64 + 7)/14 = 75.4, average 58/13.
    assert (its["attested"], its["success"], its["quality"]) == (14, "92.9", "92.9")
    assert (its["degree"], its["average"]) == ("75.4", "4.46")


def test_a_subject_of_another_scale_has_its_own_levels(database, golden):
    """On the scale of ten an eight is good and a nine excellent (DOMAIN 2.7)."""
    rows = [{"subject": "Информатика", "scale": "ten"}]
    told = DatedValue(valid_from=FRIDAY, value=orjson.dumps(rows).decode())
    computing, lesson = new_id(), new_id()
    tell(
        database,
        golden,
        ParameterChanged(school_id=golden.school_id, name="subject_scales", values=[told]),
        SubjectChanged(subject_id=computing, name="Информатика"),
        make_load(golden, golden.class_id, golden.teacher_id, subject_id=computing),
        make_lessons(golden, golden.class_id, [TODAY], [lesson], subject_id=computing),
    )
    write(database, golden, lesson, dict(zip(golden.pupils, ["9", "8", "8", "5"], strict=False)))

    its = next(one for one in report(database, golden)["subjects"] if one["subject"]["id"] == computing)

    assert {mark: count for mark, count in its["counts"].items() if count} == {"5": 1, "4": 2, "3": 1}
    assert (its["quality"], its["attested"]) == ("75.0", 4)


def test_eight_statements_whatever_the_class(database, golden):
    with Counted(database) as counted:
        report(database, golden)
    assert len(counted) <= 8


@pytest.mark.parametrize(("roles", "status"), [(("deputy",), 200), (("director",), 200), (("teacher",), 403)])
def test_those_who_supervise_read_every_class(api, golden, roles, status):
    answer = api(
        "GET", f"/classes/{golden.class_id}/report", person=new_id(), school=golden.school_id, roles=roles
    )

    assert answer.status_code == status


def test_a_class_teacher_reads_the_own_class_alone(api, database, world):
    other, leader = new_id(), new_id()
    tell(
        database,
        world,
        make_person(leader, "Чужая"),
        GroupChanged(group_id=other, kind="class", name="5Б", grade=5, class_teacher_id=leader),
    )
    own = {"person": world.class_teacher_id, "roles": ("class_teacher",)}

    listed = api("GET", "/classes", **own).json["items"]
    every = api("GET", "/classes", roles=("director",)).json["items"]

    assert [one["name"] for one in listed] == ["5А"]
    assert [(one["name"], one["grade"]) for one in every] == [("5А", 5), ("5Б", 5)]
    assert api("GET", f"/classes/{other}/report", **own).status_code == 404
    assert api("GET", f"/classes/{world.class_id}/report", **own).status_code == 200
    assert api("GET", f"/classes/{world.class_id}/report?period_id={new_id()}", **own).status_code == 404
    second = api("GET", f"/classes/{world.class_id}/report?period_id={world.quarters[1]}", **own).json
    assert (second["period"]["name"], second["subjects"]) == ("II четверть", [])
