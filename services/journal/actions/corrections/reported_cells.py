"""Where an error is said to be, and who may say so (clauses 3.9.4, 3.9.5)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, or_, select

from services.journal.models.relations import (
    enrolments,
    entries,
    gives_any_lesson,
    guardianships,
    leads_class,
    lessons,
    page_surroundings,
    pages,
    periods,
    roster_groups,
    run,
    school,
    schools,
    teaches_page,
    years,
)
from services.journal.models.several import leads_pupils, led_pupils
from services.journal.rules.corrections import CELLS, FINAL
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Invalid, Text


class PupilNeeded(Invalid):
    """A mark and an absence are somebody's."""

    title = Text("Не указан ученик", "No pupil is named")
    detail = Text(
        "Отметка и пропуск всегда чьи-то. Откройте обращение от клетки, в которой ошибка.",
        "A mark and an absence are always somebody's. Begin from the cell that is wrong.",
    )


@dataclass(frozen=True)
class Cell:
    """What is wrong: a lesson's mark or attendance of a pupil, its topic or homework; a term-end mark."""

    what: str
    lesson_id: UUID | None = None
    page_id: UUID | None = None  # With period_id, of a term-end mark.
    period_id: UUID | None = None
    slot: int | None = None
    pupil_id: UUID | None = None  # Of a topic: of which pupil's diary; for a family alone.

    @property
    def own_slot(self) -> int | None:
        """The slot: attendance has the first, a topic none."""
        return 0 if self.what == "attendance" else self.slot if self.what in CELLS else None


_page = (
    pages.c.id.label("page_id"),
    pages.c.group_id,
    schools.c.time_zone,
    teaches_page.label("teaches_page"),
    gives_any_lesson.label("gives_any_lesson"),
    leads_class.label("leads_class"),
    leads_pupils.label("leads_pupils"),
)
LESSON = (
    select(*_page, lessons.c.held_on.label("starts_on"), lessons.c.held_on.label("ends_on"))
    .select_from(page_surroundings.join(lessons, lessons.c.page_id == pages.c.id))
    .where(lessons.c.id == bindparam("lesson"), lessons.c.school_id == school)
)
# A term-end mark stands in a period or, under the year's own id, in the year.
SPAN = (
    select(
        *_page,
        func.coalesce(periods.c.starts_on, years.c.starts_on).label("starts_on"),
        func.coalesce(periods.c.ends_on, years.c.ends_on).label("ends_on"),
    )
    .select_from(
        page_surroundings.join(years, years.c.id == pages.c.year_id).outerjoin(
            periods, and_(periods.c.year_id == years.c.id, periods.c.id == bindparam("period"))
        )
    )
    .where(
        pages.c.id == bindparam("page"),
        pages.c.school_id == school,
        or_(periods.c.id == bindparam("period"), years.c.id == bindparam("period")),
    )
)

ON_LIST = select(enrolments.c.pupil_id).where(
    enrolments.c.group_id.in_(roster_groups(bindparam("group", type_=enrolments.c.group_id.type))),
    enrolments.c.from_on <= bindparam("ends_on"),
    or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("starts_on")),
)

HAS_ENTRY = select(entries.c.seq).where(
    entries.c.lesson_id == bindparam("lesson"),
    entries.c.pupil_id == bindparam("pupil"),
    entries.c.slot == bindparam("slot"),
    entries.c.value.is_not(None),
    entries.c.school_id == school,
)

CHILDREN = select(guardianships.c.pupil_id).where(
    guardianships.c.guardian_id == bindparam("guardian"), guardianships.c.school_id == school
)


def place_of(session: SchoolSession, actor: Actor, cell: Cell) -> Row[Any] | None:
    """Return the page and the days that a cell is of; None when there is no such thing."""
    if cell.what == FINAL:
        at = {"page": cell.page_id, "period": cell.period_id}
        return run(session, SPAN, **at, me=actor.person_id).first() if all(at.values()) else None
    return run(session, LESSON, lesson=cell.lesson_id, me=actor.person_id).first()


def may_report(session: SchoolSession, actor: Actor, place: Row[Any], cell: Cell) -> bool:
    """Whether the caller may report an error there; raises PupilNeeded.

    Who works on the page or supervises, the pupil, the parents; of whoever is on the list or has entries.
    """
    days = {"starts_on": place.starts_on, "ends_on": place.ends_on}
    on_list = set(run(session, ON_LIST, group=place.group_id, **days).scalars())
    if cell.what in CELLS and cell.pupil_id is None:
        raise PupilNeeded
    if cell.pupil_id is not None and cell.pupil_id not in on_list and not _has_entry(session, cell):
        return False
    reach = policy.reach("journal", "report errors", actor.roles)
    works_here = not reach.isdisjoint({"load", "class"}) and _works_here(session, actor, place, cell)
    if "school" in reach or works_here:
        return True
    own = {actor.person_id} if "self" in reach else set()
    if "child" in reach:
        own |= set(run(session, CHILDREN, guardian=actor.person_id).scalars())
    return cell.pupil_id in own if cell.pupil_id else not own.isdisjoint(on_list)


def _has_entry(session: SchoolSession, cell: Cell) -> bool:
    """Whether something stands in a lesson for a pupil, even one who was taken off its list."""
    keys = {"lesson": cell.lesson_id, "pupil": cell.pupil_id, "slot": cell.own_slot}
    return cell.what != FINAL and run(session, HAS_ENTRY, **keys).first() is not None


def _works_here(session: SchoolSession, actor: Actor, place: Row[Any], cell: Cell) -> bool:
    """Whether the caller reads the cell on the page; of several classes, a class teacher those of the own."""
    if place.teaches_page or place.gives_any_lesson or place.leads_class:
        return True
    if not place.leads_pupils:
        return False
    own = led_pupils(session, actor.person_id)
    return cell.pupil_id is None or own.still(cell.pupil_id, place.ends_on)
