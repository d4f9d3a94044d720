"""Classes, groups and parallels, and who is in them."""

from services.identity import queries
from services.identity.actions.enrolments import end_enrolment, enrol
from services.identity.actions.groups import change_group, open_group
from services.identity.rules import MAY
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
from shared.web import blueprint, etag, idempotent, if_match, reading, requires, writing

groups = blueprint("groups", "Классы, группы и их списки · Classes, groups, rosters")


@groups.route("/groups", methods=["GET"])
@requires(*MAY["read groups"])
@groups.arguments(GroupsQuery, location="query")
@groups.response(200, GroupsOut)
def get_groups(query):
    with reading() as session:
        return {"items": queries.groups(session, **query), "next": None}


@groups.route("/groups", methods=["POST"])
@requires(*MAY["change groups"])
@idempotent
@groups.arguments(GroupIn)
@groups.response(201, GroupOut)
def post_group(body):
    with writing() as session:
        return _card(session, open_group(session, **body).id)


@groups.route("/groups/<uuid:group_id>", methods=["GET"])
@requires(*MAY["read groups"])
@groups.response(200, GroupOut)
def get_group(group_id):
    with reading() as session:
        return _card(session, group_id)


@groups.route("/groups/<uuid:group_id>", methods=["PUT"])
@requires(*MAY["change groups"])
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
@requires(*MAY["read groups"])
@groups.arguments(RosterQuery, location="query")
@groups.response(200, RosterOut)
def get_roster(query, group_id):
    with reading() as session:
        group = queries.group_card(session, group_id)
        return {"group": group, "items": queries.roster(session, group_id, query.get("on")), "next": None}


@groups.route("/groups/<uuid:group_id>/enrolments", methods=["POST"])
@requires(*MAY["change groups"])
@idempotent
@groups.arguments(EnrolIn)
@groups.response(201, EnrolmentOut)
def post_enrolment(body, group_id):
    with writing() as session:
        return _stay(enrol(session, group_id, **body))


@groups.route("/groups/<uuid:group_id>/enrolments/end", methods=["POST"])
@requires(*MAY["change groups"])
@idempotent
@groups.arguments(EndEnrolmentIn)
@groups.response(200, EnrolmentOut)
def post_end_of_enrolment(body, group_id):
    with writing() as session:
        return _stay(end_enrolment(session, group_id, **body))


def _stay(stay):
    return {"pupil_id": stay.pupil_id, "from_on": stay.from_on, "until_on": stay.until_on}
