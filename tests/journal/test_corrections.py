"""An error reported and corrected in a day: clauses 3.7.8, 3.9.4, 3.9.5, 3.7.2."""

from datetime import UTC, date, datetime
from functools import partial

import orjson
import pytest
from sqlalchemy import select

from services.journal.actions.corrections.escalating import escalate
from services.journal.actions.corrections.organising import (
    MayNotSettle,
    approve_correction,
    assign_correction,
)
from services.journal.actions.corrections.reported_cells import Cell as Wrong
from services.journal.actions.corrections.reported_cells import PupilNeeded
from services.journal.actions.corrections.reporting import (
    LessonNotHeld,
    NothingMarked,
    ReportedAlready,
    report_error,
)
from services.journal.actions.corrections.settling import (
    AnotherCell,
    NothingCorrected,
    ReopenedAlready,
    StandsAlready,
    answer_settlement,
    settle_correction,
)
from services.journal.actions.corrections.steps import CorrectionOver
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import Cell, record_entries
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import close_period
from services.journal.actions.works import set_work, work_of
from services.journal.models import Correction, Page, Revision
from services.journal.queries.corrections import correction_figures, correction_list, one_correction
from services.journal.rules.corrections import CORRECTED
from shared.errors import Denied, NotFound
from shared.events.identity import DatedValue, GuardianshipEnded, ParameterChanged, PersonMerged
from shared.events.schedule import LessonsCancelled, LessonsPlanned, PlannedLesson
from shared.ids import new_id
from tests.journal.conftest import api_of
from tests.journal.makers import (
    TODAY,
    TOMORROW,
    YESTERDAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    make_person,
    make_world,
    published,
    tell,
)

SCHOOL_WEEK = [date(2026, 10, day) for day in (5, 6, 7, 8, 9, 12, 13, 14, 15, 16)]
DEPUTY = new_id()


@pytest.fixture(autouse=True)
def school_week(world, database):
    """Lessons of two weeks, so that the clock knows the school's days; a mark stands on Monday."""
    plan_weeks(database, world)
    mark(database, world, "3")


def plan_weeks(database, world):
    tell(database, world, make_lessons(world, world.class_id, SCHOOL_WEEK, [new_id() for _ in SCHOOL_WEEK]))


def act(database, world, action, who, *args, **given):
    with database.writing(world.school_id) as session:
        return getattr(action(session, who, *args, **given), "id", None)


def actors(world):
    return {
        "parent": world.actor(world.parent_id, "parent"),
        "pupil": world.actor(world.pupils[0], "pupil"),
        "teacher": world.actor(),
        "class_teacher": world.actor(world.class_teacher_id, "class_teacher"),
        "deputy": world.actor(DEPUTY, "deputy"),
        "director": world.actor(new_id(), "director"),
    }


def seq_of(session, world):
    return session.get_one(Page, world.page_id(session)).seq


def mark(database, world, value, *, request_id=None, pupil=0, slot=1, who=None):
    with database.writing(world.school_id) as session:
        cell = Cell(world.pupils[pupil], slot, value)
        seen = seq_of(session, world)
        record_entries(session, who or world.actor(), world.today, seen, [cell], (), None, request_id)


def wrong(world, what="mark", slot=1, pupil=0):
    return Wrong(what, world.today, slot=slot, pupil_id=None if pupil is None else world.pupils[pupil])


def report(database, world, who="parent", cell=None, text="Стоит 3, а в тетради 5"):
    return act(database, world, report_error, actors(world)[who], cell or wrong(world), text)


def close(database, world):
    act(database, world, close_period, actors(world)["deputy"], world.quarters[0])


def told(database, world, request_id, who="deputy"):
    with database.reading(world.school_id) as session:
        return one_correction(session, actors(world)[who], request_id)


def at(clock, day, time):
    clock.move_to(f"2026-10-{day:02}T{time}+03:00")


# Reporting (3.9.4, 3.9.5).
@pytest.mark.parametrize("who", ["parent", "pupil", "teacher", "class_teacher", "deputy"])
def test_each_of_those_concerned_may_report_an_error(database, world, who):
    request_id = report(database, world, who)

    seen = told(database, world, request_id, who)
    assert (seen["number"], seen["state"], seen["text"]) == (1, "assigned", "Стоит 3, а в тетради 5")
    assert seen["assignee"]["id"] == world.teacher_id
    [event] = published(database, world, "journal.correction.requested")
    assert (event.request_id, event.assignee_id, event.pupil_id) == (
        request_id,
        world.teacher_id,
        world.pupils[0],
    )


