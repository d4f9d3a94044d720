"""Substitutions: who is told of what, how often, and in which words."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.actions.post import Postman
from services.notify.actions.reading import choose
from services.notify.models import Notice
from services.notify.queries import unread_count
from services.notify.queries.days import days_told
from shared.clock import now
from shared.events.identity import PersonErased, PersonMerged
from tests.notify.makers import (
    ANNA,
    FATHER,
    ILL,
    LEV,
    MOTHER,
    NOON,
    SCHOOL,
    STAND_IN,
    TODAY,
    decision,
    entry,
    family,
    guardian,
    hear,
    marks,
    received,
    settings,
    substituted,
    taken_back,
    teachers,
)

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)

    def wait(**given):
        time_machine.move_to(now() + timedelta(**given), tick=False)

    return wait


@pytest.fixture
def school(database):
    hear(database, *family(), *teachers())


def shown(database, who, language="ru"):
    """What somebody reads: of whom, and the lines."""
    with database.reading(SCHOOL) as session:
        told = days_told(session, who, unread=False, before=None, limit=50)
        return [(one.pupil, one.lines(language)) for one in told]


def rows(database):
    with database.reading(SCHOOL) as session:
        return sorted(map(tuple, session.execute(select(Notice.event_id, Notice.pupil_id, Notice.id))))


@pytest.mark.usefixtures("school")
def test_both_teachers_the_class_and_its_parents_are_told(database):
    hear(database, substituted(decision()))

    line = "2 урок. Алгебра: ведёт Свободная А. П. (вместо: Больная А. П.)"
    assert shown(database, ILL) == shown(database, STAND_IN) == [("", [line])]
    assert shown(database, ANNA) == shown(database, MOTHER) == shown(database, FATHER)
    assert shown(database, MOTHER) == [("Яшина Анна", [line])]
    assert shown(database, LEV) == []


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    ("one", "line"),
    [
        (
            decision(kind="joint"),
            "Алгебра: ведёт Свободная А. П., вместе с другой группой (вместо: Больная А. П.)",
        ),
        (
            decision(kind="subject", to_subject_id=decision().subject_id),
            "вместо урока «Алгебра» — Алгебра, ведёт Свободная А. П.",
        ),
        (decision(kind="room", room="204"), "Алгебра: кабинет 204"),
        (decision(room="204"), "Алгебра: ведёт Свободная А. П. (вместо: Больная А. П.), кабинет 204"),
        (decision(kind="cancel"), "Алгебра: урока не будет"),
        (decision(kind="move", to_on=TOMORROW, to_number=6), "Алгебра: перенесён на 9 сентября, 6 урок"),
    ],
)
def test_each_kind_has_its_words(database, one, line):
    hear(database, substituted(one))

    assert shown(database, MOTHER) == [("Яшина Анна", [f"2 урок. {line}"])]


@pytest.mark.usefixtures("school")
def test_several_decisions_of_a_day_and_class_are_one_notice(database):
    hear(database, substituted(decision(3), decision(2)), substituted(decision(5, "cancel")))

    [(_, lines)] = shown(database, MOTHER)
    assert [line.split()[0] for line in lines] == ["2", "3", "5"]
    [(_, lines)] = shown(database, STAND_IN)
    assert [line.split()[0] for line in lines] == ["2", "3"]  # Nothing of the one that is cancelled.
    with database.reading(SCHOOL) as session:
        assert unread_count(session, MOTHER) == unread_count(session, STAND_IN) == 1


@pytest.mark.usefixtures("school")
def test_an_event_heard_twice_and_an_unchanged_repeat_tell_nobody(database):
    event = received(substituted(decision()))
    hear(database, event)
    once = rows(database)

    hear(database, event)
    hear(database, substituted(decision()))

    assert rows(database) == once


@pytest.mark.usefixtures("school")
def test_a_withdrawal_tells_those_who_were_told_and_nobody_else(database):
    other = decision(5, teacher_ids=[MOTHER])  # Who teaches here, too.
    hear(database, substituted(decision()), substituted(other))
    before = shown(database, ILL)

    hear(database, taken_back())

    back = "2 урок. Алгебра: замена отменена, урок пройдёт по расписанию"
    assert shown(database, STAND_IN) == [("", [back])]
    assert shown(database, ANNA)[0][1][0] == back
    assert len(before[0][1]) == len(shown(database, ILL)[0][1]) == 2
    again = rows(database)
    hear(database, taken_back())
    assert rows(database) == again


@pytest.mark.usefixtures("school")
def test_decided_anew_the_one_let_go_keeps_the_withdrawal(database):
    hear(database, substituted(decision()), taken_back())
    anew = decision(teacher_ids=[MOTHER], substitution_id=LEV)

    hear(database, substituted(anew))

    assert "замена отменена" in shown(database, STAND_IN)[0][1][0]
    [line] = shown(database, ANNA)[0][1]
    assert "ведёт Яшина М." in line


@pytest.mark.usefixtures("school")
def test_of_a_day_gone_by_the_teachers_alone_are_told_and_of_last_month_nobody(database):
    hear(database, substituted(decision(), on=TODAY - timedelta(days=1)))
    hear(database, substituted(decision(), on=TODAY - timedelta(days=30)))

    assert len(shown(database, STAND_IN)) == len(shown(database, ILL)) == 1
    assert shown(database, ANNA) == shown(database, MOTHER) == []


def test_a_guardian_heard_of_later_is_told_then(database):
    told = received(substituted(decision()), time=NOON)
    hear(database, *family()[:6], *teachers(), told, received(guardian(), time=NOON - timedelta(minutes=5)))

    assert len(shown(database, MOTHER)) == 1

    hear(database, received(guardian(FATHER), time=NOON + timedelta(minutes=5)))
    assert shown(database, FATHER) == []


@pytest.mark.usefixtures("school")
def test_people_merged_and_erased_are_followed(database):
    hear(database, PersonMerged(kept_id=STAND_IN, merged_id=LEV), substituted(decision(teacher_ids=[LEV])))
    assert "ведёт Свободная А. П." in shown(database, STAND_IN)[0][1][0]

    hear(database, PersonErased(person_id=STAND_IN))
    assert shown(database, STAND_IN) == []
    assert "ведёт другой учитель" in shown(database, ANNA)[0][1][0]


def letters_of(smtp, to):
    return [one for one in smtp.letters if one["To"] == to]


@pytest.mark.usefixtures("school")
def test_decisions_of_a_day_are_one_letter_in_the_readers_words(database, smtp, clock):
    for number in (2, 3, 4):
        hear(database, substituted(decision(number)))
        clock(seconds=5)
    clock(seconds=60)
    Postman().send_due(database, settings(smtp))

    [to_mother] = letters_of(smtp, "mother@example.org")
    text = to_mother.get_body(("plain",)).get_content()
    assert to_mother["Subject"] == "Изменения в расписании: Анна"
    assert text.count("8 сентября, 7А: ") == 3
    assert "https://parta.example/timetable" in text
    [to_stand_in] = letters_of(smtp, f"{STAND_IN.int}@example.org")
    assert to_stand_in["Subject"] == "Изменения в расписании"


@pytest.mark.usefixtures("school")
def test_marks_and_substitutions_go_in_one_letter(database, smtp, clock):
    hear(database, substituted(decision()), marks(entry("5")))
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))

    [letter] = letters_of(smtp, "mother@example.org")
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Новое в дневнике: Анна"
    assert "5 за контрольную работу" in text
    assert "8 сентября, 7А: 2 урок" in text


@pytest.mark.usefixtures("school")
def test_what_was_taken_back_before_a_letter_left_is_in_none_and_afterwards_in_the_next(
    database, smtp, clock
):
    postman = Postman()
    hear(database, substituted(decision()), taken_back())
    clock(seconds=61)
    postman.send_due(database, settings(smtp))
    assert smtp.letters == []

    hear(database, substituted(decision(5)))
    clock(seconds=61)
    postman.send_due(database, settings(smtp))
    hear(database, taken_back(5))
    clock(seconds=61)
    postman.send_due(database, settings(smtp))

    first, second = letters_of(smtp, "mother@example.org")
    assert "замена отменена" not in first.get_body(("plain",)).get_content()
    text = second.get_body(("plain",)).get_content()
    assert text.count("замена отменена") == 1
    assert "5 урок. Алгебра: замена отменена" in text


@pytest.mark.usefixtures("school")
def test_whoever_wants_no_letters_of_substitutions_gets_those_of_marks(database, smtp, clock):
    with database.writing(SCHOOL) as session:
        choose(session, MOTHER, email_enabled=True, language="ru", mail_substitutions=False)
    hear(database, substituted(decision()), marks(entry("5")))
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))

    [letter] = letters_of(smtp, "mother@example.org")
    assert "урок." not in letter.get_body(("plain",)).get_content()
    assert len(shown(database, MOTHER)) == 1
