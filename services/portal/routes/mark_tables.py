"""Marks of a class page from a table: the form to fill in, a rehearsal, and what came of it."""

from typing import Any
from uuid import UUID

import httpx2
from flask import Blueprint, Response, abort, render_template, request

from services.portal.pages import may
from services.portal.web import NotAnswered, accepted, asked_id, fetch, problem_of, relayed, seen_state, send

mark_tables = Blueprint("mark_tables", __name__, url_prefix="/journal")

LONG = 60  # Seconds: a year of a class is some thousands of cells.


@mark_tables.get("/<uuid:page_id>/table")
def show(page_id: UUID) -> str:
    if not may("journal: write on pages"):
        abort(403)
    return _page(page_id)


@mark_tables.get("/<uuid:page_id>/table.xlsx")
def template(page_id: UUID) -> Response:
    """Hand on the class list with the period's lessons."""
    answer = send("journal", "GET", f"/pages/{page_id}/table", params=_period(), timeout=LONG)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    return response


@mark_tables.post("/<uuid:page_id>/table")
def bring(page_id: UUID) -> tuple[str, int]:
    """Check a table, or write its marks; all bad rows stand on the page.

    What overwrites more than a rehearsal has shown is not written: it is rehearsed, and so shown first.
    """
    file = request.files.get("file")
    content = (file.filename or "file", file.read()) if file else ("file", b"")
    is_rehearsal = request.form.get("dry_run") == "1"
    seen, agreed = request.form.get("seen", ""), request.form.get("agreed", type=int) or 0
    answer = _sent(page_id, content, seen, None if is_rehearsal else agreed)
    if answer.status_code == 409:
        is_rehearsal, answer = True, _sent(page_id, content, seen, None)
    if answer.status_code in (412, 422):
        return _page(page_id, {"problem": problem_of(answer)}, seen), answer.status_code
    outcome = {"done": accepted(answer), "is_rehearsal": is_rehearsal}
    return _page(page_id, outcome, seen if is_rehearsal else ""), 200


def _sent(page_id: UUID, content: tuple[str, bytes], seen: str, agreed: int | None) -> httpx2.Response:
    """Send the table to be written; to be rehearsed when nothing is agreed to."""
    how = {"dry_run": "true"} if agreed is None else {"agreed": str(max(agreed, 0))}
    return send(
        "journal", "POST", f"/pages/{page_id}/table", files={"file": content}, timeout=LONG,
        headers=seen_state(f'"{seen}"'), params=_period() | how,
    )  # fmt: skip


def _period() -> dict[str, str]:
    asked = asked_id("period_id")
    return {"period_id": asked} if asked else {}


def _page(page_id: UUID, outcome: dict[str, Any] | None = None, seen: str = "") -> str:
    page = fetch("journal", f"/pages/{page_id}", **_period())
    if not page["page"]["can_edit"]:
        accepted(send("journal", "GET", f"/pages/{page_id}/table", params=_period()))
    return render_template(
        "mark_table.html", page=page, outcome=outcome, seen=seen or page["page"]["seq"], period=_period()
    )
