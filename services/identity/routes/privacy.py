"""What the law gives to those whose data it is: to be told all, and to be forgotten (152-ФЗ ст. 14, 21)."""

import io

from flask import Response, jsonify, send_file

from services.identity.actions.people.people import find_person
from services.identity.actions.privacy.erasure_papers import draw_act
from services.identity.actions.privacy.erasures import carry_out_erasure, propose_erasure, refuse_erasure
from services.identity.actions.privacy.subject_requests import close_request, open_request
from services.identity.queries import subject as queries
from services.identity.queries.access_log import named
from services.identity.queries.people import find_seen, own_school
from services.identity.schemas.privacy import (
    ErasureIn,
    ErasureOut,
    ErasuresOut,
    OutcomeIn,
    PersonalDataOut,
    SubjectRequestIn,
    SubjectRequestOut,
    SubjectRequestsOut,
    SubjectRequestsQuery,
)
from shared.errors import NotFound
from shared.web import actor, blueprint, concerns, fresh, idempotent, may, reading, writing

privacy = blueprint("privacy", "Персональные данные: выгрузка, обращения, уничтожение · Personal data")

PDF = {"type": "string", "format": "binary"}


def own_id():
    """Return the caller's person; a program answers for nobody."""
    if actor().person_id is None:
        raise NotFound
    return actor().person_id


@privacy.route("/people/<uuid:person_id>/data", methods=["GET"])
@may("take out personal data")
@privacy.response(200, PersonalDataOut)
def get_personal_data(person_id) -> Response:
    with reading() as session:
        person = find_seen(session, actor(), person_id, "take out personal data")
        told = queries.personal_data(session, person)
    concerns(person_id)
    return jsonify(told)


@privacy.route("/people/<uuid:person_id>/requests", methods=["GET"])
@may("ask for personal data")
@privacy.response(200, SubjectRequestsOut)
def get_own_requests(person_id):
    with reading() as session:
        find_seen(session, actor(), person_id, "ask for personal data")
        return {"items": queries.requests(session, only_open=False, of=person_id)}


@privacy.route("/people/<uuid:person_id>/requests", methods=["POST"])
@may("ask for personal data")
@idempotent
@privacy.arguments(SubjectRequestIn)
@privacy.response(201, SubjectRequestOut)
def post_request(body, person_id):
    with writing() as session:
        find_seen(session, actor(), person_id, "ask for personal data")
        request = open_request(
            session, person_id, **body, asked_by=actor().person_id, recorded_by=actor().person_id
        )
        return queries.shown_request(request, named(session, [person_id]))


@privacy.route("/subject-requests", methods=["GET"])
@may("answer data requests")
@privacy.arguments(SubjectRequestsQuery, location="query")
@privacy.response(200, SubjectRequestsOut)
def get_requests(query):
    with reading() as session:
        listed = queries.requests(session, only_open=not query["all"])
    concerns(*(one["person"]["id"] for one in listed))
    return {"items": listed}


@privacy.route("/subject-requests/<uuid:request_id>/outcome", methods=["POST"])
@may("answer data requests")
@privacy.arguments(OutcomeIn)
@privacy.response(200, SubjectRequestOut)
def post_outcome(body, request_id):
    with writing() as session:
        request = close_request(session, request_id, body["outcome"])
        concerns(request.person_id)
        return queries.shown_request(request, named(session, [request.person_id]))


@privacy.route("/erasures", methods=["GET"])
@may("erase people")
@privacy.response(200, ErasuresOut)
def get_erasures():
    with reading() as session:
        return {"items": queries.erasures(session)}


@privacy.route("/people/<uuid:person_id>/erasure", methods=["POST"])
@may("erase people")
@fresh
@privacy.arguments(ErasureIn)
@privacy.response(201, ErasureOut)
def post_erasure(body, person_id):
    with writing() as session:
        find_person(session, person_id)
        proposed = propose_erasure(session, own_id(), person_id, body["ground"])
        return queries.erasure(session, proposed.id)


@privacy.route("/erasures/<uuid:erasure_id>/approval", methods=["POST"])
@may("erase people")
@fresh
@privacy.response(200, ErasureOut)
def post_erasure_approval(erasure_id):
    with writing() as session:
        done = carry_out_erasure(session, own_id(), erasure_id)
        concerns(done.person_id)
        return queries.erasure(session, erasure_id)


@privacy.route("/erasures/<uuid:erasure_id>/refusal", methods=["POST"])
@may("erase people")
@privacy.response(200, ErasureOut)
def post_erasure_refusal(erasure_id):
    with writing() as session:
        refused = refuse_erasure(session, erasure_id)
        concerns(refused.person_id)
        return queries.erasure(session, erasure_id)


@privacy.route("/erasures/<uuid:erasure_id>/act.pdf", methods=["GET"])
@may("erase people")
@privacy.response(200, PDF, content_type="application/pdf")
def get_erasure_act(erasure_id) -> Response:
    with reading() as session:
        erasure = queries.erasure(session, erasure_id)
        extract = queries.log_extract(session, erasure["person"]["id"])
        own = own_school(session)
        school = {"name": own.name, "address": own.address, "time_zone": own.time_zone}
    concerns(erasure["person"]["id"])
    name = f"акт-{erasure_id}.pdf"
    return send_file(
        io.BytesIO(draw_act(school, erasure, extract)), mimetype="application/pdf", download_name=name
    )
