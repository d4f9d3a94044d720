"""Divisions of classes, class teachers' times, and confirmed class lists."""

from marshmallow import Schema, fields, validate

from services.identity.rules.divisions import MAX_PARTS, WAYS
from services.identity.schemas.groups import GroupOut
from services.identity.schemas.parts import PersonRefOut, Trimmed, name_field, printable


def _division_field():
    return fields.String(required=True, validate=[validate.Length(1, 60), printable])


class DivisionsQuery(Schema):
    on = fields.Date()


class ProposalQuery(Trimmed):
    division = _division_field()
    way = fields.String(required=True, validate=validate.OneOf(WAYS))
    parts = fields.Integer(load_default=2, validate=validate.Range(2, MAX_PARTS))
    on = fields.Date(load_default=None)


class DividedPupilOut(Schema):
    id = fields.UUID()
    name = fields.String()
    sex = fields.String(allow_none=True)


class PartOut(Schema):
    name = fields.String()
    pupils = fields.List(fields.Nested(DividedPupilOut))


class ProposalOut(Schema):
    division = fields.String()
    on = fields.Date()
    parts = fields.List(fields.Nested(PartOut))
    left_out = fields.List(fields.Nested(DividedPupilOut))


class DividedGroupOut(PartOut):
    id = fields.UUID()


class DivisionOut(Schema):
    division = fields.String()
    groups = fields.List(fields.Nested(DividedGroupOut))
    left_out = fields.List(fields.Nested(DividedPupilOut))


class DivisionsOut(Schema):
    items = fields.List(fields.Nested(DivisionOut))
    next = fields.String(allow_none=True)


class PartIn(Trimmed):
    name = name_field()
    pupil_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(max=400))


class DivideIn(Trimmed):
    division = _division_field()
    from_on = fields.Date(required=True)
    parts = fields.List(fields.Nested(PartIn), required=True, validate=validate.Length(2, MAX_PARTS))


class LeaderOut(Schema):
    person = fields.Nested(PersonRefOut)
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)


class LeadersOut(Schema):
    items = fields.List(fields.Nested(LeaderOut))
    next = fields.String(allow_none=True)


class ConfirmationsQuery(Schema):
    month = fields.Date(metadata={"description": "Any day of the month; this month by default."})
    mine = fields.Boolean(load_default=False)


class ConfirmedOut(Schema):
    group_id = fields.UUID()
    confirmed_on = fields.Date()
    confirmed_by = fields.UUID()


class ConfirmationOut(Schema):
    group = fields.Nested(GroupOut)
    month = fields.Date()
    confirmed_on = fields.Date(allow_none=True)


class ConfirmationsOut(Schema):
    items = fields.List(fields.Nested(ConfirmationOut))
    next = fields.String(allow_none=True)
