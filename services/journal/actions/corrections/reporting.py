"""Reporting an error in a cell, a topic or homework (clauses 3.9.4, 3.9.5)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, or_, select

from services.journal.actions.corrections.reported_cells import Cell, may_report, place_of
from services.journal.actions.corrections.steps import note_step
from services.journal.models import Correction, School
from services.journal.models.relations import descriptions, entries, run, works
from services.journal.models.writers import writers_of
from services.journal.rules.corrections import ASSIGNED, CELLS, FINAL, OPEN, REPORTED, TEXTS, UNSETTLED
from services.journal.rules.marks import TIME_ZONE
from shared.auth import Actor
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text
from shared.events.journal_corrections import CorrectionRequested
from shared.ids import new_id
from shared.outbox import publish


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


# A mark that is lacking is an error, too; in a further column where others have one or a work was set.
MARKED = select(
    or_(
        *(
            exists().where(of.c.lesson_id == bindparam("lesson"), of.c.slot == bindparam("slot"))
            for of in (entries, works)
        )
    )
)

WRITTEN = select(descriptions.c.topic, descriptions.c.homework).where(
    descriptions.c.page_id == bindparam("page"), descriptions.c.lesson_id == bindparam("lesson")
)


def report_error(session: SchoolSession, actor: Actor, cell: Cell, text: str) -> Correction:
    """Report an error; it is given to who teaches the lesson, or else to the class teacher, and told.

    Without either it waits for the deputy. Raises NotFound for what the caller may not see,
    PupilNeeded, LessonNotHeld, NothingMarked, and ReportedAlready.
    """
    place = place_of(session, actor, cell)
    if place is None or not may_report(session, actor, place, cell):
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
