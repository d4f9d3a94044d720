"""What comes in and goes out over HTTP."""

from marshmallow import Schema, fields, validate

from services.notify.rules import LANGUAGES


class NoticesQuery(Schema):
    unread = fields.Boolean(load_default=False)
    cursor = fields.UUID(load_default=None)


class PupilOut(Schema):
    id = fields.UUID()
    name = fields.String()


class EntryOut(Schema):
    slot = fields.Integer()
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)
    due_on = fields.String(
        allow_none=True, metadata={"description": "Of a «•»: the day until which a mark is awaited."}
    )
    type = fields.String()
    work = fields.String(metadata={"description": "What the work is called; empty for attendance."})
    text = fields.String(metadata={"description": "What happened, said in the reader's language."})


class NoticeOut(Schema):
    id = fields.UUID()
    kind = fields.String(
        metadata={
            "description": "marks | attendance | finals | remarks | tasks | homework | substitutions | "
            "corrections | answers | security"
        }
    )
    pupil = fields.Nested(
        PupilOut, allow_none=True, metadata={"description": "None: about one's own account."}
    )
    about_id = fields.UUID(metadata={"description": "The correction request, or the task answered."})
    subject = fields.String()
    lesson_on = fields.Date(allow_none=True)
    text = fields.String()
    entries = fields.List(fields.Nested(EntryOut))
    lines = fields.List(
        fields.String(),
        metadata={"description": "What was decided or set in the day's lessons, one by one."},
    )
    told_at = fields.AwareDateTime(metadata={"description": "When what it says happened."})
    read_at = fields.AwareDateTime(allow_none=True)


class NoticesOut(Schema):
    items = fields.List(fields.Nested(NoticeOut))
    next = fields.UUID(allow_none=True)


class CountOut(Schema):
    count = fields.Integer()


class PreferencesIn(Schema):
    email_enabled = fields.Boolean(required=True, truthy={True}, falsy={False})
    mail_substitutions = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    mail_homework = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class PreferencesOut(Schema):
    email_enabled = fields.Boolean()
    mail_substitutions = fields.Boolean()
    mail_homework = fields.Boolean()
    language = fields.String()
