"""Requests to correct: reported, organised, settled, answered, counted."""

from itertools import chain

from flask import jsonify

from services.journal.actions.corrections.organising import approve_correction, assign_correction
from services.journal.actions.corrections.reported_cells import Cell
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.corrections.settling import answer_settlement, settle_correction
from services.journal.queries.corrections import correction_figures, correction_list, one_correction
from services.journal.rules.corrections import STATES
from services.journal.schemas.corrections import (
    AnswerSettlementIn,
    AssignIn,
    CorrectionsOut,
    CorrectionsQuery,
    FiguresOut,
    KeptCorrectionOut,
    ReportErrorIn,
    SettleIn,
    WholeCorrectionOut,
)
from services.journal.schemas.deadlines import SpanQuery
from shared.web import actor, blueprint, concerns, idempotent, may, reading, writing

corrections = blueprint("corrections", "Requests to correct an entry (clauses 3.7.8, 3.9.5)")


@corrections.route("/corrections", methods=["POST"])
@may("report errors")
@idempotent
@corrections.arguments(ReportErrorIn)
@corrections.response(201, KeptCorrectionOut)
def post_correction(body):
    """Report an error in a mark, an absence, a topic or homework."""
    text = body.pop("text")
    if body["pupil_id"]:
        concerns(body["pupil_id"])
    with writing() as session:
        return jsonify(_kept(report_error(session, actor(), Cell(**body), text))), 201


@corrections.route("/corrections", methods=["GET"])
@may("follow corrections")
@corrections.arguments(CorrectionsQuery, location="query")
@corrections.response(200, CorrectionsOut)
def list_corrections(query):
    """List the requests that concern the caller, the newest first."""
    states = (query["state"],) if "state" in query else STATES
    with reading() as session:
        told = correction_list(session, actor(), states=states, before=query.get("cursor"))
    concerns(*chain.from_iterable(map(_named, told["items"])))
    return jsonify(told)


@corrections.route("/corrections/figures", methods=["GET"])
@may("count corrections")
@corrections.arguments(SpanQuery, location="query")
@corrections.response(200, FiguresOut)
def get_figures(query):
    """Say how many requests were settled in time, and in how many hours, by which clock."""
    with reading() as session:
        return correction_figures(session, **query)


@corrections.route("/corrections/<uuid:correction_id>", methods=["GET"])
@may("follow corrections")
@corrections.response(200, WholeCorrectionOut)
def get_correction(correction_id):
    """Show a request with all its steps and, to whoever may read it there, what stands in the cell."""
    with reading() as session:
        told = one_correction(session, actor(), correction_id)
    concerns(*_named(told))
    return jsonify(told)


@corrections.route("/corrections/<uuid:correction_id>/assignment", methods=["PUT"])
@may("organise corrections")
@corrections.arguments(AssignIn)
@corrections.response(200, KeptCorrectionOut)
def put_assignment(body, correction_id):
    """Give the request to somebody who may write there."""
    with writing() as session:
        return _kept(assign_correction(session, actor(), correction_id, body["assignee_id"]))


@corrections.route("/corrections/<uuid:correction_id>/approval", methods=["PUT"])
@may("organise corrections")
@corrections.response(200, KeptCorrectionOut)
def put_approval(correction_id):
    """Approve that the cell is changed though its period is closed."""
    with writing() as session:
        return _kept(approve_correction(session, actor(), correction_id, is_standing=True))


@corrections.route("/corrections/<uuid:correction_id>/approval", methods=["DELETE"])
@may("organise corrections")
@corrections.response(200, KeptCorrectionOut)
def delete_approval(correction_id):
    """Take the approval back."""
    with writing() as session:
        return _kept(approve_correction(session, actor(), correction_id, is_standing=False))


@corrections.route("/corrections/<uuid:correction_id>/settlement", methods=["PUT"])
@may("settle corrections")
@corrections.arguments(SettleIn)
@corrections.response(200, KeptCorrectionOut)
def put_settlement(body, correction_id):
    """Say that the cell was put right, or decline."""
    with writing() as session:
        return _kept(settle_correction(session, actor(), correction_id, **body))


@corrections.route("/corrections/<uuid:correction_id>/answer", methods=["PUT"])
@may("report errors")
@corrections.arguments(AnswerSettlementIn)
@corrections.response(200, KeptCorrectionOut)
def put_answer(body, correction_id):
    """Agree to the outcome, or open the request again, once: its reporter alone."""
    with writing() as session:
        return _kept(answer_settlement(session, actor(), correction_id, **body))


def _named(told):
    """Return whom a request told of names."""
    return [told[who]["id"] for who in ("pupil", "reporter", "assignee") if told[who]]


def _kept(correction):
    return {"id": correction.id, "number": correction.number, "state": correction.state}
