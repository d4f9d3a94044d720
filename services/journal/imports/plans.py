"""Thematic plans from a table: one plan, or those of many subjects, all or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.journal.actions.plans import (
    MOST_HOURS,
    MOST_TOPICS,
    PlanHead,
    TopicFacts,
    change_plan,
    facts_of,
    find_own,
    make_plan,
    teaches_subject,
)
from services.journal.imports.plan_cells import day_of, hours_of, is_no_topic
from services.journal.imports.plan_columns import (
    CONTROL,
    DAY,
    HOMEWORK,
    HOURS,
    KIND,
    NAME,
    PLANS,
    SECTION,
    TOPIC,
)
from services.journal.imports.plan_heads import Given, Heads
from services.journal.imports.plan_matching import matched
from services.journal.imports.plan_replacing import MAX_NAMED, Replaced
from services.journal.imports.plan_sections import SectionHours
from services.journal.models import Subject, Year
from services.journal.rules.access import keeps_all_plans
from shared.auth import Actor
from shared.db import SchoolSession, take_time
from shared.errors import Text
from shared.grids import Grid
from shared.headed import HeadedRow, rows_of
from shared.imports import BadRows, RowError
from shared.names import collated

Json = dict[str, Any]
NOTHING = ("-", "—", "–", "нет")
YES = ("+", "да", "1", "yes")
LONGEST = {SECTION: 300, TOPIC: 1000, KIND: 100, CONTROL: 100, NAME: 200}

NO_TOPICS = Text("В таблице нет ни одной темы.", "There is no topic in the table.")


@dataclass
class Done:
    """How many rows and plans there were, what became of the plans, and which topics in use they lose."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    replaced: Replaced = field(default_factory=Replaced)

    def said(self) -> Json:
        """Return the numbers, and the first of the topics that are replaced."""
        replaced = self.replaced.topics
        numbers = {name: getattr(self, name) for name in ("rows", "created", "changed", "unchanged")}
        return {**numbers, "replaced": replaced[:MAX_NAMED], "replaced_count": len(replaced)}


@dataclass
class _Reader:
    """Reads rows into plans, keeping every fault."""

    heads: Heads
    year: Row[date, date]  # Its first and its last day.
    plans: dict[PlanHead, list[TopicFacts]] = field(default_factory=dict)
    wrong: list[RowError] = field(default_factory=list)
    section: str = ""
    hours: SectionHours = field(default_factory=SectionHours)
    begun: str | None = None  # The sheet of which some row was read.

    def read(self, row: HeadedRow) -> None:
        """Take a row in: a topic, or the heading of those that follow; sums and such are passed over."""
        if is_no_topic(row, is_below_heading=self.begun != row.file):
            return
        if self.begun != row.file:
            self.end_sheet()
        self.begun = row.file
        said = row.get(SECTION) or ("" if row.get(TOPIC) else row.aside[: LONGEST[SECTION]])
        above, self.section = self.section, "" if said in NOTHING else said or self.section
        if not row.get(TOPIC) and _is_heading(row, said):
            self.wrong += self.hours.heading(row)
            return
        self.wrong += self.hours.topic(row, is_new_section=self.section != above)
        faults = [*self.heads.faults(row), *_faults_of_topic(row, *self.year)]
        self.wrong += faults
        head = self.heads.of(row)
        if faults or head is None:
            return
        topics = self.plans.setdefault(head, [])
        topics.append(replace(_topic(row, self.year[0]), section=self.section))
        if len(topics) == MOST_TOPICS + 1:
            self.wrong.append(row.error(TOPIC, f"В плане больше {MOST_TOPICS} тем.", "Too many topics."))

    def end_sheet(self) -> None:
        """Keep what is wrong with the headings of a sheet that was read to its end."""
        self.wrong += self.hours.end()


