"""The school's parameters."""

from marshmallow import Schema, fields, validate

from services.identity.rules.parameters import SECTIONS
from services.identity.schemas.parts import PersonRefOut, Trimmed, printable


class ParametersQuery(Schema):
    on = fields.Date()


class ParameterOut(Schema):
    name = fields.String()
    section = fields.String(validate=validate.OneOf(SECTIONS))
    section_title = fields.Raw(metadata={"type": "string"})
    clause = fields.String()
    title = fields.Raw(metadata={"type": "string"})
    form = fields.String(metadata={"description": "What kind of value: whole, choice, by_grade, zone …"})
    bounds = fields.Dict(keys=fields.String(), metadata={"description": "What a value has to keep within."})
    default = fields.Raw()
    value = fields.Raw()
    valid_from = fields.Date(allow_none=True, metadata={"description": "null: the default, ever since."})
    changes_on = fields.Date(allow_none=True)
    version = fields.Integer()


class ParametersOut(Schema):
    items = fields.List(fields.Nested(ParameterOut))
    next = fields.String(allow_none=True)


class ParameterChangeOut(Schema):
    number = fields.Integer()
    valid_from = fields.Date()
    value = fields.Raw()
    set_by = fields.Nested(PersonRefOut, allow_none=True)
    set_at = fields.AwareDateTime()
    reason = fields.String()
    act_number = fields.String(allow_none=True)
    act_on = fields.Date(allow_none=True)


class ParameterHistoryOut(ParameterOut):
    history = fields.List(fields.Nested(ParameterChangeOut))


class ParameterIn(Trimmed):
    value = fields.Raw(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    reason = fields.String(load_default="", validate=[validate.Length(max=500), printable])
    act_number = fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(1, 60), printable]
    )
    act_on = fields.Date(load_default=None, allow_none=True)
