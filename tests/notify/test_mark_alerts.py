"""Who gets a notice of what, in whatever order the logs arrive."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.notify.models import Guardianship, Letter, News, Notice, Person, Preference
from shared.events.identity import PersonErased, PersonMerged
from tests.notify.makers import (
    ANNA,
    FATHER,
    LEV,
    MOTHER,
    NOON,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    ended,
    entry,
    family,
    guardian,
    hear,
    marks,
    person,
    received,
)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


def told(database, school=SCHOOL):
    """All notices as (event, pupil, recipient), sorted."""
    with database.reading(school) as session:
        rows = session.execute(select(Notice.event_id, Notice.pupil_id, Notice.recipient_id))
        return sorted(tuple(row) for row in rows)


def recipients(database):
    return sorted(recipient for _, _, recipient in told(database))


EVERYBODY = {(ANNA, ANNA), (ANNA, MOTHER), (ANNA, FATHER), (LEV, LEV), (LEV, MOTHER)}


def test_guardians_and_the_pupil_are_told(database):
    hear(database, *family(), marks(entry("5"), entry("н", slot=0, pupil_id=LEV)))

    assert {(pupil, who) for _, pupil, who in told(database)} == EVERYBODY


def test_an_event_heard_twice_is_told_once(database):
    hear(database, *family())
    event = received(marks())

    hear(database, event)
    once = told(database)
    hear(database, event)

    assert told(database) == once
    assert len(once) == 3


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_the_logs_makes_no_difference(database, seed):
    chance = random.Random(seed)
    logs = {
        "identity": [one for one in family() if type(one).__name__ != "SubjectChanged"],
        "journal": [marks(entry("3")), marks(entry("4", was="3")), marks(entry("5", pupil_id=LEV))],
    }
    order = [name for name, log in logs.items() for _ in log]
    chance.shuffle(order)

    hear(database, *(logs[name].pop(0) for name in order))

    assert recipients(database) == sorted([ANNA, MOTHER, FATHER] * 2 + [LEV, MOTHER])


def test_a_new_guardian_hears_nothing_of_the_time_before(database):
    hear(database, *family(), marks())
    newcomer = received(guardian(LEV, ANNA), time=NOON + timedelta(minutes=1))

    hear(database, newcomer)

    assert LEV not in recipients(database)
    hear(database, marks())
    assert LEV in recipients(database)


def test_a_log_read_again_tells_nobody_anything(database):
    events = hear(database, *family(), marks(), marks(entry("4", was="5")))
    before = told(database)
    newcomer = received(guardian(LEV, ANNA), time=NOON + timedelta(minutes=1))
    hear(database, newcomer)

    hear(database, *events)
    hear(database, newcomer)

    assert told(database) == before


def test_old_lessons_are_no_news(database):
    fortnight = TODAY - timedelta(days=14)

    hear(database, *family(), marks(on=fortnight), marks(on=fortnight - timedelta(days=1)))

    assert len(told(database)) == 3


LONG_PAST = TODAY - timedelta(days=21)


def test_2_2_6_a_mark_of_a_long_past_lesson_is_told_when_it_is_changed_or_taken_back(database):
    hear(database, *family(), marks(entry("3", was="5"), entry(None, was="4", pupil_id=LEV), on=LONG_PAST))

    assert {(pupil, who) for _, pupil, who in told(database)} == EVERYBODY


def test_what_is_typed_in_for_a_long_past_lesson_beside_a_correction_is_not_told(database):
    typed = (
        entry("5", slot=2),
        entry("4", was="•", slot=3),
        entry("б", was="н", slot=0),
        entry("5", pupil_id=LEV),
    )
    hear(database, *family(), marks(entry("3", was="5"), *typed, on=LONG_PAST), marks(*typed, on=LONG_PAST))

    assert sorted(recipients(database)) == sorted([ANNA, MOTHER, FATHER])
    with database.reading(SCHOOL) as session:
        assert session.scalars(select(News.entries)).all() == [[[1, "3", "5", "control"]]]


def test_a_correction_that_is_heard_long_after_it_was_made_is_no_news(database):
    made = marks(entry("3", was="5"), on=LONG_PAST)
    hear(database, *family(), received(made, time=NOON - timedelta(days=15)))
    assert told(database) == []

    hear(database, received(made, time=NOON - timedelta(days=14)))
    assert len(told(database)) == 3


def test_a_former_guardian_is_told_nothing_and_sees_nothing(database):
    hear(database, *family(), marks(entry("5"), entry("4", pupil_id=LEV)))

    hear(database, ended())
    hear(database, marks())

    assert [pupil for _, pupil, who in told(database) if who == MOTHER] == [LEV]


def test_an_erased_person_is_forgotten_everywhere(database):
    hear(database, *family(), marks(entry("5"), entry("4", pupil_id=LEV)))

    hear(database, PersonErased(person_id=ANNA), PersonErased(person_id=MOTHER))

    with database.reading(SCHOOL) as session:
        assert {name for (name,) in session.execute(select(Person.given_name))} == {"Олег", "Лев"}
        assert session.scalars(select(Guardianship.guardian_id)).all() == []
        assert session.scalars(select(News.pupil_id)).all() == [LEV]
        for model in (Letter, Preference):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    assert recipients(database) == [LEV]


def test_a_language_nobody_speaks_here_becomes_russian(database):
    hear(database, person(MOTHER, language="kk"))

    with database.reading(SCHOOL) as session:
        assert session.get(Person, MOTHER).language == "ru"


def test_schools_do_not_hear_of_one_another(database):
    hear(database, *family(), marks())

    assert told(database, OTHER_SCHOOL) == []


@pytest.mark.parametrize("is_late", [False, True], ids=["marks first", "merge first"])
def test_news_of_a_merged_pupil_are_the_kept_ones(database, is_late):
    hear(database, *family())
    merge, news = [PersonMerged(kept_id=LEV, merged_id=ANNA)], [marks(entry("5"))]

    hear(database, *(merge + news if is_late else news + merge))

    assert {(pupil, who) for _, pupil, who in told(database)} == {
        (LEV, LEV),
        (LEV, MOTHER),
        (LEV, FATHER),
    }
    with database.reading(SCHOOL) as session:
        assert session.get(Person, ANNA) is None
        assert set(session.scalars(select(Guardianship.pupil_id))) == {LEV}
