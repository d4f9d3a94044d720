"""The tables of schedule: what it owns, and its copies of identity's facts."""

from services.schedule.models.base import Base, IdList, table
from services.schedule.models.calendars import CalendarFeed
from services.schedule.models.compositions import Composition
from services.schedule.models.copies import Enrolment, Group, Guardianship, Person, School
from services.schedule.models.curriculum import Curriculum, CurriculumItem, LoadTable, Rate
from services.schedule.models.days import (
    BellSchedule,
    BellTime,
    ClassShift,
    SpecialDay,
    SubjectArea,
    YearChange,
)
from services.schedule.models.imports import ImportBatch, ImportName
from services.schedule.models.own import Bell, Holiday, Lesson, Load, Period, Room, Slot, Subject, Year
from services.schedule.models.screens import Screen
from services.schedule.models.substitutions import Absence, Substitution
from services.schedule.models.timetables import Card, Timetable, TimetableLimits

__all__ = [
    "Absence",
    "Base",
    "Bell",
    "BellSchedule",
    "BellTime",
    "CalendarFeed",
    "Card",
    "ClassShift",
    "Composition",
    "Curriculum",
    "CurriculumItem",
    "Enrolment",
    "Group",
    "Guardianship",
    "Holiday",
    "IdList",
    "ImportBatch",
    "ImportName",
    "Lesson",
    "Load",
    "LoadTable",
    "Period",
    "Person",
    "Rate",
    "Room",
    "School",
    "Screen",
    "Slot",
    "SpecialDay",
    "Subject",
    "SubjectArea",
    "Substitution",
    "Timetable",
    "TimetableLimits",
    "Year",
    "YearChange",
    "table",
]
