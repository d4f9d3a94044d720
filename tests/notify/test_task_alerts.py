"""Who is told of a task given to one pupil, and that a task for all is no news (clause 3.9.6)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from services.notify.models import News
from services.notify.queries import notices_of
from services.notify.rules import entries_of, gist, headline, kind_of
from shared.events.identity import PersonMerged
from shared.events.journal_diary import TaskSet
from tests.notify.makers import (
    ANNA,
    FATHER,
    GROUP,
    LESSON,
    MOTHER,
    NOON,
    PAGE,
    SCHOOL,
    SUBJECT,
    TODAY,
    family,
    guardian,
    hear,
    person,
)
from tests.notify.test_mark_alerts import recipients

TASK_ID, OTHER = UUID(int=4711), UUID(int=4712)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


def task(seq=7, *, pupil_id=ANNA, is_withdrawn=False, text=None, on=TODAY):
    return TaskSet(
        page_id=PAGE, group_id=GROUP, subject_id=SUBJECT, lesson_id=LESSON, lesson_on=on, task_id=TASK_ID,
        slot=1, seq=seq, head="0" * 64, part_id=None, pupil_id=pupil_id, due_lesson_id=None, minutes=None,
        text=text, is_withdrawn=is_withdrawn,
    )  # fmt: skip


def said(database, language="ru"):
    """What the mother reads, oldest first."""
    with database.reading(SCHOOL) as session:
        shown, _ = notices_of(session, MOTHER, unread=False, before=None)
    assert {kind_of(one.entries) for one in shown} <= {"tasks"}
    return [headline("", one.lesson_on, one.entries, language).partition(": ")[2] for one in shown[::-1]]


def test_pupil_and_guardians_are_told_of_an_individual_task(database):
    hear(database, *family(), task())

    assert recipients(database) == [MOTHER, FATHER, ANNA]
    assert said(database) == ["индивидуальное задание"]
    assert said(database, "en") == ["an individual task"]


def test_a_task_for_all_is_no_news(database):
    hear(database, *family(), task(pupil_id=None, text="№ 24"))

    assert recipients(database) == []


def test_changes_and_withdrawals_are_told_too(database):
    hear(database, *family(), task(7), task(9))
    hear(database, task(12, is_withdrawn=True))
    hear(database, task(15))

    assert said(database) == [
        "индивидуальное задание",
        "индивидуальное задание изменено",
        "индивидуальное задание отменено",
        "индивидуальное задание",
    ]


@pytest.mark.parametrize(
    ("events", "summed_up"),
    [
        ((task(7), task(9)), [None]),  # New, whatever was changed since.
        ((task(7), task(9), task(10, is_withdrawn=True)), []),
    ],
)
def test_a_letter_sums_up_what_became_of_a_task(database, events, summed_up):
    hear(database, *family(), *events)

    with database.reading(SCHOOL) as session:
        stored = session.scalars(select(News.entries).order_by(News.event_id)).all()
    found = gist(entry for entries in stored for entry in entries_of(entries, None))
    assert [one.was for one in found] == summed_up


def test_of_a_task_changed_after_the_letter_a_change_is_told():
    changed = gist(entries_of([[15, "9", "7", ""], [15, "11", "9", ""]], None))

    assert headline("Алгебра", TODAY, changed, "ru").endswith("индивидуальное задание изменено")


def test_an_old_task_is_no_news_and_nothing_is_told_twice(database):
    hear(database, *family(), task(on=TODAY.replace(year=TODAY.year - 1)))
    assert recipients(database) == []


def test_a_merged_pupils_task_is_told_to_the_one_kept(database):
    hear(
        database,
        *family(),
        person(OTHER, "Яшина", "Аня"),
        guardian(MOTHER, OTHER),
        PersonMerged(kept_id=ANNA, merged_id=OTHER),
        task(pupil_id=OTHER),
    )

    assert recipients(database) == [MOTHER, FATHER, ANNA]
