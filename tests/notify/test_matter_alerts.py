"""Who is told of requests for correction and of replies to answers, once and about themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.actions.composing import compose, content_of
from services.notify.actions.letters import write_letter
from services.notify.models import Deputy, Notice
from services.notify.queries import notices_of, unread_count
from services.notify.rules.matters import MatterFacts
from shared.events import journal_corrections, journal_diary
from shared.events.identity import PersonErased, PersonMerged, RoleGranted, RoleRevoked
from tests.notify.makers import (
    ANNA,
    GROUP,
    ILL,
    LEV,
    MOTHER,
    NOON,
    PAGE,
    SCHOOL,
    STAND_IN,
    SUBJECT,
    UUID,
    family,
    guardian,
    hear,
    received,
    teachers,
)
from tests.notify.test_mark_alerts import recipients, told

REQUEST, TASK, DEPUTY, OTHER_DEPUTY = (UUID(int=n) for n in (81, 82, 91, 92))
NUMBERED = {"request_id": REQUEST, "number": 7}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


def requested(assignee_id=ILL):
    return journal_corrections.CorrectionRequested(
        **NUMBERED, page_id=PAGE, lesson_id=None, period_id=None, pupil_id=ANNA, what="mark",
        assignee_id=assignee_id,
    )  # fmt: skip


def assigned(assignee_id=STAND_IN):
    return journal_corrections.CorrectionAssigned(**NUMBERED, assignee_id=assignee_id)


def escalated(state="near"):
    return journal_corrections.CorrectionEscalated(**NUMBERED, assignee_id=ILL, state=state)


def settled(outcome="corrected"):
    return journal_corrections.CorrectionSettled(**NUMBERED, reporter_id=MOTHER, outcome=outcome)


def approved(*, is_standing):
    return journal_corrections.CorrectionApproved(**NUMBERED, assignee_id=ILL, is_standing=is_standing)


def answered(*, is_confirmed):
    return journal_corrections.CorrectionAnswered(**NUMBERED, assignee_id=ILL, is_confirmed=is_confirmed)


def replied(*, is_returned=True):
    return journal_diary.AnswerReplied(
        task_id=TASK, answer_id=PAGE, reply_id=PAGE, page_id=PAGE, group_id=GROUP, subject_id=SUBJECT,
        pupil_id=ANNA, is_returned=is_returned,
    )  # fmt: skip


def deputies(*ids):
    return [RoleGranted(person_id=one, role="deputy") for one in ids]


def said(database, person_id, language="ru"):
    with database.reading(SCHOOL) as session:
        notices, _ = notices_of(session, person_id, unread=True, before=None)
        assert unread_count(session, person_id) == len(notices)
    assert all(isinstance(one, MatterFacts) for one in notices)
    return [one.text(language) for one in reversed(notices)]


def test_whoever_is_to_settle_a_request_is_told(database):
    hear(database, requested(None), requested(), assigned(), answered(is_confirmed=True))
    hear(database, answered(is_confirmed=False))

    assert recipients(database) == [ILL, ILL, STAND_IN]
    assert said(database, STAND_IN) == ["Вам поручена заявка на исправление № 7"]
    assert said(database, ILL)[1] == (
        "Заявка на исправление № 7 открыта снова: её автор не согласен с итогом"
    )


def test_who_waits_for_an_approval_is_told_of_it(database):
    hear(database, approved(is_standing=True), approved(is_standing=False))

    assert said(database, ILL) == ["Завуч разрешил исправить запись закрытого периода по заявке № 7"]


def test_the_deputies_are_told_of_what_is_near_or_late(database):
    hear(database, *deputies(DEPUTY, OTHER_DEPUTY), RoleGranted(person_id=ILL, role="teacher"), escalated())
    hear(database, RoleRevoked(person_id=DEPUTY, role="teacher"))
    hear(database, RoleRevoked(person_id=OTHER_DEPUTY, role="deputy"), escalated("late"))

    assert said(database, DEPUTY) == [
        "Срок заявки на исправление № 7 скоро истечёт",
        "Срок заявки на исправление № 7 истёк",
    ]
    assert recipients(database) == [DEPUTY, DEPUTY, OTHER_DEPUTY]


def test_whoever_reported_an_error_is_told_what_came_of_it(database):
    hear(database, settled(), settled("declined"))

    assert said(database, MOTHER, "en") == [
        "What you reported in request 7 was corrected",
        "Your correction request 7 was declined",
    ]


def test_a_pupil_is_told_of_a_reply_and_nobody_else(database):
    hear(database, *family(), replied(), replied(is_returned=False))
    hear(database, received(guardian(LEV, ANNA), time=NOON - timedelta(days=1)))

    assert recipients(database) == [ANNA, ANNA]
    assert said(database, ANNA) == [
        "Алгебра: ответ на задание возвращён на доработку",
        "Алгебра: ответ на задание принят",
    ]


def test_it_is_told_once_and_only_while_it_is_news(database):
    event, old = received(assigned()), received(settled(), time=NOON - timedelta(days=15))
    hear(database, event, old)
    once = told(database)

    hear(database, event, old)

    assert told(database) == once
    assert recipients(database) == [STAND_IN]


def test_people_merged_and_erased_are_followed(database):
    hear(database, *deputies(DEPUTY, OTHER_DEPUTY), escalated())
    hear(database, PersonMerged(kept_id=DEPUTY, merged_id=OTHER_DEPUTY))
    assert recipients(database) == [DEPUTY]

    hear(database, assigned(OTHER_DEPUTY), escalated("late"))
    assert recipients(database) == [DEPUTY] * 3

    hear(database, PersonErased(person_id=DEPUTY))
    with database.reading(SCHOOL) as session:
        assert not session.scalars(select(Deputy.person_id)).all()
        assert not session.scalars(select(Notice.id)).all()


def test_a_letter_says_it_and_leads_to_the_notices(database):
    hear(database, *teachers(), assigned())

    letter_id = write_letter(database, SCHOOL, STAND_IN, NOON)

    with database.reading(SCHOOL) as session:
        content = content_of(session, letter_id)
    message = compose(content, letter_id, "school@parta.example", "https://parta.example")
    text = message.get_body(("plain",)).get_content()
    assert message["Subject"] == "Новое в журнале"
    assert "Вам поручена заявка на исправление № 7" in text
    assert "Открыть уведомления: https://parta.example/notices" in text
