"""A thematic plan as a table to take away: brought back, it changes nothing."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.journal.imports.plan_columns import SECTION, TITLES
from shared.errors import Text
from shared.sheets import as_csv, workbook

SHEET = "Тематический план"
WIDTHS = {"subject": 20, "name": 24, "section": 28, "topic": 60, "homework": 32, "kind": 22, "control": 22}
NONE_NOW = "—"  # A section that ends: an empty cell would go on with the one above.

EXAMPLE: dict[str, Any] = {
    "subject": {"name": "Математика"},
    "grade": 5,
    "name": "Рабочая программа",
    "topics": [
        {"section": "Натуральные числа", "topic": "Ряд натуральных чисел", "hours": 2,
         "kind": "изучение нового", "control": "", "homework": "§ 1, № 5, 7", "planned_on": date(2026, 9, 1)},
        {"section": "Натуральные числа", "topic": "Контрольная работа № 1", "hours": 1,
         "kind": "контроль знаний", "control": "контрольная работа", "homework": "", "planned_on": None},
    ],
}  # fmt: skip
"""What the template shows: two topics of a plan."""


def plan_table(plan: Mapping[str, Any], kind: str) -> bytes:
    """Return a plan as XLSX or CSV, a row for each topic."""
    rows = list(_rows(plan))
    if kind == "csv":
        return as_csv([list(TITLES.values()), *([_text(cell) for cell in row] for row in rows)])
    columns = [(Text(title, title), WIDTHS.get(field, 12)) for field, title in TITLES.items()]
    return workbook({SHEET: (columns, rows)}, "ru")


def _rows(plan: Mapping[str, Any]) -> Iterator[list[Any]]:
    above = ""
    for one in plan["topics"]:
        head = {"subject": plan["subject"]["name"], "grade": plan["grade"], "name": plan["name"]}
        row = head | one | {"day": one["planned_on"]}
        if above and not one["section"]:
            row[SECTION] = NONE_NOW
        above = one["section"]
        yield [row[field] for field in TITLES]


def _text(cell: object) -> str:
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return "" if cell is None else str(cell)
