"""Imports and what they report."""

from marshmallow import Schema, fields, validate

from services.identity.rules.school import KINDS
from services.identity.schemas.parts import Trimmed, name_field, printable


class ImportQuery(Schema):
    dry_run = fields.Boolean(load_default=False)
    org = fields.String(validate=validate.Length(1, 300))
    on = fields.Date()


class CountsOut(Schema):
    people = fields.Integer()
    roles = fields.Integer()
    groups = fields.Integer()
    enrolments = fields.Integer()
    guardianships = fields.Integer()


class IgnoredOut(Schema):
    file = fields.String()
    what = fields.String()
    why = fields.Raw(metadata={"type": "string"})


class ImportChangeOut(Schema):
    action = fields.String()
    what = fields.String()
    name = fields.String()
    file = fields.String()
    line = fields.Integer()
    id = fields.UUID(allow_none=True)
    # Called `fields` where it is read; a schema has an attribute of that name itself.
    by_field = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw(allow_none=True)),  # was, is
        attribute="fields",
        data_key="fields",
    )


class ImportOut(Schema):
    format = fields.String()
    org = fields.String(allow_none=True)
    created = fields.Nested(CountsOut)
    changed = fields.Nested(CountsOut)
    unchanged = fields.Nested(CountsOut)
    closed = fields.Nested(CountsOut)
    changes = fields.List(fields.Nested(ImportChangeOut))
    ignored = fields.List(fields.Nested(IgnoredOut))


class NamedTeacherIn(Trimmed):
    key = fields.String(required=True, validate=validate.Length(1, 300))
    name = fields.String(required=True, validate=[validate.Length(1, 240), printable])


class NamedGroupIn(Trimmed):
    key = fields.String(required=True, validate=validate.Length(1, 300))
    name = name_field()
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    grade = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 12))
    parent_key = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 300))


class NamesIn(Schema):
    teachers = fields.List(
        fields.Nested(NamedTeacherIn), load_default=list, validate=validate.Length(0, 5000)
    )
    groups = fields.List(fields.Nested(NamedGroupIn), load_default=list, validate=validate.Length(0, 5000))


class NamesQuery(Schema):
    dry_run = fields.Boolean(load_default=False)


class NamesCreatedOut(Schema):
    teachers = fields.Integer()
    groups = fields.Integer()


class NamesOut(Schema):
    teachers = fields.Dict(keys=fields.String(), values=fields.UUID())
    groups = fields.Dict(keys=fields.String(), values=fields.UUID())
    created = fields.Nested(NamesCreatedOut)
