"""Openings of diaries over HTTP."""

from marshmallow import Schema, fields

from services.journal.schemas.answers import NamedOut


class ViewingParentOut(NamedOut):
    last_on = fields.Date(allow_none=True)
    days_ago = fields.Integer(allow_none=True)
    weeks_seen = fields.Integer(metadata={"description": "Of the last `weeks`, with an opening in them."})
    weeks = fields.Integer()


class ViewedPupilOut(NamedOut):
    parents = fields.List(fields.Nested(ViewingParentOut))


class ClassViewsOut(Schema):
    group = fields.Nested(NamedOut)
    on = fields.Date()
    unseen_days = fields.Integer()
    parents = fields.Integer()
    this_week = fields.Integer(metadata={"description": "Parents who looked in the last seven days."})
    pupils = fields.List(fields.Nested(ViewedPupilOut))


class ViewsOfClassOut(Schema):
    group = fields.Nested(NamedOut)
    parents = fields.Integer()
    this_week = fields.Integer()
    never = fields.Integer()


class SchoolViewsOut(Schema):
    items = fields.List(fields.Nested(ViewsOfClassOut))
    next = fields.String(allow_none=True)
