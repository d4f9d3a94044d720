"""Former years stay at hand for staff: their pages, periods and programmes (clauses 2.2.3, 3.7.2, 3.8.1)."""

from datetime import date

import pytest

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.queries.fulfilment import Asked, fulfilment
from services.journal.queries.lists import page_list, period_list, year_closing, year_list
from services.journal.queries.page import class_page
from shared.errors import NotFound
from shared.events.identity import GroupChanged
from shared.events.schedule import LoadAssigned, Period, YearPlanned
from shared.ids import new_id
from tests.journal.makers import make_load, make_world, tell

SEPTEMBER = "2027-09-10T07:00:00+00:00"
NEXT = date(2027, 9, 1)


@pytest.fixture
def later(database, world, clock):
    """The September after: the class goes on as 6А with another teacher and another class teacher."""
    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])
    clock.move_to(SEPTEMBER)
    world.next_year, world.next_class, world.next_teacher, world.next_leader = (new_id() for _ in range(4))
    quarter = Period(period_id=new_id(), name="I четверть", starts_on=NEXT, ends_on=date(2027, 10, 25))
    year = {"year_id": world.next_year, "name": "2027/28", "starts_on": NEXT, "ends_on": date(2028, 5, 25)}
    group = {"group_id": world.next_class, "kind": "class", "name": "6А", "grade": 6}
    load = {"year_id": world.next_year, "group_id": world.next_class, "subject_id": world.subject_id}
    tell(
        database,
        world,
        YearPlanned(**year, periods=[quarter]),
        GroupChanged(**group, class_teacher_id=world.next_leader, continues_id=world.class_id),
        LoadAssigned(**load, teacher_ids=[world.next_teacher], hours_per_week=5),
    )
    return world


def listed(database, world, person, *roles, year_id=None, mine=False):
    with database.reading(world.school_id) as session:
        found = page_list(session, world.actor(person, *roles), mine=mine, year_id=year_id)
        return [page["group"]["name"] for page in found]


def test_the_years_are_known_from_the_schedule_the_latest_first(database, later):
    with database.reading(later.school_id) as session:
        found = [(year["name"], year["is_current"]) for year in year_list(session)]

    assert found == [("2027/28", True), ("2026/27", False)]


@pytest.mark.parametrize("who", ["deputy", "director"])
def test_who_supervises_finds_the_pages_of_a_former_year(database, later, who):
    assert listed(database, later, new_id(), who) == ["6А"]
    assert listed(database, later, new_id(), who, year_id=later.year_id) == ["5А"]


def test_the_teacher_and_the_class_teacher_of_then_find_and_open_their_pages(database, later):
    for person, role in ((later.teacher_id, "teacher"), (later.class_teacher_id, "class_teacher")):
        assert listed(database, later, person, role) == []
        for mine in (True, False):
            assert listed(database, later, person, role, year_id=later.year_id, mine=mine) == ["5А"]
        with database.reading(later.school_id) as session:
            page = class_page(session, later.actor(person, role), later.page_id(session))
        assert page["page"]["can_edit"]


def test_who_took_the_class_over_has_no_pages_of_before(database, later):
    for person, role in ((later.next_teacher, "teacher"), (later.next_leader, "class_teacher")):
        assert listed(database, later, person, role) == ["6А"]
        assert listed(database, later, person, role, year_id=later.year_id) == []
        with database.reading(later.school_id) as session, pytest.raises(NotFound):
            class_page(session, later.actor(person, role), later.page_id(session))


def test_a_load_that_changes_hands_in_mid_year_takes_the_page_along(database, later):
    tell(database, later, make_load(later, later.class_id, later.next_teacher))

    assert listed(database, later, later.next_teacher, year_id=later.year_id) == ["5А"]


def test_the_lessons_a_teacher_gave_keep_the_page_at_hand_when_the_load_went_to_another(database, later):
    tell(database, later, make_load(later, later.class_id, later.next_teacher))

    assert listed(database, later, later.teacher_id, year_id=later.year_id) == ["5А"]


def test_periods_and_the_closing_of_a_former_year_are_told(database, later):
    with database.reading(later.school_id) as session:
        assert [one["name"] for one in period_list(session)] == ["I четверть"]
        assert [one["name"] for one in period_list(session, later.year_id)] == ["I четверть", "II четверть"]
        assert year_closing(session)["name"] == "2027/28"
        assert year_closing(session, later.year_id)["id"] == later.year_id


def test_the_programmes_of_a_former_year_are_told(database, later):
    with database.reading(later.school_id) as session:
        director = later.actor(new_id(), "director")
        now = fulfilment(session, director, Asked())["items"]
        then = fulfilment(session, director, Asked(year_id=later.year_id))["items"]

    assert [one["group"]["name"] for one in now] == ["6А"]
    assert [(one["group"]["name"], one["remaining"]) for one in then] == [("5А", 0)]


def test_a_year_that_never_was_or_is_another_schools_is_not_found(database, world):
    other = make_world(database)
    with database.reading(world.school_id) as session:
        for year_id in (new_id(), other.year_id):
            for ask in (
                lambda id_: page_list(session, world.actor(), mine=True, year_id=id_),
                lambda id_: period_list(session, id_),
                lambda id_: fulfilment(session, world.actor(), Asked(year_id=id_)),
            ):
                with pytest.raises(NotFound):
                    ask(year_id)
        assert [year["id"] for year in year_list(session)] == [world.year_id]
