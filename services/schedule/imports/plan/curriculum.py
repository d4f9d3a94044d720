"""The curriculum from a table: «Предмет; Параллель/Класс; Часов в неделю; Часов в год; Групп»."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.curriculum.plans import (
    APPROVED,
    DRAFT,
    PlanFacts,
    PlanItem,
    begin_edition,
    change_curriculum,
    facts_of,
    make_curriculum,
)
from services.schedule.actions.directories import name_subjects
from services.schedule.imports.plan.headings import (
    CURRICULUM,
    GROUPS,
    NAME,
    PART,
    SUBJECT,
    TARGET,
    WEEK,
    YEAR,
)
from services.schedule.models import Curriculum, Group, Subject, Year
from services.schedule.queries.curriculum import IN_WORK, curricula
from services.schedule.rules import Tally
from services.schedule.rules.curriculum import MOST_GROUPS, MOST_QUARTERS, PARTS, read_hours
from shared.db import SchoolSession
from shared.grades import HIGHEST, LOWEST
from shared.grids import Grid
from shared.headed import HeadedRow, rows_of
from shared.imports import BadRows, RowError
from shared.names import collated, group_key, plain_name

Target = tuple[int, tuple[UUID, ...]]
"""A parallel, and the classes of it; none: all."""

_GRADE = re.compile(r"(\d{1,2})(?:\s*-?\s*[йе]?)?(?:\s*(?:параллель|парал\.?|классы?|кл\.?))?", re.IGNORECASE)
FORMED = ("форм", "шк", "вариат", "formed")
REQUIRED = ("обяз", "инвар", "required")
LONGEST_NAME = 120
MOST_YEAR = 1500


@dataclass
class _Plan:
    """What the table says of one plan."""

    name: str
    items: dict[tuple[str, str], HeadedRow] = field(default_factory=dict)


def import_curriculum(session: SchoolSession, year: Year, grids: Sequence[Grid]) -> dict[str, Any]:
    """Make drafts of the table's plans, all or none; BadRows names every bad row.

    A plan that is in force as the table says is left alone, and so is such a draft: the same table
    again changes nothing. One in force that differs gets a new edition, for the director to approve.
    """
    rows = rows_of(grids, CURRICULUM)
    groups = list(session.scalars(select(Group).where(Group.kind == "class")))
    plans, wrong = _read(rows, groups)
    if wrong:
        raise BadRows(wrong)
    subjects, subject_tally = _subjects(session, rows)
    names = {one.id: one.name for one in groups}
    known = _known(curricula(session, year, IN_WORK))
    tally = Tally()
    for target, plan in plans.items():
        items = [_item(row, subjects, part) for (_, part), row in plan.items.items()]
        _enter(session, year, _facts(target, plan.name, items, names), known.get(target), tally)
    return {"rows": len(rows), "subjects": subject_tally, "curricula": tally}


def _read(rows: Sequence[HeadedRow], groups: Sequence[Group]) -> tuple[dict[Target, _Plan], list[RowError]]:
    classes: dict[str, Group] = {plain_name(one.name): one for one in groups}
    plans: dict[Target, _Plan] = {}
    wrong: list[RowError] = []
    for row in rows:
        faults = list(_faults(row))
        target = _target(row.get(TARGET), classes)
        if target is None:
            faults.append(row.error(TARGET, "Нет такой параллели или её классов.", "No such classes."))
        else:
            plan = plans.setdefault(target, _Plan(row.get(NAME)))
            key = (collated(row.get(SUBJECT)), _part(row))
            if key in plan.items:
                faults.append(row.error(SUBJECT, "Предмет в этом плане уже есть.", "It is there already."))
            plan.items[key] = row
        wrong += faults
    return plans, wrong


def _faults(row: HeadedRow) -> Iterator[RowError]:
    subject, week, year = row.get(SUBJECT), row.get(WEEK), row.get(YEAR)
    if not 0 < len(subject) <= LONGEST_NAME:
        yield row.error(SUBJECT, "Назовите предмет, до 120 знаков.", "Name the subject, in 120 letters.")
    hours = read_hours(week) if week else 0
    if hours is None or hours > MOST_QUARTERS or (not hours and not year):
        yield row.error(WEEK, "Часы в неделю: 3 или 1,5, кратно четверти часа.", "Hours a week: 3 or 1.5.")
    if year and not (year.isdecimal() and len(year) < 6 and 0 < int(year) <= MOST_YEAR):
        yield row.error(YEAR, "Часы в год: целое число до 1500.", "Hours a year: up to 1500.")
    groups = row.get(GROUPS)
    if groups and groups not in map(str, range(1, MOST_GROUPS + 1)):
        yield row.error(GROUPS, "Число групп: 1, 2 или 3.", "The number of groups: 1, 2 or 3.")
    if not collated(row.get(PART)).startswith((*FORMED, *REQUIRED)) and row.get(PART):
        yield row.error(PART, "Часть: обязательная или формируемая.", "The part: required or formed.")
    if len(row.get(NAME)) > LONGEST_NAME:
        yield row.error(NAME, "Название длиннее 120 знаков.", "The name is longer than 120 letters.")


def _part(row: HeadedRow) -> str:
    return PARTS[collated(row.get(PART)).startswith(FORMED)]


def _target(text: str, classes: Mapping[str, Group]) -> Target | None:
    """Return what «5», «5 параллель», «10А» or «10А, 10Б» names; None where the school has no such thing."""
    alone = _GRADE.fullmatch(text)
    if alone:
        grade = int(alone[1])
        return (grade, ()) if LOWEST <= grade <= HIGHEST else None
    found = [classes.get(plain_name(one)) for one in re.split(r"[,;]", text) if one.strip()]
    if not found or None in found:
        return None
    grades = {one.grade for one in found if one}
    ids = tuple(sorted({one.id for one in found if one}))
    [grade_, *others] = grades
    return (grade_, ids) if not others and grade_ is not None else None


def _subjects(session: SchoolSession, rows: Sequence[HeadedRow]) -> tuple[dict[str, UUID], Tally]:
    """Return the subjects by their collated names; one that differs in case or Ё alone is the same."""
    known = {collated(name): name for name in session.scalars(select(Subject.name))}
    named = {collated(row.get(SUBJECT)): row.get(SUBJECT) for row in reversed(rows)}
    ids, tally = name_subjects(session, [known.get(key, name) for key, name in named.items()])
    return {collated(name): id_ for name, id_ in ids.items()}, tally


def _item(row: HeadedRow, subjects: Mapping[str, UUID], part: str) -> PlanItem:
    year = row.get(YEAR)
    return PlanItem(
        subject_id=subjects[collated(row.get(SUBJECT))],
        quarters_per_week=read_hours(row.get(WEEK)) or 0,
        part=part,
        hours_per_year=int(year) if year else None,
        group_count=int(row.get(GROUPS) or 1),
    )


def _facts(target: Target, name: str, items: Sequence[PlanItem], names: Mapping[UUID, str]) -> PlanFacts:
    grade, ids = target
    called = ", ".join(sorted((names[one] for one in ids), key=group_key)) or f"{grade} параллель"
    return PlanFacts(name or called[:LONGEST_NAME], grade, items, ids)


def _known(found: Sequence[Curriculum]) -> dict[Target, Curriculum]:
    """Return the plans by whom they are for; a draft stands before what is in force."""
    ordered = sorted(found, key=lambda one: one.status == DRAFT)
    return {(one.grade, tuple(sorted(UUID(id_) for id_ in one.class_ids))): one for one in ordered}


def _enter(
    session: SchoolSession, year: Year, facts: PlanFacts, own: Curriculum | None, tally: Tally
) -> None:
    if own is None:
        make_curriculum(session, year, facts)
        tally.created += 1
        return
    facts = PlanFacts(own.name, facts.grade, facts.items, facts.class_ids)
    if _same(facts, own):
        tally.unchanged += 1
        return
    draft = begin_edition(session, own.id) if own.status == APPROVED else own
    change_curriculum(session, draft.id, facts, draft.version)
    tally.changed += 1


def _same(facts: PlanFacts, own: Curriculum) -> bool:
    return sorted(facts.items, key=str) == sorted(facts_of(own).items, key=str)
