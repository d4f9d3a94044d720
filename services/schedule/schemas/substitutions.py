"""Bodies and answers about absences and substitutions."""

from datetime import timedelta

from marshmallow import Schema, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range

from services.schedule.rules import ABSENCE_REASONS, SUBSTITUTIONS
from services.schedule.schemas import NamedOut, TaughtOut, too_long
from shared.field_texts import BadField

LONGEST = timedelta(days=31)


class DaysQuery(Schema):
    from_ = fields.Date(data_key="from", required=True)
    until = fields.Date(required=True)

    @validates_schema
    def not_too_long(self, data, **_):
        if not timedelta() <= data["until"] - data["from_"] < LONGEST:
            raise BadField(too_long(LONGEST.days), "until")


class RegisterQuery(DaysQuery):
    format = fields.String(load_default="pdf", validate=OneOf(["pdf", "xlsx"]))


class SheetQuery(Schema):
    on = fields.Date(required=True)
    format = fields.String(load_default="pdf", validate=OneOf(["pdf", "xlsx"]))


class AbsenceIn(Schema):
    teacher_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=OneOf(ABSENCE_REASONS))
    note = fields.String(load_default="", validate=Length(max=300))


class AbsenceOut(Schema):
    id = fields.UUID()
    teacher = fields.Nested(NamedOut)
    from_on = fields.Date()
    until_on = fields.Date()
    reason = fields.String()
    note = fields.String()


class AbsencesOut(Schema):
    items = fields.List(fields.Nested(AbsenceOut))
    next = fields.String(allow_none=True)


class DecisionIn(Schema):
    lesson_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=OneOf(SUBSTITUTIONS))
    stand_in_id = fields.UUID(load_default=None, allow_none=True)
    room_id = fields.UUID(load_default=None, allow_none=True)
    subject_id = fields.UUID(load_default=None, allow_none=True)
    on = fields.Date(load_default=None, allow_none=True)
    number = fields.Integer(load_default=None, allow_none=True, strict=True, validate=Range(0, 30))
    note = fields.String(load_default="", validate=Length(max=300))


class DecisionsIn(Schema):
    items = fields.List(fields.Nested(DecisionIn), required=True, validate=Length(1, 200))


class SubstitutionOut(Schema):
    id = fields.UUID()
    kind = fields.String()
    stand_in = fields.Nested(NamedOut, allow_none=True)
    to_on = fields.Date(allow_none=True)
    to_number = fields.Integer(allow_none=True)
    note = fields.String()
    decided_at = fields.AwareDateTime()


class DecidedOut(Schema):
    ids = fields.List(fields.UUID())


class CandidateOut(Schema):
    teacher = fields.Nested(NamedOut)
    is_of_subject = fields.Boolean()
    knows_class = fields.Boolean()
    adds_gap = fields.Boolean()
    lessons_in_week = fields.Integer()


class SubstitutedOut(TaughtOut):
    id = fields.UUID(metadata={"description": "Of the lesson."})
    on = fields.Date()
    number = fields.Integer()
    room = fields.String(allow_none=True)
    absent = fields.List(fields.Nested(NamedOut))
    substitution = fields.Nested(SubstitutionOut, allow_none=True)
    to_subject = fields.String(allow_none=True)


class JoinableOut(Schema):
    teacher = fields.Nested(NamedOut)
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)


class LessonInNeedOut(SubstitutedOut):
    candidates = fields.List(fields.Nested(CandidateOut))
    joinable = fields.List(
        fields.Nested(JoinableOut), metadata={"description": "Groups taught at that hour, to be joined with."}
    )


class ProposedOut(Schema):
    lesson_id = fields.UUID()
    kind = fields.String()
    stand_in = fields.Nested(NamedOut)


class LessonsInNeedOut(Schema):
    items = fields.List(fields.Nested(LessonInNeedOut))
    proposal = fields.List(fields.Nested(ProposedOut))
    next = fields.String(allow_none=True)


class RegisterOut(Schema):
    items = fields.List(fields.Nested(SubstitutedOut))
    next = fields.String(allow_none=True)


class HoursOfOneOut(Schema):
    teacher = fields.Nested(NamedOut)
    hours = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Of lessons held, by kind of the decision."},
    )
    codes = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "The same hours by the codes of the time sheet; joint lessons apart."},
    )


class HoursOut(Schema):
    items = fields.List(fields.Nested(HoursOfOneOut))
    next = fields.String(allow_none=True)
