"""Remarks and recommendations over HTTP."""

from marshmallow import Schema, fields, validate

from services.journal.rules.remarks import AUDIENCES, KINDS
from services.journal.schemas.answers import NamedOut
from services.journal.schemas.incoming import Words, printable


class RemarkIn(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    audience = fields.String(load_default="family", validate=validate.OneOf(AUDIENCES))
    text = Words(required=True, validate=[validate.Length(1, 2000), printable])


class RemarkOfPupilIn(RemarkIn):
    pupil_id = fields.UUID(required=True)


class RemarkOnPageIn(RemarkOfPupilIn):
    lesson_id = fields.UUID(load_default=None, allow_none=True)


class ChangeRemarkIn(RemarkIn):
    reason = Words(required=True, validate=[validate.Length(1, 500), printable])


class WithdrawRemarkIn(Schema):
    reason = Words(required=True, validate=[validate.Length(1, 500), printable])


class RemarksQuery(Schema):
    cursor = fields.UUID(load_default=None)


class DiaryRemarksQuery(RemarksQuery):
    pupil_id = fields.UUID(required=True)


class RemarkMadeOut(Schema):
    id = fields.UUID()
    version = fields.Integer()


class SaidRemarkOut(Schema):
    id = fields.UUID()
    on = fields.Date()
    kind = fields.String(allow_none=True, metadata={"description": "None: it was withdrawn."})
    title = fields.String(allow_none=True)
    audience = fields.String(metadata={"description": "family, or the parents alone."})
    text = fields.String(allow_none=True)
    by = fields.String()
    subject = fields.String(allow_none=True)
    lesson_id = fields.UUID(allow_none=True)
    changed_at = fields.AwareDateTime(allow_none=True)
    read_at = fields.AwareDateTime(allow_none=True, metadata={"description": "By the caller."})


class RemarkVersionOut(Schema):
    kind = fields.String(allow_none=True)
    audience = fields.String()
    text = fields.String(allow_none=True)
    at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)


class RemarkReadingOut(Schema):
    person_id = fields.UUID()
    name = fields.String()
    at = fields.AwareDateTime()


class ListedRemarkOut(SaidRemarkOut):
    pupil = fields.Nested(NamedOut)
    version = fields.Integer()
    is_mine = fields.Boolean()
    versions = fields.List(fields.Nested(RemarkVersionOut))
    readings = fields.List(fields.Nested(RemarkReadingOut))


class RemarksOut(Schema):
    items = fields.List(fields.Nested(ListedRemarkOut))
    next = fields.UUID(allow_none=True)


class DiaryRemarksOut(RemarksOut):
    pupil = fields.Nested(NamedOut)


class ClassRemarksOut(RemarksOut):
    group = fields.Nested(NamedOut)


class PageRemarksOut(ClassRemarksOut):
    subject = fields.Nested(NamedOut)
