"""Tasks and answers as they come in and are told."""

from datetime import date
from urllib.parse import urlsplit

from marshmallow import Schema, fields, validate

from services.journal.rules.homework import MOST_FILES, MOST_LINKS
from services.journal.schemas.files import FileOut
from services.journal.schemas.incoming import Words, _text, printable
from shared.errors import Text
from shared.field_texts import BadField

MOST_COPIES = 20

NOT_A_LINK = Text(
    "Это не ссылка. Скопируйте адрес страницы целиком.",
    "Not a link. Copy the whole address of the page.",
)
NOT_OF_THE_WEB = Text(
    "Ссылка начинается с http:// или https:// и не содержит пробелов.",
    "A link begins with http:// or https:// and has no spaces.",
)


def _is_link(text):
    try:
        parts = urlsplit(text)
    except ValueError as wrong:
        raise BadField(NOT_A_LINK) from wrong
    if parts.scheme not in ("http", "https") or not parts.netloc or any(map(str.isspace, text)):
        raise BadField(NOT_OF_THE_WEB)


def _links():
    one = fields.String(validate=[validate.Length(max=200), printable, _is_link])
    return fields.List(one, load_default=(), validate=validate.Length(max=MOST_LINKS))


def _file_ids():
    return fields.List(fields.UUID(), load_default=(), validate=validate.Length(max=MOST_FILES))


class TaskIn(Schema):
    text = Words(required=True, validate=[validate.Length(1, 2000), printable])
    minutes = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 600))
    group_id = fields.UUID(load_default=None, allow_none=True)
    pupil_id = fields.UUID(load_default=None, allow_none=True)
    due_lesson_id = fields.UUID(load_default=None, allow_none=True)
    links = _links()
    file_ids = _file_ids()


class LoadOut(Schema):
    on = fields.Date()
    minutes = fields.Integer()
    norm = fields.Integer(allow_none=True)
    is_over = fields.Boolean()


class WrittenTaskOut(Schema):
    id = fields.UUID()
    slot = fields.Integer()
    seq = fields.Integer()
    head = fields.String()
    load_ = fields.Nested(LoadOut, allow_none=True, data_key="load")


class CopyIn(Schema):
    lesson_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, MOST_COPIES))


class CopiedOut(Schema):
    lessons = fields.Integer(metadata={"description": "How many got anything they did not have already."})


class AnswerIn(Schema):
    text = _text(10_000, load_default="")
    links = _links()
    file_ids = _file_ids()


class AnswerOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    given_at = fields.AwareDateTime()
    is_late = fields.Boolean()


class ReplyIn(Schema):
    text = _text(2000, load_default="")
    is_returned = fields.Boolean(load_default=False)


class ReplyOut(Schema):
    id = fields.UUID()
    text = fields.String()
    is_returned = fields.Boolean()
    given_at = fields.AwareDateTime()


class SaidReplyOut(ReplyOut):
    teacher = fields.String()


class VersionOut(AnswerOut):
    text = fields.String()
    links = fields.List(fields.String())
    files = fields.List(fields.Nested(FileOut))
    replies = fields.List(fields.Nested(SaidReplyOut))


class TaskOut(Schema):
    id = fields.UUID()
    text = fields.String()
    minutes = fields.Integer(allow_none=True)
    links = fields.List(fields.String())
    files = fields.List(fields.Nested(FileOut))
    set_on = fields.Date()
    due_on = fields.Date(allow_none=True)
    is_individual = fields.Boolean()


class SetTaskOut(TaskOut):
    slot = fields.Integer()
    for_ = fields.String(data_key="for", allow_none=True, metadata={"description": "null: the whole class."})
    group_id = fields.UUID(allow_none=True)
    pupil_id = fields.UUID(allow_none=True)
    due_lesson_id = fields.UUID(allow_none=True)
    handed_in = fields.Integer()
    replied = fields.Integer()


class _Named(Schema):
    id = fields.UUID()
    name = fields.String()


class _Held(Schema):
    id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()


class _Parallel(_Held):
    group = fields.String()
    homework = fields.String(allow_none=True)


class _OfLesson(_Held):
    page_id = fields.UUID()
    topic = fields.String(allow_none=True)
    group = fields.Nested(_Named)
    subject = fields.Nested(_Named)


class LessonHomeworkOut(Schema):
    lesson = fields.Nested(_OfLesson)
    seq = fields.Integer()
    can_edit = fields.Boolean()
    homework = fields.String(allow_none=True)
    nothing_set = fields.String()
    tasks = fields.List(fields.Nested(SetTaskOut))
    parts = fields.List(fields.Nested(_Named))
    pupils = fields.List(fields.Nested(_Named))
    later = fields.List(fields.Nested(_Held))
    parallel = fields.List(fields.Nested(_Parallel))
    load_ = fields.Nested(LoadOut, allow_none=True, data_key="load")


class _TaskPage(TaskOut):
    subject = fields.String()
    group = fields.String()
    page_id = fields.UUID()
    lesson_id = fields.UUID()
    is_withdrawn = fields.Boolean()


class OwnTaskQuery(Schema):
    pupil_id = fields.UUID(required=True)


class OwnTaskOut(_TaskPage):
    versions = fields.List(fields.Nested(VersionOut))
    can_answer = fields.Boolean()


class _Answering(_Named):
    versions = fields.List(fields.Nested(VersionOut))


class TaskAnswersOut(_TaskPage):
    can_reply = fields.Boolean()
    pupils = fields.List(fields.Nested(_Answering))


class _Waiting(Schema):
    task_id = fields.UUID()
    text = fields.String()
    set_on = fields.Date()
    group = fields.String()
    subject = fields.String()
    pupils = fields.Integer()


class AnswersWaitingOut(Schema):
    items = fields.List(fields.Nested(_Waiting))


class HomeworkWeekQuery(Schema):
    week = fields.Date(required=True, validate=validate.Range(date(1900, 1, 1), date(2200, 1, 1)))


class _Item(Schema):
    subject = fields.String()
    minutes = fields.Integer(allow_none=True)
    text = fields.String(allow_none=True)
    is_individual = fields.Boolean()
    is_for_part = fields.Boolean()


class DayLoadOut(LoadOut):
    pupils_over = fields.Integer()
    items = fields.List(fields.Nested(_Item))


class HomeworkWeekOut(Schema):
    group = fields.Nested(_Named)
    from_ = fields.Date(data_key="from")
    until = fields.Date()
    days = fields.List(fields.Nested(DayLoadOut))
