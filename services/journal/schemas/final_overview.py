"""How complete term-end marks are, and a class's summary sheet, over HTTP."""

from marshmallow import Schema, fields

from services.journal.schemas.answers import NamedOut


class OverviewColumnOut(NamedOut):
    kind = fields.String(metadata={"description": "period or year."})
    starts_on = fields.Date()
    marks_from = fields.Date(metadata={"description": "Of a year: when its last period begins."})
    ends_on = fields.Date()


OverviewPageOut = Schema.from_dict(
    {
        "id": fields.UUID(),
        "class": fields.Nested(NamedOut, allow_none=True),  # A word of Python's own.
        "group": fields.Nested(NamedOut),
        "subject": fields.Nested(NamedOut),
        "teachers": fields.List(fields.String()),
        "due": fields.Integer(metadata={"description": "Pupils who have to have the mark."}),
        "lacking": fields.Integer(),
        "early": fields.Integer(),
        "late": fields.Integer(),
        "explained": fields.Integer(metadata={"description": "Marks other than recommended."}),
        "absences": fields.Integer(metadata={"description": "Absences without a reason."}),
        "without_topic": fields.Integer(metadata={"description": "Lessons held without a topic."}),
        "awaited": fields.Integer(metadata={"description": "Works that are awaited («•»)."}),
    },
    name="OverviewPageOut",
)


class ExplainedOut(Schema):
    page_id = fields.UUID()
    pupil = fields.Nested(NamedOut)
    value = fields.String()
    recommended = fields.String(allow_none=True)
    reason = fields.String()


class ClosingOut(Schema):
    closed_at = fields.AwareDateTime()
    closed_by = fields.String()
    despite = fields.String(
        allow_none=True, metadata={"description": "Why it was closed though something lacked."}
    )
    reopened_at = fields.AwareDateTime(allow_none=True, metadata={"description": "None: it is closed."})
    reopened_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True, metadata={"description": "Why it was opened again."})


class CompletenessOut(Schema):
    column = fields.Nested(OverviewColumnOut)
    closings = fields.List(fields.Nested(ClosingOut), metadata={"description": "The last one first."})
    pages = fields.List(fields.Nested(OverviewPageOut))
    explained = fields.List(fields.Nested(ExplainedOut))


class SummaryCellOut(Schema):
    pupil = fields.Integer(metadata={"description": "Its number in pupils."})
    subject = fields.Integer(metadata={"description": "Its number in subjects."})
    page_id = fields.UUID()
    value = fields.String(allow_none=True, metadata={"description": "None: due and lacking."})
    is_brought = fields.Boolean(
        metadata={"description": "It stands on the page of a former class or group; here it is lacking."}
    )


class SummaryOut(Schema):
    group = fields.Nested(NamedOut)
    column = fields.Nested(OverviewColumnOut)
    subjects = fields.List(fields.Nested(NamedOut))
    pupils = fields.List(fields.Nested(NamedOut))
    cells = fields.List(fields.Nested(SummaryCellOut))
