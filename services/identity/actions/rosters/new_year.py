"""Move the whole school to its next year in one transaction, as it was previewed."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from services.identity.actions.importing.roster import lock_school
from services.identity.actions.rosters.moving import Move, carry_out, lock_pupils
from services.identity.actions.rosters.new_year_groups import Ids, end_groups, open_groups
from services.identity.actions.rosters.year_facts import planned
from services.identity.models import YearMove
from services.identity.rules.new_year import UNDO_DAYS
from services.identity.rules.new_year_plan import Plan, Wishes
from shared.clock import now
from shared.db import SchoolSession, take_time
from shared.errors import Conflict, Invalid, Text


class Unanswered(Invalid):
    """The plan leaves something open."""

    title = Text("Остались вопросы", "There are open questions")
    detail = Text(
        "Вопросов без ответа: {count}. Ответьте на них на странице перехода и примените снова.",
        "{count} questions are open. Answer them on the page of the move and apply again.",
    )


class PlanChanged(Conflict):
    """The school is no longer as it was previewed."""

    title = Text("План изменился", "The plan has changed")
    detail = Text(
        "С тех пор как вы смотрели план, списки изменились. Просмотрите его снова и подтвердите.",
        "The rosters have changed since you saw the plan. Look at it again and confirm.",
    )


def move_to_next_year(
    session: SchoolSession,
    actor_id: UUID | None,
    zone: str,
    wishes: Wishes,
    seen: str,
    order: tuple[str, date],
) -> YearMove:
    """Carry the plan out that was `seen` in the preview: all of it or nothing.

    Each class of the new year is a new group that continues an old one, so that pages, marks and
    printed sheets of past years keep the names they had.
    """
    take_time(session)
    lock_school(session)
    plan, _ = planned(session, zone, wishes)
    if plan.questions:
        raise Unanswered(count=len(plan.questions))
    if plan.digest != seen:
        raise PlanChanged
    lock_pupils(session, plan.pupils.keys())
    plan, stays = planned(session, zone, wishes)  # With the pupils locked, it holds until the end.
    if plan.digest != seen:
        raise PlanChanged
    move = _recorded(session, actor_id, wishes, order)
    ids = open_groups(session, plan)
    end_groups(session, plan, move, ids)
    carry_out(session, _moves(plan, ids, order), stays, actor_id, move.id)
    return move


def _recorded(
    session: SchoolSession, actor_id: UUID | None, wishes: Wishes, order: tuple[str, date]
) -> YearMove:
    move = YearMove(
        school_id=UUID(session.info["school"]),
        starts_on=wishes.starts_on,
        undo_until=wishes.starts_on + timedelta(days=UNDO_DAYS),
        order_number=order[0],
        order_on=order[1],
        applied_at=now(),
        applied_by=actor_id,
    )
    session.add(move)
    session.flush()
    return move


def _moves(plan: Plan, ids: Ids, order: tuple[str, date]) -> Sequence[Move]:
    days = plan.wishes
    moves = []
    for pupil_id, place in plan.pupils.items():
        on = days.leave_on if place.into is None else days.starts_on
        into = ids[place.into] if place.into else None
        joins = (into, *(ids[old_id] for old_id in place.groups)) if into else ()
        moves.append(Move(place.kind, pupil_id, on, *order, place.source, into, None, joins))
    return moves
