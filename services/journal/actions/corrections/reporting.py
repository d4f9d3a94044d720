"""Reporting an error in a cell, a topic or homework (clauses 3.9.4, 3.9.5)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select

from services.journal.actions.corrections.steps import note_step
from services.journal.models import Correction, School
from services.journal.models.relations import (
    descriptions,
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
    works,
    years,
)
from services.journal.models.several import leads_pupils, led_pupils
from services.journal.models.writers import writers_of
from services.journal.rules.corrections import ASSIGNED, CELLS, FINAL, OPEN, REPORTED, TEXTS, UNSETTLED
from services.journal.rules.marks import TIME_ZONE
from shared import policy
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text
from shared.events.journal_corrections import CorrectionRequested
from shared.ids import new_id
from shared.outbox import publish


class PupilNeeded(Invalid):
    """A mark and an absence are somebody's."""

    title = Text("Не указан ученик", "No pupil is named")
    detail = Text(
        "Отметка и пропуск всегда чьи-то. Откройте обращение от клетки, в которой ошибка.",
        "A mark and an absence are always somebody's. Begin from the cell that is wrong.",
    )


class ReportedAlready(Conflict):
    """The caller has reported the same error, and it is not settled yet."""

    title = Text("Вы уже сообщили об этом", "You have reported this already")
    detail = Text(
        "Обращение № {number} об этой же записи ещё не закрыто. Его ход виден в списке обращений.",
        "Request No. {number} about the same entry is not settled yet. Its progress is in the list.",
    )


class LessonNotHeld(Conflict):
    """What is still ahead cannot be wrong, and starts no clock; but a topic or homework written ahead may."""

    title = Text("Урок ещё не состоялся", "The lesson is still ahead")
    detail = Text(
        "Урок будет {on:%d.%m.%Y}, и такой записи в нём ещё нет. Сообщите об ошибке в этот день или позже.",
        "The lesson is on {on:%Y-%m-%d} and has no such entry yet. Report an error on its day or later.",
    )


