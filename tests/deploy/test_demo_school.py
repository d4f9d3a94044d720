from collections import Counter
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from deploy.demo import names
from deploy.demo.curriculum import ENGLISH, SHORT, class_names, hours
from deploy.demo.fet import fet_file
from deploy.demo.oneroster import oneroster_zip
from deploy.demo.school import demo_people, make_school, year_of
from deploy.demo.timetable import BELLS
from deploy.demo.year import plan_demo_year
from services.schedule.actions.years import year_for
from services.schedule.imports.bundle import read_upload
from shared.db import Database
from shared.ids import new_id
from shared.imports import read_csv
from shared.migrate import upgrade


@pytest.fixture(scope="module")
def school():
    return make_school(2026)


@pytest.fixture(scope="module")
def tables(school):
    with ZipFile(BytesIO(oneroster_zip(school))) as archive:
        return {name: read_csv(archive.read(name), name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def timetable(school):
    return read_upload(fet_file(school), "demo.fet")


def everybody(school):
    people = school.people
    return [*people.pupils, *people.teachers, *people.parents, *people.office.values()]


def test_the_same_year_gives_the_same_files(school):
    again = make_school(2026)

    assert fet_file(again) == fet_file(school)
    assert again.people == school.people


def test_another_year_has_the_same_people_of_other_birth(school):
    other = make_school(2031)

    assert [p.name for p in everybody(other)] == [p.name for p in everybody(school)]
    born = zip(other.people.pupils, school.people.pupils, strict=True)
    assert {later.birth_on.year - sooner.birth_on.year for later, sooner in born} <= {4, 5, 6}


def test_the_school_has_800_pupils_in_32_classes(school):
    classes = school.classes()

    assert sum(map(len, classes.values())) == 800
    assert len(classes) == 32
    assert all(20 <= len(pupils) <= 30 for pupils in classes.values())
    assert 50 <= len(school.people.teachers) <= 60


def test_every_pupil_has_parents_and_keys_and_logins_are_unique(school):
    people = everybody(school)
    known = {person.key for person in people}

    assert all(pupil.parents and set(pupil.parents) <= known for pupil in school.people.pupils)
    assert len(known) == len({person.login for person in people}) == len(people)


def test_some_parents_have_several_children_and_some_teach(school):
    children = Counter(key for pupil in school.people.pupils for key in pupil.parents)

    assert sum(count > 1 for count in children.values()) > 50
    assert sum(key.startswith("teacher") for key in children) == 6


def test_mail_goes_to_reserved_domains_only(school):
    assert all(person.email is None or person.email.endswith("@example.org") for person in everybody(school))


def test_children_are_named_after_their_fathers(school):
    fathers = {parent.key: parent for parent in school.people.parents if parent.sex == "male"}
    found = [(p, fathers[key]) for p in school.people.pupils for key in p.parents if key in fathers]
    usual = [(child, father) for child, father in found if child.patronymic and "ы" not in child.patronymic]

    assert len(usual) > 400
    assert all(child.patronymic == names.patronymic(father.given, child.sex) for child, father in usual)


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Илья", "Ильич", "Ильинична"),
        ("Пётр", "Петрович", "Петровна"),
        ("Юрий", "Юрьевич", "Юрьевна"),
        ("Дмитрий", "Дмитриевич", "Дмитриевна"),
        ("Игорь", "Игоревич", "Игоревна"),
        ("Андрей", "Андреевич", "Андреевна"),
        ("Семён", "Семёнович", "Семёновна"),
        ("Никита", "Никитич", "Никитична"),
    ],
)
def test_patronymics_follow_the_rules(father, son, daughter):
    assert names.patronymic(father, "male") == son
    assert names.patronymic(father, "female") == daughter


@pytest.mark.parametrize(
    ("his", "hers"),
    [
        ("Соловьёв", "Соловьёва"),
        ("Римский-Корсаков", "Римская-Корсакова"),
        ("Толстой", "Толстая"),
        ("Шевченко", "Шевченко"),
        ("Черных", "Черных"),
        ("Ким", "Ким"),
    ],
)
def test_family_names_have_their_feminine_form(his, hers):
    assert names.family_name(his, "female") == hers


def test_names_hold_what_lists_must_bear(school):
    pupils = school.people.pupils

    assert any(pupil.family.startswith(("Ёлкин", "Ёжиков")) for pupil in pupils)
    assert any("-" in pupil.family for pupil in pupils)
    assert any(not pupil.patronymic for pupil in pupils)
    assert max(len(pupil.name) for pupil in pupils) > 45


