"""Lessons of some days as people look at them."""

from marshmallow import Schema, fields

from services.schedule.schemas import LessonOut, LessonsQuery, NamedOut


class AgendaQuery(LessonsQuery):
    room_id = fields.UUID(load_default=None)


class ChangeOut(Schema):
    kind = fields.String(
        metadata={"description": "As decided; «move_in» and «subject_in» of the lesson held in its stead."}
    )
    teachers = fields.List(fields.Nested(NamedOut), metadata={"description": "Whose lesson it was."})
    subject = fields.String(allow_none=True)
    on = fields.Date(allow_none=True)
    number = fields.Integer(allow_none=True)


class AgendaLessonOut(LessonOut):
    room_id = fields.UUID(allow_none=True)
    class_ids = fields.List(fields.UUID())
    is_held = fields.Boolean()
    change = fields.Nested(ChangeOut, allow_none=True)


class AgendaOut(Schema):
    items = fields.List(fields.Nested(AgendaLessonOut))
    next = fields.String(allow_none=True)


class TeachersOut(Schema):
    items = fields.List(fields.Nested(NamedOut))
    next = fields.String(allow_none=True)
