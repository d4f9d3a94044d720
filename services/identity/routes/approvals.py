"""What one person proposes and another approves."""

from services.identity.actions.approvals import decide, propose
from services.identity.actions.people.people import find_person
from services.identity.queries import approvals as queries
from services.identity.schemas.approvals import ApprovalOut, ApprovalsOut, ProposalIn
from shared.errors import NotFound
from shared.web import actor, blueprint, concerns, fresh, idempotent, may, reading, writing

approvals = blueprint("approvals", "Согласования: решают двое · Approvals: two persons decide")


def own_id():
    """Return the caller's person; a client is nobody and decides nothing."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


@approvals.route("/approvals", methods=["GET"])
@may("decide approvals")
@approvals.response(200, ApprovalsOut)
def get_approvals():
    with reading() as session:
        return {"items": queries.approvals(session, own_id()), "next": None}


@approvals.route("/approvals", methods=["POST"])
@may("export the school")
@fresh
@idempotent
@approvals.arguments(ProposalIn)
@approvals.response(201, ApprovalOut)
def post_approval(body):
    """Propose to export the whole school, or to give a leader a code; roles are proposed by giving them."""
    with writing() as session:
        arguments = {}
        if person_id := body["person_id"]:
            concerns(person_id)
            find_person(session, person_id)
            arguments = {"person_id": str(person_id)}
        proposed = propose(session, own_id(), body["kind"], arguments, body["reason"])
        return queries.approval(session, proposed, own_id())


@approvals.route("/approvals/<uuid:approval_id>/approval", methods=["POST"])
@may("decide approvals")
@fresh
@approvals.response(200, ApprovalOut)
def post_decision(approval_id):
    """Approve what somebody else proposed: it is done at once."""
    return _decided(approval_id, approve=True)


@approvals.route("/approvals/<uuid:approval_id>/refusal", methods=["POST"])
@may("decide approvals")
@approvals.response(200, ApprovalOut)
def post_refusal(approval_id):
    """Decline what somebody proposed, or take the own proposal back."""
    return _decided(approval_id, approve=False)


def _decided(approval_id, *, approve):
    with writing() as session:
        decided = decide(session, approval_id, own_id(), approve=approve)
        if about := queries.subject_of(decided):
            concerns(about)
        return queries.approval(session, decided, own_id())
