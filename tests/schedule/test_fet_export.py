"""What is handed to FET: written for it, read back, the same; whatever the school is like."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.schedule.actions.calendar import current_year
from services.schedule.actions.composing.hours import hours_of, is_closed
from services.schedule.actions.composing.problem import parts_of, told_apart
from services.schedule.actions.composing.school import cards_of_load
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.actions.versions.drafts import CardFacts, make_draft
from services.schedule.imports.bundle import read_upload
from services.schedule.models import Group, Room, School, Subject, Year
from services.schedule.rules.conflicts.facts import Hour as Rung
from shared.ids import new_id
from tests.schedule.loaded_school import make_loaded_school, move_to_the_second_shift


@pytest.fixture
def loaded(database, school):
    with database.writing(school) as session:
        return make_loaded_school(session, classes=2)


def room(database, school):
    with database.reading(school) as session:
        return session.query(Room).filter_by(name="101").one().id


def draft(database, school, loaded, cards):
    with database.writing(school) as session:
        return make_draft(session, session.get_one(Year, loaded.year_id), "Черновик", "manual", cards).id


def exported(api, path):
    answer = api("GET", path)
    assert answer.status_code == 200, answer.json
    assert answer.headers["Content-Disposition"].endswith('.fet"')
    return answer.data


def read(content):
    return read_upload(content, "parta.fet")


def test_a_version_comes_back_with_its_places_rooms_and_joint_lessons(api, database, school, loaded):
    subject = loaded.subjects["Математика"]
    both = [loaded.classes["5А"], loaded.classes["5Б"]]
    cards = [
        CardFacts(subject, both, loaded.teachers[:2], room(database, school), weekday=2, number=3),
        CardFacts(subject, [loaded.groups["5А/1"]], loaded.teachers[:1], weekday=5, number=1),
        CardFacts(subject, both[1:], []),
    ]

    back = read(exported(api, f"/timetables/{draft(database, school, loaded, cards)}/fet"))

    joint, half, free = back.activities.values()
    assert (set(joint.students), len(joint.teachers)) == ({"5А", "5Б"}, 2)
    place = back.places[joint.id]
    assert (back.days[place.day].weekday, back.hours[place.hours[0]].number, place.room) == (2, 3, "101")
    assert half.students == ("5А англ. 1",)
    assert [one.id for one in back.unplaced] == [free.id]
    kinds = {name: (one.kind, one.parent) for name, one in back.sets.items()}
    assert kinds == {
        "5": ("parallel", None),
        "5А": ("class", "5"),
        "5Б": ("class", "5"),
        "5А англ. 1": ("group", "5А"),
    }


def test_the_load_is_an_activity_for_each_hour(api, loaded):
    content = exported(api, "/loads/fet")
    back = read(content)

    assert len(back.activities) == loaded.hours
    assert not back.places
    names = {one.subject for one in back.activities.values()}
    assert names == set(loaded.subjects)
    spread = ET.fromstring(content).findall(".//ConstraintMinDaysBetweenActivities")  # noqa: S314
    assert all(int(one.findtext("Number_of_Activities")) > 1 for one in spread)


def test_weeks_that_differ_come_back_as_two_weeks(api, database, school, loaded):
    subject, group = loaded.subjects["Физика"], [loaded.classes["5А"]]
    cards = [
        CardFacts(subject, group, [], weekday=1, number=1),
        CardFacts(subject, group, [], week=2, weekday=3, number=2),
    ]

    back = read(exported(api, f"/timetables/{draft(database, school, loaded, cards)}/fet"))

    found = {
        (back.days[one.day].week, back.days[one.day].weekday, back.hours[one.hours[0]].number)
        for one in back.places.values()
    }
    assert back.weeks == 2
    assert found == {(1, 1, 1), (2, 1, 1), (2, 3, 2)}


def test_half_hours_share_a_place_in_turn(database, school, loaded):
    """The hours of two subjects every other week: one in weeks А, one in weeks В."""
    subjects = [loaded.subjects[name] for name in ("Физика", "Биология")]
    group = loaded.classes["5А"]
    with database.writing(school) as session:
        year = current_year(session)
        assign_loads(session, year, {(group, one): Teaching((), 2, 2) for one in subjects}, {group})
        cards = [card for card in cards_of_load(session, year) if card.group_ids == [group]]

    assert sorted(card.week for card in cards) == [0, 0, 1, 2]


def test_a_second_shift_has_no_lessons_in_the_first(api, database, school, loaded):
    with database.writing(school) as session:
        move_to_the_second_shift(session, loaded, "5Б")

    root = ET.fromstring(exported(api, "/loads/fet"))  # noqa: S314

    closed = {
        one.findtext("Students"): {at.findtext("Hour") for at in one.iter("Not_Available_Time")}
        for one in root.iter("ConstraintStudentsSetNotAvailableTimes")
    }
    late = {f"II-{number}" for number in range(1, 8)}
    early = {f"I-{number}" for number in range(1, 8)}
    assert {one.text for one in root.findall(".//Hours_List/Hour/Name")} == early | late
    assert closed == {"5А": late, "5Б": early}


def test_lessons_that_ring_together_are_one_hour_for_both_shifts():
    bells = {
        (1, 1): {6: Rung(800, 845), 7: Rung(850, 895)},
        (2, 1): {1: Rung(860, 905), 2: Rung(910, 955)},
    }

    hours = hours_of(bells, [1, 2], [])

    assert [dict(one.numbers) for one in hours] == [{1: 6}, {1: 7, 2: 1}, {2: 2}]
    assert [one.label for one in hours] == ["I-6", "I-7 / II-1", "II-2"]
    assert is_closed(bells, 2, 1, hours[0])
    assert not is_closed(bells, 2, 1, hours[1])


def test_the_deputy_exports_and_does_not_compose(api, loaded):
    assert api("GET", "/loads/fet", roles=("deputy",)).status_code == 200
    assert api("GET", "/timetables/compositions", roles=("deputy",)).status_code == 403
    assert api("GET", "/loads/fet", roles=("teacher",)).status_code == 403


def test_names_are_told_apart():
    ids = [new_id() for _ in range(4)]

    told = told_apart(dict(zip(ids, ("Иванова А.", "Иванова  А.", "", "Иванова А. (2)"), strict=True)))

    assert list(told.values()) == ["Иванова А.", "Иванова А. (2)", str(ids[2]), "Иванова А. (2) (2)"]


def test_signs_that_xml_has_not_got_stay_behind(api, database, school, loaded):
    bad = "\x08\n\x1f\ufffe"
    with database.writing(school) as session:
        session.get_one(Subject, loaded.subjects["История"]).name = f"Ис{bad}тория"
        session.get_one(Group, loaded.classes["5А"]).name = f"5А{bad}"
        session.query(School).one().name = f"Школа{bad}№ 7"
        for one in session.query(Room):
            one.name, one.building = f"{one.name}{bad}", f"Корпус{bad}"

    back = read(exported(api, "/loads/fet"))

    assert back.institution == "Школа № 7"
    assert {"Ис тория"} <= set(back.subjects)
    assert "5А" in back.sets
    assert {(one.name, one.building) for one in back.rooms} == {("101", "Корпус"), ("Спортзал", "Корпус")}


GROUPS = [new_id() for _ in range(6)]
PARENTS = {GROUPS[0]: None, GROUPS[1]: GROUPS[0], GROUPS[2]: GROUPS[0], GROUPS[3]: GROUPS[1]}
PUPILS = [new_id() for _ in range(5)]


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(GROUPS), st.sets(st.sampled_from(PUPILS))))
def test_groups_share_a_part_exactly_when_they_share_pupils_or_one_is_in_the_other(rosters):
    parts = {one: set(own) for one, own in parts_of(GROUPS, PARENTS, rosters).items()}

    def within(one):
        return {one} | (within(PARENTS[one]) if PARENTS.get(one) else set())

    def pupils(one):
        return {who for group, of in rosters.items() for who in of if one in within(group)}

    for one in GROUPS:
        assert parts[one]
        for other in GROUPS:
            clash = bool(pupils(one) & pupils(other)) or one in within(other) or other in within(one)
            assert bool(parts[one] & parts[other]) == clash