@pytest.mark.parametrize(
    ("what", "slot"), [("mark", 1), ("attendance", 0), ("topic", None), ("homework", None)]
)
def test_whatever_stands_on_a_lesson_may_be_wrong(database, world, what, slot):
    request_id = report(database, world, cell=wrong(world, what, slot))

    assert (told(database, world, request_id)["what"], told(database, world, request_id)["slot"]) == (
        what,
        slot,
    )


def test_a_stranger_and_another_child_are_not_reported_about(database, world):
    other = wrong(world, pupil=1)
    for who, cell in (("parent", other), ("pupil", other), ("director", wrong(world))):
        with pytest.raises(NotFound):
            report(database, world, who, cell)
    with pytest.raises(NotFound):
        act(database, world, report_error, world.actor(new_id()), wrong(world), "Не моё")
    with pytest.raises(NotFound):
        report(database, world, cell=Wrong("mark", new_id(), slot=1, pupil_id=world.pupils[0]))


@pytest.mark.parametrize("what", ["mark", "attendance", "topic", "homework"])
def test_a_lesson_ahead_holds_no_error_yet(database, world, clock, what):
    cell = Wrong(what, world.lessons[2], slot=1, pupil_id=world.pupils[0])
    with pytest.raises(LessonNotHeld) as refused:
        report(database, world, cell=cell)
    assert "06.10.2026" in refused.value.say("ru")[1]

    clock.move_to(f"{TODAY}T21:30:00+00:00")  # At the school it is tomorrow.
    assert report(database, world, cell=cell)


def test_a_topic_and_homework_written_ahead_may_be_wrong_and_are_corrected_ahead(database, world):
    ahead = world.lessons[2]

    def write(homework, request_id=None):
        with database.writing(world.school_id) as session:
            seen = seq_of(session, world)
            describe_lesson(session, world.actor(), ahead, seen, None, homework, request_id=request_id)

    write("№ 512")
    request_id = report(database, world, cell=Wrong("homework", ahead, pupil_id=world.pupils[0]))
    with pytest.raises(LessonNotHeld):
        report(database, world, cell=Wrong("topic", ahead, pupil_id=world.pupils[0]))
    write("№ 215", request_id)

    seen = told(database, world, request_id, "parent")
    assert (seen["state"], seen["change"]) == ("corrected", {"was": "№ 512", "value": "№ 215"})


def test_a_mark_is_wrong_or_lacking_where_there_are_marks_or_a_work(database, world):
    with pytest.raises(NothingMarked):
        report(database, world, cell=wrong(world, slot=2))

    with database.writing(world.school_id) as session:
        set_work(session, world.actor(), world.today, seq_of(session, world), work_of(2, "test"))
    assert report(database, world, cell=wrong(world, slot=2))
    assert report(database, world, "class_teacher", wrong(world, pupil=1))


def test_a_mark_is_somebodys(database, world):
    with pytest.raises(PupilNeeded):
        report(database, world, "teacher", wrong(world, pupil=None))


def test_the_same_error_is_reported_once_until_it_is_settled(database, world):
    report(database, world)
    with pytest.raises(ReportedAlready):
        report(database, world)

    mark(database, world, "5", request_id=report(database, world, "pupil"))
    assert report(database, world, "pupil")


def test_two_subjects_marks_of_a_period_are_two_errors(database, world):
    tell(database, world, make_load(world, world.class_id, world.teacher_id, subject_id=new_id()))
    with database.reading(world.school_id) as session:
        page_ids = session.scalars(select(Page.id).where(Page.group_id == world.class_id)).all()
    mathematics, physics = (
        Wrong("final", page_id=page_id, period_id=world.quarters[0], slot=0, pupil_id=world.pupils[0])
        for page_id in page_ids
    )

    report(database, world, cell=mathematics)
    assert report(database, world, cell=physics)
    with pytest.raises(ReportedAlready):
        report(database, world, cell=physics)


def test_numbers_run_within_the_school(database, world):
    first, second = report(database, world), report(database, world, "pupil")

    assert [told(database, world, one)["number"] for one in (first, second)] == [1, 2]


def test_without_a_teacher_the_class_teacher_is_asked(database, world):
    planned = PlannedLesson(lesson_id=world.today, on=TODAY, number=2, starts=None, room=None, teacher_ids=[])
    lessons = LessonsPlanned(
        year_id=world.year_id, group_id=world.class_id, subject_id=world.subject_id, lessons=[planned]
    )
    tell(database, world, make_load(world, world.class_id), lessons)

    request_id = report(database, world)

    assert told(database, world, request_id)["assignee"]["id"] == world.class_teacher_id


