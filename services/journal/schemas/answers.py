"""What goes out over HTTP; large answers are built from rows and only described here."""

from marshmallow import Schema, fields, validate


class LinkOut(Schema):
    seq = fields.Integer()
    head = fields.String()


class ChangedOut(Schema):
    pupil_id = fields.UUID()
    slot = fields.Integer()
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)


class SavedOut(LinkOut):
    changed = fields.List(fields.Nested(ChangedOut))


class NamedOut(Schema):
    id = fields.UUID()
    name = fields.String()


class ListedPageOut(Schema):
    id = fields.UUID()
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    teachers = fields.List(fields.String())
    can_edit = fields.Boolean()


class PagesOut(Schema):
    items = fields.List(fields.Nested(ListedPageOut))
    next = fields.String(allow_none=True)


class PeriodOut(NamedOut):
    starts_on = fields.Date()
    ends_on = fields.Date()
    closed = fields.Boolean()


class ListedPeriodOut(PeriodOut):
    closed_at = fields.AwareDateTime(allow_none=True)


class PeriodsOut(Schema):
    items = fields.List(fields.Nested(ListedPeriodOut))
    next = fields.String(allow_none=True)


class PageHeadOut(Schema):
    id = fields.UUID()
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    year_id = fields.UUID()
    seq = fields.Integer()
    can_edit = fields.Boolean()


class PupilOut(NamedOut):
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True)


class WorkOut(Schema):
    slot = fields.Integer()
    type = fields.String()
    weight = fields.Integer()
    title = fields.String()


class LessonOut(Schema):
    id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    starts = fields.String(allow_none=True)
    topic = fields.String(allow_none=True)
    homework = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(("planned", "cancelled")))
    editable = fields.Boolean()
    works = fields.List(fields.Nested(WorkOut))


class WorkTypeOut(Schema):
    type = fields.String()
    title = fields.String()
    weight = fields.Integer()


class PageOut(Schema):
    page = fields.Nested(PageHeadOut)
    period = fields.Nested(PeriodOut, allow_none=True)
    periods = fields.List(fields.Nested(PeriodOut))
    pupils = fields.List(fields.Nested(PupilOut))
    lessons = fields.List(fields.Nested(LessonOut))
    entries = fields.List(
        fields.List(fields.Raw()),
        metadata={"description": "[number in lessons, number in pupils, slot, value]"},
    )
    averages = fields.List(fields.String(allow_none=True))
    scale = fields.List(fields.String())
    attendance = fields.List(fields.String())
    work_types = fields.List(fields.Nested(WorkTypeOut))


class RevisionOut(Schema):
    seq = fields.Integer()
    lesson_id = fields.UUID()
    pupil_id = fields.UUID(allow_none=True)
    what = fields.String()
    slot = fields.Integer(allow_none=True)
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)
    actor_id = fields.UUID()
    actor = fields.String()
    at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    hash = fields.String()


class RevisionsOut(Schema):
    items = fields.List(fields.Nested(RevisionOut))
    next = fields.String(allow_none=True)


class DiaryEntryOut(Schema):
    slot = fields.Integer()
    value = fields.String()
    work = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    weight = fields.Integer()


class DiaryLessonOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    starts = fields.String(allow_none=True)
    subject = fields.String()
    topic = fields.String(allow_none=True)
    homework = fields.String(allow_none=True)
    state = fields.String()
    entries = fields.List(fields.Nested(DiaryEntryOut))


class DiaryDayOut(Schema):
    on = fields.Date()
    lessons = fields.List(fields.Nested(DiaryLessonOut))


DiaryOut = Schema.from_dict(
    {
        "pupil": fields.Nested(NamedOut),
        "from": fields.Date(),  # A word of Python's own, so no attribute can be named so.
        "until": fields.Date(),
        "days": fields.List(fields.Nested(DiaryDayOut)),
    },
    name="DiaryOut",
)
