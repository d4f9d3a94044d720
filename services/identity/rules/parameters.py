"""What differs between schools: one readable table of parameters, each with its clause and default.

The regulation's own values are the defaults. A value holds from a day on; what held before stays.
"""

# ruff: noqa: E501 - A table is read across, whatever its width.

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from services.identity.rules.parameter_kinds import (
    GRADES,
    ByGrade,
    Choice,
    Kind,
    Numbers,
    Several,
    Whole,
    YearDay,
    Zone,
)
from services.identity.rules.parameter_lists import BySubject, Rows, Signs, is_sign, is_word
from services.identity.rules.school import SCALE, TIME_ZONE
from shared.errors import Text
from shared.file_kinds import FILE_KINDS

EVER = date(1900, 1, 1)
"""From when on the values hold that a school was founded with."""

PERIODS = {
    "quarter": Text("четверти", "quarters"),
    "trimester": Text("триместры", "trimesters"),
    "half_year": Text("полугодия", "half-years"),
}
COUNTS = {
    "school_days": Text("только учебные дни", "school days alone"),
    "hours": Text("все часы подряд", "all hours alike"),
}
DAYS = {"calendar": Text("календарные дни", "calendar days"), "working": Text("рабочие дни", "working days")}

RECOMMENDING = {
    "weighted": Text("с учётом веса работ", "weighted by the works"),
    "simple": Text("простой", "simple"),
}
# DOMAIN 2.2: mathematical rounding, in hundredths; Novosibirsk begins at 4,65, 3,65 and 2,65.
THRESHOLDS = {"5": 450, "4": 350, "3": 250}
BY_AVERAGE = Numbers(("5", "4", "3"), 500, falls=True, hundredths=True)
LEAST_MARKS = {"1": 3, "2": 3, "3": 5, "4": 6, "5": 7}
BY_HOURS = Numbers(tuple(LEAST_MARKS), 50)

# The law on education lets parents know of marks and attendance (273-ФЗ ст. 44), so a letter to an
# address they gave needs no consent of its own; a school whose lawyers see it otherwise asks first.
LETTERS = {
    "unless_withdrawn": Text("пока адресат не отказался", "unless the reader has withdrawn"),
    "with_consent": Text("только с согласия адресата", "with the reader's consent alone"),
}

# The scales that services/journal/rules/scales.py knows by these names.
SCALES = {
    "five": Text("пятибалльная", "five points"),
    "ten": Text("десятибалльная", "ten points"),
    "percent": Text("проценты, 0–100", "percents, 0–100"),
    "pass": Text("зачёт или незачёт", "pass or fail"),
    "none": Text("без отметок", "without marks"),
}
AVERAGES = {
    "weighted": Text("взвешенный", "the weighted one"),
    "simple": Text("простой", "the simple one"),
    "both": Text("оба", "both"),
}
ABSENT = {
    "flag": Text("можно, с пометкой", "may be, with a sign"),
    "refuse": Text("нельзя", "may not be"),
}
REASON = {"no": Text("не нужна", "is not needed"), "yes": Text("обязательна", "is needed")}


def _work(type_: str, ru: str, en: str, weight: int, *, written: bool = True) -> dict[str, Any]:
    return {"type": type_, "ru": ru, "en": en, "weight": weight, "written": written}


def _reason(sign: str, ru: str, en: str) -> dict[str, Any]:
    return {"sign": sign, "ru": ru, "en": en}


# DOMAIN 2.2: the weights usual in schools' local acts.
WORKS = [
    _work("answer", "ответ", "answer", 1, written=False),
    _work("homework", "домашняя работа", "homework", 1, written=False),
    _work("independent", "самостоятельная работа", "independent work", 3),
    _work("practical", "практическая работа", "practical work", 3),
    _work("laboratory", "лабораторная работа", "laboratory work", 3),
    _work("project", "проект", "project", 3),
    _work("dictation", "диктант", "dictation", 3),
    _work("essay", "сочинение", "essay", 3),
    _work("test", "тест", "test", 3),
    _work("control", "контрольная работа", "control work", 5),
]
REASONS = [
    _reason("н", "отсутствовал, причина не указана", "absent, reason unknown"),
    _reason("б", "по болезни", "ill"),
    _reason("уп", "по уважительной причине", "excused"),
    _reason("нп", "без уважительной причины", "unexcused"),
    _reason("оп", "опоздал", "late"),
]

