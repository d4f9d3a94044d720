"""Consents: recorded, listed, counted."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from services.identity.rules.consents import METHODS, PAPER, PURPOSES
from services.identity.schemas.access_log import PersonNamedOut
from services.identity.schemas.parts import GroupRefOut, Trimmed, printable


class PurposeOut(Schema):
    kind = fields.String()
    title = fields.Raw(metadata={"description": "In the caller's language."})
    about = fields.String(metadata={"description": "pupil | parent: whose consent every family is asked for"})
    asked = fields.Boolean()
    form_version = fields.String()
    text = fields.String()
    text_sha256 = fields.String()


class PurposesOut(Schema):
    items = fields.List(fields.Nested(PurposeOut))


class ConsentIn(Trimmed):
    kind = fields.String(required=True, validate=OneOf(list(PURPOSES)))
    given_on = fields.Date(load_default=None, allow_none=True)
    given_by = fields.UUID(load_default=None, allow_none=True)
    method = fields.String(load_default=PAPER, validate=OneOf(METHODS))
    scope = fields.String(load_default="", validate=[Length(max=500), printable])


class WithdrawalIn(Schema):
    withdrawn_on = fields.Date(load_default=None, allow_none=True)


class ConsentOut(Schema):
    id = fields.UUID()
    person_id = fields.UUID()
    kind = fields.String()
    form_version = fields.String()
    text_sha256 = fields.String()
    scope = fields.String()
    given_on = fields.Date()
    given_by = fields.Nested(PersonNamedOut)
    method = fields.String()
    recorded_at = fields.AwareDateTime()
    withdrawn_on = fields.Date(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class ConsentsOut(Schema):
    items = fields.List(fields.Nested(ConsentOut))


class GuardianConsentsOut(Schema):
    id = fields.UUID()
    name = fields.String()
    given = fields.Dict(keys=fields.String(), values=fields.Date())


class PupilConsentsOut(GuardianConsentsOut):
    guardians = fields.List(fields.Nested(GuardianConsentsOut))
    missing = fields.List(fields.String(), metadata={"description": "Kinds the family has not handed in."})


class GroupConsentsOut(Schema):
    group = fields.Nested(GroupRefOut)
    items = fields.List(fields.Nested(PupilConsentsOut))


class ClassCountOut(Schema):
    group = fields.Nested(GroupRefOut)
    pupils = fields.Integer()
    given = fields.Dict(keys=fields.String(), values=fields.Integer())


class CompletenessOut(Schema):
    items = fields.List(fields.Nested(ClassCountOut))


class FormsQuery(Schema):
    kind = fields.String(required=True, validate=OneOf(list(PURPOSES)))
    missing = fields.Boolean(load_default=True, metadata={"description": "Only of those who lack it."})
