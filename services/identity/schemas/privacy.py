"""What is known of a person, their requests, and erasures."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from services.identity.rules.retention import ACCESS, ERASURE, GROUNDS
from services.identity.schemas.access_log import PersonNamedOut
from services.identity.schemas.parts import Trimmed, printable


class PersonalDataOut(Schema):
    card = fields.Dict()
    groups = fields.List(fields.Dict())
    held = fields.Dict(metadata={"description": "Rows by table, secrets left out."})
    read_by = fields.List(fields.Dict(), metadata={"description": "The latest thousand, the newest first."})


class SubjectRequestIn(Schema):
    kind = fields.String(required=True, validate=OneOf((ACCESS, ERASURE)))
    asked_on = fields.Date(load_default=None, allow_none=True)


class SubjectRequestOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    person = fields.Nested(PersonNamedOut)
    asked_on = fields.Date()
    due_on = fields.Date()
    done_on = fields.Date(allow_none=True)
    outcome = fields.String(allow_none=True)


class SubjectRequestsOut(Schema):
    items = fields.List(fields.Nested(SubjectRequestOut))


class SubjectRequestsQuery(Schema):
    all = fields.Boolean(load_default=False, metadata={"description": "Those answered as well."})


class OutcomeIn(Trimmed):
    outcome = fields.String(required=True, validate=[Length(1, 300), printable])


class ErasureIn(Schema):
    ground = fields.String(required=True, validate=OneOf(list(GROUNDS)))


class GroundOut(Schema):
    kind = fields.String()
    title = fields.Raw()


class KeptOut(Schema):
    title = fields.Raw()
    years = fields.Integer()
    rule = fields.String()


class ErasureOut(Schema):
    id = fields.UUID()
    person = fields.Nested(PersonNamedOut)
    ground = fields.Nested(GroundOut)
    kept = fields.List(fields.Nested(KeptOut))
    destroyed = fields.Dict()
    proposed_at = fields.AwareDateTime()
    proposed_by = fields.Nested(PersonNamedOut, allow_none=True)
    done_at = fields.AwareDateTime(allow_none=True)
    done_by = fields.Nested(PersonNamedOut, allow_none=True)
    refused_at = fields.AwareDateTime(allow_none=True)


class ErasuresOut(Schema):
    items = fields.List(fields.Nested(ErasureOut))
