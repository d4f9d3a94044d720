"""Pages of several classes as a class teacher works with them: of the own pupils alone (clause 3.5.1)."""

import pytest
from sqlalchemy import select

from services.journal.actions.answers import AnswerFacts, give_answer, reply_to_answer
from services.journal.actions.cells import NOT_OF_CLASS, Cell, EntriesRefused
from services.journal.actions.comments import comment_mark
from services.journal.actions.corrections.reported_cells import Cell as Wrong
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.corrections.settling import settle_correction
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import FinalCell, FinalsRefused, record_finals
from services.journal.actions.followed_plans import adjust_topic, follow_plan
from services.journal.actions.moving_dues import move_due
from services.journal.actions.remarks import Said, remark_on_page
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.actions.works import set_work, withdraw_work, work_of
from services.journal.models import Correction
from services.journal.models.writers import writers_of
from services.journal.queries.corrections import correction_list, one_correction
from services.journal.queries.final_overview import class_summary
from services.journal.queries.finals import page_finals
from services.journal.queries.homework import lesson_homework
from services.journal.queries.lists import page_history, page_list
from services.journal.queries.remarks import page_remarks
from services.journal.queries.tasks import may_see_answer, may_see_task, own_task, task_answers
from shared.errors import Denied, NotFound
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    tell,
)
from tests.journal.several_classes import BEGUN, make_several

ADVICE = Said("advice", "family", "Повторите дома дроби.")


@pytest.fixture
def school(either_database):
    return make_several(either_database)


@pytest.fixture
def marked(school):
    """On Friday both got a mark, today both were absent."""
    school.mark(school.teacher, {school.own: "4", school.stranger: "2"}, lesson=school.lessons[0])
    school.mark(school.teacher, {school.own: "н", school.stranger: "н"}, slot=0)
    return school


# Reading.


def test_3_5_1_a_class_teacher_reads_the_own_pupils_rows(marked):
    page = marked.shown(marked.leader)

    assert [pupil["id"] for pupil in page["pupils"]] == [marked.own]
    assert page["entries"] == [(0, 0, 1, "4"), (1, 0, 0, "н")]
    assert page["averages"] == ["4.00"]
    assert (page["page"]["can_edit"], page["page"]["can_describe"]) == (True, False)
    assert [lesson["editable"] for lesson in page["lessons"]] == [True, True, False]
    assert [pupil["id"] for pupil in marked.shown(marked.other_leader)["pupils"]] == [marked.stranger]


def test_teachers_and_supervisors_read_all_rows(marked):
    for who in (marked.teacher, marked.world.actor(new_id(), "deputy")):
        page = marked.shown(who)
        assert len(page["pupils"]) == 2
    assert marked.shown(marked.teacher)["page"]["can_describe"]


def test_who_leads_none_of_its_pupils_does_not_find_the_page(marked):
    marked.tell(make_enrolment(marked.group, marked.own, BEGUN, FRIDAY))
    marked.tell(make_enrolment(marked.world.class_id, marked.own, TODAY))  # Came when the group was left.

    with pytest.raises(NotFound):
        marked.shown(marked.leader)
    with pytest.raises(NotFound):
        marked.shown(marked.world.actor(new_id(), "class_teacher"))
    with pytest.raises(NotFound):
        marked.mark(marked.leader, {marked.own: "5"})


def test_of_who_left_the_class_nothing_later_is_shown(marked):
    marked.tell(make_enrolment(marked.world.class_id, marked.own, BEGUN, FRIDAY))
    marked.tell(make_enrolment(marked.other, marked.own, TODAY))

    page = marked.shown(marked.leader)

    assert (page["entries"], page["averages"]) == ([(0, 0, 1, "4")], ["4.00"])
    # The new class teacher sees what was got before as well: it counts.
    assert len(marked.shown(marked.other_leader)["entries"]) == 4
    told = marked.ask(page_history, marked.leader, marked.page()[0])["items"]
    assert [one["value"] for one in told if one["pupil_id"]] == ["4"]


def test_a_page_of_the_parallel_is_read_alike(school):
    lesson = school.on_parallel()
    school.mark(school.teacher, {school.world.pupils[1]: "5", school.stranger: "3"}, lesson=lesson)

    page = school.shown(school.leader, school.parallel)

    assert len(page["pupils"]) == len(school.world.pupils)
    assert [value for *_, value in page["entries"]] == ["5"]
    school.mark(school.leader, {school.world.pupils[2]: "4"}, lesson=lesson)
    with pytest.raises(EntriesRefused):
        school.mark(school.leader, {school.stranger: "4"}, lesson=lesson)


def test_the_page_is_listed_and_costs_one_statement_more(marked):
    listed = marked.ask(page_list, marked.leader, mine=False)
    assert {one["group"]["name"] for one in listed} == {"5А", "5, профиль"}
    assert all(one["can_edit"] for one in listed)
    other = marked.ask(page_list, marked.other_leader, mine=False)
    assert [one["group"]["name"] for one in other] == ["5, профиль"]

    with Counted(marked.database) as whole:
        marked.shown(marked.teacher)
    with Counted(marked.database) as narrowed:
        marked.shown(marked.leader)
    assert len(narrowed) == len(whole) + 1


