"""Answers about the staff-room screen, and the addresses of such screens."""

from marshmallow import Schema, fields
from marshmallow.validate import Length

from services.schedule.schemas.years import SpanSchema, SpecialDaySchema


class HourLessonOut(Schema):
    number = fields.Integer()
    starts = fields.String()
    group = fields.String()
    subject = fields.String()
    teachers = fields.List(fields.String())
    room = fields.String(allow_none=True)
    is_substituted = fields.Boolean()


class DayChangeOut(Schema):
    number = fields.Integer()
    group = fields.String()
    subject = fields.String()
    kind = fields.String(metadata={"description": "As decided; «moved_in» of a lesson from another day."})
    absent = fields.List(fields.String())
    stand_in = fields.String(allow_none=True)
    to_subject = fields.String(allow_none=True)
    room = fields.String(allow_none=True)
    other_on = fields.Date(allow_none=True, metadata={"description": "Whereto it moved, or wherefrom."})
    other_number = fields.Integer(allow_none=True)


class ScreenDayOut(Schema):
    on = fields.Date()
    has_lessons = fields.Boolean()
    changes = fields.List(fields.Nested(DayChangeOut))
    special_days = fields.List(fields.Nested(SpecialDaySchema))
    holidays = fields.List(fields.Nested(SpanSchema))


class StaffRoomOut(Schema):
    school = fields.String()
    time_zone = fields.String()
    at = fields.String(metadata={"description": "The time at the school, HH:MM."})
    has_begun = fields.Boolean(metadata={"description": "Whether the lessons go on, or are to begin next."})
    lessons = fields.List(fields.Nested(HourLessonOut))
    absent = fields.List(fields.String(), metadata={"description": "Who is away today; never why."})
    days = fields.List(
        fields.Nested(ScreenDayOut), metadata={"description": "Today and the next school day."}
    )


class ScreenIn(Schema):
    name = fields.String(required=True, validate=Length(1, 80))


class ScreenOut(Schema):
    id = fields.UUID()
    name = fields.String()
    made_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)


class ScreensOut(Schema):
    items = fields.List(fields.Nested(ScreenOut))
    next = fields.String(allow_none=True)


class PutUpScreenOut(Schema):
    id = fields.UUID()
    token = fields.String(metadata={"description": "The secret of its address. It is told but once."})
