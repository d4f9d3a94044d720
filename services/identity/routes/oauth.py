"""OAuth 2 and OpenID Connect: what programs ask, and what the portal's authorization page asks."""

from typing import Any

from flask import Response, jsonify, request

from services.identity.actions.programs.authorization_server import give_tokens
from services.identity.actions.programs.authorizing import Visit, authorize
from services.identity.actions.programs.given_tokens import introspect, revoke
from services.identity.actions.programs.id_tokens import person_claims
from services.identity.actions.programs.leaving import leaving
from services.identity.actions.programs.oauth_requests import Asked
from services.identity.actions.programs.resources import address_of
from services.identity.rules.clients import PERSON_SCOPES, SCOPES
from services.identity.schemas.clients import (
    AuthorizationIn,
    LeavingOut,
    OAuthErrorOut,
    RequestIn,
    StepOut,
    titled,
)
from shared.concerns import tried
from shared.errors import NotFound
from shared.service import SERVICES
from shared.web import actor, blueprint, may, public, reading, runtime

oauth = blueprint("oauth", "OAuth 2, OpenID Connect")

DESCRIPTION_KEPT_SECONDS = 300
NOT_PROVEN = "invalid_client"  # RFC 6749, 5.2
PROOFS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
FORM = {
    "requestBody": {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
    }
}


def _oauth_form(view):
    """Describe an endpoint that takes a form, and refuses as OAuth says."""
    for status in (401, 400):
        view = oauth.alt_response(status, schema=OAuthErrorOut, content_type="application/json")(view)
    return oauth.doc(**FORM)(oauth.response(200)(view))


@oauth.route("/.well-known/openid-configuration", methods=["GET"])
@public
@oauth.response(200)
def get_openid_configuration():
    return _description()


@oauth.route("/.well-known/oauth-authorization-server", methods=["GET"])
@public
@oauth.response(200)
def get_oauth_description():
    return _description()


def _description() -> Response:
    issuer, public_url = runtime().settings.issuer, runtime().settings.public_url
    told = {
        "issuer": issuer,
        "authorization_endpoint": f"{public_url}/oauth/authorize",
        "end_session_endpoint": f"{public_url}/oauth/end-session",
        "token_endpoint": f"{issuer}/oauth/token",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "jwks_uri": f"{issuer}/jwks.json",
        "scopes_supported": list(SCOPES),
        "protected_resources": [address_of(service, issuer) for service in SERVICES],
        **_abilities(),
    }
    response = jsonify(told)
    response.headers["Cache-Control"] = f"public, max-age={DESCRIPTION_KEPT_SECONDS}"
    return response


def _abilities() -> dict[str, Any]:
    told = ["name", "family_name", "given_name", "middle_name", "locale", "email", "email_verified"]
    return {
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*PROOFS, "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "introspection_endpoint_auth_methods_supported": PROOFS,
        "introspection_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "revocation_endpoint_auth_methods_supported": [*PROOFS, "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["sub", "auth_time", "amr", "nonce", "at_hash", "sid", *told, "school", "roles"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["ru", "en"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


@oauth.route("/oauth/token", methods=["POST"])
@public
@_oauth_form
def post_oauth_token():
    return _answered(give_tokens)


@oauth.route("/oauth/introspect", methods=["POST"])
@public
@_oauth_form
def post_introspection():
    return _answered(introspect)


@oauth.route("/oauth/revoke", methods=["POST"])
@public
@_oauth_form
def post_revocation():
    return _answered(revoke)


def _answered(action) -> Response:
    asked = Asked(list(request.form.items(multi=True)), request.headers.get("Authorization", ""))
    answer = action(runtime().database, runtime().settings.issuer, asked)
    if answer.body.get("error") == NOT_PROVEN:
        tried("client", asked.client_named)
    response = jsonify(answer.body)
    response.status_code = answer.status
    response.headers.update({name: value for name, value in answer.headers.items() if name != "Content-Type"})
    return response


@oauth.route("/oauth/userinfo", methods=["GET", "POST"])
@may("be known to programs")
@oauth.response(200)
def get_userinfo():
    caller = actor()
    if caller.person_id is None:
        raise NotFound
    # The portal shows people to themselves; a program is told what it was allowed.
    scopes = caller.scopes if caller.is_delegated else frozenset(PERSON_SCOPES)
    with reading() as session:
        return jsonify(person_claims(session, caller.person_id, scopes))


@oauth.route("/oauth/requests", methods=["POST"])
@public
@oauth.arguments(RequestIn)
@oauth.response(200, StepOut)
def post_request(body):
    return _step(Visit(), body["query"])


@oauth.route("/oauth/authorizations", methods=["POST"])
@may("let programs in")
@oauth.arguments(AuthorizationIn)
@oauth.response(200, StepOut)
def post_authorization(body):
    visit = Visit(actor().session_id, body["since"], body["decision"])
    return _step(visit, body["query"])


def _step(visit, query):
    step = authorize(runtime().database, runtime().settings.issuer, query, visit)
    return {
        "redirect_to": step.redirect_to,
        "ask": step.ask,
        "client": step.client,
        "scopes": titled(step.scopes),
    }


@oauth.route("/oauth/leavings", methods=["POST"])
@public
@oauth.arguments(RequestIn)
@oauth.response(200, LeavingOut)
def post_leaving(body):
    return leaving(runtime().database, runtime().settings.issuer, body["query"])
