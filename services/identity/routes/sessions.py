"""Signing in and out, access tokens, and the keys to check them with."""

from flask import jsonify

from services.identity import queries
from services.identity.actions.keys import ensure_keys, published_keys
from services.identity.actions.sign_in import sign_in, sign_out
from services.identity.actions.tokens import client_token, session_token
from services.identity.rules import TOKEN_LASTS
from services.identity.schemas.sessions import JwksOut, SessionOut, SignInIn, SignOutIn, TokenIn, TokenOut
from shared.db import EVERY_SCHOOL
from shared.web import blueprint, public, runtime

sessions = blueprint("sessions", "Вход и ключи доступа · Signing in, and access tokens")

JWKS_KEPT_SECONDS = 300


@sessions.route("/sessions", methods=["POST"])
@public
@sessions.arguments(SignInIn)
@sessions.response(201, SessionOut)
def post_session(body):
    database, memory_kib = runtime().database, runtime().settings.argon2_memory_kib
    begun = sign_in(database, body["login"], body["password"], memory_kib)
    with database.reading(begun.school_id) as session:
        return queries.me(session, begun.person_id) | {"session_token": begun.session_token}


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
        token = client_token(database, body["client_id"], body["client_secret"], audience)
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
