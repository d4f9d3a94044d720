"""What of a `.fet` is a place in the timetable, and what is wrong with a file."""

import pytest

from services.schedule.imports.bundle import read_upload
from services.schedule.imports.csv_only import split_names
from services.schedule.imports.document import read_xml
from services.schedule.imports.modes import mode_of
from shared.errors import Invalid
from shared.imports import BadRows
from tests.schedule.makers import make_activity, make_fet, make_room, make_start, zipped

HEADER = '"Activity Id","Day","Hour","Students Sets","Subject","Teachers","Activity Tags","Room","Comments"'


def read(**given):
    return read_upload(make_fet(**given), "школа.fet")


def faults(content, name="школа.fet"):
    with pytest.raises(BadRows) as refused:
        read_upload(content, name)
    return [(row.column, row.reason.ru) for row in refused.value.rows]


def csv(*rows):
    return "\r\n".join([HEADER, *rows]).encode("utf-8-sig")


def test_a_wish_is_no_place():
    timetable = read(times=[make_start(weight="95")])

    assert timetable.places == {}
    assert [(one.what, one.count) for one in timetable.ignored] == [
        ("ConstraintActivityPreferredStartingTime", 1)
    ]


def test_a_day_without_an_hour_is_no_place():
    assert read(times=[make_start(hour="")]).places == {}


def test_an_activity_switched_off_is_counted_and_left_out():
    timetable = read(activities=[make_activity(active=False)], places=[make_room()])

    assert (timetable.activities, timetable.places) == ({}, {})
    assert ("Activity", 1) in {(one.what, one.count) for one in timetable.ignored}


def test_a_double_lesson_takes_two_hours():
    timetable = read(activities=[make_activity(duration=2)], times=[make_start(hour="09:25")])

    assert timetable.places["1"].hours == (1, 2)


def test_an_old_file_names_its_days_without_more_ado():
    content = make_fet().replace(b"<Day><Name>", b"<Name>").replace(b"</Name></Day>", b"</Name>")

    assert [day.name for day in read_upload(content, "old.fet").days] == ["Пн", "Вт", "Ср", "Чт", "Пт"]


def test_a_capacity_beyond_all_rooms_is_unknown():
    content = make_fet().replace(b"<Capacity>30<", b"<Capacity>" + b"9" * 5000 + b"<")

    assert [room.capacity for room in read_upload(content, "x.fet").rooms] == [0]


def test_afternoons_have_numbers_after_the_mornings():
    days = ("Пн у", "Пн д", "Вт у", "Вт д")
    timetable = read(mode="Mornings_Afternoons", days=days, times=[make_start(day="Вт д", hour="09:25")])

    place = timetable.places["1"]
    assert timetable.days[place.day].weekday == 2
    assert [timetable.hours[hour].number for hour in place.hours] == [5]


@pytest.mark.parametrize(
    ("given", "column", "reason"),
    [
        ({"activities": [make_activity(), make_activity()]}, "Id", "повторяется"),
        ({"activities": [make_activity(duration=9)]}, "Duration", "не от 1 до 3"),
        ({"activities": [make_activity(duration=0)]}, "Duration", "не от 1 до 3"),
        ({"activities": [make_activity().replace("Алгебра", "Химия")]}, "Subject", "«Химия»"),
        ({"activities": [make_activity().replace("Иванова", "Петрова")]}, "Teacher", "«Петрова М. П.»"),
        ({"activities": [make_activity().replace("8 а", "9 я")]}, "Students", "«9 я»"),
        ({"times": [make_start(), make_start(day="Вт")]}, "Preferred_Hour", "дважды"),
        ({"places": [make_room(room="крыша")]}, "Room", "«крыша»"),
        ({"hours": ()}, "Hours_List", "от 1 до 30"),
        ({"days": ()}, "Days_List", "нет дней"),
        ({"students": f"<Year><Name>{'я' * 121}</Name></Year>"}, "Name", "длиннее 120"),
        (
            {"days": ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"], "times": [make_start(day="Вс")]},
            "Preferred_Day",
            "седьмой день",
        ),
    ],
)
def test_a_fault_is_told_with_its_column(given, column, reason):
    found = faults(make_fet(**given))

    assert any(where == column and reason in said for where, said in found), found


@pytest.mark.parametrize(
    ("given", "days", "why"),
    [
        ({"days": [f"День {n}" for n in range(9)]}, 9, "не складываются"),
        ({"mode": "Terms"}, 5, "семестры"),
        ({"mode": "Block_Planning"}, 5, "блоки"),
    ],
)
def test_a_rotation_that_makes_no_weeks_leaves_everything_without_a_place(given, days, why):
    day = given.get("days", ["Пн"])[0]
    timetable = read(times=[make_start(day=day)], places=[make_room()], **given)

    assert (timetable.rotation, timetable.days, timetable.places) == (days, (), {})
    assert [one.id for one in timetable.unplaced] == ["1"]
    first, *others = [(one.what, one.count, one.why.ru) for one in timetable.ignored]
    assert first[:2] == ("Days_List", days)
    assert why in first[2]
    assert {(what, count) for what, count, _ in others} == {
        ("ConstraintActivityPreferredRoom", 1),
        ("ConstraintActivityPreferredStartingTime", 1),
    }


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ("5.27.3-morocco8", "half days"),
        ("5.27.3-ma10", "half days"),
        ("5.44.2-bp", "blocks"),
        ("5.42.2-mathmake-snapshot", "terms"),
        ("5.41.0", "weekly"),
    ],
)
def test_an_old_file_tells_its_mode_by_its_version(version, mode):
    assert mode_of(read_xml(f'<fet version="{version}"></fet>'.encode(), "old.fet")) == mode


