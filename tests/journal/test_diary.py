from datetime import date, timedelta

import pytest

from services.journal.actions.cells import Cell
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.works import work_of
from services.journal.queries.diary import diary_week
from shared.auth import Actor
from shared.errors import NotFound
from shared.events.identity import GroupChanged, GuardianshipEnded
from shared.events.schedule import (
    LessonsCancelled,
    LessonsSubstituted,
    SubstitutedLesson,
    SubstitutionWithdrawn,
)
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_enrolment,
    make_lessons,
    make_world,
    tell,
)


def diary(database, world, actor=None, *, pupil=0, week=None):
    pupil_id = world.pupils[pupil]
    with database.reading(world.school_id) as session:
        return diary_week(session, actor or world.actor(pupil_id, "pupil"), pupil_id, week)


def lessons_of(week):
    return {day["on"]: [lesson["id"] for lesson in day["lessons"]] for day in week["days"] if day["lessons"]}


def test_the_diary_shows_a_week_of_lessons_homework_and_own_marks(either_database):
    world = make_world(either_database)
    with either_database.writing(world.school_id) as session:
        cells = [Cell(world.pupils[0], 1, "5"), Cell(world.pupils[1], 1, "2"), Cell(world.pupils[0], 0, "оп")]
        seq = record_entries(session, world.actor(), world.today, 0, cells, [work_of(1, "control")]).seq
    with either_database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, seq, "Дроби", "№ 12")

    week = diary(either_database, world)

    assert week["pupil"] == {"id": world.pupils[0], "name": "Ёлкина Мария"}
    assert (week["from"], week["until"]) == (TODAY, date(2026, 10, 11))
    assert [day["on"] for day in week["days"]] == [TODAY + timedelta(days=n) for n in range(6)]
    [lesson] = week["days"][0]["lessons"]
    assert (lesson["subject"], lesson["topic"], lesson["homework"]) == ("Математика", "Дроби", "№ 12")
    assert [(e["slot"], e["value"], e["weight"], e["work"] and e["work"].ru) for e in lesson["entries"]] == [
        (0, "оп", 0, None),
        (1, "5", 5, "контрольная работа"),
    ]
    assert lessons_of(week) == {TODAY: [world.today], TODAY + timedelta(days=1): [world.lessons[2]]}


def test_a_lesson_that_another_teacher_gives_is_shown_as_a_substitution(database, world):
    days = [TODAY], [world.today]
    tell(
        database, world, make_lessons(world, world.class_id, *days, teacher_id=new_id(), is_substituted=True)
    )

    told = diary(database, world)

    shown = {lesson["id"]: lesson["is_substituted"] for day in told["days"] for lesson in day["lessons"]}
    assert shown == {world.today: True, world.lessons[2]: False}


def test_any_day_names_its_week(database, world):
    assert lessons_of(diary(database, world, week=date(2026, 9, 30))) == {FRIDAY: [world.lessons[0]]}


def test_a_sunday_with_lessons_is_shown(database, world):
    sunday, lesson = date(2026, 10, 11), new_id()
    tell(database, world, make_lessons(world, world.class_id, [sunday], [lesson]))

    assert lessons_of(diary(database, world))[sunday] == [lesson]


def test_the_diary_has_the_lessons_of_groups_the_pupil_is_in(database, world):
    own, foreign, whole, parallel = (new_id() for _ in range(4))
    ids = [new_id() for _ in range(4)]
    part = {"kind": "group", "parent_id": world.class_id}
    tell(
        database,
        world,
        GroupChanged(group_id=own, name="англ. 1", **part),
        GroupChanged(group_id=foreign, name="англ. 2", **part),
        GroupChanged(group_id=whole, name="хор", **part),
        GroupChanged(group_id=parallel, kind="parallel", name="5 классы"),
        GroupChanged(group_id=world.class_id, kind="class", name="5А", parent_id=parallel),
        make_enrolment(own, world.pupils[0]),
        make_enrolment(foreign, world.pupils[1]),
    )
    for group_id, lesson_id in zip((own, foreign, whole, parallel), ids, strict=True):
        tell(database, world, make_lessons(world, group_id, [TODAY], [lesson_id]))

    shown = set(lessons_of(diary(database, world))[TODAY])

    assert shown == {world.today, ids[0], ids[2], ids[3]}


def test_the_diary_ends_where_the_pupil_left(database, world):
    tell(database, world, make_enrolment(world.class_id, world.pupils[0], FIRST[0], TODAY))

    assert lessons_of(diary(database, world)) == {TODAY: [world.today]}


def test_parent_class_teacher_and_supervisors_read_the_diary(database, world):
    readers = [
        world.actor(world.parent_id, "parent"),
        world.actor(world.class_teacher_id, "class_teacher"),
        world.actor(new_id(), "deputy"),
        world.actor(new_id(), "director"),
    ]
    for reader in readers:
        assert diary(database, world, reader)["pupil"]["id"] == world.pupils[0]


