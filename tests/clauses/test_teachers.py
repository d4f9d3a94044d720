"""3.6: the teacher of a subject."""

import pytest

from tests.clauses.conftest import stranger
from tests.journal.makers import FRIDAY, make_lessons, make_load

MIDNIGHT = "2026-10-05T20:59:59+00:00"  # 23:59:59 in Moscow
A_SECOND_LATER = "2026-10-05T21:00:00+00:00"


def test_3_6_1_a_teacher_writes_on_the_own_pages_alone_and_a_substitute_in_the_one_lesson(school):
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "5"})
    school.put(school.world.today, {first: "4"}, stranger("teacher"), status=404)
    school.get(f"/pages/{school.page_id}", stranger("teacher"), 404)

    substitute = stranger("teacher")
    given = {"teacher_id": substitute["person"], "is_substituted": True}
    school.hear(
        make_lessons(school.world, school.world.class_id, [FRIDAY], school.world.lessons[:1], **given)
    )
    school.put(school.world.lessons[0], {first: "5"}, substitute)
    school.put(school.world.today, {first: "5"}, substitute, status=403)
    school.put(school.world.lessons[0], {first: "3"}, status=403)


def test_3_6_1_an_educator_writes_on_the_pages_of_the_own_load(school):
    educator = stranger("educator")
    school.get(f"/pages/{school.page_id}", educator, 404)

    school.hear(make_load(school.world, school.world.class_id, educator["person"]))

    school.get(f"/pages/{school.page_id}", educator)
    school.put(school.world.today, {school.world.pupils[0]: "5"}, educator)


def test_3_6_2_one_lesson_holds_topic_of_the_plan_attendance_marks_and_homework(school):
    body = {"subject_id": str(school.world.subject_id), "grade": 5, "name": "ФГОС"}
    body["topics"] = [{"topic": "Дроби", "hours": 1, "homework": "§ 5"}]
    plan_id = school.send("POST", "/plans", school.teacher, 201, json=body)["id"]
    school.send("PUT", f"/pages/{school.page_id}/plan", school.teacher, 204, json={"plan_id": plan_id})
    [topic] = school.get(f"/pages/{school.page_id}/plan", school.teacher)["topics"]
    first, second, _ = school.world.pupils

    school.describe(school.world.today, "Дроби", "§ 5", topic_id=topic["id"])
    school.put(school.world.today, {first: "5"})
    school.put(school.world.today, {second: "н"}, slot=0)

    [topic] = school.get(f"/pages/{school.page_id}/plan", school.teacher)["topics"]
    assert [one["lesson_id"] for one in topic["lessons"]] == [str(school.world.today)]
    assert topic["lessons"][0]["is_written"]


@pytest.mark.parametrize(("at", "state"), [(MIDNIGHT, "met"), (A_SECOND_LATER, "late")])
def test_3_6_3_topic_homework_and_marks_are_entered_on_the_lessons_day(school, clock, at, state):
    clock.move_to(at)
    first, second, _ = school.world.pupils
    school.describe(school.world.today, "Дроби", "§ 5")
    school.put(school.world.today, {first: "5"})
    school.put(school.world.today, {second: "н"}, slot=0)

    assert school.owed(school.world.today) == dict.fromkeys(
        ("topic", "homework", "attendance", "mark"), state
    )
    counts = school.get("/deadlines?from=2026-10-05&until=2026-10-05", school.deputy)["counts"]
    assert sum(one[state] for one in counts if "3.6.3" in one["clause"]) == 4


@pytest.mark.parametrize(
    ("is_monitoring", "day", "state"),
    [(False, 12, "met"), (False, 13, "late"), (True, 8, "met"), (True, 9, "late")],
)
def test_3_6_4_written_work_is_marked_in_a_week_and_monitoring_in_three_days(
    school, clock, is_monitoring, day, state
):
    body = {"type": "control", "is_monitoring": is_monitoring}
    school.send("PUT", f"/lessons/{school.world.today}/works/1", school.teacher, json=body)
    clock.move_to(f"2026-10-{day:02}T09:00:00+00:00")

    school.put(school.world.today, dict.fromkeys(school.world.pupils, "4"))

    assert school.owed(school.world.today)["work"] == state


@pytest.mark.parametrize(("day", "timing"), [(18, "early"), (19, "in_time"), (25, "in_time"), (26, "late")])
def test_3_6_5_marks_of_a_period_are_put_in_its_last_week(school, clock, day, timing):
    clock.move_to(f"2026-10-{day}T09:00:00+00:00")
    entries = [{"pupil_id": str(one), "value": "4"} for one in school.world.pupils]
    path = f"/pages/{school.page_id}/finals/{school.world.quarters[0]}"

    saved = school.send("POST", path, school.teacher, json={"entries": entries, "reason": "Решение"})

    assert saved["timing"] == timing
    assert len(saved["changed"]) == len(school.world.pupils)
