"""Contradictions over HTTP."""

from marshmallow import Schema, fields, validate

from services.journal.rules.sentinel import KINDS
from services.journal.schemas.answers import NamedOut
from services.journal.schemas.deadlines import SpanQuery
from services.journal.schemas.incoming import Words, printable


class ContradictionsQuery(SpanQuery):
    group_id = fields.UUID()


class AcceptanceIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    lesson_id = fields.UUID(required=True)
    pupil_id = fields.UUID(required=True)
    note = Words(required=True, validate=[validate.Length(1, 500), printable])


class AcceptedOut(Schema):
    id = fields.UUID()
    note = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()


class PlaceOut(Schema):
    page_id = fields.UUID()
    lesson_id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    group = fields.String()
    subject = fields.String()


class ContradictionOut(PlaceOut):
    kind = fields.String(validate=validate.OneOf(tuple(KINDS)))
    title = fields.String()
    pupil = fields.Nested(NamedOut)
    values = fields.List(
        fields.String(), metadata={"description": "What the pupil has in the lesson, attendance first."}
    )
    other = fields.Nested(PlaceOut, allow_none=True, metadata={"description": "Of two rooms, the other."})
    accepted = fields.Nested(AcceptedOut, allow_none=True)


class ClassSumOut(NamedOut):
    open = fields.Integer()
    accepted = fields.Integer()


ContradictionsOut = Schema.from_dict(
    {
        "from": fields.Date(),  # A word of Python's own, so no attribute can be named so.
        "until": fields.Date(),
        "can_accept": fields.Boolean(),
        "open": fields.Integer(metadata={"description": "Not accepted, those left out included."}),
        "left_out": fields.Integer(),
        "classes": fields.List(
            fields.Nested(ClassSumOut),
            metadata={"description": "Those with any; a parallel's pages by itself."},
        ),
        "items": fields.List(fields.Nested(ContradictionOut)),
    },
    name="ContradictionsOut",
)


class AcceptanceOut(Schema):
    id = fields.UUID()
