"""Chapter 2: what the journal is for."""

from datetime import date

from services.journal.actions.homework_collecting import collect_day
from services.notify.queries import notices_of
from shared.db import Database
from shared.events.identity import GroupChanged
from shared.events.schedule import LessonsCancelled, Period, YearPlanned
from shared.ids import new_id
from tests.journal.makers import TODAY, TOMORROW, make_enrolment, make_lessons, make_load, published
from tests.support.databases import sqlite_url
from tests.support.seeding import hear

TOPICS = [{"topic": "Натуральные числа", "hours": 2, "homework": "§ 1"}, {"topic": "Шкалы", "hours": 1}]


def plan(school, topics=TOPICS):
    body = {"subject_id": str(school.world.subject_id), "grade": 5, "name": "ФГОС", "topics": topics}
    return school.send("POST", "/plans", school.teacher, 201, json=body)["id"]


def parallel_class(school):
    """5Б with the same subject and teacher; returns its page's id."""
    group, lesson = new_id(), new_id()
    school.hear(
        GroupChanged(group_id=group, kind="class", name="5Б", grade=5),
        make_load(school.world, group, school.world.teacher_id),
        make_lessons(school.world, group, [TODAY], [lesson]),
    )
    pages = school.get("/pages?mine=true", school.teacher)["items"]
    return next(one["id"] for one in pages if one["group"]["name"] == "5Б")


def test_2_2_1_success_and_attendance_are_kept_by_lesson_and_pupil(school):
    first, second, third = school.world.pupils
    school.put(school.world.today, {first: "5", second: "4"})
    school.put(school.world.today, {third: "н"}, slot=0)

    page = school.get(f"/pages/{school.page_id}", school.teacher)
    ids = [pupil["id"] for pupil in page["pupils"]]
    at = [lesson["id"] for lesson in page["lessons"]].index(str(school.world.today))
    assert sorted((ids[pupil], slot, value) for lesson, pupil, slot, value, *_ in page["entries"]) == sorted(
        [(str(first), 1, "5"), (str(second), 1, "4"), (str(third), 0, "н")]
    )
    assert {lesson for lesson, *_ in page["entries"]} == {at}


def test_2_2_2_one_plan_of_a_subject_and_parallel_serves_all_its_classes(school):
    plan_id, other = plan(school), parallel_class(school)
    for page_id in (school.page_id, other):
        school.send("PUT", f"/pages/{page_id}/plan", school.teacher, 204, json={"plan_id": plan_id})

    laid = [
        [one["topic"] for one in school.get(f"/pages/{page}/plan", school.teacher)["topics"]]
        for page in (school.page_id, other)
    ]
    assert laid[0] == laid[1] == ["Натуральные числа", "Шкалы"]
    copied = school.send("POST", f"/plans/{plan_id}/copies", school.teacher, 201, json={"name": "Моя"})
    assert copied["id"] != plan_id


def test_2_2_3_marks_of_all_the_time_stay_readable_in_closed_periods_and_after_a_change_of_class(school):
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "5"})
    closing = f"/periods/{school.world.quarters[0]}/closing"
    school.send("POST", closing, school.deputy, 204, json={"reason": "Остальное допишут."})
    other = new_id()
    school.hear(
        GroupChanged(group_id=other, kind="class", name="5Б", grade=5),
        make_enrolment(school.world.class_id, first, until_on=TODAY),
        make_enrolment(other, first, from_on=TOMORROW),
    )

    told = school.get(f"/diary/subjects/{school.world.subject_id}?pupil_id={first}", school.parent)
    [year] = told["years"]
    assert [mark["value"] for mark in year["marks"]] == ["5"]
    assert school.week(school.pupil)[str(school.world.today)]["entries"][0]["value"] == "5"


