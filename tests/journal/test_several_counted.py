"""What happens in groups across classes counts for each of their classes (clauses 3.5.6, 3.5.9, 4.2)."""

import pytest

from services.journal.actions.contradictions import About, accept_contradiction
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.queries.absences import class_absences, class_day
from services.journal.queries.boards import deadline_board, page_deadlines
from services.journal.queries.class_report import class_report
from services.journal.queries.contradictions import contradiction_list
from services.journal.queries.deadlines import Asked
from services.journal.queries.fulfilment import Asked as AskedPages
from services.journal.queries.fulfilment import fulfilment
from services.journal.queries.homework import lesson_homework
from services.journal.queries.homework_load import homework_week
from shared.errors import NotFound
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    TOMORROW,
    make_enrolment,
)
from tests.journal.several_classes import BEGUN, make_several


@pytest.fixture
def school(either_database):
    return make_several(either_database)


@pytest.fixture
def marked(school):
    """On Friday both got a mark, today both were absent."""
    school.mark(school.teacher, {school.own: "4", school.stranger: "2"}, lesson=school.lessons[0])
    school.mark(school.teacher, {school.own: "н", school.stranger: "н"}, slot=0)
    return school


def test_3_5_9_4_2_2_what_was_missed_in_a_group_across_classes_counts_for_the_class(marked):
    day = marked.ask(class_day, marked.leader, marked.world.class_id, TODAY)
    at = [lesson["group"] for lesson in day["lessons"]].index("5, профиль")
    cells = {pupil["id"]: pupil["cells"][at] for pupil in day["pupils"]}
    assert cells == {marked.own: "н"} | dict.fromkeys(marked.world.pupils[1:])

    totals = marked.ask(class_absences, marked.leader, marked.world.class_id, FRIDAY, TODAY)
    assert {one["id"]: one["lessons"] for one in totals["pupils"] if one["lessons"]} == {marked.own: 1}

    report = marked.ask(class_report, marked.leader, marked.world.class_id)
    assert (report["absences"]["total"]["lessons"], report["absences"]["total"]["by_sign"]) == (1, {"н": 1})
    held = {one["id"]: one["held"] for one in report["absences"]["pupils"]}
    assert held == {marked.own: 4} | dict.fromkeys(marked.world.pupils[1:], 2)


def test_4_2_2_an_absence_there_waits_for_its_reason(marked, clock):
    clock.move_to("2026-10-20T07:00:00+00:00")

    waiting = marked.ask(class_absences, marked.leader, marked.world.class_id, FRIDAY, None)["waiting"]

    assert [(one["pupil"]["id"], one["subject"]) for one in waiting] == [(marked.own, "Физика")]


def test_3_5_9_what_is_missed_there_after_a_move_is_the_new_class_s_alone(school, clock):
    school.mark(school.teacher, {school.own: "н"}, slot=0, lesson=school.lessons[0])
    school.mark(school.teacher, {school.own: "н"}, slot=0)
    school.tell(
        make_enrolment(school.world.class_id, school.own, BEGUN, FRIDAY),
        make_enrolment(school.other, school.own, TODAY),
    )
    clock.move_to("2026-10-20T07:00:00+00:00")

    def missed(leader, class_id):
        told = school.ask(class_absences, leader, class_id, FRIDAY, None)
        totals = {one["id"]: one["lessons"] for one in told["pupils"]}
        return totals[school.own], [one["on"] for one in told["waiting"]]

    assert missed(school.leader, school.world.class_id) == (1, [FRIDAY])
    # The new class teacher may excuse what still waits from before.
    assert missed(school.other_leader, school.other) == (1, [FRIDAY, TODAY])


def test_3_5_6_marks_in_a_group_across_classes_count_for_the_class(marked):
    marked.mark(marked.teacher, {marked.own: "2"}, lesson=marked.lessons[0])

    [physics] = [
        one
        for one in marked.ask(class_report, marked.leader, marked.world.class_id)["subjects"]
        if one["subject"]["name"] == "Физика"
    ]

    assert {mark: times for mark, times in physics["counts"].items() if times} == {"2": 1}


