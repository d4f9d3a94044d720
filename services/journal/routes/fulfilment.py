"""Fulfilment of programmes: for teachers, class teachers and who supervises, and for families."""

from flask import jsonify

from services.journal.queries.fulfilment import fulfilment, pupils_programmes
from services.journal.schemas.fulfilment import (
    FulfilmentOut,
    FulfilmentQuery,
    ProgrammesOut,
    ProgrammesQuery,
)
from shared.web import actor, blueprint, concerns, may, reading

programmes = blueprint("programmes", "Прохождение программ · Fulfilment of programmes")


@programmes.route("/fulfilment", methods=["GET"])
@may("follow programmes")
@programmes.arguments(FulfilmentQuery, location="query")
@programmes.response(200, FulfilmentOut)
def get_fulfilment(query):
    """Return hours planned, given and left of each page, the worst forecast first."""
    with reading() as session:
        return jsonify(fulfilment(session, actor(), query["asked"]))


@programmes.route("/diary/programmes", methods=["GET"])
@may("read a diary")
@programmes.arguments(ProgrammesQuery, location="query")
@programmes.response(200, ProgrammesOut)
def get_programmes(query):
    """Return the hours planned, given and left of each subject a pupil learns."""
    concerns(query["pupil_id"])
    with reading() as session:
        return jsonify(pupils_programmes(session, actor(), query["pupil_id"]))
