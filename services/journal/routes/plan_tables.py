"""Thematic plans as tables of a spreadsheet: brought in with a rehearsal, and taken away."""

from services.journal.imports.plan_heads import Given
from services.journal.imports.plan_tables import EXAMPLE, plan_table
from services.journal.imports.plans import import_plans
from services.journal.queries.plans import one_plan
from services.journal.routes.plans import planned_year
from services.journal.schemas.plans import PlanImportOut, PlanImportQuery, PlanTableQuery
from shared.sheets import CSV, XLSX
from shared.uploads import BINARY, multipart, sent_table, uploaded_grids
from shared.web import actor, blueprint, may, reading, writing

plan_tables = blueprint("plan_tables", "Тематические планы таблицами · Thematic plans as tables")


@plan_tables.route("/imports/plans", methods=["POST"])
@may("keep plans")
@plan_tables.doc(requestBody=multipart())
@plan_tables.arguments(PlanImportQuery, location="query")
@plan_tables.response(200, PlanImportOut)
def post_plans_import(query):
    """Make own plans of an XLSX or CSV; the query names what the table does not.

    A rehearsal (`dry_run`) tells which topics in use would go or be worded anew; no more of them than
    `agreed` are replaced.
    """
    grids = uploaded_grids()
    is_rehearsal, agreed = query.pop("dry_run"), query.pop("agreed")
    with writing() as session:
        year_id = planned_year(session, query.pop("year_id", None))
        allowed = None if is_rehearsal else agreed
        done = import_plans(session, actor(), year_id, grids, Given(**query), allowed)
        if is_rehearsal:
            session.rollback()
    return done.said()


@plan_tables.route("/imports/plans/template", methods=["GET"])
@may("keep plans")
@plan_tables.arguments(PlanTableQuery, location="query")
@plan_tables.response(200, BINARY, content_type=XLSX)
@plan_tables.alt_response(200, schema=BINARY, content_type=CSV)
def get_plan_template(query):
    """Return an example of the table that the import reads."""
    return sent_table(plan_table(EXAMPLE, query["format"]), query["format"], "ktp-obrazec")


@plan_tables.route("/plans/<uuid:plan_id>/export", methods=["GET"])
@may("read plans")
@plan_tables.arguments(PlanTableQuery, location="query")
@plan_tables.response(200, BINARY, content_type=XLSX)
@plan_tables.alt_response(200, schema=BINARY, content_type=CSV)
def get_plan_export(query, plan_id):
    """Return the plan as a table; brought back, it changes nothing."""
    with reading() as session:
        plan = one_plan(session, actor(), plan_id)
    return sent_table(plan_table(plan, query["format"]), query["format"], "ktp")
