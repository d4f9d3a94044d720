import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell
from services.journal.actions.chains import broken_chains
from services.journal.actions.descriptions import AS_BEFORE, DescriptionChanged, describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import close_period
from services.journal.actions.works import WorkChanged, WorkMarked, set_work, withdraw_work, work_of
from services.journal.models import Description, Page, Revision, Work
from services.journal.queries.page import class_page
from shared.errors import Denied, NotFound
from shared.ids import new_id
from tests.journal.makers import TODAY, make_world, published


def describe(database, world, topic, homework, *, seen=0, lesson=None, actor=None):
    with database.writing(world.school_id) as session:
        given = (actor or world.actor(), lesson or world.today, seen)
        return describe_lesson(session, *given, topic, homework)


def put_work(database, world, work, *, seen=0):
    with database.writing(world.school_id) as session:
        return set_work(session, world.actor(), world.today, seen, work)


def revisions(database, world):
    with database.reading(world.school_id) as session:
        return [(r.what, r.was, r.value) for r in session.scalars(select(Revision).order_by(Revision.seq))]


def test_topic_and_homework_are_kept_and_told_as_they_stand(either_database):
    world = make_world(either_database)
    seen = describe(either_database, world, "Дроби", "№ 12").seq
    end = describe(either_database, world, "Дроби", None, seen=seen)

    assert revisions(either_database, world) == [
        ("topic", None, "Дроби"),
        ("homework", None, "№ 12"),
        ("homework", "№ 12", None),
    ]
    *_, told = published(either_database, world, "journal.lesson.described")
    assert (told.topic, told.homework, told.lesson_on) == ("Дроби", None, TODAY)
    assert (told.seq, told.head) == (end.seq, end.head)


def test_describing_the_same_again_changes_nothing(database, world):
    first = describe(database, world, "Дроби", "")

    assert describe(database, world, "Дроби", None, seen=0) == first._replace(links=0)
    assert len(published(database, world, "journal.lesson.described")) == 1


def test_a_lesson_ahead_can_be_described(database, world):
    assert describe(database, world, "Дроби", "№ 12", lesson=world.lessons[2]).seq == 2


def test_a_description_changed_meanwhile_is_refused_and_shown(database, world):
    seq = describe(database, world, "Дроби", None).seq

    with pytest.raises(DescriptionChanged) as refused:
        describe(database, world, "Проценты", None, seen=0)

    now = {"topic": "Дроби", "homework": None, "seq": seq, "cells": ["topic"]}
    assert refused.value.errors == {"description": now}


def stands(database, world):
    with database.reading(world.school_id) as session:
        assert list(broken_chains(session)) == []
        [kept] = session.scalars(select(Description)).all()
        return kept.topic, kept.homework


def leader(world):
    return world.actor(world.class_teacher_id, "class_teacher")


@pytest.mark.parametrize("texts", [(None, "№ 5"), (AS_BEFORE, "№ 5")], ids=["as_seen", "not_sent"])
def test_topic_by_one_and_homework_by_another_are_merged(either_database, texts):
    world = make_world(either_database)
    describe(either_database, world, "Дроби", None)
    describe(either_database, world, *texts, seen=0, actor=leader(world))

    assert stands(either_database, world) == ("Дроби", "№ 5")
    *_, told = published(either_database, world, "journal.lesson.described")
    assert (told.topic, told.homework) == ("Дроби", "№ 5")


def test_what_stood_before_and_was_rewritten_twice_meanwhile_is_left_alone(database, world):
    seen = describe(database, world, "Дроби", "§ 1").seq
    for homework in ("§ 2", "§ 3"):
        describe(database, world, AS_BEFORE, homework, seen=page_seq(database, world))

    describe(database, world, "Проценты", "§ 1", seen=seen, actor=leader(world))

    assert stands(database, world) == ("Проценты", "§ 3")


def page_seq(database, world):
    with database.reading(world.school_id) as session:
        return session.scalars(select(Page.seq)).one()


def test_of_two_who_write_the_same_cell_the_second_is_refused_whatever_else_is_sent(database, world):
    seq = describe(database, world, "Дроби", "№ 1").seq

    with pytest.raises(DescriptionChanged) as refused:
        describe(database, world, "Проценты", None, seen=0, actor=leader(world))

    assert refused.value.errors["description"]["cells"] == ["topic"]
    assert refused.value.errors["description"]["seq"] == seq
    assert stands(database, world) == ("Дроби", "№ 1")


@pytest.mark.parametrize("texts", [(None, AS_BEFORE), (None, None)], ids=["the_cell_alone", "both_cells"])
def test_taking_back_by_hand_what_was_written_since_is_a_conflict(database, world, texts):
    describe(database, world, "Дроби", None)

    with pytest.raises(DescriptionChanged) as refused:
        describe(database, world, *texts, seen=0)

    assert refused.value.errors["description"]["cells"] == ["topic"]


def test_the_same_text_written_by_both_is_none(database, world):
    describe(database, world, "Дроби", None)

    describe(database, world, "Дроби", "№ 5", seen=0, actor=leader(world))

    assert stands(database, world) == ("Дроби", "№ 5")


def test_a_closed_period_takes_no_description_and_no_work(database, world):
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])

    with pytest.raises(PageClosed):
        describe(database, world, "Дроби", None)
    with pytest.raises(PageClosed):
        put_work(database, world, work_of(1, "control"))


