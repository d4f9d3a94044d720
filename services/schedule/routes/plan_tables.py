"""Curriculum and load as tables of a spreadsheet: brought in with a rehearsal, and taken away."""

from dataclasses import asdict

from services.schedule.actions.calendar import current_year
from services.schedule.imports.plan.curriculum import import_curriculum
from services.schedule.imports.plan.exports import (
    CURRICULUM_TITLE,
    LOADS_TITLE,
    curriculum_table,
    loads_table,
    written,
)
from services.schedule.imports.plan.loads import import_loads
from services.schedule.schemas.curriculum import PlanImportOut, PlanImportQuery, TableQuery
from shared.sheets import CSV, XLSX
from shared.uploads import BINARY, multipart, sent_table, uploaded_grids
from shared.web import blueprint, may, reading, writing

plan_tables = blueprint("plan_tables", "План и нагрузка таблицами · Curriculum and load as tables")


@plan_tables.route("/imports/curriculum", methods=["POST"])
@may("draft the curriculum")
@plan_tables.doc(requestBody=multipart())
@plan_tables.arguments(PlanImportQuery, location="query")
@plan_tables.response(200, PlanImportOut)
def post_curriculum_import(query):
    """Draft the curricula of an XLSX or CSV; the director approves them afterwards."""
    return _imported(import_curriculum, is_rehearsal=query["dry_run"])


@plan_tables.route("/imports/loads", methods=["POST"])
@may("assign the load")
@plan_tables.doc(requestBody=multipart())
@plan_tables.arguments(PlanImportQuery, location="query")
@plan_tables.response(200, PlanImportOut)
def post_loads_import(query):
    """Make an XLSX or CSV the load of the classes and groups that it names."""
    return _imported(import_loads, is_rehearsal=query["dry_run"])


def _imported(bring, *, is_rehearsal):
    grids = uploaded_grids()
    with writing() as session:
        done = bring(session, current_year(session), grids)
        if is_rehearsal:
            session.rollback()
    return {name: one if isinstance(one, int) else asdict(one) for name, one in done.items()}


@plan_tables.route("/exports/curriculum", methods=["GET"])
@may("read the curriculum")
@plan_tables.arguments(TableQuery, location="query")
@plan_tables.response(200, BINARY, content_type=XLSX)
@plan_tables.alt_response(200, schema=BINARY, content_type=CSV)
def get_curriculum_export(query):
    with reading() as session:
        table = curriculum_table(session, current_year(session))
    return sent_table(written(CURRICULUM_TITLE, table, query["format"]), query["format"], "uchebnyj-plan")


@plan_tables.route("/exports/loads", methods=["GET"])
@may("check the load")
@plan_tables.arguments(TableQuery, location="query")
@plan_tables.response(200, BINARY, content_type=XLSX)
@plan_tables.alt_response(200, schema=BINARY, content_type=CSV)
def get_loads_export(query):
    with reading() as session:
        table = loads_table(session, current_year(session))
    return sent_table(written(LOADS_TITLE, table, query["format"]), query["format"], "nagruzka")