# Who reads what.
def test_families_read_their_own_requests_alone_and_others_only_what_they_handle(database, world):
    theirs, pupils = report(database, world), report(database, world, "pupil")

    def listed(who):
        with database.reading(world.school_id) as session:
            return [one["id"] for one in correction_list(session, actors(world)[who])["items"]]

    assert (listed("parent"), listed("pupil")) == ([theirs], [pupils])
    for who in ("teacher", "class_teacher", "deputy", "director"):
        assert listed(who) == [pupils, theirs]
    with pytest.raises(NotFound):
        told(database, world, theirs, "pupil")
    with database.reading(world.school_id) as session:
        assert correction_list(session, world.actor(new_id()))["items"] == []


def test_who_reported_is_known_to_those_who_handle_it(database, world):
    tell(database, world, make_person(world.parent_id, "Родителева"))
    request_id = report(database, world)

    for who in ("parent", "teacher", "class_teacher", "deputy"):
        assert told(database, world, request_id, who)["reporter"]["name"] == "Родителева М. П."
        assert told(database, world, request_id, who)["steps"][0]["actor"] == "Родителева М. П."


def test_what_stands_in_the_cell_is_shown_to_who_may_settle_it_and_to_who_reported_it(database, world):
    request_id = report(database, world)

    for who in ("teacher", "class_teacher", "deputy", "parent"):
        assert told(database, world, request_id, who)["standing"]["value"] == "3"


def test_what_stands_now_is_shown_of_a_settled_request_too(either_database):
    world = make_world(either_database)
    mark(either_database, world, "3")
    request_id = report(either_database, world)
    mark(either_database, world, "4", request_id=request_id)
    mark(either_database, world, "5")

    for who in ("parent", "teacher", "class_teacher", "deputy"):
        seen = told(either_database, world, request_id, who)
        assert (seen["change"], seen["standing"]["value"]) == ({"was": "3", "value": "4"}, "5")


def test_what_stands_now_is_hidden_from_a_reporter_who_may_not_read_it_any_more(either_database):
    world, new = make_world(either_database), new_id()
    mark(either_database, world, "3")
    teacher = actors(world)["teacher"]
    parents, teachers = report(either_database, world), report(either_database, world, "teacher")
    for request_id in (parents, teachers):
        act(either_database, world, settle_correction, teacher, request_id, "declined", "В тетради 3")
    assert told(either_database, world, teachers, "teacher")["standing"]["value"] == "3"

    tell(
        either_database,
        world,
        GuardianshipEnded(guardian_id=world.parent_id, pupil_id=world.pupils[0]),
        make_load(world, world.class_id, new),
        make_lessons(world, world.class_id, world.days, world.lessons, teacher_id=new),
    )

    assert told(either_database, world, parents, "parent")["standing"] is None
    assert told(either_database, world, teachers, "teacher")["standing"] is None
    assert told(either_database, world, teachers, "class_teacher")["standing"]["value"] == "3"


def test_the_texts_that_stand_are_shown_to_families_of_that_days_list_alone(either_database):
    world = make_world(either_database)
    with either_database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, seq_of(session, world), "Дроби", "§ 5")
    request_id = report(either_database, world, cell=wrong(world, "homework", None))

    standing = told(either_database, world, request_id, "parent")["standing"]
    assert (standing["topic"], standing["homework"]) == ("Дроби", "§ 5")
    tell(either_database, world, make_enrolment(world.class_id, world.pupils[0], until_on=YESTERDAY))
    assert told(either_database, world, request_id, "parent")["standing"] is None


def test_a_list_costs_as_many_statements_as_one_request(database, world):
    report(database, world)

    def count():
        with Counted(database) as counted, database.reading(world.school_id) as session:
            correction_list(session, actors(world)["deputy"])
        return len(counted)

    one = count()
    for who, what in (("pupil", "mark"), ("pupil", "topic"), ("parent", "topic"), ("teacher", "mark")):
        report(database, world, who, wrong(world, what))
    assert count() == one <= 4


# Settling (3.7.8).
def test_a_change_that_names_the_request_settles_it(either_database, clock):
    world = make_world(either_database)
    mark(either_database, world, "3")
    request_id = report(either_database, world)

    mark(either_database, world, "5", request_id=request_id)

    with either_database.reading(world.school_id) as session:
        last = session.scalars(select(Revision).order_by(Revision.seq.desc())).first()
        assert (last.value, last.was, last.request_id) == ("5", "3", request_id)
        assert session.get_one(Correction, request_id).state == "corrected"
    [settled] = published(either_database, world, "journal.correction.settled")
    assert (settled.outcome, settled.reporter_id) == ("corrected", world.parent_id)


