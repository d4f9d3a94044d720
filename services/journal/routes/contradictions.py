"""Contradictions: what cannot all be true in the journal, and what was looked into."""

from flask import jsonify

from services.journal.actions.contradictions import About, accept_contradiction, withdraw_acceptance
from services.journal.queries.contradictions import contradiction_list
from services.journal.schemas.contradictions import (
    AcceptanceIn,
    AcceptanceOut,
    ContradictionsOut,
    ContradictionsQuery,
)
from shared.web import actor, blueprint, concerns, idempotent, may, reading, writing

contradictions = blueprint("contradictions", "Contradictions in the journal")


@contradictions.route("/contradictions", methods=["GET"])
@may("follow contradictions")
@contradictions.arguments(ContradictionsQuery, location="query")
@contradictions.response(200, ContradictionsOut)
def list_contradictions(query):
    """List what contradicts itself in a class, in one's own classes, or in the school."""
    with reading() as session:
        told = contradiction_list(session, actor(), **query)
    concerns(*{item["pupil"]["id"] for item in told["items"]}, group_id=query.get("group_id"))
    return jsonify(told)


@contradictions.route("/contradictions/acceptances", methods=["POST"])
@may("accept contradictions")
@idempotent
@contradictions.arguments(AcceptanceIn)
@contradictions.response(201, AcceptanceOut)
def post_acceptance(body):
    """Say that a contradiction was looked into and is right, with a note why."""
    concerns(body["pupil_id"])
    note = body.pop("note")
    with writing() as session:
        return jsonify(id=accept_contradiction(session, actor(), About(**body), note)), 201


@contradictions.route("/contradictions/acceptances/<uuid:acceptance_id>", methods=["DELETE"])
@may("accept contradictions")
@contradictions.response(204)
def delete_acceptance(acceptance_id):
    """Take it back: the contradiction is open again."""
    with writing() as session:
        withdraw_acceptance(session, actor(), acceptance_id)
    return "", 204
