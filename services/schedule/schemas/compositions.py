"""Bodies and answers about runs of the timetable solver."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, Range

SHORTEST, LONGEST = 10, 4 * 60 * 60  # seconds
USUAL = 10 * 60


class CompositionIn(Schema):
    name = fields.String(
        required=True, validate=Length(1, 120), metadata={"description": "Of the draft that comes of it."}
    )
    timetable_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "The version whose cards are placed; null: the load of the year."},
    )
    keep_locked = fields.Boolean(load_default=True)
    limit_seconds = fields.Integer(load_default=USUAL, strict=True, validate=Range(SHORTEST, LONGEST))


class CompositionOut(Schema):
    id = fields.UUID()
    name = fields.String()
    source = fields.String(
        allow_none=True, metadata={"description": "The version's name; null: the load, or it is gone."}
    )
    source_id = fields.UUID(allow_none=True)
    keep_locked = fields.Boolean()
    limit_seconds = fields.Integer()
    status = fields.String(metadata={"description": "waiting, running, done, failed or stopped."})
    is_stopped = fields.Boolean(metadata={"description": "Whether it was asked to stop."})
    total = fields.Integer()
    placed = fields.Integer()
    log = fields.String(metadata={"description": "The end of what FET said."})
    failure = fields.Raw(allow_none=True)
    made_at = fields.AwareDateTime()
    made_by = fields.String(allow_none=True)
    started_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    timetable_id = fields.UUID(
        allow_none=True, metadata={"description": "The draft; null: none yet, or gone."}
    )


class CompositionsOut(Schema):
    items = fields.List(fields.Nested(CompositionOut))
    next = fields.String(allow_none=True)