def test_a_closed_cell_is_changed_through_an_approved_request_alone(either_database):
    world = make_world(either_database)
    mark(either_database, world, "3")
    request_id = report(either_database, world)
    close(either_database, world)
    deputy = actors(world)["deputy"]

    with pytest.raises(PageClosed):
        mark(either_database, world, "5", request_id=request_id)
    act(either_database, world, approve_correction, deputy, request_id, is_standing=True)
    with pytest.raises(PageClosed):
        mark(either_database, world, "5")
    for other in ({"pupil": 1}, {"slot": 2}, {"slot": 0}):
        with pytest.raises(AnotherCell):
            mark(either_database, world, "н" if other == {"slot": 0} else "5", request_id=request_id, **other)
    mark(either_database, world, "5", request_id=request_id)
    with pytest.raises(CorrectionOver):
        mark(either_database, world, "4", request_id=request_id)


def test_whoever_handles_a_request_sees_that_its_period_is_closed_and_what_stands(either_database):
    world = make_world(either_database)
    mark(either_database, world, "3")
    request_id = report(either_database, world)
    before = told(either_database, world, request_id, "deputy")
    close(either_database, world)

    assert before["closed"] is None
    for who in ("deputy", "teacher"):
        seen = told(either_database, world, request_id, who)
        assert (seen["closed"]["name"], seen["standing"]["value"]) == ("I четверть", "3")
    reporters = told(either_database, world, request_id, "parent")
    assert reporters["closed"] is None


def test_a_step_says_to_whom_a_request_was_given(database, world):
    request_id = report(database, world)
    act(database, world, assign_correction, actors(world)["deputy"], request_id, world.class_teacher_id)

    steps = [(one["step"], one["assignee"]) for one in told(database, world, request_id)["steps"]]
    assert steps == [("reported", None), ("assigned", "Петрова М. П.")]


def test_an_approval_taken_back_opens_nothing(database, world):
    request_id = report(database, world)
    close(database, world)
    deputy = actors(world)["deputy"]
    act(database, world, approve_correction, deputy, request_id, is_standing=True)
    act(database, world, approve_correction, deputy, request_id, is_standing=True)
    act(database, world, approve_correction, deputy, request_id, is_standing=False)

    with pytest.raises(PageClosed):
        mark(database, world, "5", request_id=request_id)
    approvals = published(database, world, "journal.correction.approved")
    assert [one.is_standing for one in approvals] == [True, False]


def test_the_deputy_organises_and_writes_nothing(database, world):
    """Clauses 3.7.2, 3.8.2."""
    request_id = report(database, world)
    for who in ("deputy", "director"):
        with pytest.raises(Denied):
            mark(database, world, "5", request_id=request_id, who=actors(world)[who])
        with pytest.raises(Denied):
            act(database, world, settle_correction, actors(world)[who], request_id, "declined", "Нет")


def test_the_class_teacher_may_write_the_correction(database, world):
    request_id = report(database, world)

    mark(database, world, "5", request_id=request_id, who=actors(world)["class_teacher"])

    assert told(database, world, request_id)["state"] == "corrected"


def test_3_7_8_whoever_reported_is_told_from_what_to_what_it_was_put_right(either_database):
    world = make_world(either_database)
    mark(either_database, world, "2")
    mark(either_database, world, "3")
    request_id = report(either_database, world)
    mark(either_database, world, "2", pupil=1)

    def change():
        return told(either_database, world, request_id, "parent")["change"]

    assert change() is None
    mark(either_database, world, "5", request_id=request_id)
    assert change() == {"was": "3", "value": "5"}
    mark(either_database, world, "4")
    assert change() == {"was": "3", "value": "5"}
    tell(either_database, world, PersonMerged(kept_id=new_id(), merged_id=world.pupils[0]))
    assert told(either_database, world, request_id)["change"] == {"was": "3", "value": "5"}


def test_what_was_put_right_before_it_is_called_so_is_told_and_of_what_is_declined_nothing(database, world):
    request_id, other = report(database, world), report(database, world, "pupil")
    mark(database, world, "5")
    for one, outcome in ((request_id, "corrected"), (other, "declined")):
        act(database, world, settle_correction, actors(world)["teacher"], one, outcome, "Проверено")

    assert told(database, world, request_id, "parent")["change"] == {"was": "3", "value": "5"}
    assert told(database, world, other, "pupil")["change"] is None


