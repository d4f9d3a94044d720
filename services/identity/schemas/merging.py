"""People who may be one, and making them one."""

from marshmallow import Schema, fields


class TwinOut(Schema):
    id = fields.UUID()
    name = fields.String()
    birth_on = fields.Date(allow_none=True)
    roles = fields.List(fields.String())
    class_name = fields.String(allow_none=True)
    file_number = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phones = fields.List(fields.String())
    login = fields.String(allow_none=True)
    children = fields.List(fields.String())
    guardians = fields.List(fields.String())


class DuplicateOut(Schema):
    score = fields.Integer()
    why = fields.Raw(metadata={"type": "string"})
    one = fields.Nested(TwinOut)
    other = fields.Nested(TwinOut)


class DuplicatesOut(Schema):
    items = fields.List(fields.Nested(DuplicateOut))
    next = fields.String(allow_none=True)


class MergeIn(Schema):
    keep_id = fields.UUID(required=True)
    drop_id = fields.UUID(required=True)


class MergePreviewOut(Schema):
    keep = fields.Nested(TwinOut)
    drop = fields.Nested(TwinOut)
    refusal = fields.Raw(metadata={"type": "string"}, allow_none=True)
    together = fields.List(fields.String())
