"""The load as a table, held against the curriculum, and summed up for the tariff (clauses 3.4.1, 3.8.4)."""

from dataclasses import asdict
from uuid import UUID

from flask import Response
from sqlalchemy import select

from services.schedule.actions.calendar import current_year
from services.schedule.actions.load_tables import groups_of, load_version, replace_loads, set_rate
from services.schedule.models import Load, School
from services.schedule.queries.load_check import check_load, said_place
from services.schedule.queries.tariff import tariff
from services.schedule.rules.curriculum import QUARTERS, said_hours
from services.schedule.schemas.curriculum import (
    CheckQuery,
    LoadCheckOut,
    LoadTableIn,
    LoadTableOut,
    LoadTableQuery,
    LoadTallyOut,
    RateIn,
    RateOut,
    TariffOut,
    TariffQuery,
)
from services.schedule.schemas.plan_papers import PDF, tariff_paper, tariff_sheet
from shared.sheets import XLSX
from shared.web import blueprint, concerns, etag, if_match, language, may, reading, writing

loads = blueprint("loads", "Нагрузка и тарификация · Load and tariff")

BINARY = {"type": "string", "format": "binary"}


@loads.route("/loads/table", methods=["GET"])
@may("check the load")
@loads.arguments(LoadTableQuery, location="query")
@loads.response(200, LoadTableOut)
def get_load_table(query):
    """Tell the load of a class and its groups, or of the year, with the state it is in (ETag)."""
    with reading() as session:
        year = current_year(session)
        groups = groups_of(session, query["group_id"]) if query["group_id"] else None
        asked = select(Load).where(Load.year_id == year.id).order_by(Load.id)
        rows = session.scalars(asked if groups is None else asked.where(Load.group_id.in_(groups)))
        version = load_version(session, year, groups)
        etag(version)
        return {"version": version, "items": [_row(one) for one in rows], "next": None}


def _row(load):
    quarters = load.hours_per_week * QUARTERS - load.quarters_off
    named = {name: getattr(load, name) for name in ("group_id", "subject_id", "teacher_ids")}
    return named | {"hours_per_week": said_hours(quarters)}


@loads.route("/loads/table", methods=["PUT"])
@may("assign the load")
@loads.arguments(LoadTableQuery, location="query")
@loads.arguments(LoadTableIn)
@loads.response(200, LoadTallyOut)
def put_load_table(query, body):
    """Replace the load of a class and its groups, or of the year: all rows or none; who is left out goes."""
    with writing() as session:
        year = current_year(session)
        tally = replace_loads(session, year, body["items"], query["group_id"], if_match())
        groups = groups_of(session, query["group_id"]) if query["group_id"] else None
        version = load_version(session, year, groups)
        etag(version)
        return {"version": version, "loads": asdict(tally)}


@loads.route("/loads/check", methods=["GET"])
@may("check the load")
@loads.arguments(CheckQuery, location="query")
@loads.response(200, LoadCheckOut)
def get_load_check(query):
    """Compare the load with the curriculum: what nobody teaches, and what nobody planned."""
    with reading() as session:
        found = check_load(session, current_year(session), with_drafts=query["drafts"])
    items = [
        one
        | {"planned": said_hours(one["planned"]), "places": [said_place(place) for place in one["places"]]}
        for one in found["items"]
    ]
    return found | {"items": items, "next": None}


@loads.route("/tariff", methods=["GET"])
@may("read the tariff")
@loads.arguments(TariffQuery, location="query")
@loads.response(200, TariffOut)
@loads.alt_response(200, schema=BINARY, content_type=PDF)
@loads.alt_response(200, schema=BINARY, content_type=XLSX)
def get_tariff(query):
    """Sum up the load of each teacher, as JSON, a printable PDF, or XLSX."""
    with reading() as session:
        found = tariff(session, current_year(session))
        school = session.scalar(select(School.name)) or ""
    concerns(*(UUID(one["teacher"]["id"]) for one in found["items"]), format=query["format"])
    if query["format"] == "pdf":
        return _sent(tariff_paper(school, found, language()), PDF, "tarifikaciya.pdf")
    if query["format"] == "xlsx":
        return _sent(tariff_sheet(found, language()), XLSX, "tarifikaciya.xlsx")
    etag(found["rate_version"])
    return found | {"next": None}


@loads.route("/tariff/rate", methods=["PUT"])
@may("set the rate")
@loads.arguments(RateIn)
@loads.response(200, RateOut)
def put_rate(body):
    """Set the hours a week of a full rate. If-Match: `rate_version` of the tariff."""
    with writing() as session:
        own = set_rate(session, body["hours_per_week"], if_match())
        etag(own.version)
        return {"hours_per_week": said_hours(own.quarters_per_week)}


def _sent(content, kind, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