def import_plans(
    session: SchoolSession,
    actor: Actor,
    year_id: UUID,
    grids: Sequence[Grid],
    given: Given,
    agreed: int | None = None,
) -> Done:
    """Make the table's plans the caller's own (the operator's are the school's), all or none.

    A plan of that name gets these topics and keeps the ids of those it has (`matched`); others are
    made. The same table again changes nothing. BadRows names every bad row by sheet, line and column.
    Where more topics in use are replaced than the caller `agreed` to, it raises TopicsReplaced; None
    agrees to any number.
    """
    take_time(session)
    rows = rows_of(grids, PLANS)
    subjects = {collated(one.name): one.id for one in session.scalars(select(Subject))}
    known = frozenset(subjects.values())
    mine = known if keeps_all_plans(actor) else _taught(session, actor, known)
    year = session.execute(select(Year.starts_on, Year.ends_on).where(Year.id == year_id)).one()
    reader = _Reader(Heads(given, subjects, mine), year)
    for row in rows:
        reader.read(row)
    reader.end_sheet()
    if not reader.plans and not reader.wrong:
        reader.wrong.append(RowError(grids[0].name, 0, PLANS.titles[TOPIC], NO_TOPICS))
    if reader.wrong:
        raise BadRows(reader.wrong)
    done = Done(rows=len(rows))
    for head, topics in reader.plans.items():
        _enter(session, actor, year_id, head, topics, done)
    done.replaced.refuse_more_than(agreed)
    return done


def _taught(session: SchoolSession, actor: Actor, subjects: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(one for one in subjects if teaches_subject(session, actor, one))


def _enter(
    session: SchoolSession,
    actor: Actor,
    year_id: UUID,
    head: PlanHead,
    topics: Sequence[TopicFacts],
    done: Done,
) -> None:
    plan = find_own(session, actor, year_id, head)
    if plan is None:
        make_plan(session, actor, year_id, head, topics)
        done.created += 1
        return
    seen = plan.version
    known = facts_of(session, plan.id)
    kept = matched(topics, known)
    done.replaced.add(session, plan.id, head.name, known, kept)
    if change_plan(session, actor, plan.id, seen, head.name, kept).version == seen:
        done.unchanged += 1
    else:
        done.changed += 1


def _is_heading(row: HeadedRow, said: str) -> bool:
    """Whether a row without a topic begins or ends a section; its hours are those of the topics below."""
    hours = row.get(HOURS)
    if not said or not hours or hours in NOTHING or not row.get(SECTION):
        return bool(said)
    return said not in NOTHING and hours_of(hours) is not None


def _topic(row: HeadedRow, year_starts_on: date) -> TopicFacts:
    control = row.get(CONTROL)
    if control.casefold() in (*NOTHING, "0"):
        control = ""
    return TopicFacts(
        topic=row.get(TOPIC),
        hours=hours_of(row.get(HOURS)) or 1,
        kind=row.get(KIND),
        control="контрольная работа" if control.casefold() in YES else control,
        homework=row.get(HOMEWORK),
        planned_on=day_of(row.get(DAY), year_starts_on),
    )


def _faults_of_topic(row: HeadedRow, year_starts_on: date, year_ends_on: date) -> Iterator[RowError]:
    if not row.get(TOPIC):
        yield row.error(TOPIC, "Напишите тему.", "Name the topic.")
    for column, limit in LONGEST.items():
        if len(row.get(column)) > limit:
            yield row.error(column, f"Не длиннее {limit} знаков.", f"At most {limit} letters.")
    hours = row.get(HOURS)
    if hours and not 0 < (hours_of(hours) or 0) <= MOST_HOURS:
        yield row.error(
            HOURS, f"Часы: целое число от 1 до {MOST_HOURS}.", f"Hours: a number from 1 to {MOST_HOURS}."
        )
    day = day_of(row.get(DAY), year_starts_on)
    if row.get(DAY) and day is None:
        yield row.error(
            DAY,
            "Дата: 07.09.2026, 07.09 или 7 сентября; или оставьте пустой.",
            "The day: 07.09.2026 or 07.09, or nothing.",
        )
    elif day and not year_starts_on <= day <= year_ends_on:
        year = f"{year_starts_on:%d.%m.%Y}–{year_ends_on:%d.%m.%Y}"
        yield row.error(
            DAY,
            f"Дата вне учебного года ({year}): исправьте её или оставьте пустой.",
            f"The day is not in the academic year ({year}): mend it, or leave it out.",
        )
