"""The journal's tables: what is its own, and what it copies from others."""

from services.journal.models.base import Base
from services.journal.models.copies import (
    Enrolment,
    Group,
    Guardianship,
    Lesson,
    LessonTeacher,
    PageTeacher,
    Period,
    Person,
    School,
    Subject,
    Year,
)
from services.journal.models.own import Closing, Description, Entry, Page, Revision, Work

__all__ = [
    "Base",
    "Closing",
    "Description",
    "Enrolment",
    "Entry",
    "Group",
    "Guardianship",
    "Lesson",
    "LessonTeacher",
    "Page",
    "PageTeacher",
    "Period",
    "Person",
    "Revision",
    "School",
    "Subject",
    "Work",
    "Year",
]
