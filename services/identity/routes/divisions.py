"""Divisions of classes and parallels, class teachers' times, confirmed class lists."""

from services.identity.actions.rosters.divisions import Part, divide
from services.identity.actions.school.confirmations import confirm_list
from services.identity.queries import class_lists
from services.identity.queries import divisions as queries
from services.identity.queries.groups import rostered_group
from services.identity.schemas.divisions import (
    ConfirmationsOut,
    ConfirmationsQuery,
    ConfirmedOut,
    DivideIn,
    DivisionsOut,
    DivisionsQuery,
    LeadersOut,
    ProposalOut,
    ProposalQuery,
)
from shared.errors import NotFound
from shared.web import actor, blueprint, concerns, idempotent, may, reading, writing

divisions = blueprint("divisions", "Деление классов на группы и сверка списков · Divisions, confirmed lists")


@divisions.route("/groups/<uuid:group_id>/divisions", methods=["GET"])
@may("read rosters")
@divisions.arguments(DivisionsQuery, location="query")
@divisions.response(200, DivisionsOut)
def get_divisions(query, group_id):
    with reading() as session:
        rostered_group(session, actor(), group_id)
        listed = queries.divisions(session, group_id, query.get("on"))
    _note(listed)
    return {"items": listed, "next": None}


@divisions.route("/groups/<uuid:group_id>/divisions/proposal", methods=["GET"])
@may("change groups")
@divisions.arguments(ProposalQuery, location="query")
@divisions.response(200, ProposalOut)
def get_proposal(query, group_id):
    with reading() as session:
        shown = queries.proposal(session, group_id, queries.Proposal(**query))
    _note([{"groups": shown["parts"], "left_out": shown["left_out"]}])
    return shown


@divisions.route("/groups/<uuid:group_id>/divisions", methods=["POST"])
@may("change groups")
@idempotent
@divisions.arguments(DivideIn)
@divisions.response(200, DivisionsOut)
def post_division(body, group_id):
    parts = [Part(**part) for part in body["parts"]]
    with writing() as session:
        divide(session, group_id, body["division"], body["from_on"], parts)
        listed = queries.divisions(session, group_id, body["from_on"])
    _note(listed)
    return {"items": listed, "next": None}


def _note(listed):
    concerns(
        *(pupil["id"] for one in listed for part in one["groups"] for pupil in part["pupils"]),
        *(pupil["id"] for one in listed for pupil in one["left_out"]),
    )


@divisions.route("/groups/<uuid:group_id>/class-teachers", methods=["GET"])
@may("read groups")
@divisions.response(200, LeadersOut)
def get_leaders(group_id):
    with reading() as session:
        return {"items": class_lists.leaders(session, group_id), "next": None}


@divisions.route("/groups/<uuid:group_id>/confirmation", methods=["POST"])
@may("confirm class lists")
@divisions.response(200, ConfirmedOut)
def post_confirmation(group_id):
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    with writing() as session:
        confirmed = confirm_list(session, group_id, person_id)
        names = ("group_id", "confirmed_on", "confirmed_by")
        return {name: getattr(confirmed, name) for name in names}


@divisions.route("/confirmations", methods=["GET"])
@may("follow class lists")
@divisions.arguments(ConfirmationsQuery, location="query")
@divisions.response(200, ConfirmationsOut)
def get_confirmations(query):
    with reading() as session:
        listed = class_lists.confirmations(session, actor(), query.get("month"), mine=query["mine"])
    return {"items": listed, "next": None}