def test_what_was_put_right_stays_told_when_the_request_is_opened_again(either_database, clock):
    world = make_world(either_database)
    mark(either_database, world, "5")
    request_id = report(either_database, world)
    parent, teacher = actors(world)["parent"], actors(world)["teacher"]

    def reopen():
        again = {"is_confirmed": False, "text": "Всё ещё не так"}
        act(either_database, world, answer_settlement, parent, request_id, **again)

    def seen():
        shown = told(either_database, world, request_id, "parent")
        return shown["change"], [(one["step"], one["change"]) for one in shown["steps"]]

    first, second = {"was": "5", "value": "4"}, {"was": "4", "value": "3"}
    mark(either_database, world, "4", request_id=request_id)
    clock.shift(60)
    reopen()
    steps = [("reported", None), ("corrected", first), ("reopened", None)]
    assert seen() == (first, steps)

    mark(either_database, world, "3")
    act(either_database, world, settle_correction, teacher, request_id, "corrected", None)
    assert seen() == (second, [*steps, ("corrected", second)])


def test_what_stands_already_settles_no_request(database, world):
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, seq_of(session, world), "Дроби", None)
    of_mark, of_topic = report(database, world), report(database, world, cell=wrong(world, "topic", None))

    with pytest.raises(StandsAlready) as refused:
        mark(database, world, "3", request_id=of_mark)
    with pytest.raises(StandsAlready), database.writing(world.school_id) as session:
        seen = seq_of(session, world)
        describe_lesson(session, world.actor(), world.today, seen, "Дроби", None, request_id=of_topic)

    assert "отклоните обращение с пояснением" in refused.value.say("ru")[1]
    assert {told(database, world, one)["state"] for one in (of_mark, of_topic)} == {"assigned"}


def test_a_topic_is_corrected_without_touching_the_homework(database, world):
    request_id = report(database, world, cell=wrong(world, "topic", None))
    close(database, world)
    act(database, world, approve_correction, actors(world)["deputy"], request_id, is_standing=True)

    def describe(topic, homework):
        with database.writing(world.school_id) as session:
            seen = seq_of(session, world)
            describe_lesson(session, world.actor(), world.today, seen, topic, homework, request_id=request_id)

    with pytest.raises(AnotherCell):
        describe("Дроби", "§ 5")
    describe("Дроби", None)

    assert told(database, world, request_id)["state"] == "corrected"


def test_a_mark_of_a_closed_period_is_corrected_through_an_approved_request(database, world, clock):
    clock.move_to("2026-10-20T07:00:00+00:00")

    def put(value, request_id=None):
        with database.writing(world.school_id) as session:
            page, cells = world.page_id(session), [FinalCell(world.pupils[0], value)]
            column, seen = str(world.quarters[0]), seq_of(session, world)
            record_finals(session, world.actor(), page, column, seen, cells, "Пересчитано", request_id)

    put("3")
    close(database, world)
    with database.reading(world.school_id) as session:
        page_id = world.page_id(session)
    cell = Wrong("final", page_id=page_id, period_id=world.quarters[0], slot=0, pupil_id=world.pupils[0])
    request_id = report(database, world, cell=cell)
    with pytest.raises(PageClosed):
        put("4", request_id)
    act(database, world, approve_correction, actors(world)["deputy"], request_id, is_standing=True)
    assert told(database, world, request_id, "teacher")["standing"]["value"] == "3"
    put("4", request_id)

    seen = told(database, world, request_id)
    assert (seen["state"], seen["period"], seen["on"]) == ("corrected", "I четверть", None)
    assert seen["change"] == {"was": "3", "value": "4"}


def test_a_request_about_another_page_changes_nothing_here(database, world):
    other_id, lesson_id = new_id(), new_id()
    tell(
        database,
        world,
        make_load(world, other_id, world.teacher_id),
        make_lessons(world, other_id, [TODAY], [lesson_id]),
    )
    request_id = report(database, world, "teacher", Wrong("topic", lesson_id))

    with pytest.raises(AnotherCell):
        mark(database, world, "5", request_id=request_id)


def test_a_request_is_declined_with_a_word(database, world):
    request_id = report(database, world)

    act(database, world, settle_correction, actors(world)["teacher"], request_id, "declined", "В тетради 3")

    steps = told(database, world, request_id, "parent")["steps"]
    assert [(one["step"], one["note"]) for one in steps][-1] == ("declined", "В тетради 3")
    with pytest.raises(CorrectionOver):
        act(database, world, settle_correction, actors(world)["teacher"], request_id, "declined", "Ещё раз")


