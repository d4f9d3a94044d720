"""What happened: notices to the person, and the mark that they were read."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.web import accepted, fetch, glimpse, send

notices = Blueprint("notices", __name__, url_prefix="/notices")


@notices.get("")
def list_notices() -> str:
    only_unread = request.args.get("unread") == "true"
    told = fetch(
        "notify", "/notices", unread="true" if only_unread else None, cursor=request.args.get("cursor")
    )
    wishes = glimpse("notify", "/preferences")
    return render_template(
        "notices.html", notices=told["items"], next=told.get("next"), only_unread=only_unread, wishes=wishes
    )


@notices.post("/preferences")
def choose() -> Response:
    """Keep whether letters are wanted, of what, and in which language."""
    wanted = {
        "email_enabled": "email" in request.form,
        "mail_substitutions": "substitutions" in request.form,
        "mail_homework": "homework" in request.form,
        "language": request.form.get("language", ""),
    }
    accepted(send("notify", "PUT", "/preferences", json=wanted))
    return redirect(url_for("notices.list_notices"))


@notices.post("/<uuid:notice_id>/read")
def read_one(notice_id: UUID) -> Response:
    accepted(send("notify", "POST", f"/notices/{notice_id}/read"))
    return redirect(url_for("notices.list_notices"))


@notices.post("/read")
def read_all() -> Response:
    accepted(send("notify", "POST", "/notices/read"))
    return redirect(url_for("notices.list_notices"))
