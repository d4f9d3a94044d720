"""Other identity providers, visits to them, and links."""

from marshmallow import Schema, fields, validate

from services.identity.rules.providers import AUTH_METHODS, COUNTS_AS
from services.identity.schemas.parts import Trimmed, printable

PROVIDER_ID = validate.Regexp(r"\A[a-z0-9-]{1,40}\Z")


class ProviderIn(Trimmed):
    title = fields.String(required=True, validate=[validate.Length(1, 100), printable])
    issuer = fields.Url(
        required=True, schemes={"https", "http"}, require_tld=False, validate=validate.Length(1, 500)
    )
    client_id = fields.String(required=True, validate=[validate.Length(1, 200), printable])
    auth_method = fields.String(load_default="client_secret_basic", validate=validate.OneOf(AUTH_METHODS))
    secret = fields.String(
        load_default=None, allow_none=True, load_only=True, validate=validate.Length(1, 2000)
    )
    scopes = fields.List(
        fields.String(validate=[validate.Length(1, 60), printable]),
        load_default=lambda: ["openid"],
        validate=validate.Length(1, 20),
    )
    counts_as = fields.List(
        fields.String(validate=validate.OneOf(COUNTS_AS)),
        load_default=lambda: ["fed"],
        validate=validate.Length(1, 6),
        metadata={"description": "What a sign-in by it counts as (amr); with mfa our second step is spared."},
    )
    is_enabled = fields.Boolean(load_default=True)


class NewProviderIn(ProviderIn):
    id = fields.String(required=True, validate=PROVIDER_ID)


class ProviderOut(Schema):
    id = fields.String()
    title = fields.String()
    issuer = fields.String()
    client_id = fields.String()
    auth_method = fields.String()
    scopes = fields.List(fields.String())
    counts_as = fields.List(fields.String())
    is_enabled = fields.Boolean()
    version = fields.Integer()


class ProvidersOut(Schema):
    items = fields.List(fields.Nested(ProviderOut))
    next = fields.String(allow_none=True)


class OpenProviderOut(Schema):
    id = fields.String()
    title = fields.String()


class OpenProvidersQuery(Schema):
    school_id = fields.UUID(metadata={"description": "Needed where there are several schools."})


class OpenProvidersOut(Schema):
    items = fields.List(fields.Nested(OpenProviderOut))
    next = fields.String(allow_none=True)


class SentOut(Schema):
    address = fields.String()
    state = fields.String()
    browser_key = fields.String()


class KeptIn(Schema):
    state = fields.String(required=True, validate=validate.Length(1, 100))
    browser_key = fields.String(required=True, validate=validate.Length(1, 100))


class BackIn(KeptIn):
    code = fields.String(required=True, validate=validate.Length(1, 2000))
    issuer = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 500))


class LinkOut(Schema):
    provider_id = fields.String()
    title = fields.String()
    linked_at = fields.AwareDateTime(allow_none=True)
    used_at = fields.AwareDateTime(allow_none=True)


class LinksOut(Schema):
    items = fields.List(fields.Nested(LinkOut))
    next = fields.String(allow_none=True)