@pytest.mark.parametrize(("role", "refusal"), [("deputy", Denied), ("teacher", NotFound)])
def test_nobody_else_describes(database, world, role, refusal):
    with pytest.raises(refusal):
        describe(database, world, "Дроби", None, actor=world.actor(new_id(), role))


def test_a_work_is_kept_and_told(either_database):
    world = make_world(either_database)
    seen = put_work(either_database, world, work_of(1, "control", title="Дроби")).seq
    end = put_work(either_database, world, work_of(1, "control", 4, "Дроби"), seen=seen)

    assert revisions(either_database, world) == [
        ("work", None, "control 5 Дроби"),
        ("work", "control 5 Дроби", "control 4 Дроби"),
    ]
    with either_database.reading(world.school_id) as session:
        [work] = session.scalars(select(Work)).all()
    assert (work.type, work.weight, work.title, work.seq) == ("control", 4, "Дроби", end.seq)
    *_, told = published(either_database, world, "journal.work.set")
    assert (told.slot, told.work, told.weight, told.title, told.seq) == (1, "control", 4, "Дроби", end.seq)


def withdraw(database, world, slot, *, seen):
    with database.writing(world.school_id) as session:
        return withdraw_work(session, world.actor(), world.today, seen, slot)


def test_a_work_put_in_by_mistake_is_taken_back(either_database):
    world = make_world(either_database)
    seen = put_work(either_database, world, work_of(1, "control", title="Дроби")).seq
    end = withdraw(either_database, world, 1, seen=seen)

    assert revisions(either_database, world)[-1] == ("work", "control 5 Дроби", None)
    with either_database.reading(world.school_id) as session:
        assert session.scalars(select(Work)).all() == []
        assert list(broken_chains(session)) == []
    [told] = published(either_database, world, "journal.work.withdrawn")
    assert (told.lesson_id, told.slot, told.seq, told.head) == (world.today, 1, end.seq, end.head)
    assert withdraw(either_database, world, 1, seen=seen) == end._replace(links=0)
    put_work(either_database, world, work_of(1, "answer"), seen=end.seq)
    assert revisions(either_database, world)[-1] == ("work", None, "answer 1")


def test_a_work_that_marks_stand_under_stays_and_an_emptied_one_goes(either_database):
    world = make_world(either_database)
    put = [(world.pupils[0], "5"), (world.pupils[1], "•")]
    for number, (_, value) in enumerate(put):
        with either_database.writing(world.school_id) as session:
            seq = session.scalars(select(Page.seq)).one()
            cells = [Cell(put[number][0], 2, value)]
            record_entries(session, world.actor(), world.today, seq, cells, [work_of(2, "control")])
    with either_database.reading(world.school_id) as session:
        seen = session.scalars(select(Page.seq)).one()

    with pytest.raises(WorkMarked) as refused:
        withdraw(either_database, world, 2, seen=seen)
    assert refused.value.facts == {"count": 2}

    with either_database.writing(world.school_id) as session:
        cells = [Cell(pupil, 2, None) for pupil, _ in put]
        seen = record_entries(session, world.actor(), world.today, seen, cells).seq
    withdraw(either_database, world, 2, seen=seen)
    with either_database.reading(world.school_id) as session:
        told = class_page(session, world.actor(), world.page_id(session), on=TODAY)
        assert list(broken_chains(session)) == []
    assert [lesson["works"] for lesson in told["lessons"]] == [[], [], []]


def test_a_work_somebody_else_set_meanwhile_is_not_taken_back_unseen(database, world):
    seen = put_work(database, world, work_of(1, "control")).seq
    put_work(database, world, work_of(1, "control", title="Дроби"), seen=seen)

    with pytest.raises(WorkChanged):
        withdraw(database, world, 1, seen=seen)


def test_3_6_4_a_work_says_whether_it_is_written_and_of_internal_monitoring(either_database):
    world = make_world(either_database)
    seen = put_work(either_database, world, work_of(1, "control", is_monitoring=True)).seq
    seen = put_work(either_database, world, work_of(2, "answer", counts=False), seen=seen).seq
    put_work(either_database, world, work_of(1, "control"), seen=seen)

    assert [value for _, _, value in revisions(either_database, world)] == [
        "control 5m",
        "answer 1x",
        "control 5",
    ]
    told = published(either_database, world, "journal.work.set")
    assert [(one.is_written, one.is_monitoring, one.counts) for one in told] == [
        (True, True, True),
        (False, False, False),
        (True, False, True),
    ]
    with either_database.reading(world.school_id) as session:
        kept = session.scalars(select(Work).order_by(Work.slot)).all()
    assert [(one.is_written, one.is_monitoring, one.counts) for one in kept] == [
        (True, False, True),
        (False, False, False),
    ]


def test_setting_the_same_work_again_changes_nothing(database, world):
    first = put_work(database, world, work_of(1, "essay"))

    assert put_work(database, world, work_of(1, "essay")) == first._replace(links=0)


def test_a_work_changed_meanwhile_is_refused(database, world):
    put_work(database, world, work_of(1, "essay"))

    with pytest.raises(WorkChanged):
        put_work(database, world, work_of(1, "dictation"))


def test_a_refused_description_leaves_nothing(database, world):
    with pytest.raises(NotFound):
        describe(database, world, "Дроби", None, lesson=new_id())
    with database.reading(world.school_id) as session:
        assert session.scalars(select(Description)).all() == []