def test_what_nobody_changed_is_not_called_corrected(database, world, clock):
    at(clock, 6, "10:00:00")
    request_id = report(database, world)
    with pytest.raises(NothingCorrected):
        act(database, world, settle_correction, actors(world)["teacher"], request_id, "corrected", None)
    mark(database, world, "5")

    act(database, world, settle_correction, actors(world)["teacher"], request_id, "corrected", None)

    assert told(database, world, request_id)["state"] == "corrected"


def test_the_reporter_agrees_or_opens_it_again_once(database, world):
    request_id = report(database, world)
    parent, teacher = actors(world)["parent"], actors(world)["teacher"]

    def answer(who, *, is_confirmed):
        act(database, world, answer_settlement, who, request_id, is_confirmed=is_confirmed, text="Так")

    with pytest.raises(CorrectionOver):
        answer(parent, is_confirmed=True)
    act(database, world, settle_correction, teacher, request_id, "declined", "Верно")
    with pytest.raises(Denied):
        answer(teacher, is_confirmed=True)
    answer(parent, is_confirmed=False)
    assert told(database, world, request_id)["state"] == "assigned"
    act(database, world, settle_correction, teacher, request_id, "declined", "Верно")
    with pytest.raises(ReopenedAlready):
        answer(parent, is_confirmed=False)
    answer(parent, is_confirmed=True)

    seen = told(database, world, request_id)
    assert seen["state"] == "confirmed"
    assert [one["step"] for one in seen["steps"]] == [
        "reported",
        "declined",
        "reopened",
        "declined",
        "confirmed",
    ]
    answered = published(database, world, "journal.correction.answered")
    assert [one.is_confirmed for one in answered] == [False, True]


def test_the_deputy_gives_it_to_another_who_may_write_there(database, world):
    request_id = report(database, world)
    deputy = actors(world)["deputy"]
    with pytest.raises(MayNotSettle):
        act(database, world, assign_correction, deputy, request_id, new_id())

    for _ in range(2):
        act(database, world, assign_correction, deputy, request_id, world.class_teacher_id)

    assert told(database, world, request_id)["assignee"]["id"] == world.class_teacher_id
    assert {one["id"] for one in told(database, world, request_id)["assignable"]} == {
        world.teacher_id,
        world.class_teacher_id,
    }
    assert len(published(database, world, "journal.correction.assigned")) == 1


# The clock (D5).
def test_settled_in_twenty_hours_is_in_time_and_in_twenty_five_a_breach(database, world, clock):
    for day, hours, state in ((5, 20, "met"), (7, 25, "late")):
        at(clock, day, "10:00:00")
        request_id = report(database, world)
        at(clock, day + 1, f"{10 + hours - 24:02}:00:00")
        mark(database, world, "5" if hours == 20 else "4", request_id=request_id)
        assert told(database, world, request_id)["due"]["state"] == state


def test_a_report_of_friday_evening_is_due_on_monday_evening(database, world, clock):
    at(clock, 9, "18:00:00")
    request_id = report(database, world)
    at(clock, 12, "17:59:59")

    assert told(database, world, request_id)["due"]["state"] == "near"
    mark(database, world, "5", request_id=request_id)
    at(clock, 14, "10:00:00")
    assert told(database, world, request_id)["due"]["state"] == "met"


def test_opened_again_the_clock_begins_anew(database, world, clock):
    at(clock, 5, "10:00:00")
    request_id = report(database, world)
    act(database, world, settle_correction, actors(world)["teacher"], request_id, "declined", "Верно")
    at(clock, 8, "10:00:00")
    parent = actors(world)["parent"]
    act(database, world, answer_settlement, parent, request_id, is_confirmed=False, text="Не верно")
    at(clock, 9, "09:00:00")

    assert told(database, world, request_id)["due"]["state"] == "near"


def test_a_deputy_is_told_once_when_it_is_near_and_once_when_it_is_late(either_database, clock):
    world = make_world(either_database)
    tell(
        either_database,
        world,
        make_lessons(world, world.class_id, SCHOOL_WEEK, [new_id() for _ in SCHOOL_WEEK]),
    )
    at(clock, 5, "10:00:00")
    request_id = report(either_database, world, cell=wrong(world, "topic", None))

    for day, time in ((6, "03:59:59"), (6, "04:00:00"), (6, "05:00:00"), (6, "10:00:01"), (7, "10:00:00")):
        at(clock, day, time)
        with either_database.writing(world.school_id) as session:
            escalate(session, world.school_id)

    warned = published(either_database, world, "journal.correction.escalated")
    assert [(one.request_id, one.state) for one in warned] == [(request_id, "near"), (request_id, "late")]


