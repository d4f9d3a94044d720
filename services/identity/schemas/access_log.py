"""The access log, as it is asked for and answered."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from services.identity.queries.access_log import RESULTS
from shared.service import SERVICES


class PersonNamedOut(Schema):
    id = fields.UUID()
    name = fields.String(allow_none=True, metadata={"description": "null: erased, or another school's"})


class AccessLogQuery(Schema):
    person_id = fields.UUID(metadata={"description": "Whose data it was, lists they were in included."})
    actor_id = fields.UUID(metadata={"description": "Who saw or changed it."})
    action = fields.String(validate=Length(max=60))
    service = fields.String(validate=OneOf(SERVICES), metadata={"description": "That answered."})
    since = fields.AwareDateTime()
    until = fields.AwareDateTime()
    result = fields.String(validate=OneOf(RESULTS))
    cursor = fields.String(validate=Length(max=200))


class GroupNamedOut(Schema):
    id = fields.UUID()
    name = fields.String()


class AccessRecordOut(Schema):
    id = fields.UUID()
    at = fields.AwareDateTime()
    actor = fields.Nested(PersonNamedOut, allow_none=True)
    client_id = fields.String(allow_none=True)
    session_id = fields.UUID(allow_none=True)
    address = fields.String()
    service = fields.String(metadata={"description": "That answered."})
    action = fields.String()
    endpoint = fields.String()
    about = fields.Nested(PersonNamedOut, allow_none=True)
    persons = fields.Integer(metadata={"description": "How many people's data it was."})
    group = fields.Nested(GroupNamedOut, allow_none=True)
    status = fields.Integer()
    request_id = fields.String()
    facts = fields.Dict()
    changes = fields.Dict(allow_none=True, metadata={"description": "{field: [before, after]}"})


class AccessLogOut(Schema):
    items = fields.List(fields.Nested(AccessRecordOut))
    next = fields.String(allow_none=True)


class ReadersQuery(Schema):
    cursor = fields.String(validate=Length(max=200))


class ReaderOut(Schema):
    id = fields.UUID()
    at = fields.AwareDateTime()
    service = fields.String(metadata={"description": "That answered."})
    action = fields.String()
    endpoint = fields.String()
    actor = fields.Nested(PersonNamedOut, allow_none=True)
    client_id = fields.String(allow_none=True)
    persons = fields.Integer()


class ReadersOut(Schema):
    items = fields.List(fields.Nested(ReaderOut))
    next = fields.String(allow_none=True)
