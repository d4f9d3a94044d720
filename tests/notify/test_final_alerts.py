"""Who is told of term-end marks, and in which words."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.actions.composing import content_of
from services.notify.actions.letters import write_letter
from services.notify.models import Letter
from services.notify.queries import notices_of
from services.notify.rules import headline, kind_of
from shared.events.journal import FinalsRecorded, RecordedFinal
from shared.events.schedule import Period, YearPlanned
from tests.notify.makers import (
    ANNA,
    FATHER,
    GROUP,
    LEV,
    MOTHER,
    NOON,
    PAGE,
    SCHOOL,
    SUBJECT,
    TODAY,
    UUID,
    family,
    hear,
    received,
)
from tests.notify.test_mark_alerts import recipients, told

QUARTER, YEAR = UUID(int=61), UUID(int=62)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


def year(name="I четверть"):
    quarter = Period(period_id=QUARTER, name=name, starts_on=TODAY, ends_on=TODAY)
    return YearPlanned(year_id=YEAR, name="2026/27", starts_on=TODAY, ends_on=TODAY, periods=[quarter])


def final(value="4", *, was=None, kind="period", pupil_id=ANNA):
    entry = RecordedFinal(pupil_id=pupil_id, value=value, was=was, recommended=None)
    return FinalsRecorded(
        page_id=PAGE, group_id=GROUP, subject_id=SUBJECT, period_id=QUARTER if kind == "period" else YEAR,
        kind=kind, seq=1, head="0" * 64, entries=[entry],
    )  # fmt: skip


def said(database, language="ru", person_id=MOTHER):
    with database.reading(SCHOOL) as session:
        notices, _ = notices_of(session, person_id, unread=False, before=None)
    assert {kind_of(one.entries) for one in notices} <= {"finals"}
    return [headline(one.subject, one.lesson_on, one.entries, language) for one in reversed(notices)]


def test_a_family_is_told_of_a_mark_of_a_period(database):
    hear(database, *family(), year(), final("4"))

    assert recipients(database) == [MOTHER, FATHER, ANNA]
    assert said(database) == ["Алгебра, 8 сентября: выставлена отметка за I четверть — 4"]
    assert said(database, "en") == ["Алгебра, 8 September: mark for I четверть: 4"]


def test_a_period_nobody_has_heard_of_yet_is_named_when_it_is(database):
    hear(database, *family(), final("н/а"))
    assert said(database) == ["Алгебра, 8 сентября: выставлена отметка за период — н/а"]

    hear(database, year(), year("1 четверть"))

    assert said(database) == ["Алгебра, 8 сентября: выставлена отметка за 1 четверть — н/а"]


def test_each_kind_has_its_words(database):
    hear(
        database,
        *family(),
        year(),
        final("4", was="3"),
        final(None, was="4"),
        *(final("5", kind=kind) for kind in ("year", "exam", "final")),
    )

    assert [line.partition(": ")[2] for line in said(database)] == [
        "исправлена отметка за I четверть: было 3 — стало 4",
        "отметка 4 за I четверть снята",
        "выставлена отметка за год — 5",
        "выставлена отметка за экзамен — 5",
        "выставлена отметка итоговая — 5",
    ]


def test_it_is_told_once_and_only_while_it_is_news(database):
    event, old = received(final()), received(final(pupil_id=LEV), time=NOON - timedelta(days=15))
    hear(database, *family(), event, old)
    once = told(database)

    hear(database, event, old)

    assert told(database) == once
    assert recipients(database) == [MOTHER, FATHER, ANNA]


def test_a_letter_sums_a_column_up(database):
    hear(database, *family(), year(), final("3"), final("4", was="3"), final("5", kind="year"))

    letter_id = write_letter(database, SCHOOL, MOTHER, NOON)

    with database.reading(SCHOOL) as session:
        assert session.scalar(select(Letter.id)) == letter_id
        content = content_of(session, letter_id)
    assert content.way.path == "/diary"
    [(name, _, lines)] = content.pupils
    assert name == "Яшина Анна"
    assert lines == (
        "Алгебра, 8 сентября: выставлена отметка за I четверть — 4",
        "Алгебра, 8 сентября: выставлена отметка за год — 5",
    )
