"""Signing in, tokens, oneself and the school."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.identity.rules.passwords import PASSWORD_MAX
from services.identity.schemas.parts import (
    ChildOut,
    GroupRefOut,
    PersonRefOut,
    SchoolRefOut,
    Trimmed,
    printable,
)
from shared.service import SERVICES


class SignInIn(Schema):
    login = fields.String(required=True, validate=validate.Length(1, 254))
    password = fields.String(required=True, validate=validate.Length(1, PASSWORD_MAX), load_only=True)
    is_shared = fields.Boolean(load_default=False, metadata={"description": "On a computer of many people."})


class SignOutIn(Schema):
    session_token = fields.String(required=True, validate=validate.Length(1, 200))


class TokenIn(Schema):
    grant_type = fields.String(required=True, validate=validate.OneOf(("session", "client_credentials")))
    audience = fields.String(required=True, validate=validate.OneOf(SERVICES))
    session_token = fields.String(validate=validate.Length(1, 200))
    client_id = fields.String(validate=validate.Length(1, 80))
    client_secret = fields.String(validate=validate.Length(1, 200), load_only=True)
    client_assertion = fields.String(
        validate=validate.Length(1, 4000),
        load_only=True,
        metadata={"description": "RFC 7523."},
    )

    @validates_schema
    def complete(self, data, **_):
        proof = "client_assertion" if "client_assertion" in data else "client_secret"
        needed = {"session": ("session_token",), "client_credentials": ("client_id", proof)}
        missing = [name for name in needed.get(data.get("grant_type"), ()) if name not in data]
        if missing:
            raise ValidationError({name: ["Missing data for required field."] for name in missing})


class TokenOut(Schema):
    access_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer()


class JwksOut(Schema):
    keys = fields.List(fields.Dict())


class SchoolOut(SchoolRefOut):
    time_zone = fields.String()
    scale = fields.List(fields.String())


class SchoolCardOut(SchoolOut):
    short_name = fields.String()
    address = fields.String()
    phone = fields.String()
    email = fields.String()
    director = fields.Nested(PersonRefOut, allow_none=True)


class SchoolIn(Trimmed):
    name = fields.String(required=True, validate=[validate.Length(1, 300), printable])
    time_zone = fields.String(required=True, validate=validate.Length(1, 60))
    scale = fields.List(
        fields.String(validate=[validate.Length(1, 8), printable]),
        required=True,
        validate=validate.Length(1, 30),
    )
    short_name = fields.String(validate=[validate.Length(max=120), printable])
    address = fields.String(validate=[validate.Length(max=300), printable])
    phone = fields.String(validate=[validate.Length(max=60), printable])
    email = fields.String(validate=[validate.Length(max=254), validate.Regexp(r"^$|^[^@\s]+@[^@\s]+$")])


class SessionOut(Schema):
    session_token = fields.String()
    must_change_password = fields.Boolean()
    must_enrol_factor = fields.Boolean()
    person = fields.Nested(PersonRefOut)
    school = fields.Nested(SchoolRefOut)
    roles = fields.List(fields.String())


class LedClassOut(GroupRefOut):
    kind = fields.String()


class MeOut(Schema):
    person = fields.Nested(PersonRefOut)
    login = fields.String(allow_none=True)
    must_change_password = fields.Boolean()
    factor_due_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Until when the second factor wanted may be put off."}
    )
    school = fields.Nested(SchoolOut)
    roles = fields.List(fields.String())
    children = fields.List(fields.Nested(ChildOut))
    classes = fields.List(fields.Nested(LedClassOut))


class PasswordIn(Schema):
    # Empty of whoever came in with a one-time code: that was proof enough.
    password = fields.String(load_default="", validate=validate.Length(0, PASSWORD_MAX), load_only=True)
    new_password = fields.String(required=True, validate=validate.Length(1, 1000), load_only=True)


class OwnSessionOut(Schema):
    id = fields.UUID()
    started_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime()
    is_current = fields.Boolean()
    is_shared = fields.Boolean()
    device = fields.String()
    address = fields.String()


class SessionsOut(Schema):
    items = fields.List(fields.Nested(OwnSessionOut))
    next = fields.String(allow_none=True)