WRITTEN = {"written": Text("Письменная", "Written")}  # Due some days later (clause 3.6.4).
WORK_TYPES = Rows("type", is_word, needed="answer", weights=(1, 10), flags=WRITTEN)
ATTENDANCE = Rows("sign", is_sign, needed="н")
# СанПиН: minutes a day's homework may take; none in the first year.
HOMEWORK = dict(zip(GRADES, (0, 60, 60, 90, 120, 150, 150, 150, 210, 210, 210), strict=True))
FILES = {name: kind.title for name, kind in FILE_KINDS.items()}
PERIOD_OF_GRADE = {grade: "quarter" if int(grade) < 10 else "half_year" for grade in GRADES}

SECTIONS = {
    "school": Text("Школа", "The school"),
    "marks": Text("Отметки и посещаемость", "Marks and attendance"),
    "homework": Text("Задания и материалы", "Tasks and materials"),
    "deadlines": Text("Сроки по Положению", "Deadlines of the regulation"),
    "privacy": Text("Персональные данные", "Personal data"),
    "keeping": Text("Печать и хранение", "Printing and keeping"),
}


class Parameter(NamedTuple):
    """A parameter: where it is shown, the clause it comes from, what it may be, its default and title."""

    name: str
    section: str
    clause: str
    kind: Kind
    default: Any
    title: Text


