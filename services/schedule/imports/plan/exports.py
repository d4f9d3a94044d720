"""The same two tables, written: what is exported and brought back changes nothing."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.calendar import calendar_of
from services.schedule.imports.plan.headings import (
    GROUP,
    GROUPS,
    HOURS,
    NAME,
    PART,
    SUBJECT,
    TARGET,
    TEACHER,
    TITLES,
    WEEK,
    YEAR,
)
from services.schedule.models import Person, Subject, Year
from services.schedule.queries.curriculum import IN_WORK, cards, curricula
from services.schedule.queries.load_check import read_school
from services.schedule.rules.curriculum import QUARTERS, written_hours
from shared.db import SchoolSession
from shared.errors import Text
from shared.names import collated, full_name, group_key
from shared.sheets import as_csv, workbook

PART_TITLES = {"required": "обязательная", "formed": "формируемая"}
WIDTHS = {SUBJECT: 36, TARGET: 18, NAME: 24, PART: 16, TEACHER: 38, GROUP: 26}
CURRICULUM_TITLE, LOADS_TITLE = "Учебный план", "Нагрузка"

Table = tuple[tuple[str, ...], list[list[Any]]]


def curriculum_table(session: SchoolSession, year: Year) -> Table:
    """Return the plans in force, or the drafts that are to replace them, a row for each subject."""
    found = cards(session, calendar_of(year), curricula(session, year, IN_WORK))
    replaced = {one["replaces_id"] for one in found}
    rows = [
        [
            item["subject"]["name"],
            ", ".join(one["name"] or "" for one in plan["classes"]) or str(plan["grade"]),
            Decimal(str(item["hours_per_week"])),
            item["hours_per_year"] if item["is_year_given"] else "",
            item["group_count"],
            PART_TITLES[item["part"]],
            plan["name"],
        ]
        for plan in found
        if plan["id"] not in replaced
        for item in plan["items"]
    ]
    return (SUBJECT, TARGET, WEEK, YEAR, GROUPS, PART, NAME), rows


def loads_table(session: SchoolSession, year: Year) -> Table:
    """Return the load of the year, a row for each teacher of a page; vacancies have none."""
    school = read_school(session, year)
    subjects = {row.id: row.name for row in session.execute(select(Subject.id, Subject.name))}
    wanted = {UUID(one) for row in school.load for one in row.teacher_ids}
    people = {
        str(one.id): full_name(one.family_name, one.given_name, one.patronymic)
        for one in session.scalars(select(Person).where(Person.id.in_(wanted)))
    }
    rows = [
        [people.get(one, "") if one else "", subjects[row.subject_id], school.groups[row.group_id].name,
         Decimal(row.quarters) / QUARTERS]
        for row in school.load
        if row.group_id in school.groups
        for one in row.teacher_ids or ("",)
    ]  # fmt: skip
    rows.sort(key=lambda row: (collated(str(row[0])), collated(str(row[1])), group_key(str(row[2]))))
    return (TEACHER, SUBJECT, GROUP, HOURS), rows


def written(title: str, table: Table, kind: str) -> bytes:
    """Return a table as XLSX or CSV."""
    fields, rows = table
    if kind == "csv":
        return as_csv([[TITLES[one] for one in fields], *([_text(cell) for cell in row] for row in rows)])
    columns = [(Text(TITLES[one], TITLES[one]), WIDTHS.get(one, 14)) for one in fields]
    return workbook({title: (columns, rows)}, "ru")


def _text(cell: object) -> str:
    if isinstance(cell, Decimal):
        return written_hours(int(cell * QUARTERS))
    return str(cell)
