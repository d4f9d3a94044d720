"""The report of a class; built from rows and only described here."""

from marshmallow import Schema, fields

from services.journal.schemas.answers import NamedOut, PeriodOut, ReasonOut


class ClassOut(NamedOut):
    grade = fields.Integer(allow_none=True)


class ClassesOut(Schema):
    items = fields.List(fields.Nested(ClassOut))
    next = fields.String(allow_none=True)


class TrendOut(Schema):
    quality = fields.String(allow_none=True, metadata={"description": "Against the period before: «+3.2»."})
    success = fields.String(allow_none=True)


class SubjectTrendOut(TrendOut):
    average = fields.String(allow_none=True)
    degree = fields.String(allow_none=True)


class SubjectReportOut(Schema):
    subject = fields.Nested(NamedOut)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    attested = fields.Integer()
    average = fields.String(allow_none=True)
    quality = fields.String(allow_none=True, metadata={"description": "Качество знаний, percent."})
    success = fields.String(allow_none=True, metadata={"description": "Успеваемость, percent."})
    degree = fields.String(allow_none=True, metadata={"description": "СОУ, percent."})
    trend = fields.Nested(SubjectTrendOut)


class GroupedPupilOut(NamedOut):
    subjects = fields.List(fields.String())


class PupilGroupsOut(Schema):
    excellent = fields.List(fields.Nested(GroupedPupilOut))
    good = fields.List(fields.Nested(GroupedPupilOut))
    fair = fields.List(fields.Nested(GroupedPupilOut))
    failing = fields.List(fields.Nested(GroupedPupilOut))
    one_four = fields.List(fields.Nested(GroupedPupilOut))
    one_three = fields.List(fields.Nested(GroupedPupilOut))


class WholeClassOut(Schema):
    attested = fields.Integer()
    quality = fields.String(allow_none=True)
    success = fields.String(allow_none=True)
    trend = fields.Nested(TrendOut)
    groups = fields.Nested(PupilGroupsOut)


class AtRiskOut(NamedOut):
    why = fields.List(fields.String())


class MissedOut(Schema):
    held = fields.Integer()
    lessons = fields.Integer()
    days = fields.Integer(metadata={"description": "Of which every lesson was missed."})
    late = fields.Integer()
    unexcused = fields.Integer()
    by_sign = fields.Dict(keys=fields.String(), values=fields.Integer())


class PupilMissedOut(MissedOut):
    id = fields.UUID()
    name = fields.String()


class AbsencesOut(Schema):
    reasons = fields.List(fields.Nested(ReasonOut))
    pupils = fields.List(fields.Nested(PupilMissedOut))
    total = fields.Nested(MissedOut)
    trend = fields.Integer(allow_none=True)


class ClassReportOut(Schema):
    group = fields.Nested(NamedOut)
    period = fields.Nested(PeriodOut)
    before = fields.Nested(PeriodOut, allow_none=True)
    periods = fields.List(fields.Nested(PeriodOut))
    pupils = fields.Integer()
    subjects = fields.List(fields.Nested(SubjectReportOut))
    whole = fields.Nested(WholeClassOut)
    at_risk = fields.List(fields.Nested(AtRiskOut))
    absences = fields.Nested(AbsencesOut)
