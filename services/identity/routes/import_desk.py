"""The import desk: rehearse a file, answer what is asked, apply exactly what was shown."""

import io
from pathlib import PurePosixPath

from flask import Response, send_file

from services.identity.actions.importing.keeping_imports import (
    ImportGone,
    SchoolChanged,
    find_import,
    import_list,
    keep_import,
)
from services.identity.imports.desk import answer, carry_out, rehearse
from services.identity.imports.errors_copy import errors_copy
from services.identity.imports.reading import grids_of
from services.identity.queries import people as queries
from services.identity.queries.imports import bringers, import_card, shown_import
from services.identity.schemas.import_desk import (
    AnswersIn,
    CarryOutIn,
    DeskQuery,
    ImportChangesOut,
    ImportChangesQuery,
    KeptImportCardOut,
    KeptImportsOut,
)
from shared.clock import today
from shared.errors import Text
from shared.sheets import XLSX
from shared.uploads import file_name, multipart, uploaded
from shared.web import actor, blueprint, concerns, fresh, language, may, reading, writing

import_desk = blueprint("import_desk", "Загрузка с проверкой · Imports, rehearsed first")

SHOWN = 50
CHANGES_SHOWN = 200
BINARY = {"type": "string", "format": "binary"}


@import_desk.route("/imports", methods=["GET"])
@may("import")
@import_desk.response(200, KeptImportsOut)
def get_imports():
    with reading() as session:
        found = import_list(session, SHOWN)
        names = bringers(session, found)
        return {"items": [shown_import(one, names) for one in found], "next": None}


@import_desk.route("/imports", methods=["POST"])
@may("import")
@import_desk.arguments(DeskQuery, location="query")
@import_desk.doc(requestBody=multipart())
@import_desk.response(201, KeptImportCardOut)
def post_import(query):
    content, name = uploaded(), file_name()
    with reading() as session:
        on = query.pop("on", None) or today(queries.own_school(session).time_zone)
        options = {**query, "on": on.isoformat()}
        told = rehearse(session, content, name, options)
    with writing() as session:
        kept = keep_import(session, name, content, options, told, actor().subject)
        return import_card(session, kept)


@import_desk.route("/imports/<uuid:import_id>", methods=["GET"])
@may("import")
@import_desk.response(200, KeptImportCardOut)
def get_import(import_id):
    with reading() as session:
        return import_card(session, find_import(session, import_id))


@import_desk.route("/imports/<uuid:import_id>/changes", methods=["GET"])
@may("import")
@import_desk.arguments(ImportChangesQuery, location="query")
@import_desk.response(200, ImportChangesOut)
def get_changes(query, import_id):
    with reading() as session:
        changes = find_import(session, import_id).details.get("changes", [])
    wanted = [
        change
        for change in changes
        if all(change[name] == query.get(name, change[name]) for name in ("action", "what"))
    ]
    end = query["cursor"] + CHANGES_SHOWN
    return {"items": wanted[query["cursor"] : end], "next": str(end) if end < len(wanted) else None}


@import_desk.route("/imports/<uuid:import_id>/decisions", methods=["PUT"])
@may("import")
@import_desk.arguments(AnswersIn)
@import_desk.response(200, KeptImportCardOut)
def put_decisions(body, import_id):
    with writing() as session:
        return import_card(session, answer(session, import_id, body["decisions"]))


@import_desk.route("/imports/<uuid:import_id>/application", methods=["POST"])
@may("import")
@fresh
@import_desk.arguments(CarryOutIn)
@import_desk.response(200, KeptImportCardOut)
def post_application(body, import_id):
    # Applied once it stays applied, so a repeated request needs no key to be harmless.
    with writing() as session:
        kept, people = carry_out(session, import_id, body["digest"])
        card = import_card(session, kept)
    if people is None:
        shown = ("digest", "created", "changed", "closed", "unchanged", "change_count")
        raise SchoolChanged(errors={name: card[name] for name in shown})
    concerns(*people)
    return card


@import_desk.route("/imports/<uuid:import_id>/errors.xlsx", methods=["GET"])
@may("import")
@import_desk.response(200, BINARY, content_type=XLSX)
def get_errors(import_id) -> Response:
    with reading() as session:
        kept = find_import(session, import_id)
        content, errors, file = kept.content, kept.details.get("errors", []), kept.file
    if content is None:
        raise ImportGone
    copy = errors_copy(grids_of(content, file), errors, language())
    name = f"{PurePosixPath(file).stem} — {Text('ошибки', 'errors').said(language())}.xlsx"
    return send_file(io.BytesIO(copy), mimetype=XLSX, download_name=name, as_attachment=True)