def test_an_activity_without_a_subject_is_left_out_with_its_place():
    without = make_activity().replace("Алгебра", "")
    timetable = read(activities=[without, make_activity(2)], times=[make_start(), make_start(2)])

    assert set(timetable.activities) == set(timetable.places) == {"2"}
    assert {(one.what, one.count) for one in timetable.ignored} == {
        ("Activity", 1),
        ("ConstraintActivityPreferredStartingTime", 1),
    }


def test_the_same_place_twice_is_no_fault():
    assert len(read(times=[make_start(), make_start()]).places) == 1


def test_a_solution_replaces_the_places_of_the_fet():
    content = zipped(
        school__fet=make_fet(),
        x_timetable__csv=csv('"1","Вт","09:25","8 а","Алгебра","Иванова М. П.","","12",""'),
    )

    timetable = read_upload(content, "школа.zip")

    assert [(place.day, place.hours, place.room) for place in timetable.places.values()] == [(1, (1,), "12")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ('"7","Вт","09:25","8 а","Алгебра","Иванова М. П.","","",""', "Activity Id"),
        ('"1","Вс","09:25","8 а","Алгебра","Иванова М. П.","","",""', "Day"),
        ('"1","Вт","9:25","8 а","Алгебра","Иванова М. П.","","",""', "Hour"),
        ('"1","Вт","09:25","8 а","Алгебра","Иванова М. П.","","99",""', "Room"),
    ],
)
def test_a_bad_row_of_a_solution_is_told(row, column):
    content = zipped(school__fet=make_fet(), x_timetable__csv=csv(row))

    assert [where for where, _ in faults(content)] == [column]


def test_a_solution_must_have_all_hours_of_an_activity():
    content = zipped(
        school__fet=make_fet(activities=[make_activity(duration=2)]),
        x_timetable__csv=csv('"1","Вт","09:25","8 а","Алгебра","Иванова М. П.","","",""'),
    )

    assert "подряд 2 ч" in faults(content)[0][1]


def test_a_csv_alone_must_tell_the_order_of_its_days():
    [(column, said)] = faults(csv('"1","D1","09:25","8 а","Алгебра","Иванова М. П.","","",""'), "t.csv")

    assert column == "Day"
    assert "приложите файл .fet" in said


def test_a_csv_alone_makes_classes_of_its_students():
    timetable = read_upload(csv('"1","Вт","09:25","8 а+8 б","Алгебра","И+П","","",""'), "t.csv")

    assert [(one.name, one.kind, one.grade) for one in timetable.sets.values()] == [
        ("8 а", "class", 8),
        ("8 б", "class", 8),
    ]
    assert timetable.teachers == ("И", "П")


def test_a_plus_within_a_known_name_does_not_part_it():
    assert list(split_names("8 а+8 б+9 в", {"8 а+8 б"})) == ["8 а+8 б", "9 в"]


def test_two_files_of_one_name_do_not_pass():
    with pytest.raises(Invalid):
        read_upload(zipped(a__txt=b"x"), "школа.zip")


def test_a_name_in_a_csv_may_not_be_too_long():
    [(_, said)] = faults(csv(f'"1","Вт","09:25","8 а","{"я" * 121}","И","","",""'), "t.csv")

    assert "длиннее 120" in said
