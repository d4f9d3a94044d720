"""The journal's tables: what is its own, and what it copies from others."""

from services.journal.models.base import Base
from services.journal.models.collected import CollectedHomework
from services.journal.models.contradictions import AcceptedContradiction
from services.journal.models.copies import (
    Enrolment,
    Group,
    Guardianship,
    Holiday,
    Lesson,
    LessonTeacher,
    LostLesson,
    MergedPerson,
    PageLoad,
    PageTeacher,
    Parameter,
    Period,
    Person,
    PlannedHours,
    School,
    Subject,
    Year,
)
from services.journal.models.corrections import Correction, CorrectionStep
from services.journal.models.files import FileContent, StoredFile
from services.journal.models.heads import HeadSeal, SealedHead
from services.journal.models.homework import Answer, Reply, Task
from services.journal.models.own import Closing, Description, Entry, Excuse, FinalMark, Page, Revision, Work
from services.journal.models.plans import PagePlan, PageTopic, Plan, PlanTopic
from services.journal.models.portfolio import PortfolioEntry, PortfolioVersion
from services.journal.models.remarks import Remark, RemarkReading, RemarkVersion
from services.journal.models.views import DiaryView

__all__ = [
    "AcceptedContradiction",
    "Answer",
    "Base",
    "Closing",
    "CollectedHomework",
    "Correction",
    "CorrectionStep",
    "Description",
    "DiaryView",
    "Enrolment",
    "Entry",
    "Excuse",
    "FileContent",
    "FinalMark",
    "Group",
    "Guardianship",
    "HeadSeal",
    "Holiday",
    "Lesson",
    "LessonTeacher",
    "LostLesson",
    "MergedPerson",
    "Page",
    "PageLoad",
    "PagePlan",
    "PageTeacher",
    "PageTopic",
    "Parameter",
    "Period",
    "Person",
    "Plan",
    "PlanTopic",
    "PlannedHours",
    "PortfolioEntry",
    "PortfolioVersion",
    "Remark",
    "RemarkReading",
    "RemarkVersion",
    "Reply",
    "Revision",
    "School",
    "SealedHead",
    "StoredFile",
    "Subject",
    "Task",
    "Work",
    "Year",
]
