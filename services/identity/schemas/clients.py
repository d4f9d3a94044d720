"""Programs, what they were given, and the authorization page's questions."""

from marshmallow import Schema, fields, validate

from services.identity.rules.clients import PERSON_SCOPES, SCOPES
from services.identity.schemas.parts import Trimmed, printable
from shared.errors import Text

LONGEST_QUERY = 8000
uri = fields.String(validate=[validate.Length(1, 1000), printable])


class ClientIn(Trimmed):
    name = fields.String(required=True, validate=[validate.Length(1, 200), printable])
    is_public = fields.Boolean(load_default=False)
    is_enabled = fields.Boolean(load_default=True)
    is_preapproved = fields.Boolean(load_default=False)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)), required=True, validate=validate.Length(1, 20)
    )
    redirect_uris = fields.List(uri, load_default=list, validate=validate.Length(0, 20))
    post_logout_uris = fields.List(uri, load_default=list, validate=validate.Length(0, 20))
    logout_uri = fields.String(load_default="", validate=[validate.Length(0, 1000), printable])
    public_keys = fields.Raw(
        load_default=None,
        metadata={"description": "A P-256 public key as PEM, or a JWK set; null: a secret."},
    )


class ClientOut(Schema):
    id = fields.String()
    name = fields.String()
    is_public = fields.Boolean()
    is_enabled = fields.Boolean()
    is_preapproved = fields.Boolean()
    scopes = fields.List(fields.String())
    redirect_uris = fields.List(fields.String())
    post_logout_uris = fields.List(fields.String())
    logout_uri = fields.String()
    public_keys = fields.Dict()
    version = fields.Integer()
    client_secret = fields.String(metadata={"description": "Only in the answer that made it."})


class ClientsOut(Schema):
    items = fields.List(fields.Nested(ClientOut))
    next = fields.String(allow_none=True)


class ScopeOut(Schema):
    name = fields.String()
    title = fields.Raw(metadata={"type": "string", "description": "In the caller's language."})


class ConnectedOut(Schema):
    client_id = fields.String()
    name = fields.String()
    scopes = fields.List(fields.Nested(ScopeOut))
    given_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime(allow_none=True)
    is_active = fields.Boolean(metadata={"description": "It holds tokens now."})


class ConnectedListOut(Schema):
    items = fields.List(fields.Nested(ConnectedOut))
    next = fields.String(allow_none=True)


class RequestIn(Schema):
    query = fields.String(required=True, validate=validate.Length(0, LONGEST_QUERY))


class AuthorizationIn(RequestIn):
    since = fields.AwareDateTime(load_default=None, allow_none=True)
    decision = fields.String(load_default="", validate=validate.OneOf(("", "allow", "deny")))


class StepOut(Schema):
    redirect_to = fields.String()
    ask = fields.String(metadata={"description": "sign_in or consent; empty: redirect."})
    client = fields.String()
    scopes = fields.List(fields.Nested(ScopeOut))


class OAuthErrorOut(Schema):
    """How OAuth refuses (RFC 6749, 5.2)."""

    error = fields.String(required=True)
    error_description = fields.String()


class LeavingOut(Schema):
    client = fields.String()
    person_id = fields.UUID(allow_none=True)
    redirect_to = fields.String()


def titled(scopes: list[str]) -> list[dict[str, str | Text]]:
    """Say scopes as people read them."""
    return [{"name": scope, "title": PERSON_SCOPES[scope]} for scope in scopes if scope in PERSON_SCOPES]
