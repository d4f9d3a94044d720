"""Groups, rosters, enrolments."""

from marshmallow import Schema, fields, validate

from services.identity.rules.school import KINDS
from services.identity.schemas.parts import PersonRefOut, Trimmed, name_field, printable
from services.identity.schemas.sessions import LedClassOut


class GroupsQuery(Schema):
    kind = fields.String(validate=validate.OneOf(KINDS))
    mine = fields.Boolean(metadata={"description": "Only classes one leads, or parallels one answers for."})
    on = fields.Date()


class ChangeGroupIn(Trimmed):
    name = name_field()
    grade = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 12))
    parent_id = fields.UUID(load_default=None, allow_none=True)
    class_teacher_id = fields.UUID(load_default=None, allow_none=True)
    class_teacher_from = fields.Date(load_default=None, allow_none=True)
    division = fields.String(allow_none=True, validate=[validate.Length(1, 60), printable])


class GroupIn(ChangeGroupIn):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class GroupOut(LedClassOut):
    grade = fields.Integer(allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    division = fields.String(allow_none=True)
    class_teacher = fields.Nested(PersonRefOut, allow_none=True)
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True)
    continues_id = fields.UUID(allow_none=True)


class GroupsOut(Schema):
    items = fields.List(fields.Nested(GroupOut))
    next = fields.String(allow_none=True)


class RosterQuery(Schema):
    on = fields.Date()


class OrderedOut(Schema):
    """What an order did to a pupil's place."""

    kind = fields.String()
    moved_on = fields.Date()
    order_number = fields.String(allow_none=True)
    order_on = fields.Date(allow_none=True)


class PupilOut(PersonRefOut):
    name = fields.String()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    came = fields.Nested(OrderedOut, allow_none=True)  # Since the school year began, by an order.


class LeftPupilOut(PupilOut):
    went = fields.Nested(OrderedOut, allow_none=True)


class RosterOut(Schema):
    group = fields.Nested(GroupOut)
    on = fields.Date()
    items = fields.List(fields.Nested(PupilOut))
    left = fields.List(fields.Nested(LeftPupilOut))
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
