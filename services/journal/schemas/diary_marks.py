"""Single marks of a diary with their history, over HTTP."""

from marshmallow import Schema, fields

from services.journal.schemas.answers import NamedOut
from services.journal.schemas.diary import DiaryEntryOut, DiaryFinalPlaceOut


class DiaryMarkQuery(Schema):
    pupil_id = fields.UUID(required=True)


class DiaryMarkLessonOut(Schema):
    id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    topic = fields.String(allow_none=True)


class DiaryChangeOut(Schema):
    at = fields.AwareDateTime()
    by = fields.String()
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class DiaryMarkOut(DiaryEntryOut):
    value = fields.String(allow_none=True)
    pupil = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    lesson = fields.Nested(DiaryMarkLessonOut)
    absence = fields.String(allow_none=True)
    changes = fields.List(fields.Nested(DiaryChangeOut))


class DiaryOneFinalOut(DiaryFinalPlaceOut):
    pupil = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    year = fields.Nested(NamedOut)
    value = fields.String(allow_none=True, metadata={"description": "None: taken back."})
    changes = fields.List(fields.Nested(DiaryChangeOut))
