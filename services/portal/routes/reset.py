"""«Забыли пароль?»: ask for a letter, and set a new password by its link."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.portal.calls import ServiceDown
from services.portal.web import passed_on, portal, problem_of

reset = Blueprint("reset", __name__)

Problem = dict[str, Any] | None


@reset.get("/reset")
def form() -> str:
    return render_template("reset.html", problem=None, login="", asked=False)


@reset.post("/reset")
def ask() -> str | tuple[str, int]:
    """Ask for the letter; the page says the same whether there is such a login or not."""
    login = request.form.get("login", "").strip()
    problem, status = _call("/password-resets", {"login": login})
    return render_template("reset.html", problem=problem, login=login, asked=problem is None), status


@reset.get("/reset/new")
def new_form() -> str:
    return render_template("new_password.html", problem=None, token="")


@reset.post("/reset/new")
def set_new() -> AnyResponse | tuple[str, int]:
    """Set the new password; whoever did signs in with it, by the second step too where there is one."""
    given = request.form
    token = given.get("token", "").strip().rpartition("#")[2]  # Typed by hand, the whole link will do.
    if given.get("new_password") != given.get("again"):
        problem: Problem = {
            "title": _("Пароли не совпали"),
            "detail": _("Введите новый пароль дважды одинаково."),
        }
        status = 422
    else:
        body = {"token": token, "new_password": given.get("new_password", "")}
        problem, status = _call("/password-resets/completion", body)
    if problem is None:
        return redirect(url_for("sign_in.form", changed="yes"))
    return render_template("new_password.html", problem=problem, token=token), status


def _call(path: str, body: dict[str, Any]) -> tuple[Problem, int]:
    try:
        answer = portal().calls.call("identity", "POST", path, passed_on(), json=body)
    except ServiceDown:
        return {"title": _("Сейчас не получится"), "detail": _("Повторите через минуту.")}, 503
    return (problem_of(answer), answer.status_code) if answer.status_code >= 400 else (None, 200)
