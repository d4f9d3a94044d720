"""Term-end marks of a page over HTTP."""

from marshmallow import Schema, fields

from services.journal.schemas.answers import LinkOut, NamedOut, PageHeadOut


class ChangedFinalOut(Schema):
    pupil_id = fields.UUID()
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)
    recommended = fields.String(allow_none=True)


class SavedFinalsOut(LinkOut):
    timing = fields.String(metadata={"description": "early, in_time or late (clause 3.6.5)."})
    changed = fields.List(fields.Nested(ChangedFinalOut))


class FinalColumnOut(Schema):
    key = fields.String(metadata={"description": "The period's id, or year, exam, final."})
    kind = fields.String()
    period_id = fields.UUID(metadata={"description": "The period; unless the kind is period, the year."})
    name = fields.String(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    opens_on = fields.Date(metadata={"description": "The first of the days its marks are due on."})
    timing = fields.String(metadata={"description": "ahead, early, in_time or late, today."})
    closed = fields.Boolean()
    editable = fields.Boolean()
    deviation = fields.Integer()


class FinalCellOut(Schema):
    column = fields.Integer(metadata={"description": "Its number in columns."})
    pupil = fields.Integer(metadata={"description": "Its number in pupils."})
    value = fields.String(allow_none=True)
    recommended = fields.String(allow_none=True)
    why = fields.String()
    is_disputed = fields.Boolean()
    warning = fields.String(allow_none=True)
    differs = fields.Boolean(metadata={"description": "A reason is needed."})
    reason = fields.String(allow_none=True)
    timing = fields.String(allow_none=True)
    is_due = fields.Boolean()


class BroughtFinalOut(Schema):
    period_id = fields.UUID()
    value = fields.String()


class FinalPupilOut(NamedOut):
    came_on = fields.Date(
        allow_none=True,
        metadata={"description": "In mid-year, the last time; None: on the list since the year began."},
    )
    brought = fields.List(
        fields.Nested(BroughtFinalOut),
        metadata={"description": "Period marks on the page of the subject that was left in mid-year."},
    )


class FinalsOut(Schema):
    page = fields.Nested(PageHeadOut)
    columns = fields.List(fields.Nested(FinalColumnOut))
    pupils = fields.List(fields.Nested(FinalPupilOut))
    cells = fields.List(fields.Nested(FinalCellOut))
    signs = fields.List(fields.String())
    is_marked = fields.Boolean(metadata={"description": "False: the class learns without marks."})