def test_a_group_that_all_have_left_had_no_lessons_of_the_rest_of_the_class(marked):
    marked.tell(make_enrolment(marked.group, marked.own, BEGUN, FRIDAY))

    report = marked.ask(class_report, marked.leader, marked.world.class_id)

    held = {one["id"]: one["held"] for one in report["absences"]["pupils"]}
    assert held == dict.fromkeys(marked.world.pupils, 2)
    day = marked.ask(class_day, marked.leader, marked.world.class_id, TODAY)
    assert [lesson["group"] for lesson in day["lessons"]] == ["5А"]


def test_4_2_1_contradictions_there_are_the_class_teachers(marked):
    marked.mark(marked.teacher, {marked.own: "5", marked.stranger: "5"})

    told = marked.ask(contradiction_list, marked.leader, FRIDAY, TODAY)["items"]

    assert [(one["kind"], one["pupil"]["id"]) for one in told] == [("absent_with_mark", marked.own)]
    about = About("absent_with_mark", marked.today, marked.own)
    marked.act(accept_contradiction, marked.leader, about, "Писал позже")
    with pytest.raises(NotFound):
        marked.act(accept_contradiction, marked.leader, about._replace(pupil_id=marked.stranger), "Писал")


def test_homework_of_a_group_across_classes_is_load_of_the_class(school):
    facts = (
        {"text": "всем", "minutes": 200},
        {"text": "чужому", "minutes": 500, "pupil_id": school.stranger},
    )
    for one in facts:
        school.act(set_task, school.teacher, school.today, school.page()[1], TaskFacts(**one))

    week = school.ask(homework_week, school.leader, school.world.class_id, TODAY)

    [day] = [one for one in week["days"] if one["on"] == TOMORROW]
    assert [(one["subject"], one["text"]) for one in day["items"]] == [("Физика", "всем")]
    assert (day["minutes"], day["is_over"], day["pupils_over"]) == (200, True, 1)


def test_the_load_of_a_day_in_a_group_across_classes_has_what_its_classes_set(school):
    for who, lesson, group in (
        (school.world.actor(), school.world.today, school.world.class_id),
        (school.teacher, school.today, school.group),
    ):
        facts = TaskFacts("№ 12", minutes=40)
        school.act(set_task, who, lesson, school.page(group)[1], facts)

    load = school.ask(lesson_homework, school.teacher, school.today)["load"]

    assert (load["on"], load["minutes"]) == (TOMORROW, 80)


def test_deadlines_there_are_followed_and_works_awaited_of_the_own_pupils(school):
    school.mark(school.teacher, {school.own: "•", school.stranger: "•"})

    board = school.ask(deadline_board, school.leader, Asked(FRIDAY, TODAY, group_id=school.world.class_id))

    there = [one for one in board["items"] if one["group"]["id"] == school.group]
    assert {one["what"] for one in there} >= {"topic", "awaited"}
    [awaited] = [one for one in there if one["what"] == "awaited"]
    assert [pupil["id"] for pupil in awaited["pupils"]] == [school.own]
    assert school.ask(page_deadlines, school.leader, school.page()[0], *FIRST)["items"]
    none = school.ask(deadline_board, school.world.actor(new_id(), "class_teacher"), Asked(FRIDAY, TODAY))
    assert none["items"] == []


def test_the_board_of_a_parallel_is_of_the_lessons_its_row_counts(school):
    """What the classes have alone stands in their own rows."""
    deputy, days = school.world.actor(new_id(), "deputy"), (FRIDAY, TODAY)
    board = school.ask(deadline_board, deputy, Asked(*days))
    counted = [one for one in board["classes"] if one["group"]["id"] == school.parallel]
    assert len(counted) == 1

    narrowed = school.ask(deadline_board, deputy, Asked(*days, group_id=school.parallel))

    assert narrowed["classes"] == counted
    assert {one["group"]["id"] for one in narrowed["items"]} == {school.group}


def test_programmes_there_are_followed(school):
    def followed(who, class_id=None):
        found = school.ask(fulfilment, who, AskedPages(class_id=class_id))["items"]
        return [one["group"]["id"] for one in found]

    assert set(followed(school.leader)) == {school.world.class_id, school.group}
    assert followed(school.other_leader) == [school.group]
    deputy = school.world.actor(new_id(), "deputy")
    assert followed(deputy, school.other) == [school.group]
    assert set(followed(deputy, school.world.class_id)) == {school.world.class_id, school.group}
