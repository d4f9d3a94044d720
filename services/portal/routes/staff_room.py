"""«Сегодня в школе»: the staff-room screen, for staff signed in and for screens on the wall."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.pages import may
from services.portal.timetables import day_notes
from services.portal.web import accepted, fetch, passed_on, portal, send

staff_room = Blueprint("staff_room", __name__)


@staff_room.get("/staff-room")
def show() -> str:
    """Show the screen to staff; it asks for `now` by itself."""
    told = fetch("schedule", "/staff-room")
    return _page(told, url_for("staff_room.now"), keeps_screens=may("schedule: keep screens"))


@staff_room.get("/staff-room/now")
def now() -> str:
    return _now(fetch("schedule", "/staff-room"))


@staff_room.get("/screen/<token>")
def screen(token: str) -> str:
    """Show the screen to whoever has its address: a television does not sign in."""
    return _page(_on_the_wall(token), url_for("staff_room.screen_now", token=token))


@staff_room.get("/screen/<token>/now")
def screen_now(token: str) -> str:
    return _now(_on_the_wall(token))


@staff_room.get("/staff-room/screens")
def screens() -> str:
    """Show the addresses given out, and offer another."""
    return render_template("screens.html", screens=fetch("schedule", "/screens")["items"], address=None)


@staff_room.post("/staff-room/screens")
def put_up() -> str:
    """Give out an address; it is shown on this page and nowhere else."""
    wanted = {"name": request.form.get("name", "").strip()}
    given = accepted(send("schedule", "POST", "/screens", json=wanted))
    address = portal().settings.public_url + url_for("staff_room.screen", token=given["token"])
    told = fetch("schedule", "/screens")["items"]
    return render_template("screens.html", screens=told, address=address)


@staff_room.post("/staff-room/screens/<uuid:screen_id>/end")
def take_down(screen_id: UUID) -> Response:
    accepted(send("schedule", "DELETE", f"/screens/{screen_id}"))
    return redirect(url_for("staff_room.screens"))


def _page(told: dict[str, Any], source: str, *, keeps_screens: bool = False) -> str:
    is_own = not source.startswith("/screen/")
    return render_template(
        "staff_room.html", told=told, source=source, is_own=is_own, keeps_screens=keeps_screens,
        notes_of=day_notes,
    )  # fmt: skip


def _now(told: dict[str, Any]) -> str:
    return render_template("staff_room_now.html", told=told, notes_of=day_notes)


def _on_the_wall(token: str) -> Any:
    answer = portal().calls.call("schedule", "GET", f"/screens/{token}/staff-room", passed_on())
    return accepted(answer)
