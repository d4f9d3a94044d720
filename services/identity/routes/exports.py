"""What a school takes away: templates to fill in, its lists, and the whole of it for other programs."""

import io

from flask import Response, send_file

from services.identity.actions.approvals import check_approved
from services.identity.imports.oneroster_export import oneroster_archive
from services.identity.imports.tables import SHEETS, as_xlsx, pupil_rows, staff_rows
from services.identity.imports.templates import template
from services.identity.queries.exports import everybody
from services.identity.queries.people import own_school
from services.identity.routes.import_desk import BINARY
from services.identity.rules.approvals import EXPORT
from services.identity.rules.lists import STAFF
from services.identity.schemas.exports import ENCODINGS, ExportQuery, TemplateQuery
from shared.clock import today
from shared.sheets import CSV, XLSX, as_csv
from shared.web import actor, blueprint, concerns, fresh, may, reading

exports = blueprint("exports", "Выгрузка · Exports")


@exports.route("/imports/template.xlsx", methods=["GET"])
@may("import")
@exports.arguments(TemplateQuery, location="query")
@exports.response(200, BINARY, content_type=XLSX)
def get_template(query) -> Response:
    return _sent(template(query["who"]), XLSX, f"Шаблон {SHEETS[query['who']].lower()}.xlsx")


@exports.route("/exports/people", methods=["GET"])
@may("export the school")
@fresh
@exports.arguments(ExportQuery, location="query")
@exports.response(200, BINARY, content_type=XLSX)
@exports.alt_response(200, schema=BINARY, content_type=CSV)
def get_people_export(query) -> Response:
    concerns(export=query["who"], format=query["format"])
    with reading() as session:
        check_approved(session, actor().person_id, EXPORT)
        school = own_school(session)
        all_people = everybody(session, school, today(school.time_zone))
        rows = list((staff_rows if query["who"] == STAFF else pupil_rows)(all_people))
    name = f"{SHEETS[query['who']]} {all_people.on:%Y-%m-%d}"
    if encoding := ENCODINGS.get(query["format"]):
        return _sent(as_csv(rows, encoding), CSV, f"{name}.csv")
    return _sent(as_xlsx({SHEETS[query["who"]]: rows}), XLSX, f"{name}.xlsx")


@exports.route("/exports/oneroster", methods=["GET"])
@may("export the school")
@fresh
@exports.response(200, BINARY, content_type="application/zip")
def get_oneroster_export() -> Response:
    concerns(export="oneroster")
    with reading() as session:
        check_approved(session, actor().person_id, EXPORT)
        school = own_school(session)
        content = oneroster_archive(everybody(session, school, today(school.time_zone)))
    return _sent(content, "application/zip", f"OneRoster {today(school.time_zone):%Y-%m-%d}.zip")


def _sent(content: bytes, kind: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=kind, download_name=name, as_attachment=True)
