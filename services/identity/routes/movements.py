"""Movements of pupils by orders, the rosters of a day, and how many are in which class."""

from datetime import date
from uuid import UUID

from flask import Response, jsonify

from services.identity.actions.rosters.movements import (
    Order,
    depart,
    enrol_by_order,
    return_by_order,
    reverse,
    transfer,
)
from services.identity.queries import movements as queries
from services.identity.queries import rosters
from services.identity.routes.import_desk import BINARY
from services.identity.routes.people import BadCursor
from services.identity.schemas.movements import (
    ArrivalIn,
    DepartureIn,
    HeadcountOut,
    HeadcountQuery,
    MovementRecordedOut,
    MovementReversalIn,
    MovementsOut,
    MovementsQuery,
    PupilMovementsOut,
    RostersOut,
    RostersQuery,
)
from services.identity.schemas.sheets import HEADCOUNT_COLUMNS, MOVEMENT_COLUMNS
from shared.sheets import XLSX, sheet
from shared.web import actor, blueprint, concerns, idempotent, language, may, reading, writing

movements = blueprint("movements", "Движение учащихся и списки · Movements and rosters")


@movements.route("/movements", methods=["GET"])
@may("read movements")
@movements.arguments(MovementsQuery, location="query")
@movements.response(200, MovementsOut)
@movements.alt_response(200, schema=BINARY, content_type=XLSX)
def get_movements(query):
    """List movements, the latest first: of this school year, or between days; as JSON or XLSX."""
    as_sheet = query.pop("format") == "xlsx"
    after, limit = _after(query.pop("cursor", None)), queries.ALL if as_sheet else queries.PAGE + 1
    with reading() as session:
        found = queries.movements(session, actor(), queries.Wanted(after=after, limit=limit, **query))
    concerns(*{one["pupil_id"] for one in found})
    if as_sheet:
        rows = queries.report_rows(found, language())
        return _sheet("dvizhenie", "Движение", MOVEMENT_COLUMNS, rows)
    page = found[: queries.PAGE]
    cursor = f"{page[-1]['moved_on']}{page[-1]['id']}" if len(found) > len(page) else None
    return {"items": page, "next": cursor}


def _after(cursor):
    try:
        return (date.fromisoformat(cursor[:10]), UUID(cursor[10:])) if cursor else None
    except ValueError as wrong:
        raise BadCursor from wrong


def _sheet(file, title, columns, rows):
    content = sheet(title, columns, rows, language())
    headers = {"Content-Disposition": f'attachment; filename="{file}.xlsx"'}
    return Response(content, content_type=XLSX, headers=headers)


@movements.route("/people/<uuid:person_id>/movements", methods=["GET"])
@may("read movements")
@movements.response(200, PupilMovementsOut)
def get_movements_of(person_id):
    with reading() as session:
        return queries.movements_of(session, actor(), person_id)


def _record(action, person_id, body):
    class_id, groups = body.get("class_id"), body.get("group_ids")
    order = Order(body["order_number"], body["order_on"], body["place"], body["reason"])
    into = (class_id, body["moved_on"], order, groups) if class_id else (body["moved_on"], order)
    with writing() as session:
        return {"id": action(session, actor().person_id, person_id, *into)}


@movements.route("/people/<uuid:person_id>/movements/enrolment", methods=["POST"])
@may("record movements")
@idempotent
@movements.arguments(ArrivalIn)
@movements.response(201, MovementRecordedOut)
def post_enrolment_by_order(body, person_id):
    return _record(enrol_by_order, person_id, body)


@movements.route("/people/<uuid:person_id>/movements/return", methods=["POST"])
@may("record movements")
@idempotent
@movements.arguments(ArrivalIn)
@movements.response(201, MovementRecordedOut)
def post_return(body, person_id):
    return _record(return_by_order, person_id, body)


@movements.route("/people/<uuid:person_id>/movements/transfer", methods=["POST"])
@may("record movements")
@idempotent
@movements.arguments(ArrivalIn)
@movements.response(201, MovementRecordedOut)
def post_transfer(body, person_id):
    return _record(transfer, person_id, body)


@movements.route("/people/<uuid:person_id>/movements/departure", methods=["POST"])
@may("record movements")
@idempotent
@movements.arguments(DepartureIn)
@movements.response(201, MovementRecordedOut)
def post_departure(body, person_id):
    return _record(depart, person_id, body)


@movements.route("/people/<uuid:person_id>/movements/<uuid:movement_id>/reversal", methods=["POST"])
@may("record movements")
@idempotent
@movements.arguments(MovementReversalIn)
@movements.response(201, MovementRecordedOut)
def post_reversal(body, person_id, movement_id):
    order = body["order_number"], body["order_on"]
    with writing() as session:
        return {"id": reverse(session, actor().person_id, person_id, movement_id, body["reason"], order)}


@movements.route("/rosters", methods=["GET"])
@may("read all rosters")
@movements.arguments(RostersQuery, location="query")
@movements.response(200, RostersOut)
def get_rosters(query):
    """List all classes (or groups) of a day with their pupils."""
    with reading() as session:
        listed = rosters.all_rosters(session, query.get("on"), query["kind"])
    concerns(*(pupil["id"] for group in listed for pupil in group["pupils"]))
    return jsonify(items=listed)


@movements.route("/headcount", methods=["GET"])
@may("count pupils")
@movements.arguments(HeadcountQuery, location="query")
@movements.response(200, HeadcountOut)
@movements.alt_response(200, schema=BINARY, content_type=XLSX)
def get_headcount(query):
    """Count the pupils of each class on a day, and who came and went since another; JSON or XLSX."""
    with reading() as session:
        counted = rosters.headcount(session, query.get("on"), query.get("since"))
    if query["format"] == "json":
        return counted
    return _sheet("napolnyaemost", "Наполняемость", HEADCOUNT_COLUMNS, _counted_rows(counted))


def _counted_rows(counted):
    numbers = ("at_start", "came", "went", "pupils")
    for one in counted["items"]:
        yield [one["group"]["name"], one["class_teacher"], *(one[name] for name in numbers)]
    yield [{"ru": "Школа", "en": "School"}[language()], "", *(counted["school"][name] for name in numbers)]
