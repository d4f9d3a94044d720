from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell, CellsChanged, EntriesRefused
from services.journal.actions.entries import LessonAhead, record_entries
from services.journal.actions.pages import LessonCancelled, PageClosed
from services.journal.actions.periods import close_period, reopen_period
from services.journal.actions.works import WorkChanged, work_of
from services.journal.models import Entry, Revision, Work
from services.journal.queries.page import class_page
from shared.auth import Actor
from shared.errors import Denied, NotFound, Stale
from shared.events.identity import GroupChanged
from shared.events.journal import MarksRecorded, WorkSet
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    make_world,
    published,
    tell,
)

MARKS = "journal.marks.recorded"


def record(database, world, marks, *, seen=0, actor=None, lesson=None, works=(), reason=None):
    """Records {pupil number: value} or {(pupil number, slot): value} on today's lesson."""
    cells = []
    for key, value in marks.items():
        number, slot = key if isinstance(key, tuple) else (key, 1)
        cells.append(Cell(world.pupils[number], slot, value))
    with database.writing(world.school_id) as session:
        return record_entries(
            session, actor or world.actor(), lesson or world.today, seen, cells, works, reason
        )


def stored(database, world, model):
    with database.reading(world.school_id) as session:
        return session.scalars(select(model)).all()


def test_marks_are_kept_with_their_history_and_told_in_one_event(either_database):
    world = make_world(either_database)

    saved = record(either_database, world, {0: "5", 1: "4", (2, 0): "н"}, reason="ответы")

    kept = {(entry.pupil_id, entry.slot): entry.value for entry in stored(either_database, world, Entry)}
    first, second, third = world.pupils
    assert kept == {(first, 1): "5", (second, 1): "4", (third, 0): "н"}
    [told] = published(either_database, world, MARKS)
    assert (told.seq, told.head) == (saved.seq, saved.head)
    assert (told.lesson_on, told.number, told.group_id) == (TODAY, 2, world.class_id)
    assert [(e.pupil_id, e.slot, e.value, e.was, e.work, e.weight) for e in told.entries] == [
        (first, 1, "5", None, "answer", 1),
        (second, 1, "4", None, "answer", 1),
        (third, 0, "н", None, "attendance", 0),
    ]
    revisions = stored(either_database, world, Revision)
    assert [(r.seq, r.what, r.value, r.reason) for r in revisions] == [
        (1, "work", "answer 1", "ответы"),
        (2, "mark", "5", "ответы"),
        (3, "mark", "4", "ответы"),
        (4, "attendance", "н", "ответы"),
    ]
    assert (revisions[-1].hash, saved.seq) == (saved.head, 4)


def test_saving_the_same_again_changes_nothing_and_tells_nobody(database, world):
    first = record(database, world, {0: "5"})

    again = record(database, world, {0: "5"})

    assert (again.seq, again.head, again.changed) == (first.seq, first.head, [])
    assert len(published(database, world, MARKS)) == 1
    assert len(stored(database, world, Revision)) == first.seq


def test_a_mark_replaced_or_taken_back_leaves_both_values_in_the_history(database, world):
    seen = record(database, world, {0: "3"}).seq
    seen = record(database, world, {0: "4"}, seen=seen).seq
    record(database, world, {0: None}, seen=seen)

    history = [(r.was, r.value) for r in stored(database, world, Revision) if r.what == "mark"]
    assert history == [(None, "3"), ("3", "4"), ("4", None)]
    [entry] = stored(database, world, Entry)
    assert entry.value is None
    assert [told.entries[0].value for told in published(database, world, MARKS)] == ["3", "4", None]


def test_emptying_an_empty_cell_is_no_change(database, world):
    assert record(database, world, {0: None}).seq == 0
    assert stored(database, world, Entry) == []
    assert stored(database, world, Work) == []


def test_cells_nobody_else_touched_are_merged(database, world):
    seen = record(database, world, {0: "3"}).seq
    record(database, world, {1: "5"}, seen=seen)

    record(database, world, {2: "4"}, seen=seen)

    assert {entry.value for entry in stored(database, world, Entry)} == {"3", "4", "5"}


def test_a_cell_changed_meanwhile_is_refused_and_shown(database, world):
    seen = record(database, world, {0: "3"}).seq
    newer = record(database, world, {0: "4"}, seen=seen).seq

    with pytest.raises(CellsChanged) as refused:
        record(database, world, {0: "5", 1: "5"}, seen=seen)

    cell = {"pupil_id": world.pupils[0], "slot": 1, "value": "4", "seq": newer}
    assert refused.value.errors == {"cells": [cell]}
    assert [entry.value for entry in stored(database, world, Entry)] == ["4"]


