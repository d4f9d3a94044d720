"""The diary over HTTP: what is asked for, and what is told; answers are built from rows."""

from datetime import date

from marshmallow import Schema, fields, validate

from services.journal.schemas.answers import NamedOut
from services.journal.schemas.remarks import SaidRemarkOut


class DiaryQuery(Schema):
    pupil_id = fields.UUID(required=True)
    week = fields.Date(validate=validate.Range(date(1900, 1, 1), date(2200, 1, 1)))


class DiarySubjectQuery(Schema):
    pupil_id = fields.UUID(required=True)
    year_id = fields.UUID()


class DiaryPeriodQuery(Schema):
    pupil_id = fields.UUID(required=True)
    period_id = fields.UUID()


class DiaryEntryOut(Schema):
    slot = fields.Integer()
    value = fields.String()
    comment = fields.String(allow_none=True)
    work = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    weight = fields.Integer()
    counts = fields.Boolean()
    due_on = fields.Date(allow_none=True, metadata={"description": "Of a «•»: until when a mark is awaited."})


class TakenBackOut(Schema):
    slot = fields.Integer()
    was = fields.String(metadata={"description": "What stood in the cell that is empty now."})
    work = fields.String(allow_none=True)
    title = fields.String(allow_none=True)


class DueTaskOut(Schema):
    id = fields.UUID()
    text = fields.String()
    minutes = fields.Integer(allow_none=True)
    files = fields.Integer()
    is_individual = fields.Boolean()
    state = fields.String(metadata={"description": "open, given, returned or accepted"})


class DiaryPlaceOut(Schema):
    on = fields.Date()
    number = fields.Integer()


class DiaryLessonOut(Schema):
    id = fields.UUID()
    number = fields.Integer()
    starts = fields.String(allow_none=True)
    subject_id = fields.UUID()
    subject = fields.String()
    topic = fields.String(allow_none=True)
    homework = fields.String(allow_none=True)
    homework_due_on = fields.Date(
        allow_none=True, metadata={"description": "When the next lesson is that it is due at."}
    )
    state = fields.String()
    lost = fields.String(
        allow_none=True,
        metadata={"description": "Why it does not take place, if the school said: cancel, subject or move."},
    )
    moved_to = fields.Nested(DiaryPlaceOut, allow_none=True)
    moved_from = fields.Nested(DiaryPlaceOut, allow_none=True)
    is_substituted = fields.Boolean()
    entries = fields.List(fields.Nested(DiaryEntryOut))
    taken_back = fields.List(
        fields.Nested(TakenBackOut), metadata={"description": "Marks and absences: cells empty now."}
    )


class DueHomeworkOut(Schema):
    text = fields.String()
    set_on = fields.Date()


class WeekLessonOut(DiaryLessonOut):
    homework_due = fields.List(
        fields.Nested(DueHomeworkOut), metadata={"description": "Set before, and due at this lesson."}
    )
    tasks = fields.List(fields.Nested(DueTaskOut))  # Due at this lesson.


class DiaryDayOut(Schema):
    on = fields.Date()
    lessons = fields.List(fields.Nested(WeekLessonOut))


class AwaitedOut(DiaryEntryOut):
    lesson_id = fields.UUID()
    on = fields.Date()
    subject_id = fields.UUID()
    subject = fields.String()


DiaryOut = Schema.from_dict(
    {
        "pupil": fields.Nested(NamedOut),
        # Words of Python's own, so no attribute can be named so.
        "class": fields.Nested(NamedOut, allow_none=True, metadata={"description": "Of now."}),
        "from": fields.Date(),
        "until": fields.Date(),
        "days": fields.List(fields.Nested(DiaryDayOut)),
        "remarks": fields.List(fields.Nested(SaidRemarkOut)),
        "awaited": fields.List(
            fields.Nested(AwaitedOut), metadata={"description": "All that is still to be handed in («•»)."}
        ),
    },
    name="DiaryOut",
)


class DiaryMarkedOut(DiaryEntryOut):
    lesson_id = fields.UUID()
    on = fields.Date()


class DiaryDatedLessonOut(DiaryLessonOut):
    on = fields.Date()


class DiarySubjectPeriodOut(Schema):
    period = fields.Nested(NamedOut, allow_none=True)
    average = fields.String(allow_none=True)
    lessons = fields.List(fields.Nested(DiaryDatedLessonOut))


class DiarySubjectYearOut(NamedOut):
    average = fields.String(allow_none=True)
    classes = fields.List(fields.String())
    marks = fields.List(fields.Nested(DiaryMarkedOut))


class DiaryWayOut(Schema):
    work = fields.String(allow_none=True, metadata={"description": "None where the school weighs nothing."})
    marks = fields.Integer()


class DiaryGoalOut(Schema):
    value = fields.String()
    ways = fields.List(fields.Nested(DiaryWayOut))


class DiaryForecastOut(Schema):
    value = fields.String(allow_none=True, metadata={"description": "What comes out now."})
    why = fields.String()
    lacking = fields.Integer(metadata={"description": "How many marks are still too few."})
    goals = fields.List(fields.Nested(DiaryGoalOut))


class DiarySubjectForecastOut(DiaryForecastOut):
    period = fields.String()


class DiarySubjectOut(Schema):
    pupil = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    year = fields.Nested(NamedOut, allow_none=True)
    forecast = fields.Nested(DiarySubjectForecastOut, allow_none=True)
    periods = fields.List(fields.Nested(DiarySubjectPeriodOut))
    years = fields.List(fields.Nested(DiarySubjectYearOut))


DiaryPeriodSpanOut = NamedOut.from_dict(
    {
        "kind": fields.String(),
        "starts_on": fields.Date(),
        "ends_on": fields.Date(),
        "year": fields.Nested(NamedOut),
        "class": fields.String(),
    },
    name="DiaryPeriodSpanOut",
)


class DiaryAbsencesOut(Schema):
    value = fields.String()
    lessons = fields.Integer()


class DiaryReasonedAbsencesOut(DiaryAbsencesOut):
    title = fields.String(allow_none=True)


class DatedTakenBackOut(TakenBackOut):
    lesson_id = fields.UUID()
    on = fields.Date()


class DiaryFinalPlaceOut(Schema):
    kind = fields.String(metadata={"description": "period, year, exam or final"})
    page_id = fields.UUID()
    period_id = fields.UUID(allow_none=True)
    period = fields.String(allow_none=True)


class DiaryFinalOut(DiaryFinalPlaceOut):
    value = fields.String()


class TakenBackFinalOut(DiaryFinalPlaceOut):
    was = fields.String()


class DiaryPeriodSubjectOut(NamedOut):
    marks = fields.List(fields.Nested(DiaryMarkedOut))
    average = fields.String(allow_none=True)
    absences = fields.List(fields.Nested(DiaryAbsencesOut))
    finals = fields.List(fields.Nested(DiaryFinalOut))
    taken_back = fields.List(fields.Nested(DatedTakenBackOut))
    finals_taken_back = fields.List(fields.Nested(TakenBackFinalOut))
    forecast = fields.Nested(DiaryForecastOut, allow_none=True)


class DiaryPeriodOut(Schema):
    pupil = fields.Nested(NamedOut)
    period = fields.Nested(DiaryPeriodSpanOut, allow_none=True)
    periods = fields.List(fields.Nested(DiaryPeriodSpanOut))
    subjects = fields.List(fields.Nested(DiaryPeriodSubjectOut))
    absences = fields.List(fields.Nested(DiaryReasonedAbsencesOut))
