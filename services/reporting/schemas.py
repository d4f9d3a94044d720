"""What goes out over HTTP."""

from marshmallow import Schema, fields


class PeriodQuery(Schema):
    period_id = fields.UUID(
        metadata={"description": "Without it: the period that goes on, or the last begun."}
    )


class SummaryQuery(Schema):
    year_id = fields.UUID(metadata={"description": "Without it: the last year in which the class has pages."})


class NamedOut(Schema):
    id = fields.UUID()
    name = fields.String()


class PageOut(Schema):
    id = fields.UUID(attribute="page_id")
    group = fields.Function(lambda one: {"id": str(one.group_id), "name": one.group})
    subject = fields.Function(lambda one: {"id": str(one.subject_id), "name": one.subject})
    year = fields.Function(lambda one: {"id": str(one.year_id), "name": one.year})


class PeriodOut(NamedOut):
    starts_on = fields.Date()
    ends_on = fields.Date()
    closed = fields.Boolean()


class StayOut(Schema):
    from_on = fields.Function(lambda stay: stay.first.isoformat())
    until_on = fields.Function(lambda stay: stay.last and stay.last.isoformat())


class PupilOut(NamedOut):
    stays = fields.List(fields.Nested(StayOut))
    average = fields.String(allow_none=True)


class WorkOut(Schema):
    slot = fields.Integer()
    type = fields.String()
    weight = fields.Integer()
    title = fields.String()


class LessonOut(Schema):
    id = fields.UUID()
    on = fields.Date()
    number = fields.Integer(allow_none=True)
    topic = fields.String()
    homework = fields.String()
    works = fields.List(fields.Nested(WorkOut))


class TermOut(Schema):
    period_id = fields.UUID(metadata={"description": "The period; of another kind, the year."})
    kind = fields.String(metadata={"description": "period, year, exam or final"})
    title = fields.String()


class CorrectionOut(Schema):
    what = fields.String(
        metadata={"description": "mark, attendance, work, topic or homework of a lesson, or final"}
    )
    term = fields.Nested(TermOut, allow_none=True, metadata={"description": "Of a term-end mark."})
    lesson_id = fields.UUID(allow_none=True)
    lesson_on = fields.Date(allow_none=True)
    slot = fields.Integer(allow_none=True)
    pupil_id = fields.UUID(allow_none=True, metadata={"description": "None: it is about the whole lesson."})
    was = fields.String(allow_none=True)
    value = fields.String(allow_none=True)
    corrected_at = fields.AwareDateTime()
    corrected_by = fields.UUID(allow_none=True)
    reason = fields.String(allow_none=True)
    request_number = fields.Integer(allow_none=True)
    reopened_for = fields.String(
        allow_none=True, metadata={"description": "Why the period was opened again."}
    )
    seq = fields.Integer()


class ClassPageOut(Schema):
    page = fields.Nested(PageOut, attribute="facts")
    seq = fields.Integer()
    head = fields.String()
    changed_at = fields.AwareDateTime(allow_none=True)
    period = fields.Nested(PeriodOut, allow_none=True)
    periods = fields.List(fields.Nested(PeriodOut))
    teachers = fields.List(fields.String())
    pupils = fields.List(fields.Nested(PupilOut))
    lessons = fields.List(fields.Nested(LessonOut))
    entries = fields.List(
        fields.List(fields.Raw()),
        metadata={
            "description": "[index of the lesson, index of the pupil, slot, value]; slot 0 is attendance."
        },
    )
    terms = fields.List(fields.Nested(TermOut))
    finals = fields.List(
        fields.List(fields.Raw()),
        metadata={"description": "[index of the term, index of the pupil, value]"},
    )
    corrections = fields.List(
        fields.Nested(CorrectionOut),
        metadata={"description": "What was changed after its period had been closed."},
    )
    own_classes = fields.List(
        fields.String(),
        metadata={
            "description": "An extract: the classes whose pupils alone it shows. Empty: the whole page."
        },
    )


class VerificationOut(Schema):
    page_id = fields.UUID()
    seq = fields.Integer()
    digest = fields.String()
    school = fields.String()
    year = fields.String()
    group = fields.String()
    subject = fields.String()
    stood_at = fields.AwareDateTime()
    changes_since = fields.Integer()