def test_a_cell_changed_meanwhile_to_the_same_value_is_no_conflict(database, world):
    record(database, world, {0: "4"})

    assert record(database, world, {0: "4", 1: "5"}, seen=0).changed[0].pupil_id == world.pupils[1]


def test_a_state_the_page_never_had_was_not_seen(database, world):
    with pytest.raises(Stale):
        record(database, world, {0: "5"}, seen=7)


def test_works_given_with_the_marks_are_set_and_told_first(database, world):
    control = work_of(2, "control", title="Дроби")

    saved = record(database, world, {(0, 2): "4"}, works=[control])

    [work] = stored(database, world, Work)
    assert (work.type, work.weight, work.title) == ("control", 5, "Дроби")
    told_work, told_marks = published(database, world)[1:]
    assert isinstance(told_work, WorkSet)
    assert isinstance(told_marks, MarksRecorded)
    assert (told_work.work, told_work.seq, told_marks.seq) == ("control", 1, saved.seq)
    assert (told_marks.entries[0].work, told_marks.entries[0].weight) == ("control", 5)


def test_a_work_changed_meanwhile_is_refused(database, world):
    record(database, world, {(0, 1): "4"}, works=[work_of(1, "control")])

    with pytest.raises(WorkChanged):
        record(database, world, {(1, 1): "4"}, works=[work_of(1, "test")], seen=0)


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ((0, 1, "6"), "value"),
        ((0, 1, "н"), "value"),
        ((0, 0, "5"), "value"),
        ((0, 1, ""), "value"),
        ((None, 1, "5"), "pupil_id"),
    ],
)
def test_what_cannot_stand_in_a_cell_is_refused_by_row(database, world, cell, field):
    number, slot, value = cell
    pupil = world.pupils[number] if number is not None else uuid4()
    cells = [Cell(world.pupils[1], 1, "5"), Cell(pupil, slot, value)]

    with database.writing(world.school_id) as session, pytest.raises(EntriesRefused) as refused:
        record_entries(session, world.actor(), world.today, 0, cells)

    assert list(refused.value.errors) == [f"entries.1.{field}"]
    assert stored(database, world, Entry) == []


def test_a_cell_is_named_once(database, world):
    cells = [Cell(world.pupils[0], 1, "5"), Cell(world.pupils[0], 1, "4")]

    with database.writing(world.school_id) as session, pytest.raises(EntriesRefused):
        record_entries(session, world.actor(), world.today, 0, cells)


def test_a_pupil_takes_marks_from_the_first_to_the_last_day_in_the_class(database, world):
    leaves_today, left_friday, comes_tomorrow = world.pupils
    for pupil, from_on, until_on in (
        (leaves_today, FIRST[0], TODAY),
        (left_friday, FIRST[0], FRIDAY),
        (comes_tomorrow, TODAY + timedelta(days=1), None),
    ):
        tell(database, world, make_enrolment(world.class_id, pupil, from_on, until_on))

    record(database, world, {0: "5"})
    for number in (1, 2):
        with pytest.raises(EntriesRefused):
            record(database, world, {number: "5"})
    record(database, world, {1: "5"}, lesson=world.lessons[0])


def test_a_work_named_twice_is_refused_and_nothing_is_recorded(either_database):
    world = make_world(either_database)

    with pytest.raises(EntriesRefused) as refused:
        record(either_database, world, {0: "5"}, works=[work_of(1, "control"), work_of(1, "essay")])

    assert set(refused.value.errors) == {"works"}
    assert not stored(either_database, world, Revision)


def test_a_lesson_ahead_takes_no_marks(database, world):
    with pytest.raises(LessonAhead):
        record(database, world, {0: "5"}, lesson=world.lessons[2])


def test_today_is_the_schools_own_day(database, clock):
    clock.move_to("2026-10-05T15:00:00+00:00")  # In Kamchatka it is Tuesday, in Kaliningrad Monday.
    east = make_world(database, time_zone="Asia/Kamchatka")
    west = make_world(database, time_zone="Europe/Kaliningrad")

    assert record(database, east, {0: "5"}, lesson=east.lessons[2]).changed
    with pytest.raises(LessonAhead):
        record(database, west, {0: "5"}, lesson=west.lessons[2])


