"""Academic years: which is asked for, and which there are."""

from marshmallow import Schema, fields

from services.journal.schemas.answers import NamedOut


class YearQuery(Schema):
    year_id = fields.UUID(metadata={"description": "One of /years; without it the year of today."})


class YearOut(NamedOut):
    starts_on = fields.Date()
    ends_on = fields.Date()
    is_current = fields.Boolean()
    is_to_plan = fields.Boolean(metadata={"description": "The one that new thematic plans are for."})


class YearsOut(Schema):
    items = fields.List(fields.Nested(YearOut), metadata={"description": "The latest first."})
    next = fields.String(allow_none=True)
