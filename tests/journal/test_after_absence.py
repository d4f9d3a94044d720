"""Warnings of period marks after absences: the rule at its edges, and on a page (DOMAIN 2.2)."""

from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal.actions.entries import Cell, record_entries
from services.journal.queries.finals import page_finals
from services.journal.rules.after_absence import not_marked_since
from shared.events.identity import DatedValue, ParameterChanged
from tests.journal.makers import FIRST, FRIDAY, Counted, make_world, tell

DAYS = [FRIDAY + timedelta(days=n) for n in range(14)]


def warned(pattern, marked="", least=3):
    """`pattern` has a sign for each lesson: «н» away, «.» there; `marked` a «5» where there is a mark."""
    held = DAYS[: len(pattern)]
    absent = {day for day, sign in zip(held, pattern, strict=True) if sign == "н"}
    with_mark = {day for day, sign in zip(held, marked, strict=False) if sign == "5"}
    return not_marked_since(held, absent, with_mark, least)


@pytest.mark.parametrize(
    ("pattern", "marked", "is_warned"),
    [
        ("ннн.", "", True),
        ("ннн..", "...5.", False),  # Marked on the day of coming back.
        ("ннн..", "....5", False),
        (".ннн.", "5....", True),  # What was before says nothing of what was missed.
        ("нн...", "", False),
        ("нн.нн.", "", False),  # Not in a row.
        (".ннн", "", False),  # Has not come back.
        ("ннн.нннн", "", False),
        ("ннн.нн.", "", True),
        ("ннн.ннн.", "...5....", True),  # The last long absence counts.
        ("", "", False),
        ("....", "", False),
    ],
)
def test_after_a_long_absence_a_mark_is_missed(pattern, marked, is_warned):
    assert (warned(pattern, marked) is not None) == is_warned


def test_the_warning_names_the_lessons_missed():
    said = warned(".нннн.")

    assert said.ru == "пропущено уроков подряд: 4 (03.10–06.10), после этого отметок нет"
    assert said.en == "lessons missed in a row: 4 (2026-10-03 to 2026-10-06), no mark since"


def test_two_lessons_a_day_are_two():
    held = [DAYS[0], DAYS[0], DAYS[1], DAYS[2]]

    assert not_marked_since(held, {DAYS[0], DAYS[1]}, (), 3)
    assert not not_marked_since(held, {DAYS[0], DAYS[1]}, (), 4)


@given(st.text("н.", max_size=8), st.text("5.", max_size=8), st.integers(1, 5))
def test_whatever_was_before_the_last_lessons_decide(pattern, marked, least):
    marked = marked[: len(pattern)].ljust(len(pattern), ".")
    nothing = "." * least

    assert warned(pattern + "н" * least + ".", f"{marked}{nothing}.", least) is not None
    assert warned(pattern + "н" * least + ".", f"{marked}{nothing}5", least) is None
    assert warned(pattern, marked, 0) is None


def put(database, world, lesson, *cells):
    with database.writing(world.school_id) as session:
        seq = page_finals(session, world.actor(), world.page_id(session))["page"]["seq"]
        record_entries(session, world.actor(), lesson, seq, list(cells))


def warnings(database, world):
    """Return the warnings of the first quarter by the pupils' numbers."""
    with database.reading(world.school_id) as session:
        shown = page_finals(session, world.actor(), world.page_id(session))
    return {
        world.pupils.index(shown["pupils"][one["pupil"]]["id"]): one["warning"].ru
        for one in shown["cells"]
        if one["column"] == 0 and one["warning"]
    }


@pytest.fixture
def away(either_database, clock):
    """Two pupils miss three lessons of six; one is marked before them alone, the other after them too."""
    days = [FIRST[0] + timedelta(days=n) for n in range(6)]
    world = make_world(either_database, days=days)
    clock.move_to(f"{days[-1]}T12:00:00+00:00")
    told = {"final_least_marks": {"1": 1}, "final_absent_percent": 60}
    settle(either_database, world, **told)
    first, second, third = world.pupils
    for lesson in world.lessons[1:4]:
        put(either_database, world, lesson, Cell(first, 0, "б"), Cell(second, 0, "н"), Cell(third, 0, "оп 5"))
    put(either_database, world, world.lessons[0], *(Cell(pupil, 1, "4") for pupil in world.pupils))
    put(either_database, world, world.lessons[5], Cell(second, 1, "5"))
    return either_database, world


def settle(database, world, **values):
    for name, value in values.items():
        held = DatedValue(valid_from=FIRST[0], value=orjson.dumps(value).decode())
        tell(database, world, ParameterChanged(school_id=world.school_id, name=name, values=[held]))


def test_the_page_warns_of_who_has_no_mark_since_coming_back(away):
    database, world = away

    assert warnings(database, world) == {
        0: "пропущено уроков подряд: 3 (02.09–04.09), после этого отметок нет"
    }


def test_the_page_warns_of_who_missed_much_though_marked_enough(away):
    database, world = away
    settle(database, world, final_absent_percent=49)

    assert warnings(database, world) == {0: "пропущено уроков: 3 из 6", 1: "пропущено уроков: 3 из 6"}


def test_the_school_sets_how_long_an_absence_is_long(away):
    database, world = away
    for longest in (4, 0):
        settle(database, world, final_absence_run=longest)
        assert warnings(database, world) == {}


def test_a_page_of_marks_is_six_statements(away):
    database, world = away
    with Counted(database) as counted:
        warnings(database, world)
    assert len(counted) <= 8, counted.statements  # One asks for the page's id, one names the school.