def test_a_cancelled_lesson_takes_no_marks_until_it_is_planned_again(database, world):
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(database, world, LessonsCancelled(**ids, lesson_ids=[world.today]))
    with pytest.raises(LessonCancelled):
        record(database, world, {0: "5"})

    tell(database, world, make_lessons(world, world.class_id, [TODAY], [world.today]))
    assert record(database, world, {0: "5"}).changed


def test_what_stands_on_a_lesson_cancelled_later_can_be_emptied(either_database):
    world = make_world(either_database)
    seen = record(either_database, world, {0: "2", (1, 0): "н"}).seq
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(either_database, world, LessonsCancelled(**ids, lesson_ids=[world.today]))
    with either_database.reading(world.school_id) as session:
        shown = class_page(session, world.actor(), world.page_id(session))["lessons"]
    assert [(one["editable"], one["clearable"]) for one in shown][1] == (False, True)
    with pytest.raises(LessonCancelled):
        record(either_database, world, {0: None, 2: "5"}, seen=seen)
    with pytest.raises(LessonCancelled):
        record(either_database, world, {0: None}, seen=seen, works=[work_of(1, "control")])

    record(either_database, world, {0: None, (1, 0): None}, seen=seen)

    assert [entry.value for entry in stored(either_database, world, Entry)] == [None, None]


def test_what_stands_for_a_pupil_taken_off_the_list_can_be_emptied(either_database):
    world = make_world(either_database)
    seen = record(either_database, world, {0: "2"}).seq
    tell(either_database, world, make_enrolment(world.class_id, world.pupils[0], TODAY + timedelta(days=1)))
    for pupil, value in ((0, "3"), (0, None)):
        cells = {pupil: value, 1: "5"}
        if value:
            with pytest.raises(EntriesRefused) as refused:
                record(either_database, world, cells, seen=seen)
            assert set(refused.value.errors) == {"entries.0.pupil_id"}
        else:
            record(either_database, world, cells, seen=seen)

    found = {entry.pupil_id: entry.value for entry in stored(either_database, world, Entry)}
    assert found == {world.pupils[0]: None, world.pupils[1]: "5"}
    with either_database.writing(world.school_id) as session, pytest.raises(EntriesRefused):
        record_entries(session, world.actor(), world.today, seen, [Cell(new_id(), 1, None)])


def test_a_closed_period_takes_no_marks_until_it_is_open_again(either_database):
    world = make_world(either_database)
    deputy = world.actor(new_id(), "deputy")
    with either_database.writing(world.school_id) as session:
        close_period(session, deputy, world.quarters[0])
    with pytest.raises(PageClosed) as refused:
        record(either_database, world, {0: "5"})
    assert refused.value.say("ru")[1].startswith("Период «I четверть» закрыт 05.10.2026.")

    with either_database.writing(world.school_id) as session:
        reopen_period(session, deputy, world.quarters[0], "Ошибка в отметке")
    assert record(either_database, world, {0: "5"}).changed


def test_a_period_is_said_to_be_closed_on_the_schools_own_day(database, clock):
    world = make_world(database, time_zone="Asia/Omsk")
    clock.move_to("2026-10-05T20:30:00+00:00")
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])

    with pytest.raises(PageClosed) as refused:
        record(database, world, {0: "5"})
    assert "закрыт 06.10.2026." in refused.value.say("ru")[1]


def test_a_lesson_outside_all_periods_takes_marks_whatever_is_closed(database):
    between = date(2026, 9, 1) - timedelta(days=1)
    world = make_world(database, days=(between, TODAY))
    tell(database, world, *(make_enrolment(world.class_id, p, between) for p in world.pupils))
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])

    assert record(database, world, {0: "5"}, lesson=world.lessons[0]).changed


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("deputy", Denied), ("director", Denied), ("operator", NotFound), ("teacher", NotFound)],
)
def test_nobody_else_writes_on_the_page(database, world, who, refusal):
    with pytest.raises(refusal):
        record(database, world, {0: "5"}, actor=world.actor(new_id(), who))


def test_another_school_does_not_find_the_lesson(either_database):
    world, other = make_world(either_database), make_world(either_database)
    teacher = Actor("t", other.school_id, world.teacher_id, frozenset({"teacher"}))

    with either_database.writing(other.school_id) as session, pytest.raises(NotFound):
        record_entries(session, teacher, world.today, 0, [Cell(world.pupils[0], 1, "5")])


def test_a_client_without_a_person_writes_nothing(database, world):
    with pytest.raises(NotFound):
        record(database, world, {0: "5"}, actor=Actor("service", world.school_id))