def test_the_history_tells_of_lessons_and_the_own_pupils(marked):
    items = marked.ask(page_history, marked.leader, marked.page()[0])["items"]

    assert {one["pupil_id"] for one in items} == {None, marked.own}
    assert marked.ask(page_history, marked.leader, marked.page()[0], pupil_id=marked.stranger)["items"] == []


# Writing.


def test_3_5_1_a_class_teacher_writes_of_the_own_pupils_alone(marked):
    marked.mark(marked.leader, {marked.own: "5"}, lesson=marked.lessons[0])
    marked.mark(marked.leader, {marked.own: "б"}, slot=0)

    for cells in ({marked.stranger: "5"}, {marked.own: "3", marked.stranger: "5"}):
        with pytest.raises(EntriesRefused) as refused:
            marked.mark(marked.leader, cells, lesson=marked.lessons[0])
        assert list(refused.value.errors.values()) == [[NOT_OF_CLASS]]
    assert marked.shown(marked.leader)["entries"] == [(0, 0, 1, "5"), (1, 0, 0, "б")]


def test_of_a_day_the_pupil_was_in_another_class_nothing_is_written(marked):
    marked.tell(make_enrolment(marked.world.class_id, marked.own, TODAY))
    marked.tell(make_enrolment(marked.other, marked.own, BEGUN, FRIDAY))

    with pytest.raises(EntriesRefused):
        marked.mark(marked.leader, {marked.own: "5"}, lesson=marked.lessons[0])
    marked.mark(marked.leader, {marked.own: "5"})


def test_a_cell_is_commented_and_awaited_of_the_own_pupils_alone(school):
    school.mark(school.teacher, {school.own: "•", school.stranger: "•"})
    page = school.page

    school.act(comment_mark, school.leader, school.today, page()[1], school.own, 1, "Болел")
    school.act(move_due, school.leader, school.today, page()[1], school.own, 1, TOMORROW)
    with pytest.raises(NotFound):
        school.act(comment_mark, school.leader, school.today, page()[1], school.stranger, 1, "Болел")
    with pytest.raises(NotFound):
        school.act(move_due, school.leader, school.today, page()[1], school.stranger, 1, TOMORROW)


def test_what_is_everybodys_a_class_teacher_reads_and_does_not_change(school):
    school.act(set_work, school.teacher, school.today, 0, work_of(1, "control"))
    (page_id, seq), who = school.page(), school.leader
    refused = (
        (describe_lesson, school.today, seq, "Дроби", "№ 12"),
        (set_work, school.today, seq, work_of(1, "answer")),
        (withdraw_work, school.today, seq, 1),
        (set_task, school.today, seq, TaskFacts("№ 12")),
        (set_task, school.today, seq, TaskFacts("№ 12", pupil_id=school.own)),
        (record_entries, school.today, seq, [Cell(school.own, 1, "5")], [work_of(1, "answer")]),
        (record_entries, school.today, seq, [Cell(school.own, 2, "5")], [work_of(2, "control")]),
        (follow_plan, page_id, None),
        (adjust_topic, page_id, new_id(), "skipped"),
    )
    for action, *given in refused:
        with pytest.raises(Denied):
            school.act(action, who, *given)
    assert school.page() == (page_id, seq)

    # The grid names the work of a mark in a column nobody uses yet: an answer, as without a word.
    given = [work_of(1, "control"), work_of(2, "answer")]
    school.act(record_entries, who, school.today, seq, [Cell(school.own, 2, "5")], given)


def test_term_end_marks_are_those_of_the_own_pupils(marked, clock):
    clock.move_to("2026-10-20T07:00:00+00:00")
    page_id, column = marked.page()[0], str(marked.world.quarters[0])

    def put(who, pupil):
        cells = [FinalCell(pupil, "4")]
        return marked.act(record_finals, who, page_id, column, marked.page()[1], cells, "педсовет")

    put(marked.teacher, marked.stranger)
    assert put(marked.leader, marked.own).changed
    with pytest.raises(FinalsRefused):
        put(marked.leader, marked.stranger)
    sheet = marked.ask(page_finals, marked.leader, page_id)
    assert [pupil["id"] for pupil in sheet["pupils"]] == [marked.own]
    assert [cell["value"] for cell in sheet["cells"] if cell["column"] == 0] == ["4"]
    assert sheet["page"]["can_edit"]
    summary = marked.ask(class_summary, marked.leader, marked.world.class_id, marked.world.quarters[0])
    assert "Физика" in [subject["name"] for subject in summary["subjects"]]


