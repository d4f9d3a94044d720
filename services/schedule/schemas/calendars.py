"""Bodies of the calendars people subscribe to."""

from marshmallow import Schema, fields, validate

KINDS = ("teacher", "pupil", "group", "room")


class CalendarIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    about_id = fields.UUID(required=True)


class CalendarOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    about_id = fields.UUID()
    about = fields.String(allow_none=True, metadata={"description": "The group's or the room's name."})
    made_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)


class CalendarsOut(Schema):
    items = fields.List(fields.Nested(CalendarOut))
    next = fields.String(allow_none=True)


class GivenCalendarOut(Schema):
    id = fields.UUID()
    path = fields.String(metadata={"description": "The address, after the host. It is told but once."})
