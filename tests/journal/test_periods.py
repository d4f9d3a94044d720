from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.journal.actions.cells import Cell
from services.journal.actions.entries import record_entries
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import PeriodOpen, close_period, reopen_period
from services.journal.models import Closing, Lesson, Page
from services.journal.queries.lists import is_written_since, period_list
from services.journal.queries.page import class_page
from shared.errors import NotFound
from shared.events.identity import GroupChanged
from shared.events.schedule import Period, YearPlanned
from shared.ids import new_id
from tests.journal.makers import FIRST, SECOND, TODAY, make_lessons, make_load, make_world, published, tell


@pytest.fixture
def deputy(world):
    return world.actor(new_id(), "deputy")


def test_closing_and_opening_are_told_and_stay_in_the_history(database, world, deputy):
    period_id = world.quarters[0]
    with database.writing(world.school_id) as session:
        closed_at = close_period(session, deputy, period_id)
    with database.writing(world.school_id) as session:
        reopen_period(session, deputy, period_id, "Ошибка")
    with database.writing(world.school_id) as session:
        close_period(session, deputy, period_id)

    told = [event for event in published(database, world) if hasattr(event, "period_id")]
    assert [type(event).__name__ for event in told] == ["PeriodClosed", "PeriodReopened", "PeriodClosed"]
    assert told[1].reason == "Ошибка"
    with database.reading(world.school_id) as session:
        first, second = session.scalars(select(Closing).order_by(Closing.id)).all()
    assert (first.closed_at, first.closed_by, first.reopened_by) == (
        closed_at,
        deputy.person_id,
        deputy.person_id,
    )
    assert second.reopened_at is None


def test_closing_a_closed_period_changes_nothing(database, world, deputy):
    with database.writing(world.school_id) as session:
        first = close_period(session, deputy, world.quarters[0])
    with database.writing(world.school_id) as session:
        assert close_period(session, deputy, world.quarters[0]) == first

    assert len(published(database, world, "journal.period.closed")) == 1


def test_an_open_period_cannot_be_opened(database, world, deputy):
    with database.writing(world.school_id) as session, pytest.raises(PeriodOpen):
        reopen_period(session, deputy, world.quarters[0], "Ошибка")


def test_another_schools_period_is_not_found(database, world, deputy):
    other = make_world(database)

    with database.writing(world.school_id) as session, pytest.raises(NotFound):
        close_period(session, deputy, other.quarters[0])


def test_the_list_says_which_periods_are_closed(database, world, deputy):
    with database.writing(world.school_id) as session:
        close_period(session, deputy, world.quarters[0])

    with database.reading(world.school_id) as session:
        shown = [(period["name"], period["closed"]) for period in period_list(session)]
    assert shown == [("I четверть", True), ("II четверть", False)]


def test_it_is_known_whether_anything_was_written_since_a_day(database, world):
    with database.reading(world.school_id) as session:
        held_on = session.get_one(Lesson, world.today).held_on
        assert not is_written_since(session, held_on)

    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])

    with database.reading(world.school_id) as session:
        assert is_written_since(session, held_on)
        assert not is_written_since(session, held_on + timedelta(days=1))


@pytest.fixture
def eldest(database, world):
    """The elder group of class 10А; 5А has quarters, it half-years (DOMAIN 2.3)."""
    half = Period(
        period_id=new_id(), name="1 полугодие", starts_on=FIRST[0], ends_on=SECOND[1], kind="half_year",
        grades=[10, 11],
    )  # fmt: skip
    quarters = [
        Period(period_id=id_, name=name, starts_on=span[0], ends_on=span[1], grades=list(range(1, 10)))
        for id_, name, span in zip(
            world.quarters, ("I четверть", "II четверть"), (FIRST, SECOND), strict=True
        )
    ]
    year = YearPlanned(
        year_id=world.year_id, name="2026/27", starts_on=FIRST[0], ends_on=date(2027, 5, 25),
        periods=[*quarters, half],
    )  # fmt: skip
    class_id, group_id, lesson_id = new_id(), new_id(), new_id()
    tell(
        database,
        world,
        year,
        GroupChanged(group_id=class_id, kind="class", name="10А", grade=10),
        GroupChanged(group_id=group_id, kind="group", name="10А/1", parent_id=class_id),
        make_load(world, group_id, world.teacher_id),
        make_lessons(world, group_id, [TODAY], [lesson_id]),
    )
    return group_id, lesson_id, half.period_id


def test_each_parallel_has_the_periods_of_its_own(database, world, deputy, eldest):
    group_id, _, half_year = eldest

    with database.reading(world.school_id) as session:
        elder = session.scalars(select(Page.id).where(Page.group_id == group_id)).one()
        shown = [period["id"] for period in class_page(session, deputy, elder)["periods"]]
        younger = class_page(session, deputy, world.page_id(session))
        listed = [(one["kind"], list(one["grades"])) for one in period_list(session)]

    assert shown == [half_year]
    assert [period["id"] for period in younger["periods"]] == list(world.quarters)
    assert ("half_year", [10, 11]) in listed


def test_closing_the_half_year_leaves_the_quarters_open(database, world, deputy, eldest):
    _, lesson_id, half_year = eldest
    with database.writing(world.school_id) as session:
        close_period(session, deputy, half_year)

    with database.writing(world.school_id) as session, pytest.raises(PageClosed):
        record_entries(session, world.actor(), lesson_id, 0, [Cell(world.pupils[0], 1, "5")])
    with database.writing(world.school_id) as session:
        assert record_entries(session, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])


def test_closing_a_quarter_leaves_the_half_year_open(database, world, deputy, eldest):
    group_id, _, _ = eldest
    with database.writing(world.school_id) as session:
        close_period(session, deputy, world.quarters[0])

    with database.reading(world.school_id) as session:
        elder = session.scalars(select(Page.id).where(Page.group_id == group_id)).one()
        assert [lesson["editable"] for lesson in class_page(session, world.actor(), elder)["lessons"]] == [
            True
        ]
