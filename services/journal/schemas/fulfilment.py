"""Queries and answers about the fulfilment of programmes."""

from marshmallow import Schema, fields, post_load, validate

from services.journal.queries.fulfilment import Asked
from services.journal.schemas.answers import NamedOut
from services.journal.schemas.years import YearQuery
from shared.grades import HIGHEST, LOWEST


class FulfilmentQuery(YearQuery):
    group_id = fields.UUID(metadata={"description": "A class with its groups, or one group."})
    subject_id = fields.UUID()
    grade = fields.Integer(validate=validate.Range(LOWEST, HIGHEST))
    mine = fields.Boolean(load_default=False)

    @post_load
    def asked(self, data, **_):
        return {"asked": Asked(class_id=data.pop("group_id", None), **data)}


class ReasonsOut(Schema):
    cancelled = fields.Integer(metadata={"description": "Lessons cancelled by a decision."})
    other_subject = fields.Integer(metadata={"description": "Lessons given to another subject."})
    days_off = fields.Integer(metadata={"description": "Lessons on days that became free."})
    unrecorded = fields.Integer(metadata={"description": "Lessons held without a topic."})
    plan_short = fields.Integer(metadata={"description": "Hours of the curriculum beyond the plan's."})


class CourseOut(Schema):
    page_id = fields.UUID()
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    grade = fields.Integer(allow_none=True)
    teachers = fields.List(fields.String())
    plan = fields.Nested(NamedOut, allow_none=True)
    topic_count = fields.Integer()
    reached = fields.Integer(metadata={"description": "The number of the last topic given."})
    behind_parallel = fields.Integer(metadata={"description": "Topics behind the first class of the plan."})
    curriculum_hours = fields.Integer(allow_none=True)
    plan_hours = fields.Integer(allow_none=True)
    goal = fields.Integer(metadata={"description": "Hours to be given: planned + added - saved."})
    saved = fields.Integer(metadata={"description": "Hours saved by merging and skipping topics."})
    added = fields.Integer(metadata={"description": "Hours added by making topics longer."})
    due = fields.Integer(metadata={"description": "Planned to date, with what was added to those topics."})
    given = fields.Integer(metadata={"description": "Lessons held with a topic."})
    remaining = fields.Integer(metadata={"description": "Lessons in the timetable to the end of the year."})
    lag = fields.Integer(metadata={"description": "due - given - saved"})
    percent = fields.Integer()
    forecast = fields.Integer(metadata={"description": "given + remaining - goal"})
    is_at_risk = fields.Boolean()
    reasons = fields.Nested(ReasonsOut)


class FulfilmentOut(Schema):
    on = fields.Date(allow_none=True)
    items = fields.List(fields.Nested(CourseOut))


class ProgrammeOut(Schema):
    subject = fields.Nested(NamedOut)
    goal = fields.Integer(metadata={"description": "Hours to be given: planned + added - saved."})
    plan_hours = fields.Integer(allow_none=True)
    saved = fields.Integer()
    added = fields.Integer()
    given = fields.Integer()
    remaining = fields.Integer()
    percent = fields.Integer()
    topic_count = fields.Integer()
    reached = fields.Integer()


class ProgrammesOut(Schema):
    pupil = fields.Nested(NamedOut)
    on = fields.Date()
    items = fields.List(fields.Nested(ProgrammeOut))


class ProgrammesQuery(Schema):
    pupil_id = fields.UUID(required=True)
