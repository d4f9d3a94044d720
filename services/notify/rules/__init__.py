"""When guardians are told, and in which words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from shared.errors import Text

LANGUAGES = ("ru", "en")
TIME_ZONE = "Europe/Moscow"
"""Where a school is that has not told yet."""

NEWS_DAYS = 14
"""Older lessons are no news: nobody wants a letter for a term that was typed in afterwards.

A mark that is changed is news for as long from the day of its change, whatever lesson it is of (2.2.6).
"""

PATIENCE = 5
"""So many waits at most: news that never stop coming must not keep a letter for ever."""

LETTER_LIVES = timedelta(hours=24)
"""A letter that could not be sent for so long is not sent any more; the portal has its news."""

LETTERS, NEEDS_CONSENT = "letters", "with_consent"
"""The parameter by which a school says when it writes, and its value for: only to those who consented."""

ATTENDANCE = 0
AWAITED = "•"
"""What stands in a cell while a work is awaited (DOMAIN 2.1)."""

REMARK = 10
"""The slot after those of works: what a teacher wrote to the family."""

FINALS = {"period": 11, "year": 12, "exam": 13, "final": 14}
"""And after it, by their kinds, those of term-end marks."""

TASK = 15
"""And a task for one pupil; its value is where the page's chain ended with it."""

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
LATE_BY = Text("{title} на {minutes} мин", "{title} by {minutes} min")
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
    "final.period": (Text("период", "period"), Text("за период", "for a period")),
    "final.year": (Text("год", "year"), Text("за год", "for the year")),
    "final.exam": (Text("экзамен", "exam"), Text("за экзамен", "for an exam")),
    "final.final": (Text("итоговая отметка", "final mark"), Text("итоговая", "as the final one")),
}
REMARKS = {
    "remark": Text("замечание учителя", "a remark by a teacher"),
    "recommendation": Text("рекомендация учителя", "a recommendation by a teacher"),
    "praise": Text("благодарность от учителя", "praise by a teacher"),
}
TASK_NEW = Text("индивидуальное задание", "an individual task")
TASK_CHANGED = Text("индивидуальное задание изменено", "an individual task was changed")
TASK_WITHDRAWN = Text("индивидуальное задание отменено", "an individual task was withdrawn")
FOR_PERIOD = Text("за {period}", "for {period}")
FINAL_NEW = Text("выставлена отметка {work} — {value}", "mark {work}: {value}")
MARK_NEW = Text("{value} {work}", "{value} {work}")
MARK_CHANGED = Text(
    "исправлена отметка {work}: было {was} — стало {value}", "mark {work} corrected: {was} became {value}"
)
MARK_TAKEN_BACK = Text("отметка {was} {work} снята", "mark {was} {work} taken back")
AWAITED_UNTIL = Text("ждём работу до {day} ({work})", "work awaited until {day} ({work})")
AWAITED_SOME_TIME = Text("ждём работу ({work})", "work awaited ({work})")
NOT_AWAITED = Text("работу больше не ждём ({work})", "work awaited no more ({work})")
ABSENCE_CHANGED = Text("было: {was} — стало: {value}", "was: {was}, now: {value}")
ABSENCE_TAKEN_BACK = Text("снято: {was}", "taken back: {was}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened in one cell; no value when it was emptied, nothing before when it was empty."""

    slot: int
    value: str | None
    was: str | None
    work: str
    due_on: str | None = None  # Of a «•»: the day until which a mark is awaited, as JSON has it.


def entries_of(stored: Iterable[Sequence[Any]], period: str | None) -> tuple[Entry, ...]:
    """Read what was kept of cells; a mark of a period is called as the period, where its name is known."""
    read = (Entry(*one) for one in stored)
    return tuple(
        replace(one, work=period) if one.slot == FINALS["period"] and period else one for one in read
    )


def is_news(lesson_on: date, today: date) -> bool:
    """Whether people are still told of a lesson."""
    return lesson_on >= today - timedelta(days=NEWS_DAYS)


def corrects(slot: int, value: str | None, was: str | None) -> bool:
    """Whether a mark that stood is changed or taken back; an absence, or a «•» that is marked, is not one."""
    return slot != ATTENDANCE and was not in (None, AWAITED, value)


def kind_of(entries: Sequence[Entry]) -> str:
    """Return what it is about: `attendance`, `remarks`, `tasks`, `finals`, or `marks` when there is any."""
    if any(entry.slot == REMARK for entry in entries):
        return "remarks"
    if any(entry.slot == TASK for entry in entries):
        return "tasks"
    if any(entry.slot in FINALS.values() for entry in entries):
        return "finals"
    return "attendance" if all(entry.slot == ATTENDANCE for entry in entries) else "marks"


def gist(entries: Iterable[Entry]) -> list[Entry]:
    """Sum up what happened to a lesson's cells one after another: from the first state to the last.

    What was typed and taken back at once is not worth a word.
    """
    cells: dict[int, Entry] = {}
    for entry in entries:
        before = cells.get(entry.slot)
        was = before.was if before else entry.was
        cells[entry.slot] = replace(entry, was=was)
    said = (cells[slot] for slot in sorted(cells))
    return [one for one in said if one.value != one.was or one.due_on]  # Of a «•» the day may have moved.


def work_title(work: str, language: str) -> str:
    """Return what a work is called; one of the school's own is called as it is."""
    return WORKS[work][0].said(language) if work in WORKS else work


def sentence(entry: Entry, language: str) -> str:
    """Say what happened in a cell: «5 за контрольную работу», «было: … — стало: …»."""
    if entry.slot == REMARK:
        return REMARKS[entry.value or "remark"].said(language)
    if entry.slot == TASK:
        said = TASK_WITHDRAWN if entry.value is None else TASK_CHANGED if entry.was else TASK_NEW
        return said.said(language)
    if entry.slot == ATTENDANCE:
        return _attendance(entry, language)
    if AWAITED in (entry.value, entry.was):
        return _awaited(entry, language)
    new = FINAL_NEW if entry.slot in FINALS.values() else MARK_NEW
    template = MARK_TAKEN_BACK if entry.value is None else MARK_CHANGED if entry.was else new
    return template.said(language).format(value=entry.value, was=entry.was, work=_for_work(entry, language))


def _awaited(entry: Entry, language: str) -> str:
    work = work_title(entry.work, language)
    if entry.value is None:
        return NOT_AWAITED.said(language).format(work=work)
    if entry.value != AWAITED:  # What was awaited has come: a mark like any other.
        return sentence(replace(entry, was=None), language)
    until = date.fromisoformat(entry.due_on) if entry.due_on else None
    if until is None:
        return AWAITED_SOME_TIME.said(language).format(work=work)
    return AWAITED_UNTIL.said(language).format(work=work, day=day(until, language))


def _for_work(entry: Entry, language: str) -> str:
    if entry.work in WORKS:
        return WORKS[entry.work][1].said(language)
    if entry.slot == FINALS["period"]:
        return FOR_PERIOD.said(language).format(period=entry.work)
    return f"({entry.work})"


def _attendance(entry: Entry, language: str) -> str:
    value, was = _absence(entry.value, language), _absence(entry.was, language)
    if entry.value is None:
        return ABSENCE_TAKEN_BACK.said(language).format(was=was)
    return ABSENCE_CHANGED.said(language).format(value=value, was=was) if entry.was else value


def _absence(sign: str | None, language: str) -> str:
    known, _space, minutes = (sign or "").partition(" ")  # «оп 10»: late by ten minutes.
    if known not in ABSENCES:
        return sign or ""
    title = ABSENCES[known].said(language)
    return LATE_BY.said(language).format(title=title, minutes=minutes) if minutes else title


def day(on: date, language: str) -> str:
    """Return «8 сентября»."""
    return f"{on.day} {MONTHS.said(language).split()[on.month - 1]}"


def headline(subject: str, on: date, entries: Sequence[Entry], language: str) -> str:
    """Return one line for a lesson: «Алгебра, 8 сентября: 5 за контрольную работу; 4 за ответ»."""
    said = "; ".join(sentence(entry, language) for entry in entries)
    return f"{subject}, {day(on, language)}: {said}" if subject else f"{day(on, language)}: {said}"


WARNINGS = {
    "new_device": Text("Вход с нового устройства", "Sign-in from a new device"),
    "password_changed": Text("Пароль изменён", "The password was changed"),
    "password_reset": Text(
        "Задан новый пароль по ссылке из письма", "A new password was set by a letter's link"
    ),
    "code_issued": Text(
        "Школа выдала новый код для входа, прежний пароль больше не действует",
        "The school issued a new sign-in code; the old password is void",
    ),
    "blocked": Text("Доступ в журнал закрыт", "The account was blocked"),
    "unblocked": Text("Доступ в журнал снова открыт", "The account was opened again"),
    "factor_added": Text("Добавлен второй шаг входа", "A second sign-in step was added"),
    "factor_removed": Text("Второй шаг входа убран", "A second sign-in step was removed"),
    "factors_reset": Text("Оператор сбросил второй шаг входа", "The operator reset the second sign-in step"),
    "recovery_codes_renewed": Text("Созданы новые запасные коды", "New recovery codes were made"),
    "recovery_code_used": Text("Вход по запасному коду", "Sign-in by a recovery code"),
    "second_step_failed": Text(
        "Пароль введён верно, а второй шаг не пройден", "The password was right, the second step failed"
    ),
    "passkey_copied": Text("Ключ входа мог быть скопирован", "A passkey may have been copied"),
    "tokens_reused": Text(
        "Ключи доступа подключённой программы использовал кто-то ещё; программа отключена",
        "Somebody else used the access keys of a connected program; it was cut off",
    ),
    "provider_linked": Text("Добавлен вход через другую службу", "Sign-in by another service was added"),
    "attack": Text(
        "Много неудачных входов: возможно, кто-то подбирает пароли",
        "Many sign-ins fail: somebody may be guessing passwords",
    ),
}
OTHER_WARNING = Text("Изменение в учётной записи", "A change of the account")


def warning_title(what: str, language: str) -> str:
    """Say what happened to an account; a matter that is news to this program, too."""
    return WARNINGS.get(what, OTHER_WARNING).said(language)


def warning_text(what: str, device: str, address: str, language: str) -> str:
    """Say what happened and from where: «Вход с нового устройства: Chrome, Windows, 203.0.113.7»."""
    whence = ", ".join(filter(None, (device, address)))
    return f"{warning_title(what, language)}: {whence}" if whence else warning_title(what, language)
