"""Proofs and second factors."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.identity.rules.factors import PASSKEY, PASSWORD, RECOVERY, TOTP
from services.identity.rules.passwords import PASSWORD_MAX
from services.identity.schemas.parts import Trimmed, printable

TOKEN = validate.Length(1, 200)


def code_field(**given):
    return fields.String(validate=[validate.Length(1, 100), printable], load_only=True, **given)


def credential_field(**given):
    """A field for what `navigator.credentials` gave, as JSON (its `toJSON`)."""
    return fields.Dict(keys=fields.String(), **given)


NEEDS = {PASSWORD: "password", TOTP: "code", RECOVERY: "code", PASSKEY: "credential"}


class OneOf(Schema):
    """One way to prove oneself, and what it needs."""

    code = code_field()
    credential = credential_field()

    @validates_schema
    def complete(self, data, **_):
        needed = NEEDS.get(data.get("way"))
        if needed and needed not in data:
            raise ValidationError({needed: ["Missing data for required field."]})


class ProofIn(OneOf):
    way = fields.String(load_default=PASSWORD, validate=validate.OneOf((PASSWORD, TOTP, RECOVERY, PASSKEY)))
    password = fields.String(validate=validate.Length(1, PASSWORD_MAX), load_only=True)


class ProofOut(Schema):
    proven_at = fields.AwareDateTime(allow_none=True)
    is_fresh = fields.Boolean(metadata={"description": "Whether it is good for another two minutes."})
    ways = fields.List(fields.String())


class SecondStepIn(OneOf):
    pending_token = fields.String(required=True, validate=TOKEN)
    way = fields.String(required=True, validate=validate.OneOf((TOTP, RECOVERY, PASSKEY)))


class PendingIn(Schema):
    pending_token = fields.String(required=True, validate=TOKEN)


class PendingOut(Schema):
    pending_token = fields.String()
    ways = fields.List(fields.String())


class PasskeySignInIn(Schema):
    credential = credential_field(required=True)
    is_shared = fields.Boolean(load_default=False)


class PasskeyIn(Trimmed):
    credential = credential_field(required=True)
    name = fields.String(required=True, validate=[validate.Length(1, 80), printable])


class PasskeyOut(Schema):
    id = fields.UUID()
    name = fields.String()
    made_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime(allow_none=True)


class OptionsOut(Schema):
    options = fields.Dict(metadata={"description": "For `navigator.credentials`, as WebAuthn writes it."})


class TotpOut(Schema):
    secret = fields.String()
    uri = fields.String()


class CodeIn(Schema):
    code = code_field(required=True)


class RecoveryCodesOut(Schema):
    recovery_codes = fields.List(fields.String())


class FactorsOut(Schema):
    totp_since = fields.AwareDateTime(allow_none=True)
    passkeys = fields.List(fields.Nested(PasskeyOut))
    recovery_codes_left = fields.Integer()
    is_required = fields.Boolean()
    due_at = fields.AwareDateTime(allow_none=True)


class SignInTryOut(Schema):
    at = fields.AwareDateTime()
    outcome = fields.String()
    device = fields.String()
    address = fields.String()


class SignInTriesOut(Schema):
    items = fields.List(fields.Nested(SignInTryOut))
    next = fields.String(allow_none=True)
