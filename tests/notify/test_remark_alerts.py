"""Who is told that a teacher has written to a family, and that nobody is told what."""

import pytest
from sqlalchemy import select

from services.notify.models import News
from services.notify.queries import notices_of
from services.notify.rules import headline, kind_of
from shared.events.journal_diary import RemarkMade
from tests.notify.makers import ANNA, FATHER, GROUP, MOTHER, NOON, PAGE, SCHOOL, SUBJECT, TODAY, family, hear
from tests.notify.test_mark_alerts import recipients

REMARK_ID = PAGE


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


def remark(*, audience="family", kind="praise", subject_id=SUBJECT):
    return RemarkMade(
        remark_id=REMARK_ID, pupil_id=ANNA, group_id=GROUP, page_id=PAGE, subject_id=subject_id,
        lesson_id=None, on=TODAY, kind=kind, audience=audience, version=1,
    )  # fmt: skip


def test_a_family_is_told_that_something_was_written(database):
    hear(database, *family(), remark())

    assert recipients(database) == [MOTHER, FATHER, ANNA]
    with database.reading(SCHOOL) as session:
        [notice], _ = notices_of(session, MOTHER, unread=False, before=None)
    assert kind_of(notice.entries) == "remarks"
    assert headline(notice.subject, notice.lesson_on, notice.entries, "ru").endswith(
        "8 сентября: благодарность от учителя"
    )


def test_what_is_for_parents_alone_the_pupil_hears_nothing_of(database):
    hear(database, *family(), remark(audience="parents", subject_id=None))

    assert recipients(database) == [MOTHER, FATHER]
    with database.reading(SCHOOL) as session:
        [notice], _ = notices_of(session, MOTHER, unread=False, before=None)
        assert headline(notice.subject, notice.lesson_on, notice.entries, "en") == (
            "8 September: praise by a teacher"
        )


def test_an_event_heard_twice_is_told_once(database):
    told = remark()
    hear(database, *family(), told)
    with database.reading(SCHOOL) as session:
        before = session.scalars(select(News.event_id)).all()
    assert len(before) == 1
    assert recipients(database) == [MOTHER, FATHER, ANNA]
