"""Term-end marks (итоговые отметки): the screen of a page, on which a whole class is set."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from services.portal.pages import FEW, day, may, time_zone
from services.portal.script_texts import finals_texts
from services.portal.texts import final_titles
from services.portal.web import NotAnswered, asked_id, fetch, relayed, send, visitor
from services.portal.years import asked_years
from shared.clock import today
from shared.grades import is_for
from shared.names import group_key

finals = Blueprint("finals", __name__)

PASSED_ON = ("Content-Type", "If-Match", "Idempotency-Key")


@finals.get("/journal/<uuid:page_id>/finals")
def page(page_id: UUID) -> str:
    """Show a page's term-end marks with the recommended ones; what the script needs stands in it."""
    told = fetch("journal", f"/pages/{page_id}/finals")
    columns = [
        column | {"title": column["name"] or final_titles()[column["kind"]]} for column in told["columns"]
    ]
    data = told | {
        "columns": columns,
        "person": str(visitor().person_id),
        "urls": {
            "page": url_for("journal.page", page_id=page_id),
            "signIn": url_for("sign_in.enter"),
            "secondStep": url_for("second_step.take"),
            "state": url_for("sign_in.state"),
        },
        "texts": finals_texts(),
    }
    return render_template(
        "finals.html", page=told, columns=columns, data=data, window_said=window_said,
        today=today(time_zone()).isoformat(),
    )  # fmt: skip


def window_said(column: dict[str, Any]) -> str:
    """Write the days a column is due on: «19–25 окт.»."""
    return f"{day(column['opens_on'])} – {day(column['ends_on'])}"


@finals.get("/journal/<uuid:page_id>/finals/data")
def page_data(page_id: UUID) -> Response:
    return relayed(send("journal", "GET", f"/pages/{page_id}/finals"))


@finals.post("/journal/<uuid:page_id>/finals/<column>")
def post_finals(page_id: UUID, column: str) -> Response:
    """Hand one column's marks on to the journal, which alone decides what may be saved."""
    known = ((name, request.headers.get(name, "")) for name in PASSED_ON)
    headers = {name: value for name, value in known if value and value.isascii()}
    path = f"/pages/{page_id}/finals/{quote(column, safe='')}"
    return relayed(send("journal", "POST", path, headers=headers, content=request.get_data()))


@finals.get("/finals")
def overview() -> str:
    """Show how complete the marks of a period are by class and by teacher, and of one chosen each page."""
    years = asked_years()
    listed = fetch("journal", "/periods", year_id=years.id)
    chosen = chosen_period(listed, asked_id("period_id"))
    asked = {name: request.args.get(name, "") for name in ("class", "teacher")}
    narrowed = {name: value for name, value in asked.items() if value}
    if chosen is None:
        return render_template(
            "finals_overview.html", listed=listed, chosen=None, told=None, years=years, narrowed=narrowed
        )
    told = fetch("journal", "/finals", period_id=chosen)
    pages = [
        page
        for page in told["pages"]
        if asked["class"] in ("", page["class"]["name"]) and asked["teacher"] in ("", *page["teachers"])
    ]
    shown = {page["id"]: page for page in pages}
    return render_template(
        "finals_overview.html", listed=listed, chosen=chosen, told=told, asked=asked, shown=shown,
        years=years, narrowed=narrowed,
        classes=_sums(pages, lambda page: [page["class"]["name"]]),
        teachers=_sums(pages, lambda page: page["teachers"]),
        total=_sum(pages),
        is_summary=len(told["pages"]) > FEW and not narrowed,
        lacking=[page for page in pages if any(page[name] for name in LACKED)],
        explained=[one for one in told["explained"] if one["page_id"] in shown],
        ids={page["class"]["name"]: page["class"]["id"] for page in pages},
        may=may, now=today(time_zone()).isoformat(),
    )  # fmt: skip


@finals.get("/finals/classes/<uuid:group_id>")
def summary(group_id: UUID) -> str:
    """Show the summary sheet (сводная ведомость) of a class for a period or the year."""
    years = asked_years()
    listed, classes = (
        fetch("journal", "/periods", year_id=years.id),
        fetch("journal", "/classes")["items"],
    )
    listed, chosen = periods_of_class(listed, classes, str(group_id), asked_id("period_id"))
    if chosen is None:
        return render_template(
            "finals_summary.html", listed=listed, told=None, group_id=group_id, years=years
        )
    told = fetch("journal", f"/classes/{group_id}/finals", period_id=chosen)
    cells: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for cell in told["cells"]:
        cells.setdefault((cell["pupil"], cell["subject"]), []).append(cell)
    return render_template(
        "finals_summary.html", listed=listed, chosen=chosen, told=told, cells=cells, group_id=group_id,
        years=years,
    )  # fmt: skip


@finals.get("/finals/classes/<uuid:group_id>/summary.pdf")
def printed_summary(group_id: UUID) -> Response:
    """Hand the printed summary sheet of the year on from reporting."""
    year_id = asked_id("year_id")
    asked = {"year_id": year_id} if year_id else {}
    answer = send("reporting", "GET", f"/classes/{group_id}/summary.pdf", params=asked)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = Response(answer.content, content_type=answer.headers.get("Content-Type", "application/pdf"))
    response.headers["Content-Disposition"] = "inline; filename=summary.pdf"
    return response


def periods_of_class(
    listed: dict[str, Any], classes: list[dict[str, Any]], group_id: str | None, asked: str | None
) -> tuple[dict[str, Any], str | None]:
    """Return of listed periods those of a class, quarters or half-years, and which of them is chosen.

    Without a class it is all of them; one asked for that is another parallel's is not chosen.
    """
    grade = next((one["grade"] for one in classes if one["id"] == group_id), None)
    own = [one for one in listed["items"] if is_for(one["grades"], grade)]
    is_foreign = any(one["id"] == asked for one in listed["items"] if one not in own)
    return listed | {"items": own}, chosen_period({"items": own}, None if is_foreign else asked)


def chosen_period(listed: dict[str, Any], asked: str | None) -> str | None:
    """Return the period asked for, or else the last that began."""
    if asked:
        return asked
    now = today(time_zone()).isoformat()
    begun = [one["id"] for one in listed["items"] if one["starts_on"] <= now]
    known = begun[-1:] or [one["id"] for one in listed["items"][:1]]
    return str(known[0]) if known else None


LACKED = ("lacking", "absences", "without_topic", "awaited")
COUNTED = ("due", "early", "late", "explained", *LACKED)


def _sum(pages: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(page[name] for page in pages) for name in COUNTED}


def _sums(pages: list[dict[str, Any]], names: Callable[[dict[str, Any]], list[str]]) -> list[tuple[str, Any]]:
    """Return the sums over pages by what they are of, in order of names."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        for name in names(page):
            groups.setdefault(name, []).append(page)
    return [(name, _sum(groups[name])) for name in sorted(groups, key=group_key)]