def test_nobody_is_twice_at_a_time_and_no_class_waits(school):
    taken = Counter()
    for at in school.timetable:
        for hour in range(at.hour, at.hour + at.load.length):
            taken[at.load.class_name, at.day, hour] += 1
            taken.update((part.teacher.key, at.day, hour) for part in at.load.parts)
            taken.update((part.teacher.room, at.day, hour) for part in at.load.parts)

    assert max(taken.values()) == 1
    for name, grade in class_names():
        for day in range(5):
            sat = sorted(hour for who, on, hour in taken if (who, on) == (name, day))
            assert sat == list(range(len(sat))), "a free lesson amid the day"
            assert len(sat) <= (5 if grade < 5 else 7) <= len(BELLS)


def test_every_class_gets_the_hours_of_its_plan(school):
    given = Counter()
    for at in school.timetable:
        given[at.load.class_name, at.load.subject] += at.load.length

    for load in school.loads:
        assert given[load.class_name, load.subject] == hours(load.subject, load.grade)


def test_teachers_have_a_bearable_week(school):
    week = Counter()
    for load in school.loads:
        week.update({part.teacher.key: load.hours for part in load.parts})

    assert max(week.values()) <= 26


def test_each_class_has_a_leader_of_its_own(school):
    assert sorted(school.leaders) == sorted(name for name, _ in class_names())
    assert len({teacher.key for teacher in school.leaders.values()}) == 32


def test_the_timetable_is_read_by_the_import_whole_and_placed(timetable, school):
    assert len(timetable.places) == len(timetable.activities) > 900
    assert all(place.room for place in timetable.places.values())
    assert timetable.hours[0].starts == "08:30"
    assert {one.what for one in timetable.ignored} == {
        "Comments",
        "ConstraintBasicCompulsorySpace",
        "ConstraintBasicCompulsoryTime",
        "Number_of_Students",
    }


def test_both_files_call_people_and_groups_alike(tables, timetable):
    teachers = {
        f"{row.get('familyName')} {row.get('givenName')} {row.get('middleName')}"
        for row in tables["users.csv"].rows
        if row.get("role") == "teacher"
    }
    titles = {row.get("title") for row in tables["classes.csv"].rows}

    assert {name for one in timetable.activities.values() for name in one.teachers} == teachers
    assert {name for one in timetable.activities.values() for name in one.students} == titles


def test_the_roster_points_to_nothing_that_is_not_there(tables):
    users = {row.get("sourcedId") for row in tables["users.csv"].rows}
    classes = {row.get("sourcedId") for row in tables["classes.csv"].rows}

    assert all(not table.errors for table in tables.values())
    for row in tables["enrollments.csv"].rows:
        assert row.get("userSourcedId") in users
        assert row.get("classSourcedId") in classes
    for row in tables["users.csv"].rows:
        assert {key for key in row.get("agentSourcedIds").split(",") if key} <= users


def test_everybody_sits_in_a_class_and_in_one_half_of_each_division(school):
    halves = Counter(
        (pupil.key, name.rsplit(" ", 1)[0]) for name, pupils in school.halves().items() for pupil in pupils
    )

    assert max(halves.values()) == 1
    assert all(
        (p.key, f"{p.class_name} {SHORT[ENGLISH]}") in halves for p in school.people.pupils if p.grade > 1
    )


def test_each_role_has_somebody_to_show_it(school):
    shown = demo_people(school)

    assert {login: person.login for login, person in shown.items()} == {login: login for login in shown}
    children = [p for p in school.people.pupils if shown["parent"].key in p.parents]
    assert len(children) == 2
    assert shown["pupil"] in children
    taught = {
        load.class_name for load in school.loads for p in load.parts if p.teacher == shown["class-teacher"]
    }
    assert len(taught) > 1


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 9, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 5, 31), 2026),
        (date(2027, 7, 15), 2026),
    ],
)
def test_summer_shows_the_year_just_ended(day, begins):
    assert year_of(day) == begins


def test_a_timetable_brought_in_summer_falls_into_the_year_just_ended(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'schedule.db'}")
    upgrade("schedule", database)
    day = date(2027, 7, 15)
    with database.writing(new_id()) as session:
        plan_demo_year(session, year_of(day), day)
        plan_demo_year(session, year_of(day), day)
        year, is_new = year_for(session, day, school_days=5)

        assert not is_new
        assert (year.starts_on, year.ends_on) == (date(2026, 9, 1), date(2027, 8, 31))
        [special] = year.special_days
        assert (special.kind, special.day) == ("short", date(2026, 12, 28))
    database.close()
