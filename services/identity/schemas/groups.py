"""Groups, rosters, enrolments."""

from marshmallow import Schema, fields, validate

from services.identity.rules import KINDS
from services.identity.schemas.parts import PersonRefOut, Trimmed, name_field
from services.identity.schemas.sessions import LedClassOut


class GroupsQuery(Schema):
    kind = fields.String(validate=validate.OneOf(KINDS))


class ChangeGroupIn(Trimmed):
    name = name_field()
    grade = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 12))
    parent_id = fields.UUID(load_default=None, allow_none=True)
    class_teacher_id = fields.UUID(load_default=None, allow_none=True)


class GroupIn(ChangeGroupIn):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class GroupOut(LedClassOut):
    grade = fields.Integer(allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    class_teacher = fields.Nested(PersonRefOut, allow_none=True)


class GroupsOut(Schema):
    items = fields.List(fields.Nested(GroupOut))
    next = fields.String(allow_none=True)


class RosterQuery(Schema):
    on = fields.Date()


class PupilOut(PersonRefOut):
    name = fields.String()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)


class RosterOut(Schema):
    group = fields.Nested(GroupOut)
    items = fields.List(fields.Nested(PupilOut))
    next = fields.String(allow_none=True)


class EnrolIn(Schema):
    pupil_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)


class EndEnrolmentIn(Schema):
    pupil_id = fields.UUID(required=True)
    until_on = fields.Date(required=True)


class EnrolmentOut(Schema):
    pupil_id = fields.UUID()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