def test_the_figures_say_the_share_in_time_the_median_and_the_clock(database, world, clock):
    at(clock, 5, "10:00:00")
    ids = [report(database, world, who) for who in ("parent", "pupil", "teacher")]
    for request_id, day, time in zip(ids, (5, 6, 7), ("12:00:00", "09:00:00", "10:00:00"), strict=True):
        at(clock, day, time)
        teacher = actors(world)["teacher"]
        act(database, world, settle_correction, teacher, request_id, "declined", "Верно")

    with database.reading(world.school_id) as session:
        figures = correction_figures(session, TODAY, date(2026, 10, 31))

    assert (figures["all"], figures["met"], figures["late"]) == (3, 2, 1)
    assert (figures["share_in_time"], figures["median_hours"]) == (66.7, 23.0)
    assert (figures["hours"], figures["counts"]) == (24, "school_days")


@pytest.mark.parametrize("note", [None, "", "  "])
def test_who_declines_says_why(database, world, note):
    request_id = report(database, world)
    given = {"person": world.teacher_id, "roles": ("teacher",)}
    send = partial(api_of(database, world), "PUT", f"/corrections/{request_id}/settlement", **given)

    refused = send(json={"outcome": "declined", "note": note})

    assert (refused.status_code, list(refused.json["errors"]["json"])) == (422, ["note"])
    assert send(json={"outcome": "declined", "note": "В тетради 3"}).status_code == 200


def figures_of(database, world, starts_on, ends_on):
    with database.reading(world.school_id) as session:
        told = correction_figures(session, starts_on, ends_on)
    return told["all"], told["met"], told["late"]


def test_in_the_holidays_a_request_has_one_deadline_whatever_is_counted_with_it(database, world, clock):
    days = [date(2026, 10, 23), date(2026, 11, 2), date(2026, 11, 3)]
    tell(database, world, make_lessons(world, world.class_id, days, [new_id() for _ in days]))
    at(clock, 20, "12:00:00")
    older = report(database, world, "pupil")
    at(clock, 26, "12:00:00")
    request_id = report(database, world)
    at(clock, 28, "12:00:00")

    with database.reading(world.school_id) as session:
        listed = correction_list(session, actors(world)["deputy"])["items"]
    with database.writing(world.school_id) as session:
        escalate(session, world.school_id)

    warned = published(database, world, "journal.correction.escalated")
    assert [(one.request_id, one.state) for one in warned] == [(older, "late")]
    alone = told(database, world, request_id)["due"]
    assert (alone["state"], alone["due"]) == ("ahead", datetime(2026, 11, 2, 21, tzinfo=UTC))
    assert next(one["due"] for one in listed if one["id"] == request_id) == alone
    assert told(database, world, older)["due"]["state"] == "late"
    assert figures_of(database, world, date(2026, 10, 26), date(2026, 10, 31)) == (1, 0, 0)
    assert figures_of(database, world, TODAY, date(2026, 10, 31)) == (2, 0, 1)


def test_opened_again_a_breach_is_not_forgotten(database, world, clock):
    at(clock, 5, "10:00:00")
    request_id = report(database, world)
    at(clock, 9, "10:00:00")
    act(database, world, settle_correction, actors(world)["teacher"], request_id, "declined", "Верно")
    october, later = (TODAY, date(2026, 10, 11)), (date(2026, 10, 12), date(2026, 10, 31))
    assert figures_of(database, world, *october) == (1, 0, 1)

    at(clock, 12, "10:00:00")
    parent = actors(world)["parent"]
    act(database, world, answer_settlement, parent, request_id, is_confirmed=False, text="Не верно")
    assert figures_of(database, world, *later) == (1, 0, 0)
    act(database, world, settle_correction, actors(world)["teacher"], request_id, "declined", "Верно")

    assert figures_of(database, world, *october) == (1, 0, 1)
    assert figures_of(database, world, *later) == (1, 1, 0)


def test_the_school_may_count_all_hours_alike(database, world, clock):
    value = DatedValue(valid_from="2026-09-01", value=orjson.dumps("hours").decode())
    tell(
        database, world, ParameterChanged(school_id=world.school_id, name="correction_counts", values=[value])
    )
    at(clock, 9, "18:00:00")
    request_id = report(database, world)
    at(clock, 10, "18:00:01")

    due = told(database, world, request_id)["due"]
    assert (due["state"], due["hours"], due["counts"]) == ("late", 24, "hours")


