from datetime import date, timedelta

import pytest

from services.journal.actions.cells import Cell
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.periods import close_period
from services.journal.actions.works import work_of
from services.journal.queries.lists import page_history, page_list
from services.journal.queries.page import class_page
from shared.auth import Actor
from shared.errors import NotFound
from shared.events.identity import EnrolmentsChanged, GroupChanged
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    SCALE,
    TODAY,
    Counted,
    World,
    make_enrolment,
    make_lessons,
    make_load,
    make_world,
    tell,
)


def opened(database, world, actor=None, period_id=None, on=None):
    with database.reading(world.school_id) as session:
        return class_page(session, actor or world.actor(), world.page_id(session), period_id, on)


def record(database, world, lesson, marks, seen=0, works=()):
    cells = [Cell(world.pupils[number], slot, value) for (number, slot), value in marks.items()]
    with database.writing(world.school_id) as session:
        return record_entries(session, world.actor(), lesson, seen, cells, works).seq


def test_the_page_shows_the_quarter_of_today(either_database):
    world = make_world(either_database)
    control = work_of(1, "control", title="Дроби")
    seen = record(either_database, world, world.lessons[0], {(0, 1): "4", (1, 1): "5"}, works=[control])
    seen = record(either_database, world, world.today, {(0, 1): "5", (1, 0): "н", (2, 2): "зач"}, seen)
    with either_database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, seen, "Дроби", "№ 12")

    page = opened(either_database, world)

    assert page["page"]["group"] == {"id": world.class_id, "name": "5А"}
    assert page["page"]["subject"]["name"] == "Математика"
    assert (page["page"]["seq"], page["page"]["can_edit"]) == (seen + 2, True)
    assert (page["period"]["name"], page["period"]["closed"]) == ("I четверть", False)
    assert [period["name"] for period in page["periods"]] == ["I четверть", "II четверть"]
    assert [pupil["name"] for pupil in page["pupils"]] == ["Абрамов Мария", "Ёлкина Мария", "Жуков Мария"]
    friday, today, tomorrow = page["lessons"]
    assert (friday["on"], friday["works"]) == (
        FRIDAY,
        [
            {"slot": 1, "type": "control", "weight": 5, "title": "Дроби"}
            | {"is_written": True, "is_monitoring": False, "counts": True}
        ],
    )
    assert (today["topic"], today["homework"], today["number"]) == ("Дроби", "№ 12", 2)
    assert [work["slot"] for work in today["works"]] == [1, 2]
    assert [lesson["editable"] for lesson in (friday, today, tomorrow)] == [True, True, False]
    # Абрамов is world.pupils[1], Ёлкина is world.pupils[0].
    assert sorted(page["entries"]) == [
        (0, 0, 1, "5"),
        (0, 1, 1, "4"),
        (1, 0, 0, "н"),
        (1, 1, 1, "5"),
        (1, 2, 2, "зач"),
    ]
    assert page["averages"] == ["5.00", "4.17", None]
    assert page["scale"] == [*SCALE, "•"]
    assert [one["value"] for one in page["attendance"]] == ["н", "б", "уп", "нп", "оп"]


def test_an_emptied_cell_is_not_shown(database, world):
    seen = record(database, world, world.today, {(0, 1): "2"})
    record(database, world, world.today, {(0, 1): None}, seen)

    assert opened(database, world)["entries"] == []


def test_another_quarter_shows_its_own_lessons(database, world):
    winter = new_id()
    tell(database, world, make_lessons(world, world.class_id, [date(2026, 11, 9)], [winter]))

    for asked in ({"period_id": world.quarters[1]}, {"on": date(2026, 11, 9)}):
        page = opened(database, world, **asked)
        assert [lesson["id"] for lesson in page["lessons"]] == [winter]
        assert page["period"]["name"] == "II четверть"


@pytest.mark.parametrize(
    ("at", "quarter"),
    [
        ("2026-08-20", "I четверть"),
        ("2026-10-28", "I четверть"),
        ("2026-11-02", "II четверть"),
        ("2027-06-01", "II четверть"),
    ],
)
def test_between_quarters_the_last_one_is_shown(database, world, clock, at, quarter):
    clock.move_to(f"{at}T09:00:00+00:00")

    assert opened(database, world)["period"]["name"] == quarter


def test_a_page_without_a_year_shows_all_its_lessons(database):
    world = World()
    tell(database, world, *world.identity(), *world.schedule()[2:])

    page = opened(database, world)

    assert (page["period"], page["periods"], len(page["lessons"])) == (None, [], 3)


def test_in_a_closed_quarter_nothing_is_editable(database, world):
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])

    page = opened(database, world)

    assert page["period"]["closed"]
    assert not any(lesson["editable"] for lesson in page["lessons"])


def test_a_pupil_who_left_and_came_back_stands_on_the_page_once(database, world):
    pupil = world.pupils[0]
    left = make_enrolment(world.class_id, pupil, date(2026, 9, 1), date(2026, 9, 10)).enrolments
    back = make_enrolment(world.class_id, pupil, date(2026, 9, 20), date(2026, 10, 2)).enrolments
    tell(
        database,
        world,
        EnrolmentsChanged(group_id=world.class_id, pupil_ids=[pupil], enrolments=[*left, *back]),
    )

    [shown] = [one for one in opened(database, world)["pupils"] if one["id"] == pupil]
    assert (shown["from_on"], shown["until_on"]) == (date(2026, 9, 1), date(2026, 10, 2))