def test_the_class_teacher_writes_on_every_page_of_the_class_and_of_its_groups(database, world):
    group_id, lesson_id = new_id(), new_id()
    part = GroupChanged(group_id=group_id, kind="group", name="англ. 1", parent_id=world.class_id)
    tell(database, world, part, make_load(world, group_id, new_id()))
    tell(database, world, make_lessons(world, group_id, [TODAY], [lesson_id], teacher_id=new_id()))

    class_teacher = world.actor(world.class_teacher_id, "class_teacher")

    assert record(database, world, {0: "5"}, actor=class_teacher).changed
    assert record(database, world, {0: "5"}, actor=class_teacher, lesson=lesson_id).changed


def test_who_is_away_does_not_write_on_a_substituted_lesson_and_may_read_it(database, world):
    """Clause 3.7.3: the right goes with the lesson; the class teacher keeps it (3.5.1)."""
    away = make_lessons(
        world, world.class_id, [TODAY], [world.today], teacher_id=new_id(), is_substituted=True
    )
    tell(database, world, away)

    with pytest.raises(Denied):
        record(database, world, {0: "5"})
    assert record(database, world, {0: "5"}, lesson=world.lessons[0]).changed
    with database.reading(world.school_id) as session:
        shown = class_page(session, world.actor(), world.page_id(session), None)["lessons"]
    states = {one["id"]: (one["editable"], one["is_substituted"]) for one in shown}
    assert states[world.today] == (False, True)
    assert states[world.lessons[0]] == (True, False)


def test_a_substitute_writes_on_that_lesson_only(database, world):
    substitute = new_id()
    tell(
        database,
        world,
        make_lessons(world, world.class_id, [TODAY], [world.today], teacher_id=substitute),
    )

    assert record(database, world, {0: "5"}, actor=world.actor(substitute)).changed
    with pytest.raises(Denied):
        record(database, world, {0: "5"}, actor=world.actor(substitute), lesson=world.lessons[0])
    assert record(database, world, {1: "5"}).changed, "The subject stays the own teacher's."


def test_a_teacher_who_lost_the_load_finds_the_page_no_more(database, world):
    heir = new_id()
    tell(database, world, make_load(world, world.class_id, heir))
    tell(database, world, make_lessons(world, world.class_id, world.days, world.lessons, teacher_id=heir))

    with pytest.raises(NotFound):
        record(database, world, {0: "5"})


@pytest.fixture
def group_lesson(database, world):
    group_id, lesson_id = new_id(), new_id()
    part = GroupChanged(group_id=group_id, kind="group", name="англ. 1", parent_id=world.class_id)
    tell(database, world, part, make_lessons(world, group_id, [TODAY], [lesson_id]))
    return group_id, lesson_id


def test_a_group_with_members_takes_marks_for_them_alone(database, world, group_lesson):
    group_id, lesson_id = group_lesson
    tell(database, world, make_enrolment(group_id, world.pupils[0]))

    assert record(database, world, {0: "5"}, lesson=lesson_id).changed
    with pytest.raises(EntriesRefused):
        record(database, world, {1: "5"}, lesson=lesson_id)


def test_a_group_without_members_is_the_whole_class(database, world, group_lesson):
    _, lesson_id = group_lesson

    assert len(record(database, world, {0: "5", 1: "4", 2: "3"}, lesson=lesson_id).changed) == 3


def test_a_parallel_is_all_its_classes(database, world):
    parallel, lesson_id = new_id(), new_id()
    ids = {"group_id": world.class_id, "kind": "class", "name": "5А"}
    tell(
        database,
        world,
        GroupChanged(group_id=parallel, kind="parallel", name="5 классы"),
        GroupChanged(**ids, parent_id=parallel),
        make_lessons(world, parallel, [TODAY], [lesson_id]),
    )

    assert record(database, world, {0: "5"}, lesson=lesson_id).changed


def statements_of_a_save(database, pupils):
    world = make_world(database, pupils=[new_id() for _ in range(pupils)])
    seen = record(database, world, dict.fromkeys(range(pupils), "4")).seq
    with Counted(database) as counted:
        record(database, world, dict.fromkeys(range(pupils), "3"), seen=seen)
    return len(counted)


def test_the_statements_of_a_save_do_not_grow_with_the_class(either_database):
    most = 6 if either_database.engine.dialect.name == "postgresql" else 10
    assert statements_of_a_save(either_database, 2) == statements_of_a_save(either_database, 35) <= most


def test_a_first_save_with_its_usual_work_takes_ten_statements_at_most(either_database):
    world = make_world(either_database)
    with Counted(either_database) as counted:
        record(either_database, world, {0: "5"})
    assert len(counted) <= 10
