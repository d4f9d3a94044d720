"""Substitutions on paper: the sheet of a day for the staff-room, the register of a month for the payroll."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from services.schedule.queries.payroll import CODES, JOINT, PRIMARY, SENIOR, Hours, MissedLesson
from shared import paper
from shared.errors import Text
from shared.sheets import workbook

WEEKDAYS = Text(
    "понедельник вторник среда четверг пятница суббота воскресенье",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
)
DAY_TITLE = Text("Замены уроков на {on:%d.%m.%Y}, {weekday}", "Substitutions of {weekday}, {on:%Y-%m-%d}")
NO_CHANGES = Text("Замен нет: все уроки по расписанию.", "No substitutions: all lessons as planned.")
DECIDED_BY = Text(
    "Заместитель директора ____________________ / ____________________ /",
    "Deputy head ____________________ / ____________________ /",
)
DAY_COLUMNS = (
    (Text("Урок", "Lesson"), 7),
    (Text("Класс", "Class"), 10),
    (Text("Предмет", "Subject"), 28),
    (Text("Вместо", "Instead of"), 24),
    (Text("Решение", "Decision"), 44),
    (Text("Кабинет", "Room"), 10),
    (Text("Подпись", "Signature"), 14),
)
DAY_WIDTHS = (0.07, 0.16, 0.17, 0.16, 0.22, 0.1, 0.12)
KINDS = {
    "teacher": Text("{stand_in}", "{stand_in}"),
    "joint": Text("{stand_in} (объединение групп)", "{stand_in} (groups joined)"),
    "subject": Text("{subject}: {stand_in}", "{subject}: {stand_in}"),
    "room": Text("в другом кабинете", "in another room"),
    "cancel": Text("урока нет", "no lesson"),
    "move": Text("перенос на {to_on:%d.%m}, {to_number} урок", "moved to {to_on:%m-%d}, lesson {to_number}"),
}

REGISTER = Text("Журнал учёта пропущенных и замещённых уроков", "Register of missed and substituted lessons")
TOTALS = Text("Часы по учителям", "Hours by teacher")
SINCE = Text("{from_on:%d.%m.%Y} – {until_on:%d.%m.%Y}", "{from_on:%Y-%m-%d} – {until_on:%Y-%m-%d}")
NOTE = Text(
    "Учтены проведённые уроки. ЗН — замещение в 1–3 классах, ЗС — в 4–11 классах; "
    "совмещение (один учитель ведёт две группы сразу) считается отдельно.",
    "Lessons held are counted. ЗН: substitution in grades 1 to 3, ЗС: in grades 4 to 11; "
    "совмещение (one teacher leads two groups at once) is counted apart.",
)
NONE_MISSED = Text("Пропущенных и замещённых уроков нет.", "No lessons were missed or substituted.")
REASONS = {
    "illness": Text("болезнь", "illness"),
    "trip": Text("командировка", "business trip"),
    "training": Text("обучение", "training"),
    "leave": Text("отпуск", "leave"),
    "other": Text("иное", "other"),
}
NOT_HELD = Text("урок не проведён", "not held")
SUM = Text("Всего", "In all")
REGISTER_COLUMNS = (
    (Text("№", "No."), 5),
    (Text("Дата", "Day"), 12),
    (Text("Урок", "Lesson"), 7),
    (Text("Класс", "Class"), 12),
    (Text("Предмет", "Subject"), 28),
    (Text("Отсутствует", "Absent"), 24),
    (Text("Причина", "Reason"), 14),
    (Text("Замещает", "Stands in"), 24),
    (Text("Код", "Code"), 13),
    (Text("Часов", "Hours"), 8),
    (Text("Подпись", "Signature"), 14),
)
REGISTER_WIDTHS = (0.04, 0.08, 0.05, 0.11, 0.14, 0.13, 0.09, 0.13, 0.09, 0.06, 0.08)
TOTAL_COLUMNS = (
    (Text("Учитель", "Teacher"), 30),
    (Text("ЗН, ч", "ЗН, h"), 10),
    (Text("ЗС, ч", "ЗС, h"), 10),
    (Text("Совмещение, ч", "Joint, h"), 14),
    (Text("Всего, ч", "In all, h"), 10),
)
TOTAL_WIDTHS = (0.4, 0.15, 0.15, 0.15, 0.15)


def day_paper(school: str, on: date, decided: Sequence[dict[str, Any]], language: str) -> bytes:
    """Return the sheet of a day as a PDF in letters to be read from a wall."""
    name = _day_title(on, language)
    rows = [[title.said(language) for title, _ in DAY_COLUMNS]]
    rows += [[str(cell) for cell in row] for row in _day_rows(decided, language)]
    told = paper.table(rows, DAY_WIDTHS, size=14, width=paper.ACROSS)
    story = [
        paper.title(name, size=22),
        paper.text(school),
        told if decided else paper.title(NO_CHANGES.said(language), size=18),
        paper.gap(24),
        paper.text(DECIDED_BY.said(language)),
    ]
    return paper.draw(story, name, is_across=True)


def day_sheet(on: date, decided: Sequence[dict[str, Any]], language: str) -> bytes:
    """Return the sheet of a day as a workbook."""
    return workbook({on.isoformat(): (DAY_COLUMNS, _day_rows(decided, language))}, language)


def _day_title(on: date, language: str) -> str:
    weekday = WEEKDAYS.said(language).split()[on.weekday()]
    return DAY_TITLE.said(language).format(on=on, weekday=weekday)


def _day_rows(decided: Iterable[dict[str, Any]], language: str) -> Iterator[list[Any]]:
    for one in decided:
        yield [
            one["number"],
            one["group"]["name"] or "",
            one["subject"]["name"] or "",
            ", ".join(who["name"] for who in one["absent"] if who["name"]),
            _decision(one, language),
            one["room"] or "",
            "",
        ]


def _decision(one: dict[str, Any], language: str) -> str:
    it = one["substitution"]
    stand_in = (it["stand_in"] or {}).get("name") or ""
    said = (
        KINDS[it["kind"]]
        .said(language)
        .format(stand_in=stand_in, subject=one["to_subject"], to_on=it["to_on"], to_number=it["to_number"])
    )
    return f"{said}; {it['note']}" if it["note"] else said


def register_paper(
    school: str,
    days: tuple[date, date],
    missed: Sequence[MissedLesson],
    hours: Sequence[Hours],
    language: str,
) -> bytes:
    """Return the register of some days as a PDF to be signed, with the hours of each teacher."""
    name = REGISTER.said(language)
    rows = [[title.said(language) for title, _ in REGISTER_COLUMNS]]
    rows += [[_printed(cell, language) for cell in row] for row in _register_rows(missed, language)]
    story = [
        paper.title(name),
        paper.text(f"{school}\n{SINCE.said(language).format(from_on=days[0], until_on=days[1])}"),
    ]
    if missed:
        story.append(paper.table(rows, REGISTER_WIDTHS, width=paper.ACROSS))
    else:
        story.append(paper.text(NONE_MISSED.said(language)))
    if hours:
        sums = [[title.said(language) for title, _ in TOTAL_COLUMNS]]
        sums += [[str(cell) for cell in row] for row in _total_rows(hours, language)]
        story += [paper.heading(TOTALS.said(language)), paper.table(sums, TOTAL_WIDTHS, size=9.5)]
    story += [paper.gap(8), paper.text(NOTE.said(language), small=True), paper.gap(18)]
    return paper.draw([*story, paper.text(DECIDED_BY.said(language))], name, is_across=True)


def register_sheet(missed: Sequence[MissedLesson], hours: Sequence[Hours], language: str) -> bytes:
    """Return the register and the hours of each teacher as the two sheets of a workbook."""
    sheets = {
        Text("Журнал", "Register").said(language): (REGISTER_COLUMNS, _register_rows(missed, language)),
        TOTALS.said(language): (TOTAL_COLUMNS, _total_rows(hours, language)),
    }
    return workbook(sheets, language)


def _register_rows(missed: Iterable[MissedLesson], language: str) -> Iterator[list[Any]]:
    for at, one in enumerate(missed, 1):
        reason = REASONS[one.reason].said(language) if one.reason else ""
        given = [one.stand_in, one.code, 1] if one.code else [NOT_HELD.said(language), "", 0]
        yield [at, one.on, one.number, one.group, one.subject, one.absent, reason, *given, ""]


def _total_rows(hours: Sequence[Hours], language: str) -> Iterator[list[Any]]:
    for one in hours:
        yield [one.teacher, *(one.codes[code] for code in (PRIMARY, SENIOR, JOINT)), one.total]
    sums = [sum(one.codes[code] for one in hours) for code in CODES]
    yield [SUM.said(language), *sums, sum(sums)]


def _printed(cell: Any, language: str) -> str:
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y" if language == "ru" else "%Y-%m-%d")
    return str(cell)