def test_marks_of_a_pupil_taken_off_the_list_do_not_vanish(either_database):
    world = make_world(either_database)
    record(either_database, world, world.today, {(0, 1): "5"})
    tell(
        either_database,
        world,
        EnrolmentsChanged(group_id=world.class_id, pupil_ids=world.pupils[:1], enrolments=[]),
    )

    page = opened(either_database, world)
    assert (page["pupils"][-1]["name"], page["pupils"][-1]["from_on"]) == ("Ёлкина Мария", None)
    assert page["entries"] == [(1, 2, 1, "5")]


@pytest.mark.parametrize("role", ["deputy", "director"])
def test_supervisors_read_every_page_and_edit_none(database, world, role):
    page = opened(database, world, world.actor(new_id(), role))

    assert not page["page"]["can_edit"]
    assert not any(lesson["editable"] for lesson in page["lessons"])


def test_the_class_teacher_edits_every_lesson_of_the_class(database, world):
    page = opened(database, world, world.actor(world.class_teacher_id, "class_teacher"))

    assert [lesson["editable"] for lesson in page["lessons"]] == [True, True, False]


def test_a_substitute_edits_that_lesson_and_reads_the_others(database, world):
    substitute = new_id()
    lesson = make_lessons(world, world.class_id, [TODAY], [world.today], teacher_id=substitute)
    tell(database, world, lesson)

    page = opened(database, world, world.actor(substitute))

    assert [lesson["editable"] for lesson in page["lessons"]] == [False, True, False]


@pytest.mark.parametrize("role", ["teacher", "operator", "pupil", "parent"])
def test_a_page_of_others_is_not_found(database, world, role):
    with pytest.raises(NotFound):
        opened(database, world, world.actor(new_id(), role))


def test_another_schools_page_is_not_found(either_database):
    world, other = make_world(either_database), make_world(either_database)
    deputy = Actor("d", other.school_id, new_id(), frozenset({"deputy"}))
    with either_database.reading(world.school_id) as session:
        page_id = world.page_id(session)

    with either_database.reading(other.school_id) as session, pytest.raises(NotFound):
        class_page(session, deputy, page_id)
    with either_database.reading(other.school_id) as session, pytest.raises(NotFound):
        page_history(session, deputy, page_id)


def test_a_period_of_another_year_is_not_found(database, world):
    with pytest.raises(NotFound):
        opened(database, world, period_id=new_id())


def statements_of_a_page(database, *, pupils, lessons):
    days = [TODAY - timedelta(days=n) for n in range(lessons)]
    world = make_world(database, pupils=[new_id() for _ in range(pupils)], days=days)
    for number, lesson in enumerate(world.lessons):
        record(database, world, lesson, {(p, 1): "4" for p in range(pupils)}, number * (pupils + 1))
    with database.reading(world.school_id) as session:
        page_id = world.page_id(session)
    with Counted(database) as counted, database.reading(world.school_id) as session:
        page = class_page(session, world.actor(), page_id)
    assert len(page["entries"]) == pupils * lessons
    return len(counted)


def test_the_statements_of_a_page_do_not_grow_with_it(either_database):
    few = statements_of_a_page(either_database, pupils=2, lessons=1)
    assert few == statements_of_a_page(either_database, pupils=30, lessons=12) <= 6


def test_the_list_has_the_pages_somebody_works_with(database, world):
    other, group_id = new_id(), new_id()
    part = GroupChanged(group_id=group_id, kind="group", name="10Б англ.", parent_id=new_id())
    tell(database, world, part, make_load(world, group_id, other))

    def listed(actor, *, mine=True):
        with database.reading(world.school_id) as session:
            return [
                (page["group"]["name"], page["teachers"], page["can_edit"])
                for page in page_list(session, actor, mine=mine)
            ]

    own = ("5А", ["Иванова М. П."], True)
    assert listed(world.actor()) == [own]
    assert listed(world.actor(world.class_teacher_id, "class_teacher")) == [own]
    assert listed(world.actor(other)) == [("10Б англ.", ["…"], True)]
    assert listed(world.actor(new_id()), mine=False) == []
    deputy = world.actor(new_id(), "deputy")
    assert listed(deputy) == []
    assert listed(deputy, mine=False) == [("5А", ["Иванова М. П."], False), ("10Б англ.", ["…"], False)]


def test_the_history_tells_who_changed_what(database, world):
    seen = record(database, world, world.today, {(0, 1): "3", (1, 1): "5"})
    record(database, world, world.today, {(0, 1): "4"}, seen)

    with database.reading(world.school_id) as session:
        page_id = world.page_id(session)
        pupil = page_history(session, world.actor(), page_id, pupil_id=world.pupils[0])
        rest = page_history(session, world.actor(), page_id, after=3)
        nothing = page_history(session, world.actor(), page_id, lesson_id=world.lessons[0])

    assert [(r["was"], r["value"], r["actor"]) for r in pupil["items"]] == [
        (None, "3", "Иванова М. П."),
        ("3", "4", "Иванова М. П."),
    ]
    assert [r["seq"] for r in rest["items"]] == [4]
    assert nothing == {"items": [], "next": None}


def test_a_long_history_comes_in_parts(database, world, monkeypatch):
    monkeypatch.setattr("services.journal.queries.lists.REVISIONS_SHOWN", 2)
    record(database, world, world.today, {(0, 1): "3", (1, 1): "5"})

    with database.reading(world.school_id) as session:
        page_id = world.page_id(session)
        first = page_history(session, world.actor(), page_id)
        second = page_history(session, world.actor(), page_id, after=int(first["next"]))

    assert [r["seq"] for r in first["items"] + second["items"]] == [1, 2, 3]
    assert second["next"] is None
