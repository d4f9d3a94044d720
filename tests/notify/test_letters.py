"""Letters: grouped, in the reader's words, sent once, and never forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.actions.letters import due_recipients, write_letter
from services.notify.actions.post import Postman, send_letter
from services.notify.actions.reading import choose
from services.notify.models import Letter, Notice
from shared.bus import event_effect
from shared.clock import now
from shared.events.identity import PersonErased
from shared.mail import connected
from tests.notify.makers import (
    ANNA,
    FATHER,
    LEV,
    MOTHER,
    NOON,
    SCHOOL,
    UUID,
    entry,
    family,
    hear,
    marks,
    person,
    received,
    settings,
)

MAIL = "mother@example.org"


@pytest.fixture
def clock(time_machine):
    """Moves the time; it stands still otherwise."""
    traveller = time_machine
    traveller.move_to(NOON, tick=False)

    def wait(**given):
        traveller.move_to(now() + timedelta(**given), tick=False)

    return wait


def states(database, model=Letter, column="state"):
    with database.reading(SCHOOL) as session:
        return sorted(session.scalars(select(getattr(model, column))))


def effects(database):
    with database.reading(SCHOOL) as session:
        return sorted(session.scalars(select(event_effect.c.state)))


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


def test_thirty_marks_in_a_minute_are_one_letter(database, smtp, clock):
    hear(database, *family())
    postman, given = Postman(), settings(smtp)
    for n in range(30):
        hear(database, marks(entry("5"), lesson_id=UUID(int=1000 + n)))
        postman.send_due(database, given)
        clock(seconds=2)
    assert smtp.letters == []

    clock(seconds=60)
    postman.send_due(database, given)
    clock(seconds=60)
    postman.send_due(database, given)

    (letter,) = smtp.letters
    assert letter["To"] == MAIL
    assert text_of(letter).count("5 за контрольную работу") == 30


def test_news_that_never_stop_do_not_keep_a_letter_for_ever(database, smtp, clock):
    hear(database, *family())
    postman, given = Postman(), settings(smtp)

    for n in range(12):
        hear(database, marks(entry("5"), lesson_id=UUID(int=1000 + n)))
        postman.send_due(database, given)
        clock(seconds=30)

    (letter,) = smtp.letters
    assert text_of(letter).count("5 за контрольную") == 11


def test_a_letter_says_what_happened_to_which_child(database, smtp, clock):
    hear(
        database,
        *family(),
        marks(entry("3"), entry("4", slot=2, work="answer")),
        marks(entry("4", was="3"), entry("н", slot=0, pupil_id=LEV)),
    )
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    (letter,) = smtp.letters
    text = text_of(letter)
    assert letter["Subject"] == "Новое в дневнике: Лев, Анна"
    assert letter["From"] == "Школа № 17 <school@parta.example>"
    assert "Яшин Лев\n  Алгебра, 8 сентября: отсутствие на уроке" in text
    assert "Яшина Анна\n  Алгебра, 8 сентября: 4 за контрольную работу; 4 за ответ" in text
    assert "https://parta.example/diary" in text
    html = letter.get_body(("html",)).get_content()
    assert "Яшина Анна" in html
    assert '<html lang="ru">' in html
    assert "<script" not in html


def test_letters_are_written_in_the_readers_language(database, smtp, clock):
    hear(database, *family(), person(MOTHER, email=MAIL, language="en"), marks(entry(None, was="2")))
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    (letter,) = smtp.letters
    assert letter["Subject"] == "News in the diary: Анна"
    assert "Алгебра, 8 September: mark 2 for control work taken back" in text_of(letter)


def test_names_are_never_markup(database, smtp, clock):
    hear(database, *family(), person(ANNA, given="<b>Анна"), marks())
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    assert "&lt;b&gt;Анна" in smtp.letters[0].get_body(("html",)).get_content()


def test_what_was_typed_and_taken_back_at_once_is_no_letter(database, smtp, clock):
    hear(database, *family(), marks(entry("2")), marks(entry(None, was="2")))
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    assert smtp.letters == []
    assert states(database) == ["none"]


def test_pupils_get_their_own_letter(database, smtp, clock):
    hear(database, *family(), person(ANNA, given="Анна", email="anna@example.org"), marks())
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    (own,) = smtp.to("anna@example.org")
    assert own["Subject"] == "Новое в вашем дневнике"
    assert "Здравствуйте!\n\n  Алгебра, 8 сентября: 5 за контрольную работу" in text_of(own)


def test_whoever_wants_no_letters_gets_none(database, smtp, clock):
    hear(database, *family(), marks())
    with database.writing(SCHOOL) as session:
        choose(session, MOTHER, email_enabled=False, language="ru")
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))
    with database.writing(SCHOOL) as session:
        choose(session, MOTHER, email_enabled=True, language="ru")
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))

    assert smtp.letters == []
    assert set(states(database, Notice, "mail")) == {"none"}


def test_an_address_that_comes_after_the_mark_still_gets_the_letter(database, smtp, clock):
    address = person(MOTHER, email=MAIL)
    hear(database, *(one for one in family() if getattr(one, "person_id", None) != MOTHER), marks())
    postman = Postman()
    for _ in range(3):
        clock(seconds=61)
        postman.send_due(database, settings(smtp))
    assert smtp.letters == []

    hear(database, address)
    postman.send_due(database, settings(smtp))

    assert len(smtp.to(MAIL)) == 1


def test_a_server_that_is_down_for_an_hour_costs_nothing_but_the_hour(database, smtp, clock):
    hear(database, *family())
    postman, given = Postman(), settings(smtp)
    smtp.stop()
    for n in range(60):
        hear(database, marks(entry("5"), lesson_id=UUID(int=1000 + n)))
        postman.send_due(database, given)
        clock(seconds=60)
    assert states(database) == []

    smtp.start()
    for _ in range(3):
        clock(seconds=61)
        postman.send_due(database, given)

    (letter,) = smtp.letters
    assert text_of(letter).count("5 за контрольную") == 60
    assert states(database) == ["sent"]
    assert set(effects(database)) == {"done"}


def test_a_server_in_a_bad_mood_is_asked_again_for_the_same_letter(database, smtp, clock):
    hear(database, *family(), marks())
    postman, given = Postman(), settings(smtp)
    smtp.refusal = "451 Try again later"
    clock(seconds=61)
    for _ in range(10):
        postman.send_due(database, given)
        hear(database, marks(entry("4", was="5")))
        clock(seconds=61)
    (waiting,) = ids(database)
    assert states(database) == ["retrying"]

    smtp.refusal = None
    clock(hours=1)
    postman.send_due(database, given)
    clock(seconds=61)
    postman.send_due(database, given)

    first, second = smtp.letters
    assert first["Message-ID"] == f"<{waiting}@parta.example>"
    assert second["Message-ID"] != first["Message-ID"]
    assert states(database) == ["sent", "sent"]


def ids(database):
    with database.reading(SCHOOL) as session:
        return list(session.scalars(select(Letter.id)))


def test_no_letter_is_lost_while_the_server_does_not_know_our_own_address(database, smtp, clock):
    hear(database, *family(), marks(entry("5")))
    postman, given = Postman(), settings(smtp)
    smtp.sender_refusal = "553 Sender address rejected"
    for _ in range(3):
        clock(minutes=2)
        postman.send_due(database, given)
    assert smtp.letters == []

    smtp.sender_refusal = None
    for _ in range(3):
        clock(minutes=31)
        postman.send_due(database, given)

    assert len(smtp.to(MAIL)) == 1


def test_a_letter_refused_for_good_is_not_sent_again(database, smtp, clock):
    hear(database, *family(), marks())
    smtp.refusal = "550 No such mailbox"
    clock(seconds=61)
    postman = Postman()
    postman.send_due(database, settings(smtp))
    smtp.refusal = None
    clock(hours=2)

    postman.send_due(database, settings(smtp))

    assert smtp.letters == []
    assert states(database) == ["refused"]
    assert effects(database) == ["expired"]


def test_an_address_with_a_line_break_harms_nobody(database, smtp, clock):
    hear(database, *family(), person(MOTHER, email="a@b.org\nBcc: all@b.org"), marks())
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    assert smtp.letters == []
    assert states(database) == ["refused"]


def test_a_day_later_nothing_is_sent_any_more(database, smtp, clock):
    hear(database, *family(), marks())
    smtp.refusal = "451 Try again later"
    clock(seconds=61)
    postman = Postman()
    postman.send_due(database, settings(smtp))
    hear(database, marks(entry("4", was="5")))
    clock(hours=25)
    smtp.refusal = None

    postman.send_due(database, settings(smtp))

    assert smtp.letters == []
    assert states(database) == ["expired"]
    assert effects(database) == ["expired"]
    assert set(states(database, Notice, "mail")) == {"taken", "expired", "none"}


def test_death_before_smtp_sends_the_letter_later(database, smtp, clock):
    hear(database, *family(), marks())
    clock(seconds=61)
    letter_id = write_letter(database, SCHOOL, MOTHER, now())  # … and the process dies.

    Postman().send_due(database, settings(smtp))
    assert smtp.letters == []
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))

    (letter,) = smtp.letters
    assert letter["Message-ID"] == f"<{letter_id}@parta.example>"
    assert states(database) == ["sent"]


def test_death_after_smtp_sends_the_same_letter_again(database, smtp, clock):
    hear(database, *family(), marks())
    clock(seconds=61)
    letter_id = write_letter(database, SCHOOL, MOTHER, now())
    with connected(settings(smtp).smtp_url) as server:
        send_letter(database, settings(smtp), server, SCHOOL, letter_id)
    with database.writing(SCHOOL) as session:  # As if `sent` had not been committed.
        session.get(Letter, letter_id).state = "sending"

    for _ in range(5):
        clock(seconds=61)
        Postman().send_due(database, settings(smtp))

    first, second = smtp.letters
    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"] == f"<{letter_id}@parta.example>"


def test_two_postmen_send_one_letter(database, smtp, clock):
    hear(database, *family(), marks())
    clock(seconds=61)
    due = due_recipients(database, timedelta(seconds=60), now())
    first = write_letter(database, *next(one for one in due if one[1] == MOTHER), now())

    assert first is not None
    assert write_letter(database, SCHOOL, MOTHER, now()) is None
    Postman().send_due(database, settings(smtp))
    assert smtp.letters == []


def test_a_log_read_again_sends_nothing_again(database, smtp, clock):
    events = [received(one) for one in (*family(), marks())]
    hear(database, *events)
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))

    hear(database, *events)
    with database.writing(SCHOOL) as session:  # Even if the notices had been lost and made anew.
        for notice in session.scalars(select(Notice)):
            notice.mail, notice.letter_id = "waiting", None
    clock(seconds=61)
    Postman().send_due(database, settings(smtp))

    assert len(smtp.letters) == 1


def test_without_a_server_news_stay_in_the_portal(database, clock):
    hear(database, *family(), marks())
    postman = Postman()
    clock(seconds=61)

    postman.send_due(database, settings())
    assert set(states(database, Notice, "mail")) == {"waiting"}
    clock(hours=25)
    postman.send_due(database, settings())

    assert set(states(database, Notice, "mail")) == {"expired"}
    assert states(database) == []


def test_an_erased_person_gets_no_letter(database, smtp, clock):
    hear(database, *family(), marks(entry("5"), entry("4", pupil_id=LEV)))
    clock(seconds=61)
    write_letter(database, SCHOOL, MOTHER, now())
    hear(database, PersonErased(person_id=MOTHER))
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    assert smtp.letters == []


def test_a_letter_names_no_erased_pupil(database, smtp, clock):
    hear(database, *family(), marks(entry("5"), entry("4", pupil_id=LEV)))
    clock(seconds=61)
    write_letter(database, SCHOOL, MOTHER, now())
    hear(database, PersonErased(person_id=ANNA))
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    (letter,) = smtp.letters
    assert "Анна" not in letter.as_string()
    assert letter["Subject"] == "Новое в дневнике: Лев"


def test_who_has_no_address_is_told_in_the_portal_alone(database, smtp, clock):
    hear(database, *family(), marks())
    clock(seconds=61)

    Postman().send_due(database, settings(smtp))

    assert len(smtp.letters) == 1
    with database.reading(SCHOOL) as session:
        by_whom = dict(session.execute(select(Notice.recipient_id, Notice.mail)).all())
    assert by_whom == {MOTHER: "taken", FATHER: "none", ANNA: "none"}
