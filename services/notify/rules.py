"""When guardians are told, and in which words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Text

EVERYBODY = ("operator", "teacher", "educator", "class_teacher", "deputy", "director", "pupil", "parent")
LANGUAGES = ("ru", "en")
TIME_ZONE = "Europe/Moscow"
"""Where a school is that has not told yet."""

NEWS_DAYS = 14
"""Older lessons are no news: nobody wants a letter for a term that was typed in afterwards."""

PATIENCE = 5
"""So many waits at most: news that never stop coming must not keep a letter for ever."""

LETTER_LIVES = timedelta(hours=24)
"""A letter that could not be sent for so long is not sent any more; the portal has its news."""

ATTENDANCE = 0

MONTHS = Text(
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "January February March April May June July August September October November December",
)
ABSENCES = {
    "н": Text("отсутствие на уроке", "absent from the lesson"),
    "б": Text("отсутствие по болезни", "absent, ill"),
    "уп": Text("отсутствие по уважительной причине", "absent, excused"),
    "нп": Text("отсутствие без уважительной причины", "absent, unexcused"),
    "оп": Text("опоздание на урок", "late for the lesson"),
}
WORKS = {
    "answer": (Text("ответ", "answer"), Text("за ответ", "for an answer")),
    "homework": (
        Text("домашняя работа", "homework"),
        Text("за домашнюю работу", "for homework"),
    ),
    "independent": (
        Text("самостоятельная работа", "independent work"),
        Text("за самостоятельную работу", "for independent work"),
    ),
    "practical": (
        Text("практическая работа", "practical work"),
        Text("за практическую работу", "for practical work"),
    ),
    "laboratory": (
        Text("лабораторная работа", "laboratory work"),
        Text("за лабораторную работу", "for laboratory work"),
    ),
    "project": (Text("проект", "project"), Text("за проект", "for a project")),
    "dictation": (Text("диктант", "dictation"), Text("за диктант", "for a dictation")),
    "essay": (Text("сочинение", "essay"), Text("за сочинение", "for an essay")),
    "test": (Text("тест", "test"), Text("за тест", "for a test")),
    "control": (
        Text("контрольная работа", "control work"),
        Text("за контрольную работу", "for control work"),
    ),
}
MARK_NEW = Text("{value} {work}", "{value} {work}")
MARK_CHANGED = Text(
    "исправлена отметка {work}: было {was} — стало {value}", "mark {work} corrected: {was} became {value}"
)
MARK_TAKEN_BACK = Text("отметка {was} {work} снята", "mark {was} {work} taken back")
ABSENCE_CHANGED = Text("было: {was} — стало: {value}", "was: {was}, now: {value}")
ABSENCE_TAKEN_BACK = Text("снято: {was}", "taken back: {was}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened in one cell; no value when it was emptied, nothing before when it was empty."""

    slot: int
    value: str | None
    was: str | None
    work: str


def is_news(lesson_on: date, today: date) -> bool:
    """Whether people are still told of a lesson."""
    return lesson_on >= today - timedelta(days=NEWS_DAYS)


def kind_of(entries: Iterable[Entry]) -> str:
    """Return what a notice is about: `attendance`, or `marks` when there is any."""
    return "attendance" if all(entry.slot == ATTENDANCE for entry in entries) else "marks"


def gist(entries: Iterable[Entry]) -> list[Entry]:
    """Sum up what happened to a lesson's cells one after another: from the first state to the last.

    What was typed and taken back at once is not worth a word.
    """
    cells: dict[int, Entry] = {}
    for entry in entries:
        before = cells.get(entry.slot)
        was = before.was if before else entry.was
        cells[entry.slot] = Entry(entry.slot, entry.value, was, entry.work)
    return [cells[slot] for slot in sorted(cells) if cells[slot].value != cells[slot].was]


def work_title(work: str, language: str) -> str:
    """Return what a work is called; one of the school's own is called as it is."""
    return _in(WORKS[work][0], language) if work in WORKS else work


def sentence(entry: Entry, language: str) -> str:
    """Say what happened in a cell: «5 за контрольную работу», «было: … — стало: …»."""
    if entry.slot == ATTENDANCE:
        return _attendance(entry, language)
    template = MARK_TAKEN_BACK if entry.value is None else MARK_CHANGED if entry.was else MARK_NEW
    work = _in(WORKS[entry.work][1], language) if entry.work in WORKS else f"({entry.work})"
    return _in(template, language).format(value=entry.value, was=entry.was, work=work)


def _attendance(entry: Entry, language: str) -> str:
    value, was = _absence(entry.value, language), _absence(entry.was, language)
    if entry.value is None:
        return _in(ABSENCE_TAKEN_BACK, language).format(was=was)
    return _in(ABSENCE_CHANGED, language).format(value=value, was=was) if entry.was else value


def _absence(sign: str | None, language: str) -> str:
    return _in(ABSENCES[sign], language) if sign in ABSENCES else sign or ""


def day(on: date, language: str) -> str:
    """Return «8 сентября»."""
    return f"{on.day} {_in(MONTHS, language).split()[on.month - 1]}"


def headline(subject: str, on: date, entries: Sequence[Entry], language: str) -> str:
    """Return one line for a lesson: «Алгебра, 8 сентября: 5 за контрольную работу; 4 за ответ»."""
    said = "; ".join(sentence(entry, language) for entry in entries)
    return f"{subject}, {day(on, language)}: {said}" if subject else f"{day(on, language)}: {said}"


def _in(text: Text, language: str) -> str:
    said: str = getattr(text, language)
    return said
