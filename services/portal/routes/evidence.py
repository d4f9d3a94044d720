"""Sealed heads of the journal: the days there are, and a day as a file to keep elsewhere."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from services.portal.web import NotAnswered, asked_day, fetch, relayed, send

evidence = Blueprint("evidence", __name__)


@evidence.get("/evidence")
def days() -> str:
    before = asked_day("before")
    told = fetch("journal", "/heads", **({"cursor": before.isoformat()} if before else {}))
    return render_template("evidence.html", seals=told["items"], older=told["next"])


@evidence.get("/evidence/heads.json")
def file() -> Response:
    """Hand out a day as a file named after it."""
    day = asked_day("day")
    answer = send("journal", "GET", "/heads/file", params={"day": day.isoformat()} if day else {})
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    name = f"parta-heads-{answer.json()['day']}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
