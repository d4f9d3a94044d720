"""SECURITY 12: people hear of new devices, changed passwords and blocked accounts, whatever they wished."""

from datetime import timedelta

import pytest
import time_machine

from services.notify.actions.reading import choose, mark_all_read, mark_read
from services.notify.actions.warning_letters import send_warnings
from services.notify.queries import notices_of, unread_count
from services.notify.rules import WARNINGS, warning_text
from services.notify.service import service
from shared.app import create_app
from shared.errors import NotFound
from shared.events.identity import PersonErased, SecurityNoticed
from shared.peers import Peers
from shared.service import Runtime
from tests.notify import makers
from tests.notify.makers import ANNA, MOTHER, NOON, SCHOOL, hear, received, settings
from tests.support.tokens import bearer, key_ring


def warned(what="new_device", person_id=MOTHER, at=NOON):
    return SecurityNoticed(
        person_id=person_id, what=what, at=at, device="Chrome, Windows", address="203.0.113.7"
    )


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_a_warning_is_told_in_the_portal_and_read_there(database, noon):
    hear(database, makers.person(MOTHER, email="m@example.org"), warned())

    with database.writing(SCHOOL) as session:
        shown, following = notices_of(session, MOTHER, unread=True, before=None)
        assert (len(shown), following, unread_count(session, MOTHER)) == (1, None, 1)
        assert (shown[0].what, shown[0].device) == ("new_device", "Chrome, Windows")
        with pytest.raises(NotFound):
            mark_read(session, ANNA, shown[0].id)
        mark_read(session, MOTHER, shown[0].id)
        assert unread_count(session, MOTHER) == 0
        assert notices_of(session, MOTHER, unread=True, before=None) == ([], None)


def test_all_are_read_together(database, noon):
    hear(database, makers.person(MOTHER), warned(), warned("blocked"))

    with database.writing(SCHOOL) as session:
        mark_all_read(session, MOTHER)
        assert unread_count(session, MOTHER) == 0


def test_the_letter_goes_at_once_even_to_who_wants_none(database, smtp, noon):
    hear(database, *makers.family(), warned("password_changed"))
    with database.writing(SCHOOL) as session:
        choose(session, MOTHER, email_enabled=False, language="ru")

    send_warnings(database, settings(smtp))
    send_warnings(database, settings(smtp))

    (letter,) = smtp.letters
    assert letter["To"] == "mother@example.org"
    assert letter["Subject"] == "Пароль изменён"
    body = letter.get_content()
    assert "Chrome, Windows, 203.0.113.7" in body
    assert "08.09.2026 12:00" in body  # In the school's own time.


def test_heard_again_it_is_told_once(database, smtp, noon):
    event = received(warned())
    hear(database, makers.person(MOTHER, email="m@example.org"))
    for _ in range(2):
        hear(database, event)
        send_warnings(database, settings(smtp))

    assert len(smtp.letters) == 1


def test_what_is_heard_days_late_goes_by_no_letter(database, smtp, noon):
    hear(database, makers.person(MOTHER, email="m@example.org"), warned(at=NOON - timedelta(days=3)))

    send_warnings(database, settings(smtp))

    assert smtp.letters == []
    with database.reading(SCHOOL) as session:
        assert unread_count(session, MOTHER) == 1


def test_a_server_that_is_away_gets_it_when_it_is_back(database, smtp, noon):
    hear(database, makers.person(MOTHER, email="m@example.org"), warned())
    smtp.stop()
    send_warnings(database, settings(smtp))
    smtp.start()

    noon.shift(timedelta(minutes=2))
    send_warnings(database, settings(smtp))

    assert len(smtp.letters) == 1


def test_the_erased_leave_no_warnings(database, noon):
    hear(database, makers.person(MOTHER), warned(), PersonErased(person_id=MOTHER))

    with database.reading(SCHOOL) as session:
        assert notices_of(session, MOTHER, unread=False, before=None) == ([], None)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_warning_can_be_said_and_so_can_one_nobody_knows_yet(language):
    texts = {warning_text(what, "", "", language) for what in (*WARNINGS, "invented tomorrow")}

    assert len(texts) == len(WARNINGS) + 1
    assert all(texts)


def test_the_list_of_notices_tells_them_beside_the_news(database, noon):
    hear(database, makers.person(MOTHER), warned("blocked"))
    runtime = Runtime(service, settings(), database, Peers({}), key_ring())
    client = create_app(runtime).test_client()

    with time_machine.travel(NOON, tick=True):
        headers = bearer("notify", school_id=SCHOOL, person_id=MOTHER, roles=("parent",))
        told = client.get("/api/notify/v1/notices", headers=headers | {"Accept-Language": "en"}).json["items"]

    assert [(one["kind"], one["pupil"], one["entries"]) for one in told] == [("security", None, [])]
    assert told[0]["text"].startswith("The account was blocked")