# fmt: off
TABLE = (
    #         name                       section      clause        values            default          title
    Parameter("time_zone",               "school",    "3.4.6",      Zone(),           TIME_ZONE,       Text("Часовой пояс: по нему считаются дни и сроки", "Time zone, by which days and deadlines are counted")),
    Parameter("periods",                 "school",    "3.6.5, 5.1", ByGrade(PERIODS), PERIOD_OF_GRADE, Text("Учебные периоды по параллелям", "Study periods by parallel")),
    Parameter("scale",                   "marks",     "3.4.6",      Signs(),          SCALE,           Text("Шкала отметок, лучшая первой", "Scale of marks, best first")),
    Parameter("subject_scales",          "marks",     "3.4.6",      BySubject(SCALES), [],              Text("Предметы с другой шкалой", "Subjects with another scale")),
    Parameter("averages",                "marks",     "3.6.1",      Choice(AVERAGES), "weighted",      Text("Средний балл на странице журнала", "Average shown on the journal's page")),
    Parameter("absent_and_marked",       "marks",     "4.2.1",      Choice(ABSENT),   "flag",          Text("Отметка тому, кто отсутствовал на уроке", "A mark for whoever was absent")),
    Parameter("reason_to_change",        "marks",     "3.6.3",      Choice(REASON),   "no",            Text("Причина изменения отметки после срока записи", "Reason for changing a mark after its time")),
    Parameter("absence_resolve_days",    "marks",     "4.2.2",      Whole(1, 30),     3,               Text("Причина отсутствия выяснена: дней после урока", "Reason of an absence is found: days after the lesson")),
    Parameter("work_types",              "marks",     "3.4.6",      WORK_TYPES,       WORKS,           Text("Виды работ и их вес", "Types of work and their weights")),
    Parameter("attendance",              "marks",     "4.2.1",      ATTENDANCE,       REASONS,         Text("Причины отсутствия", "Reasons of absence")),
    Parameter("homework_minutes",        "homework",  "3.6.2",      Numbers(GRADES, 600), HOMEWORK,   Text("Домашних заданий на день не больше, минут", "Homework of a day takes no more than, minutes")),
    Parameter("homework_told_at",        "homework",  "2.2.6",      Whole(12, 22),    18,              Text("Семьям сообщают, что задано за день: с какого часа", "Families are told what was set that day: from which hour on")),
    Parameter("file_megabytes",          "homework",  "3.9.6",      Whole(1, 50),     10,              Text("Файл не больше, МБ", "A file is no larger than, MB")),
    Parameter("file_kinds",              "homework",  "3.9.6",      Several(FILES),   list(FILES),     Text("Какие файлы принимаются", "Which files are taken")),
    Parameter("final_average",           "marks",     "2.1",        Choice(RECOMMENDING), "weighted",  Text("Отметку за период рекомендует средний балл", "Period marks are recommended by the average")),
    Parameter("final_thresholds",        "marks",     "2.1",        BY_AVERAGE,       THRESHOLDS,      Text("Отметка за период: от какого среднего балла", "Period marks: from which average on")),
    Parameter("final_least_marks",       "marks",     "2.1",        BY_HOURS,         LEAST_MARKS,     Text("Отметок за период не меньше — по числу уроков в неделю", "Marks needed in a period, by lessons a week")),
    Parameter("final_absent_percent",    "marks",     "2.1",        Whole(1, 100),    50,              Text("«н/а», если отметок мало, а пропущено больше, % уроков", "Not attested if marks are few and more was missed, % of lessons")),
    Parameter("final_absence_run",       "marks",     "2.1",        Whole(0, 60),     3,               Text("Предупредить, если нет отметок после пропуска подряд, уроков (0 — никогда)", "Warn when there is no mark after lessons missed in a row (0: never)")),
    Parameter("final_deviation",         "marks",     "2.1",        Whole(0, 3),      0,               Text("Отличие от рекомендованной без объяснения: не больше, баллов", "Points a mark may differ from the recommended one without a reason")),
    Parameter("lesson_entry_days",       "deadlines", "3.6.3",      Whole(0, 7),      0,               Text("Тема, задание и текущие отметки: дней после урока", "Topic, homework and current marks: days after the lesson")),
    Parameter("written_work_days",       "deadlines", "3.6.4",      Whole(1, 30),     7,               Text("Отметки за письменную работу: дней после неё", "Marks of written work: days after it")),
    Parameter("monitoring_work_days",    "deadlines", "3.6.4",      Whole(1, 30),     3,               Text("Отметки внутреннего мониторинга: дней после работы", "Marks of internal monitoring: days after the work")),
    Parameter("monitoring_work_counts",  "deadlines", "3.6.4",      Choice(DAYS),     "calendar",      Text("Дни внутреннего мониторинга считаются", "The days of internal monitoring are")),
    Parameter("awaited_work_days",       "deadlines", "3.6.4",      Whole(1, 30),     7,               Text("Работа, которой ждут («•»), если она не письменная: дней до отметки", "A work that is awaited (“•”) and is not written: days until its mark")),
    Parameter("period_marks_days",       "deadlines", "3.6.5",      Whole(1, 31),     7,               Text("Итоговые отметки: последние дни периода", "Final marks: the last days of a period")),
    Parameter("correction_hours",        "deadlines", "3.7.8",      Whole(1, 240),    24,              Text("Исправление ошибки: часов после сообщения о ней", "Correcting an error: hours after its report")),
    Parameter("correction_counts",       "deadlines", "3.7.8",      Choice(COUNTS),   "school_days",   Text("В часы на исправление входят", "The hours for a correction are counted on")),
    Parameter("deputy_checks_monthly",   "deadlines", "3.7.4",      Whole(1, 31),     1,               Text("Проверки журнала завучем: не меньше в месяц", "Checks by a deputy head: at least, a month")),
    Parameter("director_checks_monthly", "deadlines", "3.8.6",      Whole(1, 31),     1,               Text("Проверки журнала директором: не меньше в месяц", "Checks by the director: at least, a month")),
    Parameter("letters",                 "privacy",   "3.5.5",       Choice(LETTERS),  "unless_withdrawn", Text("Письма о событиях дневника отправляются", "Letters about the diary are sent")),
    Parameter("print_until",             "keeping",   "5.2, 5.3",   YearDay(),        "06-30",         Text("Журналы и ведомости распечатаны до (включительно)", "Journals and summary sheets are printed by")),
    Parameter("journals_kept_years",     "keeping",   "5.2",        Whole(5, 100),    5,               Text("Журналы классов хранятся: лет", "Journals of classes are kept: years")),
    Parameter("summaries_kept_years",    "keeping",   "5.3",        Whole(25, 100),   25,              Text("Сводные ведомости хранятся: лет", "Summary sheets are kept: years")),
    Parameter("backup_copies",           "keeping",   "5.4, 3.8.8", Whole(2, 10),     2,               Text("Копии на разных носителях: не меньше", "Copies on different media: at least")),
)
# fmt: on
PARAMETERS = {parameter.name: parameter for parameter in TABLE}


class Dated(Protocol):
    """A value with the day it holds from and its place in the order of setting."""

    @property
    def valid_from(self) -> date:
        """The first day it holds."""

    @property
    def number(self) -> int:
        """Its number among all values the parameter was set to."""


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Setting:
    """A change of a parameter: its value, from which day on, why, and by which act of the school."""

    value: Any
    valid_from: date
    reason: str = ""
    act_number: str | None = None
    act_on: date | None = None


def in_force(values: Iterable[D], day: date) -> D | None:
    """Return the value that holds on a day: of the last day it was to begin, the one set last."""
    begun = [value for value in values if value.valid_from <= day]
    return max(begun, key=lambda value: (value.valid_from, value.number), default=None)


def timeline(values: Iterable[D]) -> list[D]:
    """Return the values that hold on some day, in order of their days; those replaced are left out."""
    latest = {value.valid_from: value for value in sorted(values, key=lambda value: value.number)}
    return [latest[day] for day in sorted(latest)]