class NothingMarked(Invalid):
    """Neither a mark nor a work is where the mark is said to be wrong."""

    title = Text("Здесь нет отметок", "There are no marks here")
    detail = Text(
        "В этой графе урока нет ни отметки, ни работы. Откройте обращение от клетки, в которой ошибка.",
        "There is neither a mark nor a work in this column. Begin from the cell that is wrong.",
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

# A mark that is lacking is an error, too; in a further column where others have one or a work was set.
MARKED = select(
    or_(
        *(
            exists().where(of.c.lesson_id == bindparam("lesson"), of.c.slot == bindparam("slot"))
            for of in (entries, works)
        )
    )
)

HAS_ENTRY = select(entries.c.seq).where(
    entries.c.lesson_id == bindparam("lesson"),
    entries.c.pupil_id == bindparam("pupil"),
    entries.c.slot == bindparam("slot"),
    entries.c.value.is_not(None),
    entries.c.school_id == school,
)

WRITTEN = select(descriptions.c.topic, descriptions.c.homework).where(
    descriptions.c.page_id == bindparam("page"), descriptions.c.lesson_id == bindparam("lesson")
)

CHILDREN = select(guardianships.c.pupil_id).where(
    guardianships.c.guardian_id == bindparam("guardian"), guardianships.c.school_id == school
)


def report_error(session: SchoolSession, actor: Actor, cell: Cell, text: str) -> Correction:
    """Report an error; it is given to who teaches the lesson, or else to the class teacher, and told.

    Without either it waits for the deputy. Raises NotFound for what the caller may not see,
    PupilNeeded, LessonNotHeld, NothingMarked, and ReportedAlready.
    """
    place = _place(session, actor, cell)
    if place is None or not _may_report(session, actor, place, cell):
        raise NotFound
    if cell.what != FINAL:
        _refuse_nothing(session, place, cell)
    # The school's row in hand, numbers are given out one by one, and nobody reports a thing twice at once.
    session.execute(select(School.school_id).with_for_update()).all()
    _refuse_again(session, actor, place.page_id, cell)
    correction = _new(session, actor, place.page_id, cell, text)
    session.add(correction)
    note_step(session, actor, correction, REPORTED, text)
    publish(session, _requested(correction))
    return correction


def _place(session: SchoolSession, actor: Actor, cell: Cell) -> Row[Any] | None:
    """Return the page and the days that a cell is of; None when there is no such thing."""
    if cell.what == FINAL:
        at = {"page": cell.page_id, "period": cell.period_id}
        return run(session, SPAN, **at, me=actor.person_id).first() if all(at.values()) else None
    return run(session, LESSON, lesson=cell.lesson_id, me=actor.person_id).first()


def _may_report(session: SchoolSession, actor: Actor, place: Row[Any], cell: Cell) -> bool:
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


def _refuse_nothing(session: SchoolSession, place: Row[Any], cell: Cell) -> None:
    if place.starts_on > today(place.time_zone or TIME_ZONE) and not _is_written(session, place, cell):
        raise LessonNotHeld(on=place.starts_on)
    if cell.what != "mark" or cell.slot == 1:
        return
    if not run(session, MARKED, lesson=cell.lesson_id, slot=cell.slot).scalar():
        raise NothingMarked


def _is_written(session: SchoolSession, place: Row[Any], cell: Cell) -> bool:
    """Whether the cell is a topic or homework that stands in its lesson, as the diary shows it."""
    if cell.what not in TEXTS:
        return False
    found = run(session, WRITTEN, page=place.page_id, lesson=cell.lesson_id).first()
    return found is not None and bool(getattr(found, cell.what))


def _refuse_again(session: SchoolSession, actor: Actor, page_id: UUID, cell: Cell) -> None:
    same = select(Correction.number).where(
        Correction.author_id == actor.person_id,
        Correction.page_id == page_id,  # Two subjects' marks of a period differ in nothing else.
        Correction.what == cell.what,
        Correction.lesson_id.is_not_distinct_from(_lesson(cell)),
        Correction.period_id.is_not_distinct_from(cell.period_id if cell.what == FINAL else None),
        Correction.slot.is_not_distinct_from(cell.own_slot),
        Correction.pupil_id.is_not_distinct_from(_about(cell)),
        Correction.state.in_(UNSETTLED),
    )
    number = session.scalar(same)
    if number is not None:
        raise ReportedAlready(number=number)


def _about(cell: Cell) -> UUID | None:
    """Return whose the cell is; a topic is nobody's, in whatever diary it was seen."""
    return cell.pupil_id if cell.what in CELLS else None


def _lesson(cell: Cell) -> UUID | None:
    return None if cell.what == FINAL else cell.lesson_id


def _new(session: SchoolSession, actor: Actor, page_id: UUID, cell: Cell, text: str) -> Correction:
    candidates = writers_of(session, page_id, _lesson(cell), _about(cell))
    return Correction(
        id=new_id(),
        school_id=actor.school_id,
        number=(session.scalar(select(func.max(Correction.number))) or 0) + 1,
        page_id=page_id,
        lesson_id=_lesson(cell),
        period_id=cell.period_id if cell.what == FINAL else None,
        what=cell.what,
        slot=cell.own_slot,
        pupil_id=_about(cell),
        text=text,
        author_id=actor.person_id,
        asked_at=now(),
        state=ASSIGNED if candidates else OPEN,
        assignee_id=next(iter(candidates), None),
    )


def _requested(correction: Correction) -> CorrectionRequested:
    return CorrectionRequested(
        request_id=correction.id,
        number=correction.number,
        page_id=correction.page_id,
        lesson_id=correction.lesson_id,
        period_id=correction.period_id,
        pupil_id=correction.pupil_id,
        what=correction.what,
        assignee_id=correction.assignee_id,
    )
