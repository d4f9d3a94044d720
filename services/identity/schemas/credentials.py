"""Codes, slips, accounts of a class, forgotten passwords."""

from marshmallow import Schema, fields, validate

from services.identity.rules.credentials import SLIPS_AT_ONCE
from services.identity.rules.passwords import PASSWORD_MAX
from services.identity.schemas.parts import GroupRefOut, Trimmed, printable


class SlipsIn(Schema):
    person_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, SLIPS_AT_ONCE))


class HandOverIn(Schema):
    to_id = fields.UUID(load_default=None, allow_none=True)


class BlockIn(Trimmed):
    reason = fields.String(required=True, validate=[validate.Length(3, 300), printable])


class AccountOut(Schema):
    id = fields.UUID()
    pupil_id = fields.UUID(allow_none=True, metadata={"description": "Of a parent: the pupil above."})
    name = fields.String()
    roles = fields.List(fields.String())
    is_staff = fields.Boolean()
    has_email = fields.Boolean()
    login = fields.String(allow_none=True)
    state = fields.String(
        metadata={"description": "none | issued | handed_over | expired | active | blocked"}
    )
    last_signed_in_at = fields.AwareDateTime(allow_none=True)
    blocked_at = fields.AwareDateTime(allow_none=True)
    blocked_reason = fields.String(allow_none=True)
    code_issued_at = fields.AwareDateTime(allow_none=True)
    code_expires_at = fields.AwareDateTime(allow_none=True)
    code_handed_at = fields.AwareDateTime(allow_none=True)


class SuspiciousOut(Schema):
    id = fields.UUID()
    name = fields.String()
    failures = fields.Integer()
    last_at = fields.AwareDateTime()
    device = fields.String()
    address = fields.String()


class AccountsOut(Schema):
    group = fields.Nested(GroupRefOut, allow_none=True)
    items = fields.List(fields.Nested(AccountOut))
    suspicious = fields.List(fields.Nested(SuspiciousOut))


class CodeOut(Schema):
    issued_at = fields.AwareDateTime()
    issued_by = fields.String(allow_none=True)
    expires_at = fields.AwareDateTime()
    handed_at = fields.AwareDateTime(allow_none=True)
    handed_by = fields.String(allow_none=True)
    handed_to = fields.String(allow_none=True)
    used_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class CodesOut(Schema):
    items = fields.List(fields.Nested(CodeOut))
    next = fields.String(allow_none=True)


class ResetIn(Schema):
    login = fields.String(required=True, validate=[validate.Length(1, 254), printable])


class NewPasswordIn(Schema):
    token = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)
    new_password = fields.String(required=True, validate=validate.Length(1, 8 * PASSWORD_MAX), load_only=True)
