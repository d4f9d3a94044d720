"""What goes out over HTTP; large answers are built from rows and only described here."""

from marshmallow import Schema, fields, validate


class LinkOut(Schema):
    seq = fields.Integer()
    head = fields.String()
    links = fields.Integer(metadata={"description": "How many revisions the save made, none to many."})


class ChangedOut(Schema):
    pupil_id = fields.UUID()
    slot = fields.Integer()
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)


class SavedOut(LinkOut):
    changed = fields.List(fields.Nested(ChangedOut))


class NamedOut(Schema):
    id = fields.UUID()
    name = fields.String()


class OverwrittenOut(Schema):
    pupil = fields.Nested(NamedOut)
    lesson_id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    slot = fields.Integer()
    was = fields.String()
    value = fields.String()


class ImportedMarksOut(Schema):
    cells = fields.Integer(metadata={"description": "That say something."})
    changed = fields.Integer(metadata={"description": "That said something else, or nothing, before."})
    new = fields.Integer(metadata={"description": "Where nothing stood, or a work was awaited («•»)."})
    unchanged = fields.Integer(metadata={"description": "That stood already."})
    overwritten_marks = fields.Integer(metadata={"description": "Marks in whose place others stand now."})
    overwritten_absences = fields.Integer(metadata={"description": "The same of signs of attendance."})
    overwritten = fields.List(
        fields.Nested(OverwrittenOut), metadata={"description": "The first hundred of both."}
    )
    seq = fields.Integer()


class ListedPageOut(Schema):
    id = fields.UUID()
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    teachers = fields.List(fields.String())
    can_edit = fields.Boolean()


class PagesOut(Schema):
    items = fields.List(fields.Nested(ListedPageOut))
    next = fields.String(allow_none=True)


class PeriodOut(NamedOut):
    starts_on = fields.Date()
    ends_on = fields.Date()
    closed = fields.Boolean()


class ListedPeriodOut(PeriodOut):
    kind = fields.String(metadata={"description": "quarter, trimester, half_year or module."})
    grades = fields.List(fields.Integer(), metadata={"description": "Parallels; none: all."})
    closed_at = fields.AwareDateTime(allow_none=True)


class YearClosingOut(NamedOut):
    closed = fields.Boolean()
    closed_at = fields.AwareDateTime(allow_none=True)


class PeriodsOut(Schema):
    items = fields.List(fields.Nested(ListedPeriodOut))
    year = fields.Nested(
        YearClosingOut, allow_none=True, metadata={"description": "Its year, exam and final marks."}
    )
    next = fields.String(allow_none=True)


class WritingOut(Schema):
    is_begun = fields.Boolean()


class PageHeadOut(Schema):
    id = fields.UUID()
    group = fields.Nested(NamedOut)
    subject = fields.Nested(NamedOut)
    year_id = fields.UUID()
    seq = fields.Integer()
    can_edit = fields.Boolean()
    can_describe = fields.Boolean(
        metadata={"description": "Topic, homework and works, too; else the cells of own pupils alone."}
    )


class PupilOut(NamedOut):
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True)


class WorkOut(Schema):
    slot = fields.Integer()
    type = fields.String()
    weight = fields.Integer()
    title = fields.String()
    is_written = fields.Boolean()
    is_monitoring = fields.Boolean(metadata={"description": "Of internal monitoring (clause 3.6.4)."})
    counts = fields.Boolean(metadata={"description": "In the average."})


class LessonOut(Schema):
    id = fields.UUID()
    on = fields.Date()
    number = fields.Integer()
    starts = fields.String(allow_none=True)
    topic = fields.String(allow_none=True)
    homework = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(("planned", "cancelled")))
    is_substituted = fields.Boolean()
    editable = fields.Boolean()
    clearable = fields.Boolean(
        metadata={"description": "What stands may be emptied, even where nothing may be put: cancelled."}
    )
    works = fields.List(fields.Nested(WorkOut))


class WorkTypeOut(Schema):
    type = fields.String()
    title = fields.String()
    weight = fields.Integer()
    is_written = fields.Boolean()


class ReasonOut(Schema):
    value = fields.String()
    title = fields.String()


class PageOut(Schema):
    page = fields.Nested(PageHeadOut)
    period = fields.Nested(PeriodOut, allow_none=True)
    periods = fields.List(fields.Nested(PeriodOut))
    pupils = fields.List(fields.Nested(PupilOut))
    lessons = fields.List(fields.Nested(LessonOut))
    entries = fields.List(
        fields.List(fields.Raw()),
        metadata={"description": "[number in lessons, number in pupils, slot, value]"},
    )
    corrected = fields.List(
        fields.List(fields.Integer()),
        metadata={"description": "[lesson, pupil, slot] of cells changed after the lesson's day."},
    )
    comments = fields.List(fields.List(fields.Raw()), metadata={"description": "[lesson, pupil, slot, text]"})
    awaited = fields.List(
        fields.List(fields.Raw()),
        metadata={
            "description": "[lesson, pupil, slot, day] of cells with «•»: until when a mark is awaited."
        },
    )
    brought = fields.List(
        fields.List(fields.Raw()),
        metadata={
            "description": "[pupil, value, weight] of marks from a former class or group that count here."
        },
    )
    averages = fields.List(fields.String(allow_none=True), metadata={"description": "Weighted."})
    simple_averages = fields.List(fields.String(allow_none=True))
    shown_averages = fields.String(metadata={"description": "weighted, simple or both: the school's choice."})
    absent_and_marked = fields.String(metadata={"description": "flag or refuse."})
    scale = fields.List(
        fields.String(), metadata={"description": "What may stand in a cell of a work: marks, and «•»."}
    )
    attendance = fields.List(fields.Nested(ReasonOut))
    work_types = fields.List(fields.Nested(WorkTypeOut))
    work_titles = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "Those given up as well."}
    )


class RevisionOut(Schema):
    seq = fields.Integer()
    lesson_id = fields.UUID(allow_none=True, metadata={"description": "None: of a period, or the page."})
    period_id = fields.UUID(
        allow_none=True, metadata={"description": "Of a term-end mark: its period, or the year."}
    )
    period = fields.String(allow_none=True, metadata={"description": "Its name."})
    pupil_id = fields.UUID(allow_none=True)
    what = fields.String()
    slot = fields.Integer(allow_none=True)
    value = fields.String(allow_none=True)
    was = fields.String(allow_none=True)
    actor_id = fields.UUID()
    actor = fields.String()
    at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    hash = fields.String()


class RevisionsOut(Schema):
    items = fields.List(fields.Nested(RevisionOut))
    next = fields.String(allow_none=True)


class SealOut(Schema):
    day = fields.Date()
    sealed_at = fields.AwareDateTime()
    before = fields.String(metadata={"description": "The digest of the sealed day before."})
    digest = fields.String()
    count = fields.Integer(metadata={"description": "Of pages."})


class SealsOut(Schema):
    items = fields.List(fields.Nested(SealOut))
    next = fields.String(allow_none=True)


class HeadOut(Schema):
    page_id = fields.UUID()
    group_id = fields.UUID()
    subject_id = fields.UUID()
    year_id = fields.UUID()
    seq = fields.Integer()
    head = fields.String()


class HeadsOut(SealOut):
    format = fields.String()
    school_id = fields.UUID()
    pages = fields.List(fields.Nested(HeadOut))