def test_remarks_are_about_the_own_pupils(school):
    page_id, _ = school.page()
    for pupil in (school.own, school.stranger):
        school.act(remark_on_page, school.teacher, page_id, pupil, ADVICE, None)
    school.act(remark_on_page, school.leader, page_id, school.own, ADVICE, school.today)

    with pytest.raises(NotFound):
        school.act(remark_on_page, school.leader, page_id, school.stranger, ADVICE, school.today)
    told = school.ask(page_remarks, school.leader, page_id)["items"]
    assert [one["pupil"]["id"] for one in told] == [school.own, school.own]


def test_tasks_and_answers_are_those_of_all_and_of_the_own_pupils(school):
    def given(**facts):
        return school.act(set_task, school.teacher, school.today, school.page()[1], TaskFacts(**facts)).id

    def answer(pupil):
        who = school.world.actor(pupil, "pupil")
        return school.act(lambda *of: give_answer(*of).id, who, every, AnswerFacts("Готово"))

    every, own, other = (
        given(text="всем"),
        given(text="своему", pupil_id=school.own),
        given(text="чужому", pupil_id=school.stranger),
    )
    answers = {pupil: answer(pupil) for pupil in (school.own, school.stranger)}

    told = school.ask(lesson_homework, school.leader, school.today)
    assert [task["text"] for task in told["tasks"]] == ["всем", "своему"]
    assert ([pupil["id"] for pupil in told["pupils"]], told["can_edit"]) == ([school.own], False)
    seen = [school.ask(may_see_task, school.leader, task) for task in (every, own, other)]
    assert seen == [True, True, False]
    seen = [school.ask(may_see_answer, school.leader, one) for one in answers.values()]
    assert seen == [True, False]
    given_in = school.ask(task_answers, school.leader, every)
    assert ([pupil["id"] for pupil in given_in["pupils"]], given_in["can_reply"]) == ([school.own], True)
    school.ask(own_task, school.leader, every, school.own)
    for query, *args in ((task_answers, other), (own_task, every, school.stranger)):
        with pytest.raises(NotFound):
            school.ask(query, school.leader, *args)
    school.act(reply_to_answer, school.leader, answers[school.own], "Хорошо", is_returned=False)
    with pytest.raises(NotFound):
        school.act(reply_to_answer, school.leader, answers[school.stranger], "Хорошо", is_returned=False)


def test_errors_are_reported_and_settled_of_the_own_pupils(marked):
    def wrong(pupil=None, what="mark"):
        return Wrong(what, marked.lessons[0], slot=1 if pupil else None, pupil_id=pupil)

    deputy = marked.world.actor(new_id(), "deputy")
    own, other = (
        marked.act(lambda *of: report_error(*of).id, deputy, wrong(pupil), "Не та отметка")
        for pupil in (marked.own, marked.stranger)
    )
    marked.act(lambda *of: report_error(*of).id, marked.leader, wrong(marked.own), "Не та отметка")
    marked.act(lambda *of: report_error(*of).id, marked.leader, wrong(None, "topic"), "Не та тема")
    with pytest.raises(NotFound):
        marked.act(report_error, marked.leader, wrong(marked.stranger), "Не та отметка")

    listed = marked.ask(correction_list, marked.leader)["items"]
    assert other not in [one["id"] for one in listed]
    assert marked.ask(one_correction, marked.leader, own)["may_settle"]
    with pytest.raises(NotFound):
        marked.ask(one_correction, marked.leader, other)
    with pytest.raises(NotFound):
        marked.act(settle_correction, marked.leader, other, "declined", "нет")
    page_id, _ = marked.page()
    with marked.database.reading(marked.world.school_id) as session:
        writers = [writers_of(session, page_id, marked.lessons[0], one) for one in (marked.own, None)]
    assert writers == [[marked.teacher_id, marked.world.class_teacher_id], [marked.teacher_id]]
    marked.act(settle_correction, marked.leader, own, "declined", "нет")
    with marked.database.reading(marked.world.school_id) as session:
        assert session.scalar(select(Correction.state).where(Correction.id == own)) == "declined"


def test_a_class_teacher_who_teaches_there_reads_and_writes_all(school):
    school.tell(
        make_load(
            school.world, school.group, school.teacher_id, school.world.class_teacher_id,
            subject_id=school.subject_id,
        )
    )  # fmt: skip

    school.mark(school.leader, {school.stranger: "5"})
    assert len(school.shown(school.leader)["pupils"]) == 2


def test_a_class_teacher_who_stands_in_writes_all_of_that_lesson_and_own_pupils_elsewhere(school):
    tell(
        school.database, school.world,
        make_lessons(
            school.world, school.group, [TODAY], [school.today],
            teacher_id=school.world.class_teacher_id, subject_id=school.subject_id, is_substituted=True,
        ),
    )  # fmt: skip

    school.mark(school.leader, {school.stranger: "5"})
    assert len(school.shown(school.leader)["pupils"]) == 2
    with pytest.raises(EntriesRefused):
        school.mark(school.leader, {school.stranger: "5"}, lesson=school.lessons[0])
