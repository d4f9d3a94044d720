import pytest
from sqlalchemy import select

from services.journal.actions.periods import PeriodOpen, close_period, reopen_period
from services.journal.models import Closing
from services.journal.queries.lists import period_list
from shared.errors import NotFound
from shared.ids import new_id
from tests.journal.makers import make_world, published


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