def test_2_2_3_staff_read_the_journal_of_a_former_year_when_the_next_has_begun(school, clock):
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "5"})
    then, page_id = school.world.year_id, str(school.page_id)
    clock.move_to("2027-09-10T07:00:00+00:00")
    year = {"year_id": new_id(), "name": "2027/28"}
    days = {"starts_on": date(2027, 9, 1), "ends_on": date(2028, 5, 25)}
    quarter = Period(period_id=new_id(), name="I четверть", **days)
    school.hear(YearPlanned(**year, **days, periods=[quarter]))

    for who in (school.teacher, school.class_teacher, school.deputy, school.director):
        assert school.get("/pages", who)["items"] == []
        known = {one["name"]: one["id"] for one in school.get("/years", who)["items"]}
        assert known == {"2027/28": str(year["year_id"]), "2026/27": str(then)}
        [page] = school.get(f"/pages?year_id={then}", who)["items"]
        periods = school.get(f"/periods?year_id={then}", who)
        assert (page["id"], periods["year"]["name"]) == (page_id, "2026/27")
        quarter_then = periods["items"][0]["id"]
        shown = school.get(f"/pages/{page_id}?period_id={quarter_then}", who)
        assert [value for *_, value in shown["entries"]] == ["5"]
        assert len(school.get(f"/fulfilment?year_id={then}", who)["items"]) == 1


def test_2_2_6_parents_are_told_once_what_was_set_for_home_that_day(school, tmp_path):
    world = school.world
    school.describe(world.today, "Дроби", "№ 12")
    for _ in range(2):
        with school.database.writing(world.school_id) as session:
            collect_day(session, TODAY)

    told = published(school.database, world, "journal.homework.collected")
    notify = Database(sqlite_url("notify", tmp_path))
    hear(notify, "notify", world.school_id, [*world.identity(), *world.schedule(), *told])
    with notify.reading(world.school_id) as session:
        [notice], _ = notices_of(session, world.parent_id, unread=True, before=None)
    notify.close()
    assert (notice.pupil_id, notice.lesson_on) == (world.pupils[0], TODAY)
    assert notice.lines("ru") == ["Математика (к 6 октября): № 12"]


def test_2_2_9_homework_and_the_course_of_the_program_are_told_to_families(school):
    school.describe(school.world.today, "Натуральные числа", "§ 1, № 5")

    for who in (school.parent, school.pupil):
        lesson = school.week(who)[str(school.world.today)]
        assert (lesson["topic"], lesson["homework"]) == ("Натуральные числа", "§ 1, № 5")
    path = f"/diary/programmes?pupil_id={school.world.pupils[0]}"
    [course] = school.get("/fulfilment", school.deputy)["items"]
    [told] = school.get(path, school.parent)["items"]
    hours = ("goal", "given", "remaining", "percent")
    assert {name: told[name] for name in hours} == {name: course[name] for name in hours}
    assert told["given"] == 1


def test_2_2_10_the_program_is_followed_against_the_plan_and_a_cancelled_lesson_shows(school):
    plan_id = plan(school)
    school.send("PUT", f"/pages/{school.page_id}/plan", school.teacher, 204, json={"plan_id": plan_id})
    before = school.get(f"/pages/{school.page_id}/plan", school.teacher)["lessons"]
    school.describe(school.world.lessons[0], "Натуральные числа", None)
    [was] = school.get("/fulfilment", school.deputy)["items"]
    ids = {"group_id": school.world.class_id, "subject_id": school.world.subject_id}

    school.hear(LessonsCancelled(**ids, lesson_ids=[school.world.lessons[0]]))

    after = school.get(f"/pages/{school.page_id}/plan", school.deputy)["lessons"]
    # Three lessons were to hold three hours; without the first, the last hour has none any more.
    assert [one["topic"] for one in before] == ["Натуральные числа", "Натуральные числа", "Шкалы"]
    assert [one["topic"] for one in after] == ["Натуральные числа", "Натуральные числа"]
    assert after[0]["lesson_id"] == str(school.world.today)
    [its] = school.get("/fulfilment", school.deputy)["items"]
    assert (was["forecast"], its["forecast"]) == (0, -1)
