"""The rows of tables of thematic plans read into plans, with every fault of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Row

from services.journal.actions.plans import MOST_HOURS, MOST_TOPICS, PlanHead, TopicFacts
from services.journal.imports.plan_cells import class_of, day_of, hours_of, is_no_topic
from services.journal.imports.plan_columns import (
    CONTROL,
    DAY,
    GRADE,
    HOMEWORK,
    HOURS,
    KIND,
    NAME,
    SECTION,
    TOPIC,
)
from services.journal.imports.plan_heads import Heads
from services.journal.imports.plan_sections import SectionHours
from shared.headed import HeadedRow
from shared.imports import RowError

NOTHING = ("-", "—", "–", "нет")
YES = ("+", "да", "1", "yes")
LONGEST = {SECTION: 300, TOPIC: 1000, KIND: 100, CONTROL: 100, NAME: 200}


@dataclass
class Part:
    """The topics that one sheet, or one class of it, tells of a plan."""

    name: str  # The class, or else the sheet.
    sheet: str
    topics: list[TopicFacts] = field(default_factory=list)
    assumed: int = 0  # Topics with their hours left empty, which are taken for one.


@dataclass
class Reader:
    """Reads rows into plans, keeping every fault."""

    heads: Heads
    year: Row[date, date]  # Its first and its last day.
    plans: dict[PlanHead, dict[str, Part]] = field(default_factory=lambda: defaultdict(dict))
    wrong: list[RowError] = field(default_factory=list)
    section: str = ""
    hours: SectionHours = field(default_factory=SectionHours)
    begun: str | None = None  # The sheet of which some row was read.
    part: str = ""  # The class a row of it named last, or else the sheet's name.

    def read(self, row: HeadedRow) -> None:
        """Take a row in: a topic, or the heading of those that follow; sums and such are passed over."""
        if is_no_topic(row, is_below_heading=self.begun != row.file):
            return
        if self.begun != row.file:
            self.end_sheet()
            self.begun, self.section, self.part = row.file, "", row.file
        self.part = class_of(row.get(GRADE)) or self.part
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
        part = self.plans[head].setdefault(self.part, Part(self.part, row.file))
        part.topics.append(replace(_topic(row, self.year[0]), section=self.section))
        part.assumed += HOURS in row.cells and not row.get(HOURS)
        if len(part.topics) == MOST_TOPICS + 1:
            self.wrong.append(row.error(TOPIC, f"В плане больше {MOST_TOPICS} тем.", "Too many topics."))

    def end_sheet(self) -> None:
        """Keep what is wrong with the headings of a sheet that was read to its end."""
        self.wrong += self.hours.end()


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
