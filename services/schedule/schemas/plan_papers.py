"""The tariff summary (тарификация) as people take it away: printed, or as a workbook."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from shared import paper
from shared.errors import Text
from shared.sheets import sheet

PDF = "application/pdf"

TITLE = Text("Тарификация учителей", "Tariff summary of teachers")
RATE = Text("Ставка — {hours} ч в неделю.", "A full rate is {hours} hours a week.")
HEAD = (
    Text("№", "No."),
    Text("Учитель", "Teacher"),
    Text("Предмет: классы и часы в неделю", "Subject: classes and hours a week"),
    Text("Часов", "Hours"),
    Text("Ставок", "Rates"),
)
TOTAL = Text("Всего", "In all")
VACANT = Text("Вакансии (часы без учителя)", "Vacancies (hours without a teacher)")
SIGNED = Text(
    "Директор ____________________ / ____________________ /",
    "Director ____________________ / ____________________ /",
)
NOBODY = Text("вакансия", "vacancy")
WIDTHS = (0.06, 0.28, 0.46, 0.1, 0.1)

COLUMNS = (
    (Text("Учитель", "Teacher"), 38),
    (Text("Предмет", "Subject"), 34),
    (Text("Класс/Группа", "Class or group"), 26),
    (Text("Часов", "Hours"), 9),
    (Text("Всего часов", "Hours in all"), 12),
    (Text("Ставок", "Rates"), 9),
)


def tariff_paper(school: str, tariff: dict[str, Any], language: str) -> bytes:
    """Return the summary as a PDF to be signed; each teacher is one row."""

    def said(text: Text) -> str:
        return text.said(language)

    rows = [[said(one) for one in HEAD]]
    for number, one in enumerate(tariff["items"], 1):
        subjects = "; ".join(_by_subject(one["rows"], language))
        told = (_number(one["hours_per_week"], language), _number(one["share"], language))
        rows.append([str(number), one["teacher"]["name"] or "—", subjects, *told])
    sums = (_number(tariff["hours_per_week"], language), _number(tariff["share"], language))
    rows.append(["", said(TOTAL), "", *sums])
    name = f"{said(TITLE)}, {tariff['year']['name']}"
    story = [
        paper.title(name),
        paper.text(school),
        paper.text(said(RATE).format(hours=_number(tariff["rate_hours"], language)), small=True),
        paper.table(rows, WIDTHS),
    ]
    if tariff["vacant"]:
        vacant = "; ".join(_by_subject(tariff["vacant"], language))
        story += [paper.heading(said(VACANT)), paper.text(vacant)]
    return paper.draw([*story, paper.gap(24), paper.text(said(SIGNED))], name)


def _by_subject(rows: list[dict[str, Any]], language: str) -> Iterator[str]:
    for subject, found in groupby(rows, key=lambda row: row["subject"]["name"]):
        pages = (f"{row['group']['name']} — {_number(row['hours_per_week'], language)}" for row in found)
        yield f"{subject}: {', '.join(pages)}"


def _number(value: object, language: str) -> str:
    return str(value).replace(".", ",") if language == "ru" else str(value)


def tariff_sheet(tariff: dict[str, Any], language: str) -> bytes:
    """Return the summary as a workbook: a row for each page taught, the sums on a teacher's first row."""
    return sheet(TITLE.said(language), COLUMNS, _sheet_rows(tariff, language), language)


def _sheet_rows(tariff: dict[str, Any], language: str) -> Iterator[list[Any]]:
    for one in tariff["items"]:
        sums: list[Any] = [Decimal(str(one["hours_per_week"])), one["share"]]
        for row in one["rows"]:
            yield [one["teacher"]["name"] or "", *_page(row), *sums]
            sums = []
    for row in tariff["vacant"]:
        yield [NOBODY.said(language), *_page(row)]


def _page(row: dict[str, Any]) -> list[Any]:
    return [row["subject"]["name"], row["group"]["name"], Decimal(str(row["hours_per_week"]))]
