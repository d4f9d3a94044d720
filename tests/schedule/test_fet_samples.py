"""Real timetables of six schools, read and taken over; they lie outside of the project."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from services.schedule.imports.bundle import read_upload
from services.schedule.imports.taking_over import take_over
from services.schedule.models import Lesson, Subject
from shared.imports import BadRows
from tests.schedule.makers import make_ids, told

BG = "solved/bg/Lom_high_school_2007-2008"
RU = "ru_medical_college.fet"
RU_SOLVED = "solved/ru_partial/timetable-ru"
UNSOLVED_TWINS = {"bg_lom_high_school_2007-2008.fet"}
UNPLACED_RU = {
    ("200", "ПМ 01. МДК 01.01 Технология маникюра", ("ПЭ23",), ("Долгих",)),
    ("218", "ПМ 01. МДК 01.02 Технология педикюра", ("ПЭ33",), ("Долгих",)),
    ("229", "ПМ 02. МДК 02.03 Технология сценического грима", ("ПЭ33",), ("Долгих",)),
}

# days, hours, teachers, subjects, years, groups, subgroups, rooms, activities, placed, in rooms
COUNTS = {
    "bg_lom_high_school_2007-2008.fet": (5, 7, 32, 36, 5, 17, 24, 29, 448, 0, 0),
    f"{BG}_data_and_timetable.fet": (5, 7, 32, 36, 5, 17, 24, 29, 448, 448, 0),
    RU: (12, 6, 47, 123, 14, 47, 24, 25, 562, 1, 0),
    "hu_varosmajori_gimnazium_2018.fet": (5, 10, 80, 30, 6, 25, 32, 45, 760, 68, 0),
    "gr_6th_primary_school.fet": (5, 7, 22, 17, 1, 7, 13, 17, 377, 364, 66),
    "uae_ibdp_school_2016_fully_placed.fet": (5, 7, 104, 716, 11, 162, 81, 102, 1585, 1585, 1584),
    "uk_hopwood_placed.fet": (6, 5, 26, 26, 1, 46, 6, 32, 163, 162, 161),
}
"""As counted in the files; the Russian college's 48 subgroups are 24 that stand in two groups each, the
Hungarian school's 761st activity is switched off, and the British one's 162nd room is of an activity
without a time."""


@pytest.fixture
def fet(samples):
    def read(path: str):
        return read_upload((samples / "fet" / path).read_bytes(), Path(path).name)

    return read


@pytest.fixture
def zip_of(samples):
    def pack(*paths: str) -> bytes:
        content = BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                for file in sorted((samples / "fet").glob(path)):
                    archive.write(file, file.relative_to(samples))
        return content.getvalue()

    return pack


@pytest.mark.parametrize("path", COUNTS)
def test_a_real_file_is_read_whole(fet, path):
    timetable = fet(path)

    kinds = [one.kind for one in timetable.sets.values()]
    assert COUNTS[path] == (
        len(timetable.days),
        len(timetable.hours),
        len(timetable.teachers),
        len(timetable.subjects),
        kinds.count("parallel"),
        kinds.count("class"),
        kinds.count("group"),
        len(timetable.rooms),
        len(timetable.activities),
        len(timetable.places),
        sum(place.room is not None for place in timetable.places.values()),
    )
    assert len(timetable.unplaced) == len(timetable.activities) - len(timetable.places)


def test_bells_are_read_where_the_labels_are_times(fet):
    assert fet("uk_hopwood_placed.fet").hours[0].starts == "09:30"
    assert fet("uk_hopwood_placed.fet").hours[0].ends == "11:00"
    assert fet("bg_lom_high_school_2007-2008.fet").hours[0].starts == "07:30"
    assert {hour.starts for hour in fet("uae_ibdp_school_2016_fully_placed.fet").hours} == {None}


def test_twelve_days_are_two_weeks(fet):
    timetable = fet(RU)

    assert timetable.weeks == 2
    assert [(day.name, day.week, day.weekday) for day in timetable.days[5:7]] == [
        ("А-Суббота", 1, 6),
        ("В-Понедельник", 2, 1),
    ]


def test_what_has_no_counterpart_is_counted(fet):
    ignored = {(one.what, one.count) for one in fet("hu_varosmajori_gimnazium_2018.fet").ignored}

    assert {("Activity", 1), ("ConstraintMinDaysBetweenActivities", 232)} <= ignored
    assert ("Activity", 5) in {
        (one.what, one.count) for one in fet("uae_ibdp_school_2016_fully_placed.fet").ignored
    }


@pytest.mark.parametrize(
    "paths",
    [
        (RU, f"{RU_SOLVED}_*"),
        (RU, f"{RU_SOLVED}_timetable_559of562.csv"),
        (RU, f"{RU_SOLVED}_activities.xml"),
        (f"{RU_SOLVED}_*",),
    ],
    ids=["the .fet and its folder", "the .fet and the CSV", "the .fet and the XML", "the folder alone"],
)
def test_a_partly_solved_timetable_tells_the_three_unplaced(zip_of, paths):
    timetable = read_upload(zip_of(*paths), "ru.zip")

    assert len(timetable.places) == 559
    assert {(one.id, one.subject, one.students, one.teachers) for one in timetable.unplaced} == UNPLACED_RU


def test_all_forms_of_one_solution_place_alike(fet, zip_of):
    solved = fet(f"{BG}_data_and_timetable.fet")
    forms = [
        read_upload(zip_of("bg_lom*.fet", f"{BG}_timetable.csv"), "csv.zip"),
        read_upload(zip_of("bg_lom*.fet", f"{BG}_activities.xml"), "xml.zip"),
        read_upload(zip_of("solved/bg/*"), "folder.zip"),
        fet(f"{BG}_timetable.csv"),
    ]

    for form in forms:
        assert form.places == solved.places
        assert form.days == solved.days
        assert form.hours == solved.hours


def test_a_solution_of_another_school_is_refused_row_by_row(zip_of):
    content = zip_of("bg_lom*.fet", f"{RU_SOLVED}_timetable_559of562.csv")

    with pytest.raises(BadRows) as refused:
        read_upload(content, "mixed.zip")

    first = refused.value.rows[0]
    assert (first.file, first.line, first.column) == ("timetable-ru_timetable_559of562.csv", 2, "Day")


@pytest.mark.parametrize("path", [path for path in COUNTS if path not in UNSOLVED_TWINS])
def test_a_real_school_is_taken_over_once(either_database, school, fet, path):
    timetable = fet(path)
    ids = make_ids(timetable)
    counts = []
    for _ in range(2):
        with either_database.writing(school) as session:
            counts.append(take_over(session, timetable, ids))
    first, again = counts
    loads = {(name, one.subject) for one in timetable.activities.values() for name in one.students}

    assert first["loads"]["created"] == again["loads"]["unchanged"] == len(loads)
    assert (first["lessons"]["created"] > 0) == bool(timetable.places)
    assert again["lessons"]["unchanged"] == first["lessons"]["created"]
    assert again["lessons"]["created"] == again["lessons"]["changed"] == again["lessons"]["cancelled"] == 0
    assert len(first["unplaced"]) == len(timetable.unplaced)
    assert (
        sum(len(one.lessons) for one in told(either_database, school, "schedule.lessons.planned"))
        == (first["lessons"]["created"])
    )


@time_machine.travel(date(2026, 11, 23))
def test_a_bulgarian_class_has_its_solved_week(database, school, fet):
    timetable = fet(f"{BG}_data_and_timetable.fet")
    ids = make_ids(timetable)
    with database.writing(school) as session:
        take_over(session, timetable, ids)
        english = session.scalar(select(Subject.id).where(Subject.name == "Английски"))
        friday = select(Lesson.number, Lesson.starts).where(
            Lesson.group_id == ids.groups["8 б"],
            Lesson.subject_id == english,
            Lesson.lesson_on == date(2026, 11, 27),
        )
        rung = sorted(tuple(row) for row in session.execute(friday))

    # Activity 1 of the file: four hours from 08:15 on.
    assert rung == [(2, "08:15"), (3, "09:05"), (4, "10:05"), (5, "10:55")]