def test_a_report_after_midnight_is_kept_to_the_clock_of_the_school_s_own_day(database, world, clock):
    hours = [
        DatedValue(valid_from=f"2026-{day}", value=value) for day, value in (("09-01", "24"), ("10-07", "4"))
    ]
    tell(database, world, ParameterChanged(school_id=world.school_id, name="correction_hours", values=hours))
    at(clock, 7, "00:30:00")  # In UTC it is the day before.
    request_id = report(database, world)
    at(clock, 7, "04:31:00")

    due = told(database, world, request_id)["due"]
    assert (due["state"], due["hours"]) == ("late", 4)


# Over HTTP.
def whole_body(world):
    about = {"lesson_id": str(world.today), "what": "mark", "slot": 1, "pupil_id": str(world.pupils[0])}
    return about | {"text": "В тетради 5"}


def test_a_request_goes_all_its_way_over_http(api, world, database):
    parent = {"person": world.parent_id, "roles": ("parent",)}
    deputy = {"person": DEPUTY, "roles": ("deputy",)}
    body = {
        "lesson_id": str(world.today),
        "what": "mark",
        "slot": 1,
        "pupil_id": str(world.pupils[0]),
        "text": "5!",
    }
    made = api("POST", "/corrections", json=body, **parent)
    assert (made.status_code, made.json["number"], made.json["state"]) == (201, 1, "assigned")
    path = f"/corrections/{made.json['id']}"
    page = api("GET", path).json["page_seq"]

    given = {"assignee_id": str(world.class_teacher_id)}
    assert api("PUT", f"{path}/assignment", json=given, **deputy).status_code == 200
    assert api("PUT", f"{path}/approval", **deputy).status_code == 200
    assert api("DELETE", f"{path}/approval", **deputy).status_code == 200
    cell = {"pupil_id": str(world.pupils[0]), "slot": 1, "value": "5"}
    saved = api(
        "POST",
        f"/lessons/{world.today}/entries",
        seen=page,
        json={"entries": [cell], "request_id": made.json["id"]},
        person=world.class_teacher_id,
        roles=("class_teacher",),
    )
    assert saved.status_code == 200, saved.text
    answered = api("PUT", f"{path}/answer", json={"is_confirmed": True}, **parent)
    assert answered.json["state"] == "confirmed"
    assert api("GET", "/corrections?state=confirmed", **parent).json["items"][0]["due"]["state"] == "met"
    figures = api("GET", f"/corrections/figures?from={TODAY}&until={TODAY}", **deputy).json
    assert figures["share_in_time"] == 100.0


def test_what_lacks_a_slot_or_a_word_is_refused(api, world):
    whole = {
        "lesson_id": str(world.today),
        "what": "mark",
        "slot": 1,
        "pupil_id": str(world.pupils[0]),
        "text": "5",
    }

    for wrong_part in ({"slot": None}, {"text": ""}, {"text": "\x00"}, {"what": "weather"}):
        assert api("POST", "/corrections", json=whole | wrong_part).status_code == 422


def test_a_request_is_opened_again_for_what_is_said_alone(api, database, world):
    parent = {"person": world.parent_id, "roles": ("parent",)}
    request_id = report(database, world)
    act(database, world, settle_correction, actors(world)["teacher"], request_id, "declined", "Верно")
    path = f"/corrections/{request_id}/answer"

    for said in ({}, {"text": None}, {"text": "   "}):
        assert api("PUT", path, json={"is_confirmed": False} | said, **parent).status_code == 422
    again = api("PUT", path, json={"is_confirmed": False, "text": "Всё ещё 3"}, **parent)
    assert again.json["state"] == "assigned"


@pytest.mark.parametrize("gone", ["cancelled", "list"])
def test_3_9_5_an_entry_where_none_may_stand_is_reported_and_taken_away(database, world, gone):
    if gone == "cancelled":
        ids = {"group_id": world.class_id, "subject_id": world.subject_id}
        tell(database, world, LessonsCancelled(**ids, lesson_ids=[world.today]))
    else:
        tell(database, world, make_enrolment(world.class_id, world.pupils[0], TOMORROW))
        with pytest.raises(NotFound):  # There is nothing.
            report(database, world, cell=wrong(world, slot=2))
    request = report(database, world)

    mark(database, world, None, request_id=request)

    assert told(database, world, request)["state"] == CORRECTED
