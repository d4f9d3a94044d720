"""How regularly parents open diaries: the class teacher sees the own class, the heads all classes."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.portal.pages import led_classes
from services.portal.web import fetch, visitor

diary_views = Blueprint("diary_views", __name__)


@diary_views.get("/diary-views")
def classes() -> str | Response:
    """Lead a class teacher to the own class; show the others all of them."""
    led = led_classes()
    if led and not visitor().has("deputy", "director"):
        return redirect(url_for("diary_views.of_class", group_id=led[0]["id"]))
    return render_template("diary_views.html", classes=fetch("journal", "/diary-views")["items"])


@diary_views.get("/classes/<uuid:group_id>/diary-views")
def of_class(group_id: UUID) -> str:
    told = fetch("journal", f"/groups/{group_id}/diary-views")
    return render_template("class_diary_views.html", told=told)
