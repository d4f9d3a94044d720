"""The import desk of timetables: files, what their names mean, what becomes of them."""

import orjson
from marshmallow import Schema, fields, pre_load
from marshmallow.validate import Length

from services.schedule.schemas import NOT_JSON, FetOut, NeedsOut
from shared.field_texts import BadField

MEANINGS = fields.Dict(
    keys=fields.String(validate=Length(1, 250)),
    values=fields.UUID(allow_none=True),
    load_default=dict,
    metadata={"description": "What each name means; null is something new."},
)


class MeaningsIn(Schema):
    teachers = MEANINGS
    groups = MEANINGS
    subjects = MEANINGS
    rooms = MEANINGS


class NamesChosenIn(Schema):
    ids = fields.Nested(MeaningsIn, required=True)


class TakingIn(Schema):
    starts_on = fields.Date(load_default=None, allow_none=True)
    is_draft = fields.Boolean(load_default=True)
    with_loads = fields.Boolean(load_default=True)


class TakingWithNamesIn(TakingIn):
    ids = fields.Nested(MeaningsIn, load_default=dict)


class TimetableForm(TakingIn):
    """The same beside a file: a form field is text, and `ids` is JSON."""

    is_draft = fields.Boolean(load_default=False)
    ids = fields.Nested(MeaningsIn, load_default=dict)

    @pre_load
    def parse_ids(self, data, **_):
        read = {name: value for name, value in data.items() if value != ""}
        if "ids" in read:
            try:
                read["ids"] = orjson.loads(read["ids"])
            except ValueError as wrong:
                raise BadField(NOT_JSON, "ids") from wrong
        return read


class NameUnderstoodOut(Schema):
    what = fields.String()
    name = fields.String()
    how = fields.String(metadata={"description": "remembered, same, alike (a guess), or new"})
    id = fields.UUID(allow_none=True)
    means = fields.String()


class TimetableNeedsOut(NeedsOut):
    kind = fields.String()
    names = fields.List(fields.Nested(NameUnderstoodOut))


class VerdictOut(Schema):
    activity = fields.String()
    subject = fields.String()
    groups = fields.List(fields.String())
    teachers = fields.List(fields.String())
    room = fields.String()
    place = fields.String()
    hours = fields.Integer()
    verdict = fields.String()
    why = fields.Raw(allow_none=True)


VERDICTS = fields.Dict(keys=fields.String(), values=fields.Integer())


class TimetableTakenOut(FetOut):
    batch_id = fields.UUID(allow_none=True)
    timetable_id = fields.UUID(allow_none=True)
    verdicts = VERDICTS
    rows = fields.List(fields.Nested(VerdictOut))


class BatchOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    file = fields.String()
    state = fields.String(metadata={"description": "brought, taken or undone"})
    is_kept = fields.Boolean(metadata={"description": "Whether the file is still there to be taken over."})
    verdicts = VERDICTS
    timetable_id = fields.UUID(allow_none=True)
    brought_by = fields.String(allow_none=True)
    brought_at = fields.DateTime()
    taken_at = fields.DateTime(allow_none=True)
    undone_at = fields.DateTime(allow_none=True)


class BatchesOut(Schema):
    items = fields.List(fields.Nested(BatchOut))
    next = fields.String(allow_none=True)


class ChoiceOut(Schema):
    id = fields.UUID()
    name = fields.String()


class BatchCardOut(BatchOut):
    needs = fields.Nested(TimetableNeedsOut, allow_none=True)
    chosen = fields.Dict(keys=fields.String(), values=fields.Raw())
    things = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(ChoiceOut)))
