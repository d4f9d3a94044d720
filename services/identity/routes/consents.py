"""Consents: each person's own, and those of a class for the class teacher (3.5.5)."""

import io

from flask import send_file

from services.identity.actions.privacy.consent_forms import Form, Operator, draw_forms
from services.identity.actions.privacy.consents import Given, give_consent, withdraw_consent
from services.identity.queries import consents as queries
from services.identity.queries.groups import rostered_group
from services.identity.queries.people import find_seen, own_school
from services.identity.rules.consents import PURPOSES
from services.identity.schemas.consents import (
    CompletenessOut,
    ConsentIn,
    ConsentOut,
    ConsentsOut,
    FormsQuery,
    GroupConsentsOut,
    PurposesOut,
    WithdrawalIn,
)
from shared.errors import NotFound
from shared.web import (
    ProofNeeded,
    actor,
    blueprint,
    concerns,
    idempotent,
    is_fresh,
    may,
    reading,
    writing,
)

consents = blueprint("consents", "Согласия на обработку персональных данных · Consents")

PDF = {"type": "string", "format": "binary"}


@consents.route("/consents/purposes", methods=["GET"])
@may("read consents")
@consents.response(200, PurposesOut)
def get_purposes():
    return {"items": queries.purposes()}


@consents.route("/people/<uuid:person_id>/consents", methods=["GET"])
@may("read consents")
@consents.response(200, ConsentsOut)
def get_consents(person_id):
    with reading() as session:
        find_seen(session, actor(), person_id, "read consents")
        return {"items": queries.consents_of(session, person_id)}


@consents.route("/people/<uuid:person_id>/consents", methods=["POST"])
@may("record consents")
@idempotent
@consents.arguments(ConsentIn)
@consents.response(201, ConsentOut)
def post_consent(body, person_id):
    with writing() as session:
        _check_may_record(session, person_id)
        consent = give_consent(session, actor().person_id, person_id, Given(**body))
        concerns(kind=consent.kind)
        return queries.shown(consent, queries.signer_names(session, consent))


@consents.route("/people/<uuid:person_id>/consents/<kind>/withdrawal", methods=["POST"])
@may("record consents")
@consents.arguments(WithdrawalIn)
@consents.response(200, ConsentOut)
def post_withdrawal(body, person_id, kind):
    if kind not in PURPOSES:
        raise NotFound
    with writing() as session:
        _check_may_record(session, person_id)
        consent = withdraw_consent(session, actor().person_id, person_id, kind, body["withdrawn_on"])
        concerns(kind=kind)
        return queries.shown(consent, queries.signer_names(session, consent))


@consents.route("/people/<uuid:person_id>/consents/form.pdf", methods=["GET"])
@may("read consents")
@consents.arguments(FormsQuery, location="query")
@consents.response(200, PDF, content_type="application/pdf")
def get_form(query, person_id):
    with reading() as session:
        find_seen(session, actor(), person_id, "read consents")
        forms = queries.forms_of(session, person_id, query["kind"])
        operator = _operator(session)
    return _printed(operator, forms)


@consents.route("/groups/<uuid:group_id>/consents", methods=["GET"])
@may("follow consents")
@consents.response(200, GroupConsentsOut)
def get_group_consents(group_id):
    with reading() as session:
        group = rostered_group(session, actor(), group_id)
        listed = queries.group_consents(session, group_id)
    concerns(*(one["id"] for one in listed))
    return {"group": group, "items": listed}


@consents.route("/groups/<uuid:group_id>/consents/forms.pdf", methods=["GET"])
@may("follow consents")
@consents.arguments(FormsQuery, location="query")
@consents.response(200, PDF, content_type="application/pdf")
def get_group_forms(query, group_id):
    with reading() as session:
        group = rostered_group(session, actor(), group_id)
        listed = queries.group_consents(session, group_id)
        wanted = [one["id"] for one in listed if query["kind"] in one["missing"] or not query["missing"]]
        forms = queries.group_forms(session, wanted, query["kind"], group["name"])
        operator = _operator(session)
    concerns(*wanted)
    return _printed(operator, forms)


@consents.route("/consents/completeness", methods=["GET"])
@may("count consents")
@consents.response(200, CompletenessOut)
def get_completeness():
    with reading() as session:
        return {"items": queries.completeness(session)}


def _check_may_record(session, person_id):
    """Refuse a stranger's; staff proves anew who they are before they touch others' (SECURITY 11)."""
    find_seen(session, actor(), person_id, "record consents")
    if actor().has("operator", "class_teacher") and actor().person_id != person_id and not is_fresh(actor()):
        raise ProofNeeded


def _operator(session):
    school = own_school(session)
    return Operator(school.name, school.address)


def _printed(operator, forms):
    drawn = draw_forms(operator, [Form(**form) for form in forms])
    return send_file(io.BytesIO(drawn), mimetype="application/pdf", download_name="согласия.pdf")
