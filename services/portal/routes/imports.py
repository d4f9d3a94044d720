"""The import desk: a file is shown first, asked about, applied as shown; templates and exports."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from services.portal.texts import role_title
from services.portal.web import NotAnswered, accepted, fetch, problem_of, relayed, send

imports = Blueprint("imports", __name__)

LONG = 120.0  # seconds a large school may take
FILES = {
    "template-pupils": ("/imports/template.xlsx", {"who": "pupils"}),
    "template-staff": ("/imports/template.xlsx", {"who": "staff"}),
    "pupils.xlsx": ("/exports/people", {"who": "pupils", "format": "xlsx"}),
    "pupils.csv": ("/exports/people", {"who": "pupils", "format": "csv"}),
    "pupils-1251.csv": ("/exports/people", {"who": "pupils", "format": "csv-cp1251"}),
    "staff.xlsx": ("/exports/people", {"who": "staff", "format": "xlsx"}),
    "staff.csv": ("/exports/people", {"who": "staff", "format": "csv"}),
    "staff-1251.csv": ("/exports/people", {"who": "staff", "format": "csv-cp1251"}),
    "oneroster": ("/exports/oneroster", {}),
}


@imports.get("/imports")
def desk() -> str:
    return _desk()


def _desk(problem: dict[str, Any] | None = None) -> str:
    told = fetch("identity", "/imports")["items"]
    return render_template("imports.html", imports=told, problem=problem)


@imports.post("/imports")
def bring() -> AnyResponse | str | tuple[str, int]:
    """Bring a file; nothing changes yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _desk({"title": _("Выберите файл"), "detail": ""}), 422
    asked = {name: request.form.get(name, "") for name in ("who", "org", "on")}
    asked["is_complete"] = "true" if request.form.get("is_complete") else ""
    params = {name: value for name, value in asked.items() if value}
    files = {"file": (file.filename, file.read())}
    answer = send("identity", "POST", "/imports", params=params, files=files, timeout=LONG)
    if answer.status_code == 422:
        return _desk(problem_of(answer)), 422
    return redirect(url_for("imports.show", import_id=accepted(answer)["id"]))


@imports.get("/imports/<uuid:import_id>")
def show(import_id: UUID) -> str:
    return _show(import_id)


def _show(import_id: UUID, problem: dict[str, Any] | None = None) -> str:
    told = fetch("identity", f"/imports/{import_id}")
    asked = {name: request.args.get(name, "") for name in ("action", "what", "cursor")}
    listed = fetch("identity", f"/imports/{import_id}/changes", **asked)
    return render_template(
        "import.html", one=told, changes=listed["items"], next=listed.get("next"), asked=asked,
        problem=problem, titles=titles(is_done=told["state"] == "applied"), value=shown_value,
        counts=_counts(told),
    )  # fmt: skip


def _counts(told: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return how many of each; what is ended is not shown as changed besides."""
    counts = {name: dict(told.get(name) or {}) for name in ("created", "changed", "closed", "unchanged")}
    for what, number in counts["closed"].items():
        counts["changed"][what] -= number
    return counts


@imports.post("/imports/<uuid:import_id>/decisions")
def decide(import_id: UUID) -> AnyResponse:
    """Answer questions; those left open stay open."""
    prefix = "answer-"
    given = {
        name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)
    }
    answers = {key: value for key, value in given.items() if value}
    path = f"/imports/{import_id}/decisions"
    accepted(send("identity", "PUT", path, json={"decisions": answers}, timeout=LONG))
    return redirect(url_for("imports.show", import_id=import_id))


@imports.post("/imports/<uuid:import_id>/application")
def carry_out(import_id: UUID) -> AnyResponse | str | tuple[str, int]:
    """Do what was shown; where the school has changed since, show what it would be now."""
    body = {"digest": request.form.get("digest", "")}
    answer = send("identity", "POST", f"/imports/{import_id}/application", json=body, timeout=LONG)
    if answer.status_code == 409:
        return _show(import_id, problem_of(answer)), 409
    accepted(answer)
    return redirect(url_for("imports.show", import_id=import_id))


@imports.get("/imports/<uuid:import_id>/errors.xlsx")
def errors(import_id: UUID) -> Response:
    return _downloaded(f"/imports/{import_id}/errors.xlsx", {})


@imports.get("/imports/files/<name>")
def download(name: str) -> Response:
    if name not in FILES:
        raise NotFound
    return _downloaded(*FILES[name])


def _downloaded(path: str, params: dict[str, str]) -> Response:
    answer = send("identity", "GET", path, params=params, timeout=LONG)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    response = relayed(answer)
    response.headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    return response


@imports.get("/duplicates")
def duplicates() -> str:
    return render_template("duplicates.html", pairs=fetch("identity", "/people/duplicates")["items"])


@imports.get("/duplicates/merge")
def preview() -> str:
    """Show both entries side by side; the other may be kept instead."""
    ids = {name: request.args.get(name, "") for name in ("keep_id", "drop_id")}
    return render_template("merge.html", told=fetch("identity", "/people/merge", **ids))


@imports.post("/duplicates/merge")
def merge() -> AnyResponse:
    ids = {name: request.form.get(name, "") for name in ("keep_id", "drop_id")}
    kept = accepted(send("identity", "POST", "/people/merge", json=ids))
    return redirect(url_for("school.person", person_id=kept["id"]))


def titles(*, is_done: bool) -> dict[str, str]:
    """Return the words of a report in the visitor's language: what was done, or would be."""
    done = {"created": _("Создано"), "changed": _("Изменено"), "closed": _("Завершено")}
    planned = {
        "created": _("Будет создано"), "changed": _("Будет изменено"), "closed": _("Будет завершено"),
    }  # fmt: skip
    return (done if is_done else planned) | {
        "unchanged": _("Без изменений"), "people": _("люди"), "person": _("люди"), "roles": _("роли"),
        "role": _("роли"), "groups": _("классы"), "group": _("классы"), "enrolments": _("зачисления"),
        "enrolment": _("зачисления"), "guardianships": _("представители"),
        "guardianship": _("представители"), "family_name": _("фамилия"), "given_name": _("имя"),
        "patronymic": _("отчество"), "email": _("почта"), "birth_on": _("дата рождения"), "sex": _("пол"),
        "file_number": _("№ личного дела"), "position": _("должность"), "phone": _("телефон"),
        "address": _("адрес"), "name": _("название"), "grade": _("параллель"),
        "class_teacher": _("классный руководитель"), "from_on": _("с"), "until_on": _("по"),
        "pupil": _("ученик"), "kind": _("кем приходится"),
    }  # fmt: skip


def shown_value(field: str, value: Any) -> str:
    """Write a value of a report: roles and sexes by their names, days as days."""
    if value is None:
        return "—"
    text = str(value)
    if field in ("role", "roles"):
        return ", ".join(role_title(role) for role in text.split(", "))
    known = {"m": _("мужской"), "f": _("женский"), "mother": _("мать"), "father": _("отец")}
    known |= {"representative": _("законный представитель")}
    if field in ("sex", "kind"):
        return known.get(text, text)
    if field in ("birth_on", "from_on", "until_on"):
        return ".".join(reversed(text.split("-")))
    return text
