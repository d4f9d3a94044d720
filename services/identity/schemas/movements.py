"""Movements, headcounts, rosters of a whole school; and the tables they are written into."""

from marshmallow import Schema, fields, validate

from services.identity.rules.movements import KINDS
from services.identity.rules.school import KINDS as GROUP_KINDS
from services.identity.schemas.parts import GroupRefOut, Trimmed, printable

FORMATS = ("json", "xlsx")


def text_field(longest=300):
    """A plain line that may be left out."""
    return fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(0, longest), printable]
    )


class MovementOrderIn(Trimmed):
    order_number = fields.String(required=True, validate=[validate.Length(1, 40), printable])
    order_on = fields.Date(required=True)


class DepartureIn(MovementOrderIn):
    moved_on = fields.Date(required=True)  # The last day here.
    place = text_field()
    reason = text_field()


class ArrivalIn(DepartureIn):
    class_id = fields.UUID(required=True)
    group_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))


class MovementReversalIn(Trimmed):
    reason = fields.String(required=True, validate=[validate.Length(1, 300), printable])
    order_number = text_field(40)
    order_on = fields.Date(load_default=None, allow_none=True)


class MovementRecordedOut(Schema):
    id = fields.UUID()


class MovementsQuery(Schema):
    from_on = fields.Date()
    until_on = fields.Date()
    kind = fields.String(validate=validate.OneOf([*KINDS]))
    group_id = fields.UUID()
    cursor = fields.String(validate=validate.Regexp(r"^\d{4}-\d\d-\d\d[0-9a-f-]{36}$"))
    format = fields.String(load_default="json", validate=validate.OneOf(FORMATS))


class MovementOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    pupil_id = fields.UUID()
    pupil = fields.String()
    birth_on = fields.Date(allow_none=True)
    moved_on = fields.Date()
    from_class = fields.Nested(GroupRefOut, allow_none=True)
    to_class = fields.Nested(GroupRefOut, allow_none=True)
    order_number = fields.String(allow_none=True)
    order_on = fields.Date(allow_none=True)
    place = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    is_reversed = fields.Boolean()
    reversible = fields.Boolean()
    reverses_id = fields.UUID(allow_none=True)
    year_move_id = fields.UUID(allow_none=True)
    recorded_at = fields.AwareDateTime()


class MovementsOut(Schema):
    items = fields.List(fields.Nested(MovementOut))
    next = fields.String(allow_none=True)


class ClassStayOut(Schema):
    group = fields.Nested(GroupRefOut)
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)


class PupilMovementsOut(Schema):
    items = fields.List(fields.Nested(MovementOut))
    classes = fields.List(fields.Nested(ClassStayOut))


class HeadcountQuery(Schema):
    on = fields.Date()
    since = fields.Date()
    format = fields.String(load_default="json", validate=validate.OneOf(FORMATS))


class HeadcountSumsOut(Schema):
    at_start = fields.Integer()
    came = fields.Integer()
    went = fields.Integer()
    pupils = fields.Integer()


class CountedClassOut(Schema):
    id = fields.UUID()
    name = fields.String()
    grade = fields.Integer(allow_none=True)


class HeadcountClassOut(HeadcountSumsOut):
    group = fields.Nested(CountedClassOut)
    class_teacher = fields.String()


class HeadcountOut(Schema):
    on = fields.Date()
    since = fields.Date()
    items = fields.List(fields.Nested(HeadcountClassOut))
    school = fields.Nested(HeadcountSumsOut)


class RostersQuery(Schema):
    on = fields.Date()
    kind = fields.String(load_default="class", validate=validate.OneOf(GROUP_KINDS))


class ListedPupilOut(Schema):
    id = fields.UUID()
    name = fields.String()


class ListedGroupOut(CountedClassOut):
    pupils = fields.List(fields.Nested(ListedPupilOut))


class RostersOut(Schema):
    items = fields.List(fields.Nested(ListedGroupOut))
