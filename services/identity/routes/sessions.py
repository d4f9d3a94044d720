"""Signing in and out, access tokens, and the keys to check them with."""

from flask import jsonify

from services.identity.actions.programs.keys import ensure_keys, published_keys
from services.identity.actions.programs.tokens import Proof, client_token, session_token
from services.identity.actions.signing_in import factors
from services.identity.actions.signing_in.second_step import (
    Shown,
    second_step,
    second_step_options,
    sign_in_by_passkey,
    sign_in_options,
)
from services.identity.actions.signing_in.sessions import SignedIn
from services.identity.actions.signing_in.sign_in import sign_in, sign_out
from services.identity.queries import people as queries
from services.identity.routes.factors import here, site
from services.identity.rules.sessions import TOKEN_LASTS
from services.identity.schemas.factors import OptionsOut, PasskeySignInIn, PendingIn, PendingOut, SecondStepIn
from services.identity.schemas.sessions import JwksOut, SessionOut, SignInIn, SignOutIn, TokenIn, TokenOut
from shared.concerns import tried, turned_out
from shared.db import EVERY_SCHOOL
from shared.web import blueprint, public, runtime

sessions = blueprint("sessions", "Вход и ключи доступа · Signing in, and access tokens")

JWKS_KEPT_SECONDS = 300


@sessions.route("/sessions", methods=["POST"])
@public
@sessions.arguments(SignInIn)
@sessions.response(201, SessionOut)
@sessions.alt_response(202, schema=PendingOut, description="The password is right; a second step follows.")
def post_session(body):
    database, memory_kib = runtime().database, runtime().settings.argon2_memory_kib
    visit = here()
    begun = sign_in(database, body["login"], body["password"], memory_kib, visit, is_shared=body["is_shared"])
    return begun_or_waiting(begun)


def begun_or_waiting(begun):
    """Say who signed in, or what has to follow."""
    if isinstance(begun, SignedIn):
        return _begun(begun)
    waiting = jsonify(pending_token=begun.pending_token, ways=begun.ways)
    waiting.status_code = 202
    return waiting


def _begun(begun):
    """Say who signed in, and what they have to do first."""
    turned_out(begun.school_id, begun.person_id)
    with runtime().database.reading(begun.school_id) as session:
        known = queries.me(session, begun.person_id)
        due_at = factors.due_at(session, begun.person_id)
        is_due = factors.is_due(session, begun.person_id, frozenset(known["roles"]), due_at)
    return known | {"session_token": begun.session_token, "must_enrol_factor": is_due}


@sessions.route("/sessions/factor", methods=["POST"])
@public
@sessions.arguments(SecondStepIn)
@sessions.response(201, SessionOut)
def post_second_step(body):
    """Take the second step of a sign-in that was answered by 202."""
    tried("pending", body["pending_token"])
    shown = Shown(body["way"], body.get("code", ""), body.get("credential"))
    return _begun(second_step(runtime().database, site(), body["pending_token"], shown, here()))


@sessions.route("/sessions/factor/challenge", methods=["POST"])
@public
@sessions.arguments(PendingIn)
@sessions.response(200, OptionsOut)
def post_second_step_challenge(body):
    return {"options": second_step_options(runtime().database, site(), body["pending_token"])}


@sessions.route("/sessions/passkey", methods=["POST"])
@public
@sessions.arguments(PasskeySignInIn)
@sessions.response(201, SessionOut)
def post_passkey_session(body):
    tried("passkey", str(body["credential"].get("id", "")))
    return _begun(sign_in_by_passkey(runtime().database, site(), visit=here(), **body))


@sessions.route("/sessions/passkey/challenge", methods=["POST"])
@public
@sessions.response(200, OptionsOut)
def post_passkey_session_challenge():
    return {"options": sign_in_options(runtime().database, site())}


@sessions.route("/sessions", methods=["DELETE"])
@public
@sessions.arguments(SignOutIn)
@sessions.response(204)
def delete_session(body):
    sign_out(runtime().database, body["session_token"])


@sessions.route("/tokens", methods=["POST"])
@public
@sessions.arguments(TokenIn)
@sessions.response(200, TokenOut)
def post_token(body):
    database, audience = runtime().database, body["audience"]
    if body["grant_type"] == "session":
        token = session_token(database, body["session_token"], audience)
    else:
        tried("client", body["client_id"])
        proof = Proof(body["client_id"], body.get("client_secret", ""), body.get("client_assertion", ""))
        token = client_token(database, runtime().settings.issuer, proof, audience)
    seconds = int(TOKEN_LASTS.total_seconds())
    return {"access_token": token, "token_type": "Bearer", "expires_in": seconds}


@sessions.route("/jwks.json", methods=["GET"])
@public
@sessions.response(200, JwksOut)
def get_jwks():
    database = runtime().database
    ensure_keys(database)
    with database.reading(EVERY_SCHOOL) as session:
        response = jsonify(published_keys(session))
    response.headers["Cache-Control"] = f"public, max-age={JWKS_KEPT_SECONDS}"
    return response
