"""Codes on slips, who has signed in and who not, blocking."""

from flask import Response

from services.identity.actions.approvals import check_codes_approved
from services.identity.actions.signing_in.blocking import block_account, unblock_account
from services.identity.actions.signing_in.codes import hand_over, issue_codes
from services.identity.actions.signing_in.slips import Slip, draw_slips
from services.identity.queries import accounts as queries
from services.identity.queries.people import find_seen, own_school, refuse_staff
from services.identity.rules.credentials import CODE_LASTS
from services.identity.schemas.credentials import AccountsOut, BlockIn, CodesOut, HandOverIn, SlipsIn
from shared.clock import today
from shared.web import actor, blueprint, concerns, fresh, may, reading, runtime, writing

credentials = blueprint("credentials", "Доступ: коды, блокировка · Access: codes, blocking")


@credentials.route("/slips", methods=["POST"])
@may("give out passwords")
@fresh
@credentials.arguments(SlipsIn)
@credentials.response(200, content_type="application/pdf")
def post_slips(body):
    # No Idempotency-Key here: the stored answer would keep the codes in clear.
    person_ids = list(dict.fromkeys(body["person_ids"]))
    concerns(*person_ids)
    with writing() as session:
        queries.check_may_issue_all(session, actor(), person_ids)
        check_codes_approved(session, actor().person_id, person_ids)
        issued = issue_codes(session, person_ids, actor().person_id)
        slips = [_slip(one, *issued[one["id"]]) for one in queries.slip_people(session, person_ids)]
        school = own_school(session)
        until = today(school.time_zone) + CODE_LASTS
        # Drawn before the commit: codes nobody gets to see would only lock people out.
        sheet = draw_slips(slips, school.name, runtime().settings.public_url, until)
    headers = {"Content-Disposition": 'attachment; filename="slips.pdf"'}
    return Response(sheet, content_type="application/pdf", headers=headers)


def _slip(person, login, code):
    about = person["group"] or person["position"] or ""
    if person["children"]:
        about = f"родитель: {'; '.join(person['children'])}"
    return Slip(person["name"], about, login, code)


@credentials.route("/groups/<uuid:group_id>/accounts", methods=["GET"])
@may("see accounts")
@credentials.response(200, AccountsOut)
def get_class_accounts(group_id):
    with reading() as session:
        told = queries.class_accounts(session, actor(), group_id)
    concerns(*(one["id"] for one in told["items"]), group_id=group_id)
    return told


@credentials.route("/accounts/staff", methods=["GET"])
@may("see accounts of staff")
@credentials.response(200, AccountsOut)
def get_staff_accounts():
    with reading() as session:
        told = queries.staff_accounts(session)
    concerns(*(one["id"] for one in told["items"]))
    return told


@credentials.route("/people/<uuid:person_id>/credentials", methods=["GET"])
@may("see accounts")
@credentials.response(200, CodesOut)
def get_codes(person_id):
    with reading() as session:
        find_seen(session, actor(), person_id, "see accounts")
        return {"items": queries.codes_of(session, person_id), "next": None}


@credentials.route("/people/<uuid:person_id>/credentials/hand-over", methods=["PUT"])
@may("give out passwords")
@credentials.arguments(HandOverIn)
@credentials.response(204)
def put_hand_over(body, person_id):
    with writing() as session:
        refuse_staff(session, actor(), person_id, "give out passwords")
        hand_over(session, person_id, actor().person_id, body["to_id"])


@credentials.route("/people/<uuid:person_id>/block", methods=["PUT"])
@may("block accounts")
@fresh
@credentials.arguments(BlockIn)
@credentials.response(204)
def put_block(body, person_id):
    with writing() as session:
        refuse_staff(session, actor(), person_id, "block accounts")
        block_account(session, person_id, actor().person_id, body["reason"])


@credentials.route("/people/<uuid:person_id>/block", methods=["DELETE"])
@may("block accounts")
@fresh
@credentials.response(204)
def delete_block(person_id):
    with writing() as session:
        refuse_staff(session, actor(), person_id, "block accounts")
        unblock_account(session, person_id)