def test_nobody_else_finds_the_diary(database, world):
    strangers = [
        world.actor(world.teacher_id, "teacher"),
        world.actor(world.pupils[1], "pupil"),
        world.actor(new_id(), "parent"),
        world.actor(new_id(), "operator"),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound):
            diary(database, world, stranger)


def test_a_parent_reads_only_the_own_child(database, world):
    parent = world.actor(world.parent_id, "parent")
    with pytest.raises(NotFound):
        diary(database, world, parent, pupil=1)

    tell(database, world, GuardianshipEnded(guardian_id=world.parent_id, pupil_id=world.pupils[0]))
    with pytest.raises(NotFound):
        diary(database, world, parent)


def test_the_class_teacher_no_longer_reads_who_left(database, world):
    tell(database, world, make_enrolment(world.class_id, world.pupils[0], FIRST[0], FRIDAY))

    with pytest.raises(NotFound):
        diary(database, world, world.actor(world.class_teacher_id, "class_teacher"))


def test_whoever_leads_the_class_to_come_reads_the_diary_from_its_first_day(database, world, clock):
    leader, following = new_id(), new_id()
    told = GroupChanged(group_id=following, kind="class", name="6А", grade=6, class_teacher_id=leader)
    tell(database, world, told, make_enrolment(following, world.pupils[0], date(2027, 9, 1)))
    reader = world.actor(leader, "class_teacher")
    with pytest.raises(NotFound):
        diary(database, world, reader)

    clock.move_to("2027-08-31T21:00:01+00:00")  # The first of September, in Moscow.

    assert diary(database, world, reader)["pupil"]["id"] == world.pupils[0]


def test_another_schools_diary_is_not_found(either_database):
    world, other = make_world(either_database), make_world(either_database)
    director = Actor("d", other.school_id, new_id(), frozenset({"director"}))

    with either_database.reading(other.school_id) as session, pytest.raises(NotFound):
        diary_week(session, director, world.pupils[0])


def test_a_week_takes_eight_statements(either_database):
    world = make_world(either_database)
    with Counted(either_database) as counted:
        diary(either_database, world)
    assert len(counted) <= 8


def decided(world, kind, lesson_id, to_on=None, to_number=None):
    """What schedule tells when a lesson of today does not take place."""
    one = SubstitutedLesson(
        substitution_id=lesson_id, lesson_id=lesson_id, subject_id=world.subject_id, number=2, kind=kind,
        was_teacher_ids=[], teacher_ids=[], room=None, to_subject_id=None, to_on=to_on, to_number=to_number,
    )  # fmt: skip
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    return (
        LessonsSubstituted(group_id=world.class_id, group="5А", on=TODAY, pupil_ids=[], lessons=[one]),
        LessonsCancelled(**ids, lesson_ids=[lesson_id]),
    )


def said_of(week):
    """Why lessons of a week are lost, whither they moved and where from."""
    lessons = {lesson["id"]: lesson for day in week["days"] for lesson in day["lessons"]}
    return {id_: (one["lost"], one["moved_to"], one["moved_from"]) for id_, one in lessons.items()}


def test_a_moved_lesson_says_where_it_takes_place_and_there_where_it_came_from(either_database):
    world = make_world(either_database, days=(FRIDAY, TODAY))
    arrived = make_lessons(world, world.class_id, [TOMORROW], [new_id()])
    there = arrived.lessons[0].lesson_id
    tell(either_database, world, *decided(world, "move", world.today, TOMORROW, 2), arrived)

    whither, whence = {"on": TOMORROW, "number": 2}, {"on": TODAY, "number": 2}
    expected = {world.today: ("move", whither, None), there: (None, None, whence)}
    assert said_of(diary(either_database, world)) == expected

    withdrawn = SubstitutionWithdrawn(
        substitution_id=world.today, lesson_id=world.today, group_id=world.class_id, on=TODAY
    )
    standing = make_lessons(world, world.class_id, [TODAY], [world.today])
    tell(either_database, world, withdrawn, standing)
    assert said_of(diary(either_database, world))[world.today] == (None, None, None)


def test_another_pages_lesson_at_that_place_came_from_nowhere(database, world):
    other, place = new_id(), new_id()
    history = make_lessons(world, world.class_id, [TOMORROW], [place], subject_id=other)
    tell(database, world, *decided(world, "move", world.today, TOMORROW, 2), history)

    assert said_of(diary(database, world))[place] == (None, None, None)


@pytest.mark.parametrize("kind", ["cancel", "subject"])
def test_a_lost_lesson_says_why(database, world, kind):
    tell(database, world, *decided(world, kind, world.today))

    assert said_of(diary(database, world))[world.today] == (kind, None, None)
