"""«Доступ»: who has signed in and who not, slips with codes, blocking (3.5.4, 3.5.8)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.portal.pages import me
from services.portal.web import NotAnswered, accepted, fetch, fetch_all, own_path, send, visitor
from shared import policy
from shared.names import group_key

credentials = Blueprint("credentials", __name__)


@credentials.get("/access")
def index() -> AnyResponse | str:
    """Lead a class teacher to the own class, show the operator all of them and the staff."""
    if not policy.allows("identity", "see accounts", visitor().roles):
        abort(403)
    classes = sorted((me() or {}).get("classes", []), key=lambda group: group_key(group["name"]))
    if _sees_all():
        listed = fetch_all("identity", "/groups", kind="class")
        classes = sorted(listed, key=lambda group: group_key(group["name"]))
    elif len(classes) == 1:
        return redirect(url_for("credentials.of_class", group_id=classes[0]["id"]))
    return render_template("access_classes.html", classes=classes, with_staff=_sees_all())


def _sees_all() -> bool:
    return policy.allows("identity", "see accounts of staff", visitor().roles)


@credentials.get("/access/staff")
def of_staff() -> str:
    return _page(fetch("identity", "/accounts/staff"), url_for("credentials.of_staff"))


@credentials.get("/access/<uuid:group_id>")
def of_class(group_id: UUID) -> str:
    told = fetch("identity", f"/groups/{group_id}/accounts")
    return _page(told, url_for("credentials.of_class", group_id=group_id))


def _page(told: dict[str, Any], here: str) -> str:
    people = told["items"]
    counts = {
        _("входили"): sum(one["last_signed_in_at"] is not None for one in people),
        _("ни разу не входили"): sum(one["last_signed_in_at"] is None for one in people),
        _("код не вручён"): sum(one["state"] in ("issued", "expired") for one in people),
        _("доступ закрыт"): sum(one["state"] == "blocked" for one in people),
    }
    return render_template(
        "access.html",
        title=told["group"]["name"] if told["group"] else _("Сотрудники"),
        people=people,
        counts=counts,
        suspicious=told["suspicious"],
        titles=_titles(),
        here=here,
        all_hands=_sees_all(),
        index=url_for("credentials.index"),
    )


def _titles() -> dict[str, str]:
    return {
        "none": _("нет кода"),
        "issued": _("код выдан"),
        "handed_over": _("код вручён"),
        "expired": _("код истёк"),
        "active": _("свой пароль"),
        "blocked": _("закрыт"),
    }


@credentials.post("/access/slips")
def slips() -> AnyResponse:
    """Issue codes to those ticked, or to all without a password yet, and hand the sheet to the browser.

    Codes are on the sheet alone. Issued again, they differ and the former are void.
    """
    wanted = request.form.getlist("never" if "all_new" in request.form else "person_id")
    if not wanted:
        return redirect(own_path(request.form.get("here")))
    answer = send("identity", "POST", "/slips", json={"person_ids": wanted})
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    headers = {"Content-Disposition": "attachment; filename=slips.pdf", "Cache-Control": "no-store"}
    return Response(answer.content, content_type="application/pdf", headers=headers)


@credentials.post("/access/people/<uuid:person_id>/hand-over")
def hand_over(person_id: UUID) -> AnyResponse:
    to = request.form.get("to_id") or None
    accepted(send("identity", "PUT", f"/people/{person_id}/credentials/hand-over", json={"to_id": to}))
    return redirect(own_path(request.form.get("here")))


@credentials.post("/access/people/<uuid:person_id>/block")
def block(person_id: UUID) -> AnyResponse:
    reason = {"reason": request.form.get("reason", "").strip()}
    accepted(send("identity", "PUT", f"/people/{person_id}/block", json=reason))
    return redirect(own_path(request.form.get("here")))


@credentials.post("/access/people/<uuid:person_id>/unblock")
def unblock(person_id: UUID) -> AnyResponse:
    accepted(send("identity", "DELETE", f"/people/{person_id}/block"))
    return redirect(own_path(request.form.get("here")))
