"""The import desk: what a file would do, questions about it, and its errors."""

from marshmallow import Schema, fields, validate

from services.identity.models.imports import APPLIED, REFUSED, REHEARSED
from services.identity.rules.lists import AUTO, WHO
from services.identity.schemas.imports import CountsOut, IgnoredOut, ImportChangeOut

ACTIONS = ("created", "changed", "closed")
WHAT = ("person", "role", "group", "enrolment", "guardianship")


class DeskQuery(Schema):
    who = fields.String(load_default=AUTO, validate=validate.OneOf(WHO))
    org = fields.String(validate=validate.Length(1, 300))
    on = fields.Date()
    is_complete = fields.Boolean(load_default=False)


class ImportCandidateOut(Schema):
    id = fields.String()
    name = fields.String()
    birth_on = fields.String(allow_none=True)
    about = fields.String()


class ImportQuestionOut(Schema):
    key = fields.String()
    file = fields.String()
    line = fields.Integer()
    name = fields.String()
    birth_on = fields.String(allow_none=True)
    about = fields.String()
    why = fields.Raw(metadata={"type": "string"})
    candidates = fields.List(fields.Nested(ImportCandidateOut))


class ImportErrorOut(Schema):
    file = fields.String()
    line = fields.Integer()
    column = fields.String()
    value = fields.String()
    reason = fields.Raw(metadata={"type": "string"})


class KeptImportOut(Schema):
    id = fields.UUID()
    file = fields.String()
    state = fields.String(validate=validate.OneOf((REHEARSED, REFUSED, APPLIED)))
    on = fields.String()
    is_complete = fields.Boolean()
    created_at = fields.DateTime()
    applied_at = fields.DateTime(allow_none=True)
    brought_by = fields.String()
    format = fields.String(allow_none=True)
    org = fields.String(allow_none=True)
    created = fields.Nested(CountsOut, allow_none=True)
    changed = fields.Nested(CountsOut, allow_none=True)
    closed = fields.Nested(CountsOut, allow_none=True)
    unchanged = fields.Nested(CountsOut, allow_none=True)


class KeptImportCardOut(KeptImportOut):
    is_kept = fields.Boolean()
    digest = fields.String(allow_none=True)
    decisions = fields.Dict(keys=fields.String(), values=fields.String())
    change_count = fields.Integer()
    questions = fields.List(fields.Nested(ImportQuestionOut))
    errors = fields.List(fields.Nested(ImportErrorOut))
    ignored = fields.List(fields.Nested(IgnoredOut))


class KeptImportsOut(Schema):
    items = fields.List(fields.Nested(KeptImportOut))
    next = fields.String(allow_none=True)


class ImportChangesQuery(Schema):
    action = fields.String(validate=validate.OneOf(ACTIONS))
    what = fields.String(validate=validate.OneOf(WHAT))
    cursor = fields.Integer(load_default=0, validate=validate.Range(0, 10_000_000))


class ImportChangesOut(Schema):
    items = fields.List(fields.Nested(ImportChangeOut))
    next = fields.String(allow_none=True)


class AnswersIn(Schema):
    decisions = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 300)),
        values=fields.String(validate=validate.Length(1, 300)),
        required=True,
        validate=validate.Length(0, 5000),
    )


class CarryOutIn(Schema):
    digest = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
