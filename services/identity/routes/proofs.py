"""Proving again who one is: what `fresh` endpoints ask for."""

from services.identity.actions.signing_in.passkeys import Site
from services.identity.actions.signing_in.proofs import proof_options, prove, whose
from services.identity.actions.signing_in.second_step import Shown
from services.identity.queries import factors as queries
from services.identity.rules.devices import Visit
from services.identity.schemas.factors import OptionsOut, ProofIn, ProofOut
from shared.web import (
    PROOF_LASTS,
    actor,
    blueprint,
    client_address,
    device,
    is_fresh,
    may,
    reading,
    runtime,
)

proofs = blueprint("proofs", "Подтверждение личности · Proving again who one is")


@proofs.route("/me/proof", methods=["GET"])
@may("see themselves")
@proofs.response(200, ProofOut)
def get_proof():
    with reading() as session:
        ways = queries.proof_ways(session, whose(actor())[1])
    is_good = is_fresh(actor(), spare=PROOF_LASTS * 0.4)
    return {"proven_at": actor().proven_at, "is_fresh": is_good, "ways": ways}


@proofs.route("/me/proof", methods=["POST"])
@may("see themselves")
@proofs.arguments(ProofIn)
@proofs.response(200, ProofOut)
def post_proof(body):
    settings, visit = runtime().settings, Visit(client_address(), device())
    shown = Shown(body["way"], body.get("password") or body.get("code", ""), body.get("credential"))
    site = Site.of(settings.public_url)
    at = prove(runtime().database, site, actor(), shown, visit, settings.argon2_memory_kib)
    return {"proven_at": at, "is_fresh": True, "ways": []}


@proofs.route("/me/proof/challenge", methods=["POST"])
@may("see themselves")
@proofs.response(200, OptionsOut)
def post_proof_challenge():
    with reading() as session:
        return {"options": proof_options(session, Site.of(runtime().settings.public_url), actor())}
