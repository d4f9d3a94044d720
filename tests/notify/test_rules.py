"""In which words people are told."""

from datetime import date

import pytest

from services.notify.rules import Entry, gist, headline, is_news, kind_of, sentence, work_title


@pytest.mark.parametrize(
    ("entry", "ru", "en"),
    [
        (Entry(1, "5", None, "control"), "5 за контрольную работу", "5 for control work"),
        (
            Entry(1, "4", "3", "essay"),
            "исправлена отметка за сочинение: было 3 — стало 4",
            "mark for an essay corrected: 3 became 4",
        ),
        (Entry(2, None, "2", "answer"), "отметка 2 за ответ снята", "mark 2 for an answer taken back"),
        (Entry(0, "н", None, "attendance"), "отсутствие на уроке", "absent from the lesson"),
        (
            Entry(0, "б", "н", "attendance"),
            "было: отсутствие на уроке — стало: отсутствие по болезни",
            "was: absent from the lesson, now: absent, ill",
        ),
        (Entry(0, None, "оп", "attendance"), "снято: опоздание на урок", "taken back: late for the lesson"),
        (
            Entry(0, "оп 10", None, "attendance"),
            "опоздание на урок на 10 мин",
            "late for the lesson by 10 min",
        ),
        (
            Entry(1, "•", None, "control", "2026-10-12"),
            "ждём работу до 12 октября (контрольная работа)",
            "work awaited until 12 October (control work)",
        ),
        (
            Entry(1, "•", "2", "control", "2026-10-12"),
            "ждём работу до 12 октября (контрольная работа)",
            "work awaited until 12 October (control work)",
        ),
        (Entry(1, "5", "•", "control"), "5 за контрольную работу", "5 for control work"),
        (
            Entry(1, None, "•", "control"),
            "работу больше не ждём (контрольная работа)",
            "work awaited no more (control work)",
        ),
        (Entry(1, "5", None, "олимпиада"), "5 (олимпиада)", "5 (олимпиада)"),
    ],
)
def test_people_are_told_in_whole_words(entry, ru, en):
    assert sentence(entry, "ru") == ru
    assert sentence(entry, "en") == en


def test_a_headline_names_subject_and_day():
    entries = [Entry(1, "5", None, "control"), Entry(2, "4", None, "answer")]

    said = headline("Алгебра", date(2026, 9, 8), entries, "ru")

    assert said == "Алгебра, 8 сентября: 5 за контрольную работу; 4 за ответ"
    assert headline("", date(2026, 11, 2), entries[1:], "en") == "2 November: 4 for an answer"


def test_the_gist_goes_from_the_first_state_to_the_last():
    first, second = Entry(1, "3", None, "control"), Entry(1, "4", "3", "control")

    assert gist([first, second]) == [Entry(1, "4", None, "control")]
    assert gist([second, Entry(1, "3", "4", "control")]) == []
    assert gist([first, Entry(1, None, "3", "control")]) == []
    assert gist([Entry(2, "5", None, "answer"), second]) == [second, Entry(2, "5", None, "answer")]


def test_the_gist_tells_of_a_work_whose_day_was_moved():
    moved = Entry(1, "•", "•", "control", "2026-10-20")

    assert gist([moved]) == [moved]
    assert gist([Entry(1, "•", None, "control", "2026-10-12"), moved]) == [
        Entry(1, "•", None, "control", "2026-10-20")
    ]
    assert gist([Entry(1, "•", None, "control", "2026-10-12"), Entry(1, None, "•", "control")]) == []


def test_a_fortnight_is_news():
    assert is_news(date(2026, 9, 1), date(2026, 9, 15))
    assert not is_news(date(2026, 9, 1), date(2026, 9, 16))


def test_a_notice_of_attendance_alone_is_called_so():
    absent = Entry(0, "н", None, "attendance")

    assert kind_of([absent]) == "attendance"
    assert kind_of([absent, Entry(1, "5", None, "answer")]) == "marks"
    assert work_title("control", "en") == "control work"
