"""A subject, a period and a single mark of a diary; who reads them, and at what cost."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.periods import close_period
from services.journal.actions.works import work_of
from services.journal.models import Page
from services.journal.queries.diary_mark import diary_mark
from services.journal.queries.diary_periods import diary_period
from services.journal.queries.diary_subject import diary_subject
from shared.errors import NotFound
from shared.events.identity import GroupChanged, PersonMerged
from shared.events.schedule import Period, SubjectChanged, YearPlanned
from shared.ids import new_id
from tests.journal.makers import FIRST, FRIDAY, TODAY, Counted, make_enrolment, make_lessons, make_world, tell

LAST_YEAR = date(2025, 9, 15)


def read(database, world, view, *asked, actor=None, pupil=0):
    pupil_id = world.pupils[pupil]
    with database.reading(world.school_id) as session:
        return view(session, actor or world.actor(pupil_id, "pupil"), pupil_id, *asked)


def put(database, world, lesson_id, *cells, actor=None, works=(), reason=None, seen=0):
    with database.writing(world.school_id) as session:
        given = [Cell(world.pupils[pupil], slot, value) for pupil, slot, value in cells]
        saved = record_entries(session, actor or world.actor(), lesson_id, seen, given, works, reason)
        return saved.seq


def attest(database, world, column, value, pupil=0):
    with database.writing(world.school_id) as session:
        page = session.get(Page, world.page_id(session))
        cells = [FinalCell(world.pupils[pupil], value)]
        record_finals(session, world.actor(), page.id, str(column), page.seq, cells, "Так решил педсовет")


def with_last_year(database, world):
    """Let the first pupil have been in 5Б this September and in 4В the year before; return their lessons."""
    other, before, year = new_id(), new_id(), new_id()
    lessons = {"5Б": new_id(), "4В": new_id()}
    quarter = Period(
        period_id=new_id(), name="I четверть", starts_on=date(2025, 9, 1), ends_on=date(2025, 10, 26)
    )
    whole = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 5, 25)}
    told = make_lessons(world, before, [LAST_YEAR], [lessons["4В"]])
    tell(
        database,
        world,
        GroupChanged(group_id=other, kind="class", name="5Б", grade=5),
        GroupChanged(group_id=before, kind="class", name="4В", grade=4),
        make_enrolment(before, world.pupils[0], whole["starts_on"], whole["ends_on"]),
        make_enrolment(other, world.pupils[0], FIRST[0], date(2026, 9, 20)),
        make_enrolment(world.class_id, world.pupils[0], date(2026, 9, 21)),
        YearPlanned(year_id=year, name="2025/26", periods=[quarter], **whole),
        replace(told, year_id=year),
        make_lessons(world, other, [date(2026, 9, 14)], [lessons["5Б"]]),
    )
    return lessons, quarter.period_id, year


def test_2_2_3_marks_of_all_years_and_classes_stand_in_one_view(either_database):
    world = make_world(either_database)
    lessons, quarter, year = with_last_year(either_database, world)
    put(either_database, world, lessons["4В"], (0, 1, "3"))
    put(either_database, world, lessons["5Б"], (0, 1, "4"))
    put(either_database, world, world.today, (0, 1, "5"), (1, 1, "2"), works=[work_of(1, "control")])
    with either_database.writing(world.school_id) as session:
        for closed in (quarter, world.quarters[0]):  # Reading is never blocked by a closed period.
            close_period(session, world.actor(new_id(), "deputy"), closed)

    told = read(either_database, world, diary_subject, world.subject_id)

    assert [(one["name"], one["classes"], one["average"]) for one in told["years"]] == [
        ("2026/27", ["5Б", "5А"], "4.83"),
        ("2025/26", ["4В"], "3.00"),
    ]
    assert [[mark["value"] for mark in one["marks"]] for one in told["years"]] == [["4", "5"], ["3"]]
    first, second = told["periods"]
    assert [(one["id"], [e["value"] for e in one["entries"]]) for one in first["lessons"]] == [
        (lessons["5Б"], ["4"]),
        (world.lessons[0], []),
        (world.today, ["5"]),
        (world.lessons[2], []),
    ]
    assert (first["average"], second["lessons"]) == ("4.83", [])

    earlier = read(either_database, world, diary_subject, world.subject_id, year)
    assert [one["id"] for one in earlier["periods"][0]["lessons"]] == [lessons["4В"]]
    sheet = read(either_database, world, diary_period, quarter)
    assert [(mark["value"], mark["on"]) for mark in sheet["subjects"][0]["marks"]] == [("3", LAST_YEAR)]


def test_a_periods_sheet_has_all_subjects_with_marks_in_order_averages_and_absences(either_database):
    world = make_world(either_database)
    drawing = new_id()
    tell(
        either_database,
        world,
        SubjectChanged(subject_id=drawing, name="Черчение"),
        make_lessons(world, world.class_id, [TODAY], [new_id()], subject_id=drawing),
    )
    seq = put(either_database, world, world.lessons[0], (0, 1, "4"), (0, 0, "оп"))
    put(either_database, world, world.today, (0, 1, "5"), (0, 2, "зач"), (1, 0, "б"), seen=seq)

    sheet = read(either_database, world, diary_period)

    assert (sheet["period"]["name"], sheet["period"]["class"]) == ("I четверть", "5А")
    assert [one["name"] for one in sheet["periods"]] == ["I четверть", "II четверть"]
    maths, other = sheet["subjects"]
    assert (maths["name"], other["name"], other["marks"], other["average"]) == (
        "Математика",
        "Черчение",
        [],
        None,
    )
    assert [(one["on"], one["value"]) for one in maths["marks"]] == [
        (FRIDAY, "4"),
        (TODAY, "5"),
        (TODAY, "зач"),
    ]
    assert (maths["average"], maths["absences"]) == ("4.50", [{"value": "оп", "lessons": 1}])
    assert [(one["value"], one["lessons"]) for one in sheet["absences"]] == [("оп", 1)]


def test_3_6_5_a_periods_sheet_has_the_marks_of_the_years_periods_and_of_the_year(either_database, clock):
    world = make_world(either_database)
    put(either_database, world, world.today, (0, 1, "5"))
    clock.move_to(datetime(2027, 5, 24, 9, tzinfo=UTC))
    for column, value in ((world.quarters[1], "4"), (world.quarters[0], "5"), ("year", "5"), ("exam", "4")):
        attest(either_database, world, column, value)
    attest(either_database, world, world.quarters[0], "3", pupil=1)
    attest(either_database, world, "exam", None)

    sheet = read(either_database, world, diary_period, world.quarters[1])
    [maths] = sheet["subjects"]
    assert [(one["kind"], one["period"], one["value"]) for one in maths["finals"]] == [
        ("period", "I четверть", "5"),
        ("period", "II четверть", "4"),
        ("year", None, "5"),
    ]


def test_2_1_a_mark_says_what_for_by_whom_when_and_what_it_was(either_database):
    world = make_world(either_database)
    seq = put(either_database, world, world.today, (0, 1, "3"), (1, 1, "2"), works=[work_of(1, "control")])
    leader = world.actor(world.class_teacher_id, "class_teacher")
    put(
        either_database, world, world.today, (0, 1, "4"), actor=leader, reason="ошибка при подсчёте", seen=seq
    )

    told = read(either_database, world, diary_mark, world.today, 1)

    assert (told["value"], told["work"].ru, told["weight"]) == ("4", "контрольная работа", 5)
    assert (told["subject"]["name"], told["lesson"]["on"]) == ("Математика", TODAY)
    assert [(one["was"], one["value"], one["by"], one["reason"]) for one in told["changes"]] == [
        (None, "3", "Иванова М. П.", None),
        ("3", "4", "Петрова М. П.", "ошибка при подсчёте"),
    ]
    assert all(one["at"] is not None for one in told["changes"])


def test_an_emptied_mark_keeps_its_history_and_what_never_was_is_not_found(database, world):
    seq = put(database, world, world.today, (0, 1, "2"), (0, 0, "н"))
    put(database, world, world.today, (0, 1, None), seen=seq)

    told = read(database, world, diary_mark, world.today, 1)

    assert (told["value"], [one["value"] for one in told["changes"]]) == (None, ["2", None])
    assert read(database, world, diary_mark, world.today, 0)["absence"].ru.startswith("отсутствовал")
    with pytest.raises(NotFound):
        read(database, world, diary_mark, world.today, 2)


def test_the_history_of_a_merged_pupil_is_the_kept_ones(either_database):
    world = make_world(either_database)
    seq = put(either_database, world, world.today, (1, 1, "3"))
    tell(either_database, world, PersonMerged(kept_id=world.pupils[0], merged_id=world.pupils[1]))
    put(either_database, world, world.today, (0, 1, "4"), seen=seq)

    told = read(either_database, world, diary_mark, world.today, 1)

    assert [(one["was"], one["value"]) for one in told["changes"]] == [(None, "3"), ("3", "4")]


VIEWS = [
    (diary_subject, lambda world: (world.subject_id,), 7),
    (diary_period, lambda world: (world.quarters[0],), 7),
    (diary_mark, lambda world: (world.today, 1), 3),
]


@pytest.mark.parametrize(("view", "asked", "statements"), VIEWS)
def test_whoever_may_read_sees_the_same_and_nobody_else_finds_it(database, view, asked, statements):
    world, other = make_world(database), make_world(database)
    put(database, world, world.today, (0, 1, "5"), (1, 1, "2"), (0, 0, "оп"))
    readers = [
        world.actor(world.pupils[0], "pupil"),
        world.actor(world.parent_id, "parent"),
        world.actor(world.parent_id, "parent", "teacher"),
        world.actor(world.class_teacher_id, "class_teacher"),
        world.actor(new_id(), "deputy"),
        world.actor(new_id(), "director"),
    ]
    told = [read(database, world, view, *asked(world), actor=one) for one in readers]
    assert all(one == told[0] for one in told)

    strangers = [
        world.actor(world.teacher_id, "teacher"),
        world.actor(world.pupils[1], "pupil"),
        world.actor(new_id(), "parent"),
        world.actor(new_id(), "operator"),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound):
            read(database, world, view, *asked(world), actor=stranger)
    with pytest.raises(NotFound):  # The child of another family in the same class.
        read(database, world, view, *asked(world), actor=world.actor(world.parent_id, "parent"), pupil=1)
    with database.reading(other.school_id) as session, pytest.raises(NotFound):
        view(session, other.actor(new_id(), "director"), world.pupils[0], *asked(world))


@pytest.mark.parametrize(("view", "asked", "statements"), VIEWS)
def test_what_is_anothers_is_not_found_by_its_id(database, view, asked, statements):
    world, other = make_world(database), make_world(database)
    put(database, other, other.today, (0, 1, "5"))
    with pytest.raises(NotFound):
        read(database, world, view, *asked(other))


@pytest.mark.parametrize(("view", "asked", "statements"), VIEWS)
def test_a_view_takes_as_many_statements_whatever_its_size(either_database, view, asked, statements):
    world = make_world(either_database)
    with_last_year(either_database, world)
    put(either_database, world, world.today, (0, 1, "5"), (0, 2, "4"), (0, 0, "оп"))
    attest(either_database, world, world.quarters[0], "5")
    with Counted(either_database) as counted:
        read(either_database, world, view, *asked(world))
    assert len(counted) <= statements + 1  # PostgreSQL is told the school first.


def test_a_former_class_teacher_reads_nothing(database, world):
    tell(database, world, make_enrolment(world.class_id, world.pupils[0], FIRST[0], FRIDAY))
    leader = world.actor(world.class_teacher_id, "class_teacher")
    for view, asked, _ in VIEWS:
        with pytest.raises(NotFound):
            read(database, world, view, *asked(world), actor=leader)
