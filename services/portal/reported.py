"""The entry that somebody is about to report as wrong: whose it is, where, and what stands there."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages import may
from services.portal.texts import final_titles
from services.portal.web import given_id, glimpse

Json = dict[str, Any]

COLUMNS = ("", "year", "exam", "final")
"""What the columns of term-end marks are called, by slot; that of a period by the period's id."""

CELLS = ("mark", "attendance")


def mark_of(cell: Mapping[str, str]) -> Json | None:
    """Return the mark or absence that is said to be wrong, for whoever reads the pupil's diary."""
    if not (cell["what"] in CELLS and cell["slot"] in map(str, range(10)) and cell["pupil_id"]):
        return None
    path = f"/diary/lessons/{given_id(cell['lesson_id'])}/marks/{cell['slot']}"
    found: Json | None = glimpse("journal", path, pupil_id=given_id(cell["pupil_id"]))
    return found


def final_of(cell: Mapping[str, str]) -> Json | None:
    """Return the term-end mark that is said to be wrong, in words: subject, period, pupil and value.

    Who reads the page is told what stands on it, a family what stands in the diary; others nothing.
    """
    if not (cell["what"] == "final" and cell["slot"] in map(str, range(len(COLUMNS))) and cell["pupil_id"]):
        return None
    return _on_page(cell) or _in_diary(cell)


def _on_page(cell: Mapping[str, str]) -> Json | None:
    if not may("journal: read pages"):
        return None
    told = glimpse("journal", f"/pages/{given_id(cell['page_id'])}/finals")
    key = COLUMNS[int(cell["slot"])] or cell["period_id"]
    for one in told["cells"] if told else ():
        column, pupil = told["columns"][one["column"]], told["pupils"][one["pupil"]]
        if (column["key"], pupil["id"]) == (key, cell["pupil_id"]):
            period = column["name"] or final_titles()[column["kind"]]
            subject = told["page"]["subject"]["name"]
            return {"subject": subject, "period": period, "pupil": pupil["name"], "value": one["value"]}
    return None


def _in_diary(cell: Mapping[str, str]) -> Json | None:
    period_id = given_id(cell["period_id"])
    column = COLUMNS[int(cell["slot"])] or period_id
    path = f"/diary/pages/{given_id(cell['page_id'])}/finals/{column}"
    told = glimpse("journal", path, pupil_id=given_id(cell["pupil_id"]))
    if told is None or period_id not in (told["period_id"], told["year"]["id"]):
        return None
    named = {"subject": told["subject"]["name"], "pupil": told["pupil"]["name"]}
    return {**named, "period": told["period"] or final_titles()[told["kind"]], "value": told["value"]}
