"""The access log, for the deputy head and the director: who saw or changed whose data."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from services.portal.access_titles import action_titles, endpoint_titles, service_titles
from services.portal.pages import time_zone
from services.portal.web import asked_day, fetch

access_log = Blueprint("access_log", __name__)

ASKED = ("person_id", "actor_id", "service", "action", "result", "cursor")
DAY = timedelta(days=1)


@access_log.get("/access-log")
def search() -> str:
    asked = {name: request.args.get(name, "") for name in ASKED}
    since, until = asked_day("since"), asked_day("until")
    period = {
        "since": _midnight(since) if since else None,
        "until": _midnight(until + DAY) if until else None,
    }
    told = fetch("identity", "/access-log", **asked, **period)
    return render_template(
        "access_log.html", records=told["items"], next=told.get("next"), asked=asked,
        since=since, until=until, actions=action_titles(), endpoints=endpoint_titles(),
        services=service_titles(),
        person=_named(asked["person_id"], told["items"]),
    )  # fmt: skip


def _midnight(day: Any) -> str:
    return datetime.combine(day, time(), ZoneInfo(time_zone())).isoformat()


def _named(person_id: str, records: list[dict[str, Any]]) -> str:
    """Return the name of whom the log was asked about, when a record says it."""
    about = [one["about"] for one in records if one["about"] and one["about"]["id"] == person_id]
    return str(about[0]["name"] or "") if about else ""
