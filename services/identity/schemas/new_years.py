"""The move to the next school year: what is wished, the plan, and the moves there were."""

from datetime import timedelta

from marshmallow import Schema, fields, post_load, validate, validates_schema

from services.identity.rules.new_year_plan import ClassWish, OpenedClass, PupilWish, Wishes
from services.identity.schemas.movements import MovementOrderIn
from services.identity.schemas.parts import Trimmed, name_field, printable
from shared.errors import Text
from shared.field_texts import BadField

MOST_CLASSES, MOST_PUPILS = 300, 2000

TWICE = {
    "classes": Text("Класс назван дважды; оставьте одну строку.", "A class is named twice; keep one row."),
    "pupils": Text("Ученик назван дважды; оставьте одну строку.", "A pupil is named twice; keep one row."),
}


class ClassWishIn(Trimmed):
    group_id = fields.UUID(required=True)
    does = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(("promote", "graduate")))
    name = fields.String(load_default=None, allow_none=True, validate=[validate.Length(1, 120), printable])
    class_teacher_id = fields.UUID(allow_none=True)  # Left out: as it is.
    keeps_groups = fields.Boolean(load_default=None, allow_none=True)


class OpenedClassIn(Trimmed):
    name = name_field()
    grade = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 12))
    class_teacher_id = fields.UUID(load_default=None, allow_none=True)


class PupilWishIn(Trimmed):
    pupil_id = fields.UUID(required=True)
    does = fields.String(required=True, validate=validate.OneOf(("repeat", "promote", "leave")))
    into = fields.String(load_default=None, allow_none=True, validate=[validate.Length(1, 120), printable])


class NewYearIn(Trimmed):
    starts_on = fields.Date(required=True)
    leave_on = fields.Date(load_default=None, allow_none=True)
    classes = fields.List(
        fields.Nested(ClassWishIn), load_default=list, validate=validate.Length(max=MOST_CLASSES)
    )
    opened = fields.List(
        fields.Nested(OpenedClassIn), load_default=list, validate=validate.Length(max=MOST_CLASSES)
    )
    pupils = fields.List(
        fields.Nested(PupilWishIn), load_default=list, validate=validate.Length(max=MOST_PUPILS)
    )

    @validates_schema
    def once(self, data, **_):
        for name, key in (("classes", "group_id"), ("pupils", "pupil_id")):
            ids = [one[key] for one in data.get(name, ())]
            if len(ids) > len(set(ids)):
                raise BadField(TWICE[name], name)

    @post_load
    def wish(self, data, **_):
        rest = {name: data.pop(name) for name in ("seen", "order_number", "order_on") if name in data}
        starts_on = data["starts_on"]
        wishes = Wishes(
            starts_on,
            data["leave_on"] or starts_on - timedelta(days=1),
            {one["group_id"]: _class_wish(one) for one in data["classes"]},
            tuple(OpenedClass(one["name"], one["grade"], one["class_teacher_id"]) for one in data["opened"]),
            {one["pupil_id"]: PupilWish(one["does"], one["into"]) for one in data["pupils"]},
        )
        return {"wishes": wishes, **rest}


def _class_wish(one):
    said = "class_teacher_id" in one
    return ClassWish(one["does"], one["name"], one.get("class_teacher_id"), said, one["keeps_groups"])


class YearMoveIn(NewYearIn, MovementOrderIn):
    seen = fields.String(required=True, validate=validate.Length(1, 64))


class YearQuestionOut(Schema):
    code = fields.String()
    text = fields.String()
    group_id = fields.UUID(allow_none=True)
    pupil_id = fields.UUID(allow_none=True)
    pupil = fields.String(allow_none=True)
    options = fields.List(fields.String())


class YearPupilOut(Schema):
    id = fields.UUID()
    name = fields.String()
    kind = fields.String(allow_none=True)
    into = fields.String(allow_none=True)


class OldYearClassOut(Schema):
    id = fields.UUID()
    name = fields.String()
    grade = fields.Integer(allow_none=True)
    does = fields.String(allow_none=True)
    into = fields.String(allow_none=True)
    class_teacher_id = fields.UUID(allow_none=True)
    keeps_groups = fields.Boolean()
    pupils = fields.List(fields.Nested(YearPupilOut))


class NextYearClassOut(Schema):
    name = fields.String()
    grade = fields.Integer(allow_none=True)
    class_teacher = fields.String(allow_none=True)
    class_teacher_id = fields.UUID(allow_none=True)
    from_classes = fields.List(fields.String())
    groups = fields.List(fields.String())
    pupils = fields.Integer()


class YearPreviewOut(Schema):
    starts_on = fields.Date()
    leave_on = fields.Date()
    digest = fields.String()
    is_ready = fields.Boolean()
    questions = fields.List(fields.Nested(YearQuestionOut))
    classes = fields.List(fields.Nested(OldYearClassOut))
    next_classes = fields.List(fields.Nested(NextYearClassOut))
    totals = fields.Dict(keys=fields.String(), values=fields.Integer())


class YearMoveOut(Schema):
    id = fields.UUID()
    starts_on = fields.Date()
    undo_until = fields.Date()
    order_number = fields.String()
    order_on = fields.Date()
    applied_at = fields.AwareDateTime()
    undone_at = fields.AwareDateTime(allow_none=True)
    may_be_undone = fields.Boolean()
    totals = fields.Dict(keys=fields.String(), values=fields.Integer())


class YearMovesOut(Schema):
    items = fields.List(fields.Nested(YearMoveOut))
    next = fields.String(allow_none=True)


class YearMovedOut(Schema):
    id = fields.UUID()
    starts_on = fields.Date()
    undo_until = fields.Date()
