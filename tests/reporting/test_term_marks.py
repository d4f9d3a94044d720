"""Term-end marks on the printed page: where they stand, what is corrected, and whose they are."""

import random
from datetime import timedelta

import pytest

from services.reporting.actions.drawing.spread import draw_spread
from services.reporting.queries.spread import spread_of
from services.reporting.rules.corrections import Correction
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.events import identity, journal
from tests.reporting.makers import (
    CLOSED,
    FIRST,
    PUPILS,
    SCHOOL,
    SECOND,
    TOLD_AT,
    YEAR,
    apply,
    apply_all,
    enrolments,
    finals,
    head_after,
    make_spread,
    marks,
    received,
    told_by_identity,
    told_by_journal,
    told_by_schedule,
)
from tests.reporting.test_class_journal import read
from tests.reporting.test_spread import texts

REOPENED = journal.PeriodReopened(period_id=FIRST, reason="Ошибка")


def printed(database, period=FIRST):
    return spread_of(read(database, period=period), "https://parta.example")


def shown(database, period=FIRST):
    """Return the marks by pupil's name and the column's title."""
    spread = printed(database, period)
    return {(spread.pupils[p].name, spread.terms[t]): value for (p, t), value in spread.finals.items()}


def later(database, *told):
    """Let each event be heard an hour after the one before."""
    for hours, one in enumerate(told, 1):
        event = received(one, time=TOLD_AT + timedelta(hours=hours))
        with database.writing(SCHOOL) as session:
            SUBSCRIPTIONS[type(one)](session, [event])


def test_a_periods_marks_stand_after_its_lessons(database):
    apply_all(database)
    apply(database, finals(10, (0, "5"), (1, "н/а")), finals(11, (0, "4"), period=SECOND))

    assert shown(database) == {("Яшина Анна", "I четверть"): "5", ("Ёлкин Пётр", "I четверть"): "н/а"}
    assert (printed(database).seq, printed(database).head) == (11, head_after(11))
    assert printed(database).terms == ("I четверть",)


def test_the_years_marks_stand_after_the_last_period(database):
    apply_all(database)
    apply(database, marks(10, (0, 1, "5"), lesson=3), finals(11, (0, "4"), period=YEAR, kind="year"))

    assert printed(database, SECOND).terms == ("II четверть", "годовая")
    assert shown(database, SECOND) == {("Яшина Анна", "годовая"): "4"}

    apply(
        database,
        finals(12, (0, "5"), period=YEAR, kind="exam"),
        finals(13, (0, "5"), period=YEAR, kind="final"),
    )
    assert printed(database, SECOND).terms == ("II четверть", "годовая", "экзамен", "итоговая")


def test_the_ninth_parallel_has_a_final_column_before_anybody_filled_it(database):
    apply_all(database)
    ninth = identity.GroupChanged(group_id=told_by_identity()[5].group_id, kind="class", name="9А", grade=9)
    apply(database, ninth, marks(10, (0, 1, "5"), lesson=3))

    assert printed(database, SECOND).terms == ("II четверть", "годовая", "итоговая")


def test_a_page_without_marks_has_no_column_for_them(database):
    apply(database, *told_by_identity(), *told_by_schedule(), told_by_journal()[0], marks(1, (0, 0, "н")))

    assert printed(database).terms == ()


def test_a_mark_taken_back_stands_no_more(database):
    apply_all(database)
    apply(database, finals(10, (0, "5"), (1, "4")), finals(11, (0, None)))

    assert shown(database) == {("Ёлкин Пётр", "I четверть"): "4"}
    assert printed(database).corrections == ()


def test_what_was_changed_after_closing_is_on_the_sheet_of_corrections(database):
    apply_all(database)
    later(database, finals(10, (0, "4"), (1, "3")), CLOSED, finals(11, (0, "5", "4")))

    spread = printed(database)
    assert shown(database) == {("Яшина Анна", "I четверть"): "5*", ("Ёлкин Пётр", "I четверть"): "3"}
    line = ("08.09.2026 18:30", "—", "Яшина Анна", "I четверть", "4", "5", "—", 11)
    assert spread.corrections == (line,)
    assert draw_spread(spread) == draw_spread(printed(database))


def test_a_period_opened_again_forgets_nothing_that_may_be_on_paper(database):
    apply_all(database)
    later(
        database,
        finals(10, (0, "4")),
        CLOSED,
        REOPENED,
        finals(11, (0, None, "4")),
        CLOSED,
        finals(12, (1, "3")),
    )

    rows = [(one.pupil, one.was, one.now) for one in printed(database).corrections]
    assert rows == [("Яшина Анна", "4", "—"), ("Ёлкин Пётр", "—", "3")]
    assert shown(database)["Яшина Анна", "I четверть"] == "*"


def test_a_period_opened_again_is_open(database):
    apply_all(database)
    later(database, CLOSED, REOPENED)
    assert not read(database).period.closed

    later(database, CLOSED)
    assert read(database).period.closed


def test_heard_again_from_the_beginning_nothing_changes(database):
    apply_all(database)
    told = [finals(10, (0, "4")), CLOSED, finals(11, (0, "5", "4"))]
    later(database, *told)
    before = printed(database)

    apply(database, *told_by_journal())
    later(database, *told)

    assert printed(database) == before


@pytest.mark.parametrize("seed", range(4))
def test_marks_of_a_merged_pupil_stand_in_the_kept_ones_row(database, seed):
    merged = identity.PersonMerged(kept_id=PUPILS[0], merged_id=PUPILS[1])
    logs = [
        [*told_by_identity(), merged],
        told_by_schedule(),
        [*told_by_journal(), finals(10, (1, "4")), CLOSED],
    ]
    random.Random(seed).shuffle(logs)
    for log in logs:
        apply(database, *log)

    assert shown(database) == {("Яшина Анна", "I четверть"): "4"}


def test_whoever_has_a_mark_is_on_the_page_though_gone_before_the_period(database):
    apply_all(database)
    apply(database, enrolments((PUPILS[2], *(TOLD_AT.date(),) * 2)), finals(10, (2, "4"), period=SECOND))

    assert shown(database, SECOND) == {("Жуков Лев", "II четверть"): "4"}


def test_the_sheets_show_them_and_say_what_was_corrected():
    spread = make_spread(
        terms=("IV четверть", "годовая"),
        finals={(0, 0): "5*", (1, 0): "незач", (1, 1): "4"},
        corrections=(
            Correction(
                "10.11.2026 12:01",
                "Кузнецова Н. В.",
                "Абрамова Мария",
                "IV четверть",
                "4",
                "5",
                "обращение № 7",
                413,
            ),
        )
        * 30,
    )

    left, _, first, second = texts(spread)

    assert "IV четверть" in left
    assert "годовая" in left
    assert "5*" in left
    assert "незач" in left
    assert "см. лист исправлений" in left
    assert "Лист исправлений" in first
    assert "10.11.2026 12:01" in first
    assert "30 10.11.2026 12:01 Кузнецова Н. В. Абрамова Мария IV четверть 4 5 обращение № 7 413" in second


def test_minutes_of_lateness_are_no_marks(database):
    apply_all(database)
    apply(database, marks(10, (0, 0, "оп 10")))

    assert printed(database).cells[2, 0] == "оп10 5"
