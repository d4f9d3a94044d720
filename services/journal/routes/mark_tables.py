"""Marks of a page as a table of a spreadsheet: taken away to fill in, and brought back."""

from flask import jsonify

from services.journal.imports.marks import import_marks, marks_table
from services.journal.queries.page import class_page
from services.journal.schemas.answers import ImportedMarksOut
from services.journal.schemas.incoming import ImportMarksQuery, PageQuery
from shared.errors import Denied
from shared.sheets import XLSX
from shared.uploads import BINARY, multipart, sent_table, uploaded_grids
from shared.web import actor, blueprint, concerns, if_match, language, may, reading, writing

mark_tables = blueprint("mark_tables", "Marks as tables")


@mark_tables.route("/pages/<uuid:page_id>/table", methods=["GET"])
@may("write on pages")
@mark_tables.arguments(PageQuery, location="query")
@mark_tables.response(200, BINARY, content_type=XLSX)
def get_table(query, page_id):
    """Take away a period's class list and lessons as XLSX, to fill in and bring back."""
    with reading() as session:
        page = class_page(session, actor(), page_id, query.get("period_id"))
        if not page["page"]["can_edit"]:
            raise Denied
        table = marks_table(page, language())
    concerns(*(pupil["id"] for pupil in page["pupils"]), group_id=page["page"]["group"]["id"])
    return sent_table(table, "xlsx", "otmetki")


@mark_tables.route("/pages/<uuid:page_id>/table", methods=["POST"])
@may("write on pages")
@mark_tables.doc(requestBody=multipart())
@mark_tables.arguments(ImportMarksQuery, location="query")
@mark_tables.response(200, ImportedMarksOut)
def post_table(query, page_id):
    """Write the marks of an XLSX or CSV, all or none. If-Match: the page's seq that was seen.

    A rehearsal (`dry_run`) tells what would be overwritten; `agreed` refuses to overwrite more than that.
    """
    seen = if_match()
    grids = uploaded_grids()
    with writing() as session:
        agreed = None if query["dry_run"] else query["agreed"]
        done = import_marks(session, actor(), page_id, seen, grids, query.get("period_id"), agreed)
        if query["dry_run"]:
            session.rollback()
    concerns(*{one["pupil"]["id"] for one in done["overwritten"]})
    return jsonify(done)
