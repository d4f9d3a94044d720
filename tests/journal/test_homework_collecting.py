"""Homework of a class's day is told once, in the evening; what changes later as a new version (2.2.6)."""

from datetime import UTC, datetime, timedelta

import pytest

from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.homework_collecting import collect_everywhere
from services.journal.actions.tasks import change_task, withdraw_task
from services.journal.models import Page
from services.journal.rules.homework import LONGEST_TOLD, MOST_TASKS
from services.journal.service import service
from shared.events.identity import DatedValue, EnrolmentsChanged, GroupChanged, ParameterChanged
from shared.events.schedule import LessonsCancelled, SubjectChanged
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    TOMORROW,
    YESTERDAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_world,
    published,
    tell,
)
from tests.journal.test_tasks import TaskFacts, give, make_part
from tests.support.tokens import key_ring

FIVE, SIX = (datetime(2026, 10, 5, hour, tzinfo=UTC) for hour in (14, 15))  # 17:00 and 18:00 in Moscow.


def describe(database, world, homework, *, lesson=None, actor=None, seen=0):
    with database.writing(world.school_id) as session:
        describe_lesson(session, actor or world.actor(), lesson or world.today, seen, "Дроби", homework)


def seq_of(database, world):
    with database.reading(world.school_id) as session:
        return session.get(Page, world.page_id(session)).seq


def collect(database, world):
    """Let the job run; return what it told since the test began."""
    collect_everywhere(Runtime(service, Settings("journal", ""), database, Peers({}), key_ring()))
    return published(database, world, "journal.homework.collected")


def said(told):
    return [(item.text, item.minutes, item.due_on, item.pupil_ids) for item in told.items]


def test_a_days_homework_is_told_in_the_evening_once(either_database, clock):
    world = make_world(either_database)
    give(either_database, world, text="№ 12", minutes=30)
    clock.move_to(FIVE)
    assert collect(either_database, world) == []

    clock.move_to(SIX)
    collect(either_database, world)
    [told] = collect(either_database, world)

    assert (told.group_id, told.on, told.version) == (world.class_id, TODAY, 1)
    assert sorted(told.pupil_ids) == sorted(world.pupils)
    assert said(told) == [("№ 12", 30, TOMORROW, None)]  # Once, though plain homework says it too.


@pytest.mark.parametrize("homework", [None, "не задано", "Без задания."])
def test_where_nothing_is_set_nothing_is_told(database, clock, homework):
    world = make_world(database)
    describe(database, world, homework)
    clock.move_to(SIX)
    assert collect(database, world) == []


def test_a_correction_is_told_as_a_new_version_and_a_withdrawal_as_nothing_set(either_database, clock):
    world = make_world(either_database)
    task = give(either_database, world)
    clock.move_to(SIX)
    collect(either_database, world)

    with either_database.writing(world.school_id) as session:
        end = change_task(session, world.actor(), world.today, task.slot, task.end.seq, TaskFacts("№ 13")).end
    assert [said(one)[0][0] for one in collect(either_database, world)] == ["№ 12", "№ 13"]

    with either_database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, task.slot, end.seq)
    told = collect(either_database, world)
    assert [one.version for one in told] == [1, 2, 3]
    assert told[-1].items == []


def test_homework_written_after_the_evening_is_told_the_next_day(database, clock):
    world = make_world(database)
    clock.move_to(SIX + timedelta(hours=15))  # The next morning.
    describe(database, world, "§ 4")

    [told] = collect(database, world)

    assert (told.on, said(told)) == (TODAY, [("§ 4", None, TOMORROW, None)])


def test_a_lesson_of_long_ago_is_no_days_homework(database):
    world = make_world(database)
    describe(database, world, "§ 3", lesson=world.lessons[0])
    assert FRIDAY < YESTERDAY
    assert collect(database, world) == []


def test_a_part_of_the_class_is_told_of_its_own(database, clock):
    world = make_world(database)
    part = make_part(database, world, world.pupils[0])
    give(database, world, text="Слова", group_id=part)
    clock.move_to(SIX)

    [told] = collect(database, world)

    assert said(told) == [("Слова", None, TOMORROW, [world.pupils[0]])]


def test_a_task_for_one_pupil_and_a_cancelled_lesson_are_told_of_by_others(database, clock):
    world = make_world(database)
    give(database, world, pupil_id=world.pupils[0])
    clock.move_to(SIX)
    assert collect(database, world) == []

    describe(database, world, "№ 9", seen=1)
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(database, world, LessonsCancelled(**ids, lesson_ids=[world.today]))
    assert collect(database, world) == []


def test_pages_of_a_parallel_and_of_a_part_without_members_are_the_classes_too(database, clock):
    world = make_world(database)
    parallel, part, other = new_id(), new_id(), new_id()
    leaver = world.pupils[2]
    group = {"grade": 5, "class_teacher_id": world.class_teacher_id}
    tell(
        database,
        world,
        GroupChanged(group_id=parallel, kind="parallel", name="5 параллель", grade=5),
        GroupChanged(group_id=world.class_id, kind="class", name="5А", parent_id=parallel, **group),
        GroupChanged(group_id=part, kind="group", name="5А, девочки", grade=5, parent_id=world.class_id),
        GroupChanged(group_id=other, kind="class", name="5Б", parent_id=parallel, grade=5),
        EnrolmentsChanged(group_id=other, pupil_ids=[], enrolments=[]),
        make_enrolment(other, new_id()),
        make_enrolment(world.class_id, leaver, until_on=FRIDAY),
        SubjectChanged(subject_id=world.subject_id, name="Хор"),
    )
    ids = {}
    for where in (parallel, part):
        ids[where] = [new_id()]
        tell(database, world, make_lessons(world, where, [TODAY], ids[where]))
    leader = world.actor(world.class_teacher_id)
    describe(database, world, "Петь", lesson=ids[part][0], actor=leader)
    clock.move_to(SIX)

    [own] = collect(database, world)
    assert (own.group_id, said(own)) == (world.class_id, [("Петь", None, None, None)])
    assert leaver not in own.pupil_ids


def test_a_school_sets_its_own_hour(database, clock):
    world = make_world(database)
    give(database, world)
    early = DatedValue(valid_from=FRIDAY, value="17")
    tell(
        database,
        world,
        ParameterChanged(name="homework_told_at", values=[early], school_id=world.school_id),
    )
    clock.move_to(FIVE)
    assert len(collect(database, world)) == 1


def test_more_than_a_message_holds_is_told_as_far_as_it_goes(database, clock, monkeypatch):
    world = make_world(database)
    for _ in range(MOST_TASKS):
        give(database, world, text="ё" * 2000, seen=seq_of(database, world))
    clock.move_to(SIX)
    with monkeypatch.context() as patched:
        patched.setattr("shared.outbox.MAX_DATA_BYTES", 10_000)
        [few] = collect(database, world)
    assert {len(item.text) for item in few.items} == {LONGEST_TOLD}
    assert 5 < len(few.items) < MOST_TASKS
    assert [one.version for one in collect(database, world)] == [1]  # Told once, as far as it goes.


def test_a_round_costs_the_same_number_of_statements_however_much_is_set(database, clock):
    world = make_world(database)
    clock.move_to(SIX)
    give(database, world)
    with Counted(database) as few:
        collect(database, world)
    for text in ("№ 13", "№ 14", "№ 15"):
        give(database, world, text=text, seen=seq_of(database, world))
    with Counted(database) as many:
        collect(database, world)
    assert len(few) == len(many)
