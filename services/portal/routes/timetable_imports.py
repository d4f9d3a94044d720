"""The import desk of timetables: a file is shown, its names understood, rehearsed, taken over, undone."""

import io
import zipfile
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from services.portal.editor import source_titles
from services.portal.understanding import labels_of, made_ids, meanings, rows_of, unknown_to_all
from services.portal.web import NotAnswered, accepted, fetch, problem_of, send

timetable_imports = Blueprint("timetable_imports", __name__, url_prefix="/timetable-imports")

LONG = 120.0  # seconds a large school may take
BATCHES = "/imports/timetables/batches"
ROWS_SHOWN = 300

Shown = str | tuple[str, int]


@timetable_imports.get("")
def desk() -> Shown:
    return _desk()


def _desk(problem: dict[str, Any] | None = None, status: int = 200) -> Shown:
    told = fetch("schedule", BATCHES)["items"]
    page = render_template(
        "timetable_imports.html", batches=told, problem=problem, sources=source_titles(), verdicts=verdicts()
    )
    return page, status


@timetable_imports.post("")
def bring() -> AnyResponse | Shown:
    """Bring a file, or the several files of one timetable; nothing changes yet."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        return _desk({"title": _("Выберите файл"), "detail": ""}, 422)
    answer = send("schedule", "POST", BATCHES, files={"file": _together(files)}, timeout=LONG)
    if answer.status_code == 422:
        return _desk(problem_of(answer), 422)
    return redirect(url_for("timetable_imports.show", batch_id=accepted(answer)["id"]))


def _together(files: list[FileStorage]) -> tuple[str, bytes]:
    if len(files) == 1:
        return files[0].filename or "file", files[0].read()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, file in enumerate(files):
            archive.writestr(f"{at}/{file.filename}", file.read())
    return f"{files[0].filename}.zip", packed.getvalue()


@timetable_imports.get("/<uuid:batch_id>")
def show(batch_id: UUID) -> Shown:
    return _show(batch_id)


def _show(batch_id: UUID, problem: dict[str, Any] | None = None, status: int = 200) -> Shown:
    card = fetch("schedule", f"{BATCHES}/{batch_id}")
    given: dict[str, Any] = {"one": card, "sources": source_titles(), "verdicts": verdicts()}
    if card["is_kept"]:
        wish = _wish()
        answer = send("schedule", "POST", f"{BATCHES}/{batch_id}/rehearsal", json=wish, timeout=LONG)
        report = answer.json() if answer.status_code == 200 else None
        if report and "wish" not in request.form:
            # A draft leaves lessons as they are; that it takes somebody's load has to be wanted.
            wish["with_loads"] = not (report["loads"]["changed"] or report["loads"]["cancelled"])
        problem = problem or (None if report else problem_of(answer))
        wanted = request.args.get("verdict", "")
        rows = [row for row in report["rows"] if wanted in ("", row["verdict"])] if report else []
        given |= {
            "names": rows_of(card), "labels": {what: labels_of(own) for what, own in card["things"].items()},
            "titles": titles(), "hows": hows(), "report": report, "rows": rows[:ROWS_SHOWN],
            "more": len(rows) - ROWS_SHOWN, "wanted": wanted, "wish": wish,
        }  # fmt: skip
    return render_template("timetable_import.html", problem=problem, **given), status


def _wish() -> dict[str, Any]:
    """Return how the file is to be taken over; a page that says nothing of it wants a draft."""
    said = request.form if "wish" in request.form else {"with_loads": "1"}
    return {
        "is_draft": said.get("wish", "draft") == "draft",
        "with_loads": "with_loads" in said,
        "starts_on": said.get("starts_on") or None,
    }


@timetable_imports.post("/<uuid:batch_id>/names")
def choose(batch_id: UUID) -> AnyResponse | Shown:
    """Keep what names mean, and show what would become of each row then."""
    if problem := _choose(batch_id):
        return _show(batch_id, problem, 422)
    return _show(batch_id)


def _choose(batch_id: UUID) -> dict[str, Any] | None:
    """Keep what the form says that names mean; returns what is wrong with it, if anything is."""
    card = fetch("schedule", f"{BATCHES}/{batch_id}")
    if not card["is_kept"]:
        return None
    ids, wrong = meanings(card, request.form)
    if wrong:
        said = _(
            "Нет в школе: %(names)s. Выберите из списка или оставьте пустым.", names=", ".join(wrong[:5])
        )
        return {"title": _("Соответствие не найдено"), "detail": said}
    path = f"{BATCHES}/{batch_id}/names"
    accepted(send("schedule", "PUT", path, json={"ids": ids}, timeout=LONG))
    return None


@timetable_imports.post("/<uuid:batch_id>/application")
def carry_out(batch_id: UUID) -> AnyResponse | Shown:
    """Take the file over: identity finds or makes the people and classes that the school lacks."""
    if problem := _choose(batch_id):
        return _show(batch_id, problem, 422)
    path, wish = f"{BATCHES}/{batch_id}", _wish()
    card = fetch("schedule", path)
    ids: dict[str, Any] = {}
    if card["is_kept"]:
        rehearsal = send("schedule", "POST", f"{path}/rehearsal", json=wish, timeout=LONG)
        if rehearsal.status_code != 200:  # A file that is refused must make nobody.
            return _show(batch_id, problem_of(rehearsal), rehearsal.status_code)
        wanted = unknown_to_all(card)
        made = accepted(send("identity", "POST", "/imports/names", json=wanted, timeout=LONG))
        ids = made_ids(card, made)
    answer = send("schedule", "POST", f"{path}/application", json={**wish, "ids": ids}, timeout=LONG)
    if answer.status_code in (409, 422):
        return _show(batch_id, problem_of(answer), answer.status_code)
    taken = accepted(answer)
    if taken["batch_id"] is None:
        return _desk({"title": _("Ничего не изменилось"), "detail": _("Такое расписание уже загружено.")})
    return redirect(url_for("timetable_imports.show", batch_id=taken["batch_id"]))


@timetable_imports.post("/<uuid:batch_id>/withdrawal")
def take_back(batch_id: UUID) -> AnyResponse | Shown:
    """Undo a batch, or say why that cannot be."""
    answer = send("schedule", "POST", f"{BATCHES}/{batch_id}/withdrawal", timeout=LONG)
    if answer.status_code == 409:
        return _desk(problem_of(answer), 409)
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    return redirect(url_for("timetable_imports.desk"))


def titles() -> dict[str, str]:
    """Return the kinds of things that names stand for, in words."""
    return {
        "groups": _("Классы и группы"), "teachers": _("Учителя"), "subjects": _("Предметы"),
        "rooms": _("Кабинеты"),
    }  # fmt: skip


def hows() -> dict[str, str]:
    """Return in words how a name came to mean something."""
    return {
        "chosen": _("выбрано"), "remembered": _("как в прошлый раз"), "same": _("совпадает"),
        "alike": _("похоже — проверьте"), "new": _("новое — будет заведено"),
    }  # fmt: skip


def verdicts() -> dict[str, str]:
    """Return what may become of a row, in words."""
    return {
        "created": _("новое"), "changed": _("изменено"), "same": _("без изменений"),
        "unplaced": _("без места"), "ignored": _("пропущено"),
    }  # fmt: skip
