"""Consents: a letter goes to nobody who took theirs back, and where a school asks first, to nobody else."""

from datetime import timedelta

import pytest
import structlog

from services.notify.actions.post import Postman
from services.notify.models import NONE, Notice
from shared.clock import now
from shared.events.identity import ConsentGiven, ConsentWithdrawn, DatedValue, ParameterChanged
from shared.ids import new_id
from tests.notify.makers import MOTHER, NOON, SCHOOL, TODAY, UUID, entry, family, hear, marks, settings
from tests.notify.test_letters import states


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return lambda **given: time_machine.move_to(now() + timedelta(**given), tick=False)


def given(kind="email"):
    return ConsentGiven(consent_id=new_id(), person_id=MOTHER, kind=kind, given_on=TODAY)


def withdrawn(kind="email"):
    return ConsentWithdrawn(consent_id=new_id(), person_id=MOTHER, kind=kind, withdrawn_on=TODAY)


def asks_first(since=TODAY, value='"with_consent"'):
    values = [DatedValue(valid_from=since, value=value)]
    return ParameterChanged(school_id=SCHOOL, name="letters", values=values)


def test_after_a_withdrawal_not_even_the_letter_that_waits_is_sent_and_the_log_says_why(
    database, smtp, clock
):
    """SECURITY 50: withdraw → notify sends nothing."""
    hear(database, *family(), given(), marks(entry("5")))
    hear(database, withdrawn())
    clock(seconds=61)

    with structlog.testing.capture_logs() as said:
        Postman().send_due(database, settings(smtp))

    assert smtp.letters == []
    assert set(states(database, Notice, "mail")) == {NONE}
    (why,) = [line for line in said if line["event"] == "letter.withheld"]
    assert (why["recipient"], why["why"]) == (str(MOTHER), "consent withdrawn")


def test_a_letter_the_server_put_off_is_not_sent_after_a_withdrawal(database, smtp, clock):
    """SECURITY 50."""
    hear(database, *family(), marks(entry("5")))
    clock(seconds=61)
    smtp.stop()
    Postman().send_due(database, settings(smtp))
    hear(database, withdrawn())
    smtp.start()
    clock(minutes=5)

    Postman().send_due(database, settings(smtp))

    assert smtp.letters == []


@pytest.mark.parametrize(
    ("told", "letters"),
    [
        ((), 1),
        ((withdrawn("photo"),), 1),
        ((asks_first(),), 0),
        ((asks_first(), given()), 1),
        ((asks_first(), given(), withdrawn()), 0),
        ((withdrawn(), given()), 1),
        ((asks_first(since=TODAY + timedelta(days=1)),), 1),
        ((asks_first(value='"unless_withdrawn"'),), 1),
    ],
    ids=["nothing said", "another consent withdrawn", "asks first", "given", "withdrawn", "given again",
         "asks first from tomorrow", "asks nobody"],
)  # fmt: skip
def test_letters_go_out_as_the_school_and_the_reader_decided(database, smtp, clock, told, letters):
    """SECURITY 50; regulation 3.5.5."""
    hear(database, *family(), *told, marks(entry("5"), lesson_id=UUID(int=77)))
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    assert len(smtp.letters) == letters
