"""Undo the move to the next year: every pupil and class again as before, while nothing stands on it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, update

from services.identity.actions.importing.roster import lock_school
from services.identity.actions.rosters.groups import release_class_teacher
from services.identity.actions.rosters.moving import last_movements, lock_pupils
from services.identity.actions.rosters.new_year_groups import tell_groups
from services.identity.actions.rosters.taking_back import names_of, take_back
from services.identity.actions.school.leadership import keep_leaders
from services.identity.models import Enrolment, Group, Leadership, Movement, YearMove, YearMoveGroup
from services.identity.rules.movements import DAY
from shared.clock import now, today
from shared.db import SchoolSession, take_time
from shared.errors import Conflict, NotFound, Text

REASON = "Отмена перевода в новый учебный год"


class AlreadyUndone(Conflict):
    """The move was undone before."""

    title = Text("Переход уже отменён", "The move is undone already")
    detail = Text("Обновите страницу.", "Reload the page.")


class TooLateToUndo(Conflict):
    """The new year is under way."""

    title = Text("Отменить переход уже нельзя", "It is too late to undo the move")
    detail = Text(
        "Переход можно было отменить до {until}. Исправляйте отдельных учеников переводом.",
        "The move could be undone until {until}. Correct single pupils by a transfer.",
    )


class MovedSince(Conflict):
    """Pupils have moved since."""

    title = Text("После перехода были движения", "There were movements since")
    detail = Text(
        "После перехода записаны движения: {names}. Сначала отмените их.",
        "Movements were recorded since: {names}. Reverse those first.",
    )


class NewClassesInUse(Conflict):
    """The new classes hold what the move did not put there."""

    title = Text("Новые классы уже используются", "The new classes are in use")
    detail = Text(
        "В новых классах уже есть записанные вручную или загрузкой: {names}. Сначала уберите их.",
        "The new classes hold what was entered by hand or import: {names}. Take it away first.",
    )


def undo_year_move(session: SchoolSession, actor_id: UUID | None, zone: str, move_id: UUID) -> YearMove:
    """Undo a move: pupils, classes and class teachers are as before it; both stay on record.

    The new classes stay as groups that never came to be, and serve again when the move is repeated.
    Refuses after its last day, after a later movement of a pupil, and once others are in its classes.
    """
    take_time(session)
    lock_school(session)
    move = session.get(YearMove, move_id, with_for_update=True)
    if move is None:
        raise NotFound
    _check_open(move, zone)
    movements = _standing(session, move)
    pairs = select(YearMoveGroup.old_id, YearMoveGroup.new_id).where(YearMoveGroup.year_move_id == move_id)
    rows = session.execute(pairs).all()
    old, new = {row.old_id for row in rows} - {None}, {row.new_id for row in rows} - {None}
    _refuse_others(session, movements, new)
    take_back(session, movements, actor_id, reason=REASON, order=(None, None))
    _reopen(session, move, old, new)
    move.undone_at, move.undone_by = now(), actor_id
    session.flush()
    return move


def _check_open(move: YearMove, zone: str) -> None:
    if move.undone_at is not None:
        raise AlreadyUndone
    if today(zone) > move.undo_until:
        raise TooLateToUndo(until=f"{move.undo_until:%d.%m.%Y}")


def _standing(session: SchoolSession, move: YearMove) -> Sequence[Movement]:
    """Return the move's movements that were not reversed one by one; refuses when others came after."""
    own = select(Movement).where(Movement.year_move_id == move.id, Movement.kind != "reversal")
    pupils = sorted({movement.pupil_id for movement in session.scalars(own)})
    if pupils:
        lock_pupils(session, pupils)
    reversed_ = set(session.scalars(select(Movement.reverses_id).where(Movement.year_move_id == move.id)))
    movements = [one for one in session.scalars(own.order_by(Movement.id)) if one.id not in reversed_]
    last = last_movements(session, pupils)
    later = {one.pupil_id for one in movements if last[one.pupil_id].id != one.id}
    if later:
        raise MovedSince(names=names_of(session, later))
    return movements


def _refuse_others(session: SchoolSession, movements: Collection[Movement], new: Collection[UUID]) -> None:
    own = {movement.id for movement in movements}
    stays = select(Enrolment.pupil_id, Enrolment.began_by).where(Enrolment.group_id.in_(new))
    strangers = {row.pupil_id for row in session.execute(stays) if row.began_by not in own}
    if strangers:
        raise NewClassesInUse(names=names_of(session, strangers))
    inside = select(Group.name).where(Group.parent_id.in_(new), Group.id.not_in(new))
    opened = session.scalars(inside.order_by(Group.name)).all()
    if opened:
        raise NewClassesInUse(names=", ".join(opened[:10]))


def _reopen(session: SchoolSession, move: YearMove, old: Collection[UUID], new: Collection[UUID]) -> None:
    """Let the old classes go on, and make the new ones such that never came to be."""
    last = move.starts_on - DAY
    led = select(Leadership.person_id).where(Leadership.group_id.in_(new))
    leaders = sorted(set(session.scalars(led)))
    keep_leaders(session, dict.fromkeys(new), move.starts_on)
    version = {"version": Group.version + 1}
    for change in (
        update(Group).where(Group.id.in_(old)).values(until_on=None, **version),
        update(Group).where(Group.id.in_(new)).values(until_on=last, class_teacher_id=None, **version),
        update(Leadership)
        .where(Leadership.group_id.in_(old), Leadership.until_on == last)
        .values(until_on=None),
    ):
        session.execute(change.execution_options(synchronize_session=False))
    tell_groups(session, [*old, *new])
    for person_id in leaders:
        release_class_teacher(session, person_id)
