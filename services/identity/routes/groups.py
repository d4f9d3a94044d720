"""Classes, groups and parallels, and who is in them."""

from flask import jsonify

from services.identity.actions.rosters.enrolments import end_enrolment, enrol
from services.identity.actions.rosters.groups import change_group, open_group, refuse_no_grade
from services.identity.queries import groups as queries
from services.identity.queries.areas import only_mine
from services.identity.queries.rosters import roster
from services.identity.schemas.groups import (
    ChangeGroupIn,
    EndEnrolmentIn,
    EnrolIn,
    EnrolmentOut,
    GroupIn,
    GroupOut,
    GroupsOut,
    GroupsQuery,
    RosterOut,
    RosterQuery,
)
from shared.web import actor, blueprint, concerns, etag, idempotent, if_match, may, reading, writing

groups = blueprint("groups", "Классы, группы и их списки · Classes, groups, rosters")


@groups.route("/groups", methods=["GET"])
@may("read groups")
@groups.arguments(GroupsQuery, location="query")
@groups.response(200, GroupsOut)
def get_groups(query):
    mine = query.pop("mine", False)
    with reading() as session:
        listed = queries.groups(session, **query)
        return {"items": only_mine(session, actor(), listed) if mine else listed, "next": None}


@groups.route("/groups", methods=["POST"])
@may("change groups")
@idempotent
@groups.arguments(GroupIn)
@groups.response(201, GroupOut)
def post_group(body):
    with writing() as session:
        refuse_no_grade(body["kind"], body["name"])
        return _card(session, open_group(session, **body).id)


@groups.route("/groups/<uuid:group_id>", methods=["GET"])
@may("read groups")
@groups.response(200, GroupOut)
def get_group(group_id):
    with reading() as session:
        return _card(session, group_id)


@groups.route("/groups/<uuid:group_id>", methods=["PUT"])
@may("change groups")
@groups.arguments(ChangeGroupIn)
@groups.response(200, GroupOut)
def put_group(body, group_id):
    with writing() as session:
        change_group(session, group_id, if_match(), **body)
        return _card(session, group_id)


def _card(session, group_id):
    card = queries.group_card(session, group_id)
    etag(card["version"])
    return card


@groups.route("/groups/<uuid:group_id>/roster", methods=["GET"])
@may("read rosters")
@groups.arguments(RosterQuery, location="query")
@groups.response(200, RosterOut)
def get_roster(query, group_id):
    with reading() as session:
        group = queries.rostered_group(session, actor(), group_id)
        listed = roster(session, group_id, query.get("on"))
    concerns(*(one["id"] for one in (*listed["items"], *listed["left"])))
    # Without its version: nothing is changed by what a roster shows.
    return jsonify(group=GroupOut().dump(group), next=None, **listed)


@groups.route("/groups/<uuid:group_id>/enrolments", methods=["POST"])
@may("change groups")
@idempotent
@groups.arguments(EnrolIn)
@groups.response(201, EnrolmentOut)
def post_enrolment(body, group_id):
    with writing() as session:
        concerns(body["pupil_id"])
        return _stay(enrol(session, group_id, **body))


@groups.route("/groups/<uuid:group_id>/enrolments/end", methods=["POST"])
@may("change groups")
@idempotent
@groups.arguments(EndEnrolmentIn)
@groups.response(200, EnrolmentOut)
def post_end_of_enrolment(body, group_id):
    with writing() as session:
        concerns(body["pupil_id"])
        return _stay(end_enrolment(session, group_id, **body))


def _stay(stay):
    return {"pupil_id": stay.pupil_id, "from_on": stay.from_on, "until_on": stay.until_on}
