"""A day's homework is one notice to each of a family, and one letter to who asked for it (DOMAIN 2.2.6)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.notify.actions.post import Postman
from services.notify.actions.reading import choose, mark_all_read
from services.notify.models import Notice
from services.notify.models.homework import PupilHomework
from services.notify.queries import notices_of, unread_count
from services.notify.service import service
from shared.clock import now
from shared.events.identity import PersonErased, PersonMerged
from shared.events.journal_diary import HomeworkCollected, SetForHome
from shared.peers import Peers
from shared.service import Runtime
from tests.notify.makers import (
    ANNA,
    FATHER,
    GROUP,
    LEV,
    LONG_AGO,
    MOTHER,
    NOON,
    SCHOOL,
    SUBJECT,
    TODAY,
    family,
    guardian,
    hear,
    person,
    received,
    settings,
)
from tests.notify.test_routes import API, as_
from tests.support.apps import app_of
from tests.support.tokens import key_ring

TOMORROW = TODAY + timedelta(days=1)
OTHER = UUID(int=33)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)

    def wait(**given):
        time_machine.move_to(now() + timedelta(**given), tick=False)

    return wait


def item(text="№ 12", *, lesson=1, pupil_ids=None, **given):
    usual = {"subject_id": SUBJECT, "minutes": None, "due_on": TOMORROW}
    return SetForHome(lesson_id=UUID(int=900 + lesson), text=text, pupil_ids=pupil_ids, **{**usual, **given})


def collected(*items, version=1, on=TODAY, pupil_ids=(ANNA, LEV)):
    return HomeworkCollected(
        group_id=GROUP, on=on, version=version, pupil_ids=list(pupil_ids), items=list(items)
    )


def shown(database, who=MOTHER, language="ru"):
    """What somebody reads, newest first: of whom, and the lines."""
    with database.reading(SCHOOL) as session:
        told, _ = notices_of(session, who, unread=False, before=None)
    return [(one.pupil, one.lines(language)) for one in told]


def unread(database, who=MOTHER):
    with database.reading(SCHOOL) as session:
        return unread_count(session, who)


def wants_letters(database, who=MOTHER):
    with database.writing(SCHOOL) as session:
        choose(session, who, email_enabled=True, language="ru", mail_homework=True)


def post(database, smtp, clock):
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))


def test_pupils_and_guardians_get_one_notice_of_all_that_was_set(database):
    hear(database, *family(), collected(item(minutes=30), item("Слова", lesson=2, due_on=None)))

    lines = ["Алгебра (к 9 сентября, 30 мин): № 12", "Алгебра: Слова"]
    assert shown(database, ANNA) == shown(database, FATHER) == [("Яшина Анна", lines)]
    assert sorted(shown(database)) == [("Яшин Лев", lines), ("Яшина Анна", lines)]
    assert shown(database, language="en")[0][1][0] == "Алгебра (for 9 сентября, 30 min): № 12".replace(
        "сентября", "September"
    )


def test_each_is_told_of_the_own_part_and_nobody_of_nothing(database):
    hear(database, *family(), collected(item("Слова", pupil_ids=[LEV])))

    assert shown(database, ANNA) == shown(database, FATHER) == []
    assert shown(database) == [("Яшин Лев", ["Алгебра (к 9 сентября): Слова"])]


def test_a_long_task_is_cut_and_the_diary_has_the_rest(database):
    hear(database, *family(), collected(item("а" * 2000)))

    [(_, [line])] = shown(database, ANNA)
    assert line.endswith("а…")
    assert len(line) < 350


def test_a_correction_changes_the_notice_and_tells_nobody_again(database):
    hear(database, *family(), collected(item(), item("§ 3", lesson=2)))
    with database.writing(SCHOOL) as session:
        mark_all_read(session, MOTHER)

    hear(database, collected(item("№ 13"), version=2))

    assert unread(database) == 0
    assert shown(database, ANNA) == [("Яшина Анна", ["Алгебра (к 9 сентября): № 13"])]


def test_what_is_set_later_makes_the_notice_new_again(database):
    hear(database, *family(), collected(item(), item("§ 3", lesson=2, pupil_ids=[LEV])))
    with database.writing(SCHOOL) as session:
        mark_all_read(session, MOTHER)
    assert unread(database) == 0

    hear(database, collected(item(), item("§ 3", lesson=2), version=2))

    assert unread(database) == 1  # Anna's.
    assert len(shown(database)) == 2


def test_what_was_taken_back_is_told_no_more_and_told_anew_when_it_comes_back(database):
    hear(database, *family(), collected(item()), collected(version=2))
    assert shown(database) == []
    assert unread(database) == 0

    hear(database, collected(item("№ 14"), version=3))
    assert [lines for _, lines in shown(database, ANNA)] == [["Алгебра (к 9 сентября): № 14"]]


def test_a_log_read_again_changes_nothing(database):
    first, second = collected(item()), collected(item("№ 13"), version=2)
    heard = hear(database, *family(), first, second)
    before = shown(database)
    with database.writing(SCHOOL) as session:
        mark_all_read(session, MOTHER)

    hear(database, *heard[-2:], first)

    assert shown(database) == before
    assert unread(database) == 0
    with database.reading(SCHOOL) as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 5


def test_a_day_of_long_ago_and_a_day_without_homework_are_no_news(database):
    hear(database, *family(), collected(item(), on=LONG_AGO.date()), collected())
    assert shown(database) == []


def test_a_guardian_heard_of_later_is_told_then(database):
    told = received(collected(item()), time=NOON)
    hear(database, *family()[:6], told, received(guardian(), time=NOON - timedelta(minutes=5)))
    assert [pupil for pupil, _ in shown(database)] == ["Яшина Анна"]

    hear(database, received(guardian(FATHER), time=NOON + timedelta(minutes=5)))
    assert shown(database, FATHER) == []


def test_people_merged_and_erased_are_followed(database):
    merged = PersonMerged(kept_id=ANNA, merged_id=OTHER)
    known = (*family(), person(OTHER, "Яшина", "Аня"), guardian(MOTHER, OTHER))
    hear(database, *known, collected(item(), pupil_ids=[OTHER]), merged)
    assert [pupil for pupil, _ in shown(database)] == ["Яшина Анна"]
    hear(database, collected(item("№ 13"), version=2, pupil_ids=[OTHER]))
    assert shown(database) == [("Яшина Анна", ["Алгебра (к 9 сентября): № 13"])]

    hear(database, PersonErased(person_id=ANNA))
    assert shown(database) == []
    with database.reading(SCHOOL) as session:
        assert session.scalars(select(PupilHomework)).all() == []


def test_nobody_gets_letters_of_it_unasked(database, smtp, clock):
    hear(database, *family(), collected(item()))
    post(database, smtp, clock)
    assert smtp.letters == []


def test_who_asked_gets_one_letter_for_all_children_and_no_second_after_a_correction(database, smtp, clock):
    wants_letters(database)
    hear(database, *family(), collected(item(minutes=20)))
    post(database, smtp, clock)
    hear(database, collected(item("№ 13"), item("§ 3", lesson=2), version=2))
    post(database, smtp, clock)

    [letter] = smtp.letters
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Новое в дневнике: Лев, Анна"
    assert text.count("Задано 8 сентября. Алгебра (к 9 сентября, 20 мин): № 12") == 2
    assert "https://parta.example/diary" in text
    assert unread(database) == 2


def test_what_was_taken_back_before_the_letter_left_is_in_none(database, smtp, clock):
    wants_letters(database)
    hear(database, *family(), collected(item()), collected(version=2))
    post(database, smtp, clock)
    assert smtp.letters == []


def test_it_is_read_as_a_notice_of_its_own_kind(database):
    client = app_of(Runtime(service, settings(), database, Peers({}), key_ring())).test_client()
    hear(database, *family(), collected(item()))

    [notice] = client.get(f"{API}/notices", headers=as_(ANNA, "pupil")).get_json()["items"]

    line = "Алгебра (к 9 сентября): № 12"
    assert (notice["kind"], notice["lines"], notice["lesson_on"]) == ("homework", [line], str(TODAY))
    assert notice["text"] == f"Задано 8 сентября: {line}"
    assert notice["pupil"] == {"id": str(ANNA), "name": "Яшина Анна"}
    assert client.post(f"{API}/notices/{notice['id']}/read", headers=as_()).status_code == 404
    assert client.post(f"{API}/notices/{notice['id']}/read", headers=as_(ANNA, "pupil")).status_code == 204
